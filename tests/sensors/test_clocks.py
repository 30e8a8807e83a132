"""Times of rows when the clock is wrong: in 1970, an hour back, a day ahead, drifting, and in other zones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from commons import wire
from commons.clock import SystemClock
from commons.errors import UnknownNameError
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from sensors.agent import Agent
from sensors.days import local_day, midnight_ms
from sensors.drivers.driver import Reading
from sensors.ntp_clock import NtpClock
from sensors.self_report import SelfReport
from sensors.settings import NodeSettings
from sensors.timekeeping import Timekeeper, boot_id

if TYPE_CHECKING:
    from pathlib import Path

HERE = Address("makassar", "sydney", "sydney-n1")
MINUTE_MS = 60_000
DAY_MS = 86_400_000


class Counter:
    """Knows only the present, and counts its looks, so that each row can be told from the others."""

    def __init__(self, before: int = 0) -> None:
        self.count = before

    def read(self, now_ms: int, _bookmark: str | None) -> Reading:
        self.count += 1
        return Reading([Block("air", [now_ms * 1_000_000], {}, {"temperature": [float(self.count)]})])


class Board:
    """A machine with a clock and a disk, whose power may go; true time passes whatever its clock shows."""

    def __init__(self, clock: Any, path: Path, true_ms: int) -> None:
        self.clock, self.path, self.true_ms = clock, path, true_ms
        self.truth: dict[int, int] = {}
        self.driver = Counter()
        self.starts = 0
        self.start()

    def start(self, *, wall_ms: int = 0, off_seconds: float = 0) -> None:
        """Switch it on; its clock shows what it shows, and nobody has set it."""
        self.true_ms += round(off_seconds * 1000)
        self.starts += 1
        self.clock.now_ms, self.clock.since_boot, self.clock.synchronised = wall_ms, 20.0, False
        self.outbox = Outbox(self.path)
        self.time = Timekeeper(self.clock, boot=f"boot-{self.starts}")
        drivers = {"air": self.driver}
        self.agent = Agent(HERE, drivers, self.outbox, clock=self.clock, cadence_seconds=60, time=self.time)

    def cut_power(self) -> None:
        self.outbox.close()

    def hear_time(self) -> None:
        """A time server is in reach."""
        self.clock.now_ms, self.clock.synchronised = self.true_ms, True

    def minutes(self, count: int, *, drift: float = 0.0) -> None:
        """Work so many minutes."""
        for _ in range(count):
            self.truth[self.driver.count + 1] = self.true_ms
            self.agent.step(self.clock.now_ms)
            self.true_ms += MINUTE_MS
            self.clock.now_ms += round(MINUTE_MS * (1 + drift))
            self.clock.since_boot += 60

    def sent(self) -> dict[int, tuple[int, int, bool]]:
        """Each row's time, how far off it may be, and whether it is marked suspect, by its number."""
        found = {}
        for pack in self.outbox.packs(0, limit=100_000):
            block = wire.decode(pack.topic, pack.body, arrival_ms=1).block
            assert block is not None
            within = int(pack.body.partition(b'"within":')[2].partition(b",")[0] or 0)
            flags = block.fields.get("temperature_flag", [None] * len(block))
            for time, number, flag in zip(block.times, block.fields["temperature"], flags, strict=True):
                assert number is not None
                found[int(number)] = (time // 1_000_000, within, flag == 3.0)
        return found


@pytest.fixture
def board(clock: Any, tmp_path: Path, noon_ms: int) -> Board:
    return Board(clock, tmp_path / "box", noon_ms)


def assert_true(board: Board, numbers: range) -> None:
    sent = board.sent()
    assert {n: sent[n] for n in numbers} == {n: (board.truth[n], 0, False) for n in numbers}


def test_rows_from_1970_are_on_the_disk_and_get_their_true_times_when_time_arrives(board: Board) -> None:
    board.minutes(5)
    assert board.sent() == {}
    assert board.outbox.undated_rows == 5

    board.hear_time()
    board.minutes(3)

    assert_true(board, range(1, 9))
    assert board.outbox.undated_rows == 0


def test_rows_from_1970_survive_the_process_and_are_dated_by_the_next_one_of_the_same_start(board: Board) -> None:
    board.minutes(5)
    board.cut_power()  # of the process only: the machine runs on
    board.outbox = Outbox(board.path)
    board.time = Timekeeper(board.clock, boot="boot-1")
    drivers = {"air": board.driver}
    board.agent = Agent(HERE, drivers, board.outbox, clock=board.clock, cadence_seconds=60, time=board.time)

    board.minutes(2)
    board.hear_time()
    board.minutes(1)

    assert_true(board, range(1, 9))


def test_rows_of_a_start_that_never_learned_the_time_are_sent_as_suspect_within_true_bounds(board: Board) -> None:
    board.hear_time()
    board.minutes(10)
    board.cut_power()
    board.start(off_seconds=3_600)
    board.minutes(7)
    board.cut_power()
    board.start(off_seconds=1_800, wall_ms=5_000)
    board.minutes(4)
    board.cut_power()
    board.start(off_seconds=600)
    board.minutes(3)
    board.hear_time()
    board.minutes(2)

    sent = board.sent()
    assert sorted(sent) == list(range(1, 27))
    assert_true(board, range(1, 11))
    assert_true(board, range(22, 27))
    for number in range(11, 22):
        time, within, is_suspect = sent[number]
        assert is_suspect
        assert abs(time - board.truth[number]) <= within <= 2 * 3_600_000
    steps = {sent[n + 1][0] - sent[n][0] for n in range(11, 17)}
    assert steps == {MINUTE_MS}  # what lies between them is known exactly


def test_rows_of_a_board_that_never_knew_the_time_get_the_latest_they_can_have(board: Board) -> None:
    board.minutes(3)
    board.cut_power()
    board.start(off_seconds=300)
    board.hear_time()
    board.minutes(1)

    for number in (1, 2, 3):
        time, within, is_suspect = board.sent()[number]
        assert is_suspect
        assert board.truth[number] <= time <= board.truth[number] + 600_000
        assert time - within <= board.truth[number]


@pytest.mark.parametrize("jump_ms", [-3_600_000, DAY_MS, 6_000, -6_000])
def test_a_jump_while_running_falsifies_no_time_once_time_is_right_again(board: Board, jump_ms: int) -> None:
    board.hear_time()
    board.minutes(5)
    board.clock.now_ms += jump_ms
    board.clock.synchronised = False
    board.minutes(5)
    board.hear_time()
    board.minutes(5)

    assert board.driver.count >= 13  # a beat that comes a second time is passed over
    assert_true(board, range(1, board.driver.count + 1))


def test_a_jump_that_is_undone_at_once_falsifies_no_time_though_the_clock_calls_itself_right(board: Board) -> None:
    board.hear_time()
    board.minutes(5)
    board.clock.now_ms += DAY_MS
    board.minutes(1)
    board.clock.now_ms -= DAY_MS
    board.minutes(5)

    assert board.driver.count >= 10
    assert_true(board, range(1, board.driver.count + 1))


def test_a_node_out_of_reach_of_its_time_server_goes_on_by_its_own_clock(board: Board) -> None:
    board.hear_time()
    board.minutes(5)
    board.clock.synchronised = False
    board.minutes(60)

    assert_true(board, range(1, 66))


def test_a_clock_that_drifts_is_followed_as_any_board_would(board: Board) -> None:
    board.hear_time()
    board.minutes(5)
    board.clock.synchronised = False
    board.minutes(600, drift=100e-6)
    board.hear_time()
    board.minutes(2)

    sent = board.sent()
    assert sorted(sent) == list(range(1, 608))
    assert max(abs(sent[n][0] - board.truth[n]) for n in sent) <= 3_600  # 100 ppm of ten hours


def test_how_wrong_the_clock_was_found_is_reported_once(board: Board, noon_ms: int) -> None:
    report = SelfReport(board.outbox, origin="measured", time=board.time)
    board.hear_time()
    board.minutes(3)
    board.clock.now_ms += 90_000
    board.clock.synchronised = False
    board.minutes(3)
    board.hear_time()
    board.minutes(2)

    offsets = [report.read(noon_ms + hour * 3_600_000, None).blocks[0].fields["clock_offset"] for hour in range(2)]

    assert offsets == [[pytest.approx(90.0)], [None]]


def test_a_clock_that_a_time_server_moves_a_little_tells_how_far_it_had_drifted(board: Board, noon_ms: int) -> None:
    report = SelfReport(board.outbox, origin="measured", time=board.time)
    board.hear_time()
    board.minutes(5)
    board.clock.synchronised = False
    board.minutes(60, drift=-500e-6)
    board.hear_time()
    board.minutes(2)

    (offset,) = report.read(noon_ms, None).blocks[0].fields["clock_offset"]
    assert offset == pytest.approx(-1.8, abs=0.05)


def test_a_disk_that_is_full_of_undated_rows_drops_the_oldest_and_says_how_many(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.undated._KEPT_ROWS", 50)
    board.minutes(80)
    board.hear_time()
    board.minutes(1)

    bodies = [pack.body for pack in board.outbox.packs(0, limit=1_000)]
    told = sum(int(body.partition(b'"thinned":')[2].rstrip(b"}") or 0) for body in bodies)
    kept = sum(body.count(b'"temperature"') for body in bodies)
    assert told == board.outbox.thinned >= 30
    assert kept + told == 81


def test_the_machine_tells_one_start_from_another_by_a_name_that_stays() -> None:
    assert boot_id() == boot_id() != ""


def test_the_kernels_word_counts_for_a_node_that_is_told_to_heed_it() -> None:
    clock = NodeSettings(clock="ntp").open_clock()

    assert isinstance(clock, NtpClock)
    assert clock.is_synchronised() is (clock.offset_seconds() is not None)
    assert type(NodeSettings().open_clock()) is SystemClock
    with pytest.raises(UnknownNameError, match=r"clock of a node .* 'gps' is unknown"):
        NodeSettings(clock="gps").open_clock()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Makassar", date(2026, 3, 29), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Santiago", date(2026, 9, 6), 23),  # its midnight does not exist
        ("Africa/Cairo", date(2026, 4, 24), 23),  # the same
    ],
)
def test_a_local_day_is_as_long_as_its_zone_makes_it(zone: str, day: date, hours: float) -> None:
    where = ZoneInfo(zone)
    start, end = midnight_ms(day, where), midnight_ms(day + timedelta(days=1), where)

    assert (end - start) / 3_600_000 == hours
    assert {local_day(start, where), local_day(end - 1, where)} == {day}
    assert local_day(start - 1, where) == day - timedelta(days=1)
