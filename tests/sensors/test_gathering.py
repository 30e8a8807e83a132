"""Groups of readings: few commits, nothing repeated, and nothing lost in silence while the disk is full."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from sensors.agent import Agent
from sensors.drivers.driver import Reading
from sensors.gathering import joined
from tests.flow.waiting import MovedClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = Address("makassar", "sydney", "sydney-n1")
MINUTE_MS = 60_000


class Air:
    """Knows only the present, and counts its looks."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, now_ms: int, _bookmark: str | None) -> Reading:
        self.count += 1
        return Reading([Block("air", [now_ms * 1_000_000], {}, {"temperature": [float(self.count)]})])


class Notebook:
    """Gives a typed harvest when there is one, and keeps its place."""

    def __init__(self) -> None:
        self.entries = 0

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        if int(bookmark or 0) >= self.entries:
            return Reading([])
        tags: dict[str, str | list[str]] = {"bed": "b1", "commodity": "kangkung", "origin": "typed"}
        block = Block("harvest", [now_ms * 1_000_000], tags, {"kg": [1.5], "entry": [f"e{self.entries}"]})
        return Reading([block], bookmark=str(self.entries))


class Tape:
    """Has one row a look, and keeps its place; says where it was asked to go on."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def read(self, _now_ms: int, bookmark: str | None) -> Reading:
        self.asked.append(bookmark)
        at = int(bookmark or 0)
        block = Block("soil", [(at + 1) * 10**9], {"bed": "b1"}, {"moisture": [float(at)]})
        return Reading([block], bookmark=str(at + 1))


@pytest.fixture
def minutes(outbox: Outbox, clock: Any) -> Callable[..., Agent]:
    """Lets a node that looks each minute work for so many."""
    made: list[Agent] = []

    def work(count: int, *, commit_seconds: float = 300, **drivers: Any) -> Agent:
        if drivers:
            made.append(Agent(HERE, drivers, outbox, clock=clock, cadence_seconds=60, commit_seconds=commit_seconds))
        for _ in range(count):
            made[-1].step(clock.now_ms)
            clock.sleep(60)
        return made[-1]

    return work


def full(outbox: Outbox, *, is_full: bool) -> None:
    """Let SQLite meet the end of the disk, or not any more."""
    outbox._db.execute(f"PRAGMA max_page_count = {1 if is_full else 1_000_000}")


def numbers(outbox: Outbox) -> list[float]:
    bodies = [orjson.loads(pack.body) for pack in outbox.packs(0, limit=100_000)]
    columns = [body["temperature"] for body in bodies if "temperature" in body]
    return [number for column in columns for number in column]


def told(outbox: Outbox) -> int:
    bodies = [orjson.loads(pack.body) for pack in outbox.packs(0, limit=100_000)]
    return sum(body.get("thinned", 0) for body in bodies)


def test_a_node_that_looks_each_minute_commits_every_five(outbox: Outbox, minutes: Any) -> None:
    minutes(60, air=Air())

    assert numbers(outbox) == list(range(1, 61))
    assert outbox.newest == 12


def test_a_node_that_looks_every_quarter_of_an_hour_commits_at_once(outbox: Outbox, clock: Any) -> None:
    node = Agent(HERE, {"air": Air()}, outbox, clock=clock, cadence_seconds=900, commit_seconds=300)

    node.step(clock.now_ms)

    assert outbox.depth_rows == 1


def test_what_people_typed_does_not_wait_and_takes_the_group_along(outbox: Outbox, minutes: Any) -> None:
    notebook = Notebook()
    minutes(2, air=Air(), notebook=notebook)
    assert outbox.depth == 0

    notebook.entries = 1
    minutes(1)

    assert outbox.depth_rows == 4
    assert outbox.bookmark("notebook") == "1"


def test_a_driver_goes_on_from_where_it_stands_in_the_group(outbox: Outbox, minutes: Any) -> None:
    tape = Tape()
    minutes(4, tape=tape)
    assert (outbox.depth, tape.asked) == (0, [None, "1", "2", "3"])

    minutes(1)
    assert (outbox.depth_rows, outbox.bookmark("tape")) == (5, "5")


def test_a_node_that_stops_leaves_nothing_behind_in_memory(outbox: Outbox, clock: Any) -> None:
    stop = threading.Event()
    sleep = clock.sleep

    def three_minutes(seconds: float, *, until: threading.Event | None = None) -> bool:
        if air.count == 3:
            stop.set()
        return bool(sleep(seconds, until=until))

    clock.sleep, air = three_minutes, Air()
    Agent(HERE, {"air": air}, outbox, clock=clock, cadence_seconds=60, commit_seconds=300).run(stop)

    assert numbers(outbox) == [1, 2, 3]


def test_while_the_disk_is_full_rows_of_the_present_wait_in_memory_and_others_are_read_again(
    outbox: Outbox, minutes: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    tape = Tape()
    minutes(10, air=Air(), tape=tape, commit_seconds=0)
    full(outbox, is_full=True)
    while "disk is full" not in caplog.text:  # the pages that are there have to be full, too
        minutes(1)
    kept = int(outbox.bookmark("tape") or 0)
    minutes(30)
    assert int(outbox.bookmark("tape") or 0) == kept

    full(outbox, is_full=False)
    minutes(5)

    looks = len(tape.asked)
    assert numbers(outbox) == list(range(1, looks + 1))
    moistures = [orjson.loads(p.body).get("moisture", []) for p in outbox.packs(0, limit=100_000)]
    assert [m for column in moistures for m in column] == list(range(int(outbox.bookmark("tape") or 0)))
    assert caplog.text.count("disk is full") == 1
    assert "works again" in caplog.text


def test_a_disk_that_stays_full_costs_the_oldest_rows_and_a_notice_counts_them(
    outbox: Outbox, minutes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.gathering._KEPT_ROWS", 100)
    air = Air()
    minutes(1, air=air, commit_seconds=0)
    outbox.close()  # a disk that is gone altogether
    minutes(250)
    outbox._begin(Outbox(outbox.path)._db)
    minutes(1)

    assert numbers(outbox) == [1.0, *range(152, 253)]
    assert told(outbox) == outbox.thinned == 150
    assert outbox.produced == air.count == 252


def test_blocks_of_the_same_columns_become_one_and_others_stay_apart() -> None:
    first = Block("soil", [1, 2], {"bed": ["b1", "b2"]}, {"moisture": [1.0, None]})
    other = Block("soil", [2], {"bed": "b1"}, {"moisture": [2.0], "ec": [0.5]})
    second = Block("soil", [3], {"bed": "b1"}, {"moisture": [3.0]})

    one, two = joined([first, other, second])

    assert one == Block("soil", [1, 2, 3], {"bed": ["b1", "b2", "b1"]}, {"moisture": [1.0, None, 3.0]})
    assert two == other


class History:
    """Gives three hundred rows at its first look, and keeps its place."""

    def read(self, _now_ms: int, bookmark: str | None) -> Reading:
        if bookmark:
            return Reading([])
        times = [minute * MINUTE_MS * 1_000_000 for minute in range(300)]
        return Reading([Block("soil", times, {"bed": "b1"}, {"moisture": [30.0] * 300})], bookmark="done")


def test_a_history_does_not_wait_for_the_group_to_be_old(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    agent = Agent(HERE, {"history": History()}, outbox, clock=MovedClock(), cadence_seconds=60, commit_seconds=300)

    agent.step(MovedClock().wall_ms())

    assert outbox.produced == 300
    outbox.close()


class Reel:
    """Has five rows of the past, one a look, and keeps its place."""

    def read(self, _now_ms: int, bookmark: str | None) -> Reading:
        at = int(bookmark or 0)
        if at == 5:
            return Reading([])
        block = Block("soil", [at * 10**9], {"bed": "b1"}, {"moisture": [float(at)]})
        return Reading([block], bookmark=str(at + 1), more=at + 1 < 5)


def test_the_last_part_of_a_history_does_not_wait_for_the_group_to_be_old(outbox: Outbox, clock: Any) -> None:
    node = Agent(HERE, {"reel": Reel()}, outbox, clock=clock, cadence_seconds=60, commit_seconds=300)

    while node.step(clock.now_ms):
        pass

    assert outbox.produced == 5
