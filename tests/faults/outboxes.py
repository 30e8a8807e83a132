"""What a node's outbox holds, seen from outside while the node runs or after it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from commons.sites import NodeEntry
from tests.faults.seeded import NAME
from tests.flow.small_site import sent

if TYPE_CHECKING:
    from tests.faults.seeded import Orders
    from tests.flow.small_site import Row

_NOT_THERE = ("no such table", "unable to open")


def readings(orders: Orders) -> int:
    """How many readings a node has taken; 0 before it has an outbox."""
    found = _asked(orders, "SELECT value FROM bookmark WHERE name = ?", NAME)
    return int(found[0][0]) if found else 0


def held(orders: Orders) -> list[int]:
    """The numbers of the packs that a node still holds."""
    return [seq for (seq,) in _asked(orders, "SELECT seq FROM pack ORDER BY seq")]


def packs(orders: Orders, count: int) -> dict[int, Counter[Row]]:
    """The rows of each pack of a node's first so many readings, by its number: each block is one."""
    entry = NodeEntry(orders.address, NAME, "measured", {})
    blocks = (block for number in range(count) for block in orders.reading(number))
    return {seq: Counter(sent(block, entry)) for seq, block in enumerate(blocks, 1)}


def _asked(orders: Orders, question: str, *values: str) -> list[tuple[int]]:
    if not Path(orders.outbox).exists():
        return []
    with closing(sqlite3.connect(f"file:{orders.outbox}?mode=ro", uri=True)) as box:
        try:
            return box.execute(question, values).fetchall()
        except sqlite3.OperationalError as error:
            if any(words in str(error) for words in _NOT_THERE):
                return []
            raise
