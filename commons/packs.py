"""Packs: rows cut to a size that travels, each pack under its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from commons import catalogue, wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from commons.rows import Block
    from commons.topics import Address

_ROWS: Final = 600
_BYTES: Final = 200_000

Row = tuple[int, str, bytes, int, int, str]
"""A row of the table `pack`: number, topic, body, how many rows, whether it is a sample, digest."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One message as it is kept: everything but `first`, which is known when it is sent."""

    seq: int
    topic: str
    body: bytes


def packed(
    address: Address, blocks: Sequence[Block], box: str, *, after: int, within_ms: int | None = None
) -> list[Row]:
    """Blocks as packs, numbered on from `after`.

    Args:
        address: Who took the rows; its lane becomes part of the topic.
        blocks: Rows in whole milliseconds; empty ones are left out.
        box: The outbox's name.
        after: The last number given.
        within_ms: How wrong the rows' times may be [ms]; None = they are right.
    """
    rows: list[Row] = []
    for block in blocks:
        sample = catalogue.measurement(block.measurement).kind == "sample"
        waiting = list(_parts(block, _ROWS))
        while waiting:
            part, seq = waiting.pop(0), after + len(rows) + 1
            body = wire.encode_pack(part, box, seq, within_ms=within_ms)
            if len(body) > _BYTES and len(part) > 1:
                waiting[:0] = _parts(part, (len(part) + 1) // 2)
            else:
                rows.append((seq, address.up(block.measurement), body, len(part), int(sample), wire.digest_of(body)))
    return rows


def notices(address: Address, thinned: Mapping[str, int], box: str, *, after: int) -> list[Row]:
    """Packs that say how many rows of each measurement had to be dropped."""
    rows: list[Row] = []
    for seq, (measurement, count) in enumerate(thinned.items(), after + 1):
        body = wire.encode_thinned(box, seq, count)
        rows.append((seq, address.up(measurement), body, count, 0, wire.digest_of(body)))
    return rows


def renumbered(rows: Iterable[Row], box: str) -> Iterator[Row]:
    """Packs under another outbox's name, numbered from 1."""
    for seq, (_, topic, body, count, sample, _) in enumerate(rows, 1):
        document = orjson.loads(body)
        document["box"], document["seq"] = box, seq
        new = orjson.dumps(document)
        yield seq, topic, new, count, sample, wire.digest_of(new)


def to_thin(
    oldest: Iterable[tuple[int, int, int]], box: str, *, size: float
) -> tuple[list[tuple[bytes, int]], int, int]:
    """Notices in place of the oldest samples, until so much room is free.

    Args:
        oldest: Number, bytes and rows of each pack of samples, in order.
        box: The outbox's name.
        size: The room that is needed [By].

    Returns:
        Each notice with the number of its pack, how many rows they stand for, and the room that they free [By].
    """
    places: list[tuple[bytes, int]] = []
    dropped = freed = 0
    for seq, bytes_held, rows in oldest:
        if freed >= size:
            break
        places.append((wire.encode_thinned(box, seq, rows), seq))
        dropped, freed = dropped + rows, freed + bytes_held - len(places[-1][0])
    return places, dropped, freed


def between(lost: Sequence[tuple[int, int]], through: int) -> Iterator[tuple[int, int]]:
    """The ranges from 1 through a number that are left between those that are lost."""
    at = 1
    for first, last in sorted(lost):
        if at <= min(first - 1, through):
            yield at, min(first - 1, through)
        at = max(at, last + 1)
    if at <= through:
        yield at, through


def _parts(block: Block, rows: int) -> Iterator[Block]:
    """The block in pieces of so many rows; nothing where it is empty."""
    if 0 < len(block) <= rows:
        yield block
        return
    for start in range(0, len(block), rows):
        yield block.take(list(range(start, min(start + rows, len(block)))))
