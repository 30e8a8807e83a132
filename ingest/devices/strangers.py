"""Devices that speak and stand in no table: counted, and named with a row that is ready to be pasted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.decoders.decoder import Reading

_MOST: Final = 200  # named at a time: whoever may publish could draw names without end
_NAME: Final = 64


@dataclass(slots=True)
class Stranger:
    """One device, or one probe of a known device.

    Args:
        family: The decoder that understands it.
        device: As it names itself.
        probe: Which of its probes, where it has several.
        topic: Where it was heard last.
        fields: What it measures.
        seen: Messages since the last report.
        total: Messages since this began to listen.
    """

    family: str
    device: str
    probe: str
    topic: str
    fields: tuple[str, ...]
    seen: int = 0
    total: int = 0

    @property
    def row(self) -> str:
        """A row for `nodes.csv`: its lane is left to be filled in, and its bed where it has a probe in the ground.

        Examples:
            >>> Stranger("zigbee2mqtt", "soil-3", "", "zigbee2mqtt/soil-3", ("soil.moisture",)).row
            'soil-3,LANE,zigbee2mqtt,measured,device=soil-3;bed=BED'
        """
        in_soil = any(field.startswith("soil.") for field in self.fields)
        bed = f";{self.probe or 'bed'}=BED" if in_soil else ""
        node = re.sub(r"[^a-z0-9]+", "-", self.device.lower()).strip("-")[:_NAME] or "device"
        return f"{node},LANE,{self.family},measured,device={self.device}{bed}"

    def __str__(self) -> str:
        probe = f" ({self.probe})" if self.probe else ""
        return f"seen {self.total} messages on {self.topic}{probe}; decoder {self.family} fits"


class Strangers:
    """Who was heard and is not known; the first of each is kept until it is reported."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Stranger] = {}
        self.unnamed = 0

    def __iter__(self) -> Iterator[Stranger]:
        return iter(list(self._known.values()))

    def note(self, family: str, topic: str, reading: Reading) -> bool:
        """Count a reading that nobody placed; whether it is the first of its device."""
        key = family, reading.device[:_NAME], reading.probe[:_NAME]
        stranger = self._known.get(key)
        if stranger is None and len(self._known) >= _MOST:
            self.unnamed += 1
            return False
        if stranger is None:
            self._known[key] = stranger = Stranger(*key, topic[:120], tuple(sorted(reading.values)))
        stranger.seen += 1
        stranger.total += 1
        return stranger.total == 1

    def report(self, now_ms: int) -> list[Block]:
        """A row of `stranger` for each that was heard since the last report."""
        heard = [one for one in self._known.values() if one.seen]
        blocks = [_block(heard, now_ms)] if heard else []
        for one in heard:
            one.seen = 0
        return blocks


def _block(heard: Sequence[Stranger], now_ms: int) -> Block:
    return Block(
        "stranger",
        [now_ms * NANOSECONDS_PER_MILLISECOND] * len(heard),
        {
            "origin": "measured",
            "family": [one.family for one in heard],
            "device": [f"{one.device} {one.probe}".strip() for one in heard],
        },
        {
            "seen": [float(one.seen) for one in heard],
            "topic": [one.topic for one in heard],
            "row": [one.row for one in heard],
        },
    )
