"""What the collector says of an outbox: what is stored, what it misses, and which pack it saw last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

Ranges = tuple[tuple[int, int], ...]

_MOST_BYTES: Final = 16 * 1024  # a collector names at most a hundred ranges of each kind, and comes to half of it


@dataclass(frozen=True, slots=True)
class Answer:
    """One `stored` answer.

    Args:
        store: The store's name.
        through: The number up to which every pack is handled, but for those lost.
        missing: Ranges of numbers that have not come.
        lost: Ranges of numbers that the collector has given up.
        newest: Number and digest of the newest pack that has come; None where it is not known.
    """

    store: str
    through: int
    missing: Ranges
    lost: Ranges
    newest: tuple[int, str] | None


def parse(payload: bytes | bytearray) -> Answer:
    """Read an answer.

    Raises:
        ValueError: It is none.
    """
    if len(payload) > _MOST_BYTES:
        raise ValueError(f"{len(payload)} bytes are more than any answer has")
    document = orjson.loads(payload)
    try:
        store, through = document["store"], document["through"]
        missing, lost = _ranges(document["missing"]), _ranges(document.get("lost", []))
        newest = document.get("newest")
        seq, digest = newest or (0, "")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    numbers = (through, seq, *chain(*missing), *chain(*lost))
    if {type(number) for number in numbers} != {int} or {type(text) for text in (store, digest)} != {str}:
        raise ValueError("a name is no text, or a pack's number is no whole number")
    if not all(0 <= number < 2**53 for number in numbers):
        raise ValueError("a pack's number is not from 0 to 2^53")
    return Answer(store, through, missing, lost, (seq, digest) if newest else None)


def numbers(ranges: Ranges, last: int) -> Iterator[int]:
    """Every number of some ranges from 1 to the last, each once and in order, however the ranges overlap."""
    at = 1
    for first, end in sorted(ranges):
        yield from range(max(at, first), min(end, last) + 1)
        at = max(at, end + 1)


def _ranges(document: object) -> Ranges:
    if not isinstance(document, list):
        raise TypeError("ranges are no list")
    return tuple((first, last) for first, last in document)
