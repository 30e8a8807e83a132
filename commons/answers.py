"""What the collector says of an outbox: what is stored, what it misses, and which pack it saw last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import orjson

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One `stored` answer.

    Args:
        store: The store's name.
        through: The number up to which every pack is handled, but for those lost.
        missing: Ranges of numbers that have not come.
        lost: Ranges of numbers that the collector has given up.
        newest: Number and digest of the newest pack that has come; None where it is not known.
        can_verify: Whether the collector is of a version that tells of the newest pack.
    """

    store: str
    through: int
    missing: Ranges
    lost: Ranges
    newest: tuple[int, str] | None
    can_verify: bool


def parse(payload: bytes | bytearray) -> Answer:
    """Read an answer.

    Raises:
        ValueError: It is none.
    """
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
    return Answer(store, through, missing, lost, (seq, digest) if newest else None, "newest" in document)


def _ranges(document: object) -> Ranges:
    if not isinstance(document, list):
        raise TypeError("ranges are no list")
    return tuple((first, last) for first, last in document)
