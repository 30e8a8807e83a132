"""Rows that wait to be dated, and how the outbox keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from commons.rows import Block
from commons.topics import Address


@dataclass(frozen=True, slots=True)
class Undated:
    """Rows that were taken while nobody knew what time it was.

    Args:
        address: Who took them.
        boot: The machine's start in which that was.
        wall_ms: What the clock that was not right showed [ms since 1970 UTC]; the rows' times are of that clock.
        monotonic: How long that start was ago [s].
        block: The rows.
        id: Their number once they are kept, to release them by.
    """

    address: Address
    boot: str
    wall_ms: int
    monotonic: float
    block: Block
    id: int = 0


def to_row(undated: Undated) -> tuple[Any, ...]:
    """The columns of the table `undated`, without the number."""
    of, block = undated.address, undated.block
    body = orjson.dumps({"times": block.times, "tags": dict(block.tags), "fields": dict(block.fields)})
    where = (of.city, of.lane, of.node, undated.boot, undated.wall_ms, undated.monotonic)
    return (*where, block.measurement, len(block), body)


def from_row(row: tuple[Any, ...]) -> Undated:
    """What `to_row` wrote, with its number before it."""
    number, city, lane, node, boot, wall_ms, monotonic, measurement, _, body = row
    block = Block(measurement, **orjson.loads(body))
    return Undated(Address(city, lane, node), boot, wall_ms, monotonic, block, number)
