"""What the node's tests share: the Makassar site, a clock to set by hand, an outbox, and ways to read rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons import wire
from commons.outbox import Outbox
from commons.sites import NodeEntry, Site
from commons.topics import Address

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from commons.rows import Value
    from sensors.drivers.driver import Driver

ROOT = Path(__file__).resolve().parents[2]
NOON_MS = 1_795_492_800_000  # 2026-11-24 12:00 in Makassar

Row = dict[str, "Value | int"]


class HandClock:
    """A clock that moves when it is told to, or when somebody sleeps."""

    def __init__(self, wall_ms: int) -> None:
        self.now_ms, self.since_boot, self.synchronised = wall_ms, 100.0, True

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic(self) -> float:
        return self.since_boot

    def is_synchronised(self) -> bool:
        return self.synchronised

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        self.now_ms += round(seconds * 1000)
        self.since_boot += seconds
        return until is not None and until.is_set()


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(ROOT / "deploy" / "sites" / "makassar")


@pytest.fixture
def noon_ms() -> int:
    return NOON_MS


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON_MS)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "outbox.db")
    yield box
    box.close()


@pytest.fixture
def node_entry() -> Callable[..., NodeEntry]:
    """Builds a node's row."""

    def build(driver: str, *, origin: str = "measured", lane: str = "sydney", **options: str) -> NodeEntry:
        return NodeEntry(Address("makassar", lane, f"{lane}-n1"), driver, origin, options)

    return build


@pytest.fixture
def rows_in() -> Callable[[Outbox], list[Row]]:
    """Reads every row an outbox holds, as the collector would, with its measurement."""

    def read(outbox: Outbox) -> list[Row]:
        found: list[Row] = []
        for pack in outbox.packs(0, limit=1_000_000):
            block = wire.decode(pack.topic, wire.with_first(pack.body, 1), arrival_ms=NOON_MS).block
            assert block is not None
            found += [{"measurement": block.measurement, **row} for row in block.rows()]
        return found

    return read


@pytest.fixture
def drain() -> Callable[..., list[Row]]:
    """Looks at a driver until it has no more, and gives every row with its measurement."""

    def run(driver: Driver, now_ms: int, bookmark: str | None = None) -> list[Row]:
        found: list[Row] = []
        more = True
        while more:
            reading = driver.read(now_ms, bookmark)
            bookmark, more = reading.bookmark, reading.more
            found += [{"measurement": block.measurement, **row} for block in reading.blocks for row in block.rows()]
        return found

    return run
