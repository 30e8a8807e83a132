"""A node whose every row is known beforehand: reading number i of a seed is always the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from commons.sites import NodeEntry
from commons.topics import Address
from sensors.drivers.driver import Reading
from tests.flow.small_site import sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.rows import Column
    from tests.flow.small_site import Row

NAME: Final = "seeded"
_PACKS_AN_ENTRY: Final = 10  # of these, one is a harvest as first typed, and one is its edit
_TYPED, _EDITED = 2, 7
_REFUSED: Final = "rain"  # sent only with a field that the catalogue does not have
_BEDS: Final = ("b1", "b2", "b3", "b4")


@dataclass(frozen=True, slots=True)
class Orders:
    """What a seeded node does.

    Args:
        outbox: The file of its outbox.
        began_ms: The wall time when its clock began, and the time of reading 0 [ms since 1970 UTC].
        node: Its name.
        lane: Its lane.
        seed: What its values come from.
        period_ms: The time between two readings, on its own clock [ms].
        count: How many readings there are; 0 = as many as it is given time for.
        rows: Rows a pack.
        speed: How many seconds pass on its clock in one of ours.
        limit_bytes: How much its outbox may hold [By].
        refused_every: Every so many readings, one row that nobody can decode is added; 0 = never.
        stays: Whether it goes on listening when all its readings are stored, until it is told to stop.
    """

    outbox: str
    began_ms: int
    node: str = "saga-s1"
    lane: str = "saga"
    seed: int = 7
    period_ms: int = 50
    count: int = 0
    rows: int = 4
    speed: float = 1.0
    limit_bytes: int = 100_000_000
    refused_every: int = 0
    stays: bool = False

    @property
    def address(self) -> Address:
        """Who speaks."""
        return Address("makassar", self.lane, self.node)

    def reading(self, number: int) -> Sequence[Block]:
        """The blocks of one reading: soil of every bed, and now and then a harvest, typed and later edited."""
        random = Random(f"{self.seed}/{self.node}/{number}")
        at_ms = self.began_ms + number * self.period_ms
        blocks = [self._soil(random, at_ms)]
        if number % _PACKS_AN_ENTRY in (_TYPED, _EDITED):
            blocks.append(self._harvest(random, number))
        if self._has_refused(number):
            times = [at_ms * NANOSECONDS_PER_MILLISECOND]
            blocks.append(Block(_REFUSED, times, {"origin": "measured"}, {"colour": [1.0]}))
        return blocks

    def expected(self, count: int) -> Counter[Row]:
        """Every row of the first so many readings, as the store should show it."""
        entry = NodeEntry(self.address, NAME, "measured", {})
        return Counter(
            row
            for number in range(count)
            for block in self.reading(number)
            if block.measurement != _REFUSED
            for row in sent(block, entry)
        )

    def refused(self, count: int) -> int:
        """How many rows of the first so many readings will never decode."""
        return sum(self._has_refused(number) for number in range(count))

    def again(self, **changes: object) -> Orders:
        """The same node with other orders."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names are checked by `replace` itself

    def _has_refused(self, number: int) -> bool:
        return self.refused_every > 0 and number % self.refused_every == 0

    def _soil(self, random: Random, at_ms: int) -> Block:
        times = [(at_ms + row // len(_BEDS)) * NANOSECONDS_PER_MILLISECOND for row in range(self.rows)]
        beds = [_BEDS[row % len(_BEDS)] for row in range(self.rows)]
        moisture = [round(random.uniform(5, 60), 3) for _ in beds]
        temperature = [round(random.uniform(20, 35), 3) if random.random() < 0.9 else None for _ in beds]
        return Block(
            "soil", times, {"bed": beds, "origin": "measured"}, {"moisture": moisture, "temperature": temperature}
        )

    def _harvest(self, random: Random, number: int) -> Block:
        entry = number // _PACKS_AN_ENTRY
        at_ms = self.began_ms + entry * _PACKS_AN_ENTRY * self.period_ms
        version = 1.0 if number % _PACKS_AN_ENTRY == _TYPED else 2.0
        fields: dict[str, Column] = {
            "kg": [round(random.uniform(0.1, 9), 3)],
            "entry": [f"{self.node}-{entry}"],
            "version": [version],
        }
        tags = {"bed": "b1", "commodity": "kangkung", "origin": "typed"}
        return Block("harvest", [at_ms * NANOSECONDS_PER_MILLISECOND], tags, fields)


class SeededDriver:
    """Gives each reading when its time has come; the bookmark is how many were given.

    Args:
        orders: The node's.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The next reading that is due."""
        given = int(bookmark or 0)
        due = (now_ms - self._orders.began_ms) // self._orders.period_ms + 1
        if self._orders.count:
            due = min(due, self._orders.count)
        if given >= due:
            return Reading([])
        return Reading(self._orders.reading(given), str(given + 1), more=given + 1 < due)
