"""Which bed each device of other people stands at, as `nodes.csv` says, and its readings as rows of its node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commons import catalogue
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SiteError
from commons.rows import Block
from ingest.decoders import DECODERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import NodeEntry, Site
    from commons.topics import Address
    from ingest.decoders.decoder import Decoder, Reading

_OPTIONS: Final = frozenset({"device", "bed", "zone", "topic"})


class Placed(NamedTuple):
    """Rows of one node.

    Args:
        address: The node.
        block: Its rows.
        is_dated: Whether the device said when; otherwise the rows carry the moment of arrival.
    """

    address: Address
    block: Block
    is_dated: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one device stands.

    Args:
        entry: Its row in `nodes.csv`.
        zone: What its local times are in.
        bed: The bed of its only probe; empty where it has several, or none in the ground.
        beds: By probe, the bed it is in.
        fields: By field of the decoder, what it is here: a thermometer made for soil may hang in the air.
    """

    entry: NodeEntry
    zone: ZoneInfo
    bed: str
    beds: Mapping[str, str]
    fields: Mapping[str, str]

    def rows(self, reading: Reading, *, arrival_ms: int) -> list[Block]:
        """A reading's rows, a block a measurement; soil whose probe is in no bed is left out."""
        found: dict[str, dict[str, list[float]]] = {}
        for field, value in reading.values.items():
            measurement, _, name = self.fields.get(field, field).partition(".")
            found.setdefault(measurement, {})[name] = [value]
        bed = self.beds.get(reading.probe, self.bed)
        if not bed:
            found.pop("soil", None)
        time = [self._moment_ms(reading, arrival_ms) * NANOSECONDS_PER_MILLISECOND]
        return [Block(name, time, self._tags(name, bed), fields) for name, fields in found.items()]

    def _tags(self, measurement: str, bed: str) -> dict[str, str | list[str]]:
        origin = self.entry.origin or "measured"
        return {"origin": origin, "bed": bed} if measurement == "soil" else {"origin": origin}

    def _moment_ms(self, reading: Reading, arrival_ms: int) -> int:
        if isinstance(reading.time, datetime):
            return round(reading.time.replace(tzinfo=self.zone).timestamp() * 1000)
        return arrival_ms if reading.time is None else reading.time


class Places:
    """Every device of a site.

    Args:
        site: Its `nodes.csv` has a row a device: `driver` is the decoder's name, `options` say `device=` (as the device
            names itself), `bed=b1` or a bed a probe (`soil1=b1;soil2=b2`), and where they are needed `zone=UTC`,
            `topic=garden/+/+` and `soil.temperature=air.temperature`.

    Raises:
        SiteError: A row contradicts the site's tables or the decoder.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stands: dict[tuple[str, str], Stand] = {}
        self._topics: dict[str, dict[str, None]] = {}
        for entry in site.nodes.values():
            if entry.driver in DECODERS:
                self._add(entry)

    @property
    def filters(self) -> Mapping[str, tuple[str, ...]]:
        """By decoder in use, the topics to listen to."""
        return {
            name: (*DECODERS[name].filters, *(topic for topic in own if topic not in DECODERS[name].filters))
            for name, own in self._topics.items()
        }

    def place(self, decoder: Decoder, reading: Reading, *, arrival_ms: int) -> list[Placed] | None:
        """A reading as rows of its node; None where no row of the table says whose it is.

        Args:
            decoder: Whose reading it is.
            reading: What the device said.
            arrival_ms: When it came [ms since 1970 UTC], for devices that do not say.
        """
        stand = self._stands.get((decoder.name, reading.device.lower()))
        blocks = [] if stand is None else stand.rows(reading, arrival_ms=arrival_ms)
        if stand is None or not blocks:
            return None
        return [Placed(stand.entry.address, block, reading.time is not None) for block in blocks]

    def _add(self, entry: NodeEntry) -> None:
        options = entry.options
        device = options.get("device", "").lower()
        if not device:
            raise self._wrong(entry, "names no device", "write device= as the device names itself")
        if (entry.driver, device) in self._stands:
            raise self._wrong(entry, f"is the second for {entry.driver} device {device!r}", "keep one")
        self._topics.setdefault(entry.driver, {}).update({options["topic"]: None} if options.get("topic") else {})
        if not self.filters[entry.driver]:
            raise self._wrong(entry, f"has no topic, and {entry.driver} has none of its own", "write topic=garden/+/+")
        fields = {key: value for key, value in options.items() if "." in key}
        beds = {key: value for key, value in options.items() if key not in _OPTIONS and key not in fields}
        for bed in filter(None, (options.get("bed", ""), *beds.values())):
            if (entry.address.lane, bed) not in self._site.beds:
                raise self._wrong(entry, f"names bed {bed!r}, which its lane has not", "add it to beds.csv")
        for field in fields.values():
            measurement, _, name = field.partition(".")
            catalogue.measurement(measurement).field(name)
        self._stands[entry.driver, device] = Stand(entry, self._zone(entry), options.get("bed", ""), beds, fields)

    def _zone(self, entry: NodeEntry) -> ZoneInfo:
        name = entry.options.get("zone", self._site.timezone)
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise self._wrong(entry, f"has the zone {name!r}", "write one like Asia/Makassar") from None

    @staticmethod
    def _wrong(entry: NodeEntry, what: str, remedy: str) -> SiteError:
        return SiteError(f"nodes.csv: node {entry.address.node!r} {what}; {remedy}")
