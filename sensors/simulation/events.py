"""What the made-up people of a lane type, as rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ENTRY_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class Event:
    """One entry.

    Args:
        at_ms: When it happened [ms since 1970 UTC].
        measurement: Its kind.
        entry: Its id.
        fields: Its numbers.
        tags: Its bed and commodity, where it has any.
    """

    at_ms: int
    measurement: str
    entry: str
    fields: Mapping[str, float]
    tags: Mapping[str, str] = field(default_factory=dict)


def entry_id(*key: object) -> str:
    """An entry's id: the same for the same seed, lane, bed, kind and day."""
    return hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=_ENTRY_BYTES).hexdigest()


def event_blocks(events: Iterable[Event], *, origin: str) -> list[Block]:
    """Entries as blocks, those of one shape together, each in time order and in its first version."""
    shapes: dict[tuple[str, ...], list[Event]] = {}
    for event in sorted(events, key=lambda event: (event.at_ms, event.entry)):
        shapes.setdefault((event.measurement, *event.fields, *event.tags), []).append(event)
    return [_block(shapes[shape], origin) for shape in sorted(shapes)]


def _block(events: list[Event], origin: str) -> Block:
    first = events[0]
    return Block(
        first.measurement,
        [event.at_ms * NANOSECONDS_PER_MILLISECOND for event in events],
        {**{name: [event.tags[name] for event in events] for name in first.tags}, "origin": origin},
        {
            **{name: [event.fields[name] for event in events] for name in first.fields},
            "entry": [event.entry for event in events],
            "version": [1.0] * len(events),
        },
    )
