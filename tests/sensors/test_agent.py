"""The loop reads every driver on time, loses nothing and repeats nothing."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from sensors.agent import Agent
from sensors.drivers import build_driver
from sensors.drivers.driver import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from sensors.drivers.driver import Driver

ROOT = Path(__file__).resolve().parents[2]
HERE = Address("makassar", "sydney", "sydney-n1")
QUARTER_MS = 900_000


class Thermometer:
    """Knows only the present; fails while it is told to."""

    def __init__(self) -> None:
        self.looks: list[int] = []
        self.fault: Exception | None = None

    def read(self, now_ms: int, _bookmark: str | None) -> Reading:
        self.looks.append(now_ms)
        if self.fault:
            raise self.fault
        return Reading([Block("air", [now_ms * 1_000_000], {}, {"temperature": [30.0]})])


class Tape:
    """Has a past of so many rows, one a look, and keeps its place in the bookmark."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.bookmarks: list[str | None] = []

    def read(self, _now_ms: int, bookmark: str | None) -> Reading:
        self.bookmarks.append(bookmark)
        at = int(bookmark or 0)
        if at >= self.length:
            return Reading([])
        block = Block("soil", [at * 10**9], {"bed": "b1"}, {"moisture": [float(at)]})
        return Reading([block], bookmark=str(at + 1), more=at + 1 < self.length)


@pytest.fixture
def agent(outbox: Outbox, clock: Any) -> Callable[..., Agent]:
    def build(**drivers: Driver) -> Agent:
        return Agent(HERE, drivers, outbox, clock=clock, cadence_seconds=900)

    return build


def test_a_failing_driver_stops_no_other(agent: Any, noon_ms: int, outbox: Outbox) -> None:
    broken, well = Thermometer(), Thermometer()
    broken.fault = ZeroDivisionError("whatever")
    node = agent(broken=broken, well=well)

    node.step(noon_ms)

    assert well.looks == [noon_ms]
    assert outbox.depth_rows == 1


def test_a_failing_driver_is_tried_again_at_the_next_beat_only(agent: Any, noon_ms: int) -> None:
    broken = Thermometer()
    broken.fault = OSError("gone")
    node = agent(broken=broken, tape=Tape(3))

    while node.step(noon_ms):
        pass
    node.step(noon_ms + QUARTER_MS)

    assert broken.looks == [noon_ms, noon_ms + QUARTER_MS]


def test_a_fault_is_said_once_and_its_end_once(agent: Any, noon_ms: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    driver = Thermometer()
    node = agent(air=driver)

    for beat, fault in enumerate([OSError("a"), OSError("b"), None, None, OSError("c")]):
        driver.fault = fault
        node.step(noon_ms + beat * QUARTER_MS)

    said = [record.getMessage().split(" name=")[0] for record in caplog.records]
    assert said == ["driver fails", "driver works again", "driver fails"]


def test_a_driver_with_more_is_read_at_once_and_the_others_are_not(agent: Any, noon_ms: int) -> None:
    air, tape = Thermometer(), Tape(5)
    node = agent(air=air, tape=tape)

    steps = 1
    while node.step(noon_ms):
        steps += 1

    assert steps == 5
    assert tape.bookmarks == [None, "1", "2", "3", "4"]
    assert air.looks == [noon_ms]


def test_nothing_is_read_at_once_while_the_outbox_is_crowded(tmp_path: Path, clock: Any, noon_ms: int) -> None:
    outbox = Outbox(tmp_path / "small.db", limit_bytes=100)
    tape = Tape(9)
    node = Agent(HERE, {"tape": tape}, outbox, clock=clock, cadence_seconds=900)

    assert node.step(noon_ms) is False
    assert outbox.is_crowded
    assert node.step(noon_ms) is False
    assert tape.bookmarks == [None]
    outbox.stored(outbox.newest)
    assert node.step(noon_ms) is False  # a row again, and crowded again
    assert tape.bookmarks == [None, "1"]
    outbox.close()


def test_beats_are_quarters_of_an_hour_on_the_wall(agent: Any, clock: Any) -> None:
    air = Thermometer()
    node = agent(air=air)
    stop = threading.Event()
    clock.now_ms += 7 * 60_000  # 12:07
    first = clock.now_ms
    sleep = clock.sleep

    def until_an_hour_later(seconds: float, *, until: threading.Event | None = None) -> bool:
        if clock.now_ms > first + 3_600_000:
            stop.set()
        return bool(sleep(seconds, until=until))

    clock.sleep = until_an_hour_later
    node.run(stop)

    assert [(look - first) // 60_000 for look in air.looks] == [0, 8, 23, 38, 53]
    assert all(look % QUARTER_MS == 0 for look in air.looks[1:])


def test_a_clock_that_is_set_back_does_not_silence_the_node(agent: Any, noon_ms: int) -> None:
    air = Thermometer()
    node = agent(air=air)

    node.step(noon_ms)
    node.step(noon_ms - 86_400_000)

    assert len(air.looks) == 2


def test_rows_from_before_the_clock_was_right_get_their_right_time(
    agent: Any, clock: Any, outbox: Outbox, noon_ms: int, rows_in: Any
) -> None:
    clock.synchronised, clock.now_ms = False, 5_000
    node = agent(air=Thermometer())
    node.step(clock.now_ms)  # 30 minutes before the clock is set
    clock.sleep(900)
    node.step(clock.now_ms)
    clock.sleep(900)
    assert outbox.depth_rows == 0

    clock.synchronised, clock.now_ms = True, noon_ms
    node.step(clock.now_ms)

    times = [row["time"] // 1_000_000 for row in rows_in(outbox)]
    assert times == [noon_ms - 2 * QUARTER_MS, noon_ms - QUARTER_MS, noon_ms]


def test_a_driver_with_a_place_waits_for_the_right_time(agent: Any, clock: Any, outbox: Outbox, noon_ms: int) -> None:
    clock.synchronised, clock.now_ms = False, 5_000
    tape = Tape(2)
    node = agent(tape=tape)

    assert node.step(clock.now_ms) is False
    assert outbox.bookmark("tape") is None

    clock.synchronised = True
    while node.step(noon_ms):
        pass
    assert outbox.bookmark("tape") == "2"
    assert outbox.depth_rows == 2


def test_a_look_that_gave_nothing_writes_nothing(agent: Any, noon_ms: int, outbox: Outbox) -> None:
    node = agent(tape=Tape(1))
    node.step(noon_ms)
    written = outbox.newest

    node.step(noon_ms + QUARTER_MS)

    assert outbox.newest == written


KILLED_NODE = """
import os, signal, sys
from pathlib import Path
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.sites import Site
from sensors.node import build_node
path, now_ms, left = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

def at_each_statement(_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

site = Site(Path("deploy/sites/makassar"))
outbox = Outbox(path)
outbox._db.set_trace_callback(at_each_statement)
node = build_node(site.nodes["sydney-n1"], site, outbox, clock=SystemClock())
while node.step(now_ms):
    pass
"""


def test_a_kill_at_any_moment_neither_loses_nor_repeats_a_row(
    tmp_path: Path, site: Any, noon_ms: int, drain: Any, rows_in: Any
) -> None:
    path = tmp_path / "killed.db"
    command = [sys.executable, "-c", KILLED_NODE, str(path), str(noon_ms)]
    for statement in (3, 11, 13, 15, 16, 30):  # before, in and after a commit
        killed = subprocess.run([*command, str(statement)], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
    subprocess.run([*command, "0"], cwd=ROOT, check=True)

    outbox = Outbox(path)
    kept = rows_in(outbox)
    outbox.close()

    whole = drain(build_driver(site.nodes["sydney-n1"], site), noon_ms)
    assert len(kept) == len(whole)
    assert len({_identity(row) for row in kept}) == len(kept)
    assert {_identity(row) for row in kept} == {_identity(row) for row in whole}


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("measurement", "bed", "commodity", "entry", "moisture", "temperature", "battery", "depth")
    return (row["time"] // 1_000_000, *(str(row.get(name) or "") for name in names))
