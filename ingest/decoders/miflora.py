"""Mi Flora plant probes, by miflora-mqtt-daemon (all values at once) and by the Theengs gateway (one at a time).

https://github.com/ThomDietrich/miflora-mqtt-daemon ; https://decoder.theengs.io/devices/HHCCJCY01HHCC.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import json_object
from ingest.decoders.moments import moment
from ingest.decoders.quantities import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAEMON: Final[Mapping[str, tuple[str, str]]] = {
    "moisture": ("soil.moisture", ""),
    "temperature": ("soil.temperature", "C"),
    "conductivity": ("soil.ec", ""),
    "light": ("air.light", "lx"),
    "battery": ("health.battery", ""),
}
_THEENGS: Final[Mapping[str, tuple[str, str]]] = {
    "moi": ("soil.moisture", ""),
    "moisture": ("soil.moisture", ""),
    "tempc": ("soil.temperature", "C"),
    "tempf": ("soil.temperature", "F"),
    "fer": ("soil.ec", ""),
    "lux": ("air.light", "lx"),
    "batt": ("health.battery", ""),
    "rssi": ("health.signal", ""),
}


def decode_daemon(topic: str, payload: bytes) -> list[Reading]:
    """`miflora/{name}`: no time; announcements (`$...`) are passed over."""
    device = topic.partition("/")[2]
    if not device:
        raise WireError(f"topic {topic[:80]!r} names no probe; miflora/{{name}} does")
    if "$" in device:
        return []
    document = json_object(payload)
    values = by_key(document, _DAEMON)
    return [Reading(device, values, moment(document.get("timestamp")))] if values else []


def decode_theengs(topic: str, payload: bytes) -> list[Reading]:
    """`home/{gateway}/BTtoMQTT/{address}`: each advertisement carries one quantity, a row of its own."""
    document = json_object(payload)
    device = str(document.get("id") or topic.rsplit("/", 1)[-1]).replace(":", "").upper()
    known = dict(_THEENGS)
    if "tempc" in document:  # the gateway says it in both
        known.pop("tempf")
    values = by_key(document, known)
    told = set(values) - {"health.signal"}
    return [Reading(device, values, moment(document.get("time")))] if told else []


MIFLORA: Final = Decoder(name="miflora", title="Mi Flora daemon", filters=("miflora/+",), decode=decode_daemon)
THEENGS: Final = Decoder(name="theengs", title="Theengs", filters=("home/+/BTtoMQTT/+",), decode=decode_theengs)
