"""A recording plays on the local clock, without a gap or an overlap of its own."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.errors import SensorError
from sensors.drivers.recording import Recording, parse_series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HEADER = "time,series,moisture,temperature,raw"
THREE_DAYS = [
    f"2025-01-{day:02d}T{hour:02d}:00:00+05:30,1,{day}.{hour:02d},20,500" for day in (5, 6, 7) for hour in (0, 12, 23)
]


@pytest.fixture
def recording(tmp_path: Path, site: Site) -> Callable[..., Recording]:
    def build(*lines: str, series: str = "1") -> Recording:
        path = tmp_path / "soil.csv"
        path.write_text("\n".join([HEADER, *lines, ""]))
        return Recording(path, series=series, bed="r1", zone=site.zone, origin="recorded")

    return build


def local(row: dict[str, Any], site: Site) -> datetime:
    return datetime.fromtimestamp(row["time"] // 10**9, UTC).astimezone(site.zone).replace(tzinfo=None)


def test_at_the_first_look_the_recording_ends_yesterday_and_begins_again_today(
    recording: Any, site: Site, noon_ms: int, drain: Any
) -> None:
    rows = drain(recording(*THREE_DAYS), noon_ms)

    times = [local(row, site) for row in rows]
    assert times[0] == datetime(2026, 11, 21)  # noqa: DTZ001 - what the clock on the wall shows
    assert times[8] == datetime(2026, 11, 23, 23)  # noqa: DTZ001
    assert times[9:] == [datetime(2026, 11, 24), datetime(2026, 11, 24, 12)]  # noqa: DTZ001
    assert [row["moisture"] for row in rows[-3:]] == [7.23, 5.0, 5.12]
    assert {row["origin"] for row in rows} == {"recorded"}


def test_rows_become_due_as_time_passes_and_rounds_never_overlap(recording: Any, site: Site, noon_ms: int) -> None:
    driver, bookmark, times = recording(*THREE_DAYS), None, []
    for hour in range(10 * 24):
        reading = driver.read(noon_ms + hour * HOUR_MS, bookmark)
        bookmark = reading.bookmark or bookmark
        times += [time for block in reading.blocks for time in block.times]
        assert all(time <= (noon_ms + hour * HOUR_MS) * 10**6 for time in times)

    assert times == sorted(set(times))
    days = {(time // 10**6 + 8 * HOUR_MS) // DAY_MS for time in times}
    assert len(days) == max(days) - min(days) + 1
    assert len(times) == 9 + 10 * 3 + 1  # three days of history, ten whole days, and the first row of the last


def test_a_restart_at_any_look_changes_nothing(recording: Any, noon_ms: int, drain: Any) -> None:
    whole = drain(recording(*THREE_DAYS), noon_ms)
    later = recording(*THREE_DAYS).read(noon_ms, None)

    steps, bookmark = [], None
    for hour in range(0, 5 * 24, 5):
        reading = recording(*THREE_DAYS).read(noon_ms + hour * HOUR_MS, bookmark)
        bookmark = reading.bookmark or bookmark
        steps += [row for block in reading.blocks for row in block.rows()]
    assert orjson.loads(later.bookmark)["shift_days"] == orjson.loads(bookmark or "")["shift_days"]
    assert [row["time"] for row in steps[: len(whole)]] == [row["time"] for row in whole]
    assert len({row["time"] for row in steps}) == len(steps)


def test_a_node_that_was_off_for_months_catches_up(recording: Any, noon_ms: int, drain: Any) -> None:
    driver = recording(*THREE_DAYS)
    bookmark = driver.read(noon_ms, None).bookmark

    rows = drain(driver, noon_ms + 200 * DAY_MS, bookmark)

    assert len(rows) == 200 * 3
    assert len({row["time"] for row in rows}) == len(rows)


def test_the_past_comes_in_parts(site: Site, noon_ms: int) -> None:
    driver = Recording(
        site.folder / "recordings" / "kolkata.csv.gz", series="1", bed="r1", zone=site.zone, origin="recorded"
    )
    bookmark, more, sizes = None, True, []
    while more:
        reading = driver.read(noon_ms, bookmark)
        bookmark, more = reading.bookmark, reading.more
        sizes += [len(block) for block in reading.blocks]

    assert max(sizes) <= 960
    assert sum(sizes) == 111 * 96 + 49  # 111 whole days, and today to noon


def test_the_two_series_of_the_site_go_to_beds_that_exist(site: Site) -> None:
    played = [node for node in site.nodes.values() if node.driver == "recording"]

    assert sorted(node.options["series"] for node in played) == ["1", "2"]
    assert all((node.address.lane, node.options["bed"]) in site.beds for node in played)


def row(time: str, moisture: str, temperature: str = "", raw: str = "") -> dict[str, str]:
    return {"time": time, "moisture": moisture, "temperature": temperature, "raw": raw}


def test_blanks_and_texts_are_missing_and_texts_are_counted() -> None:
    series = parse_series(
        [
            row("2025-01-05T00:00", "14.1", "", "700"),
            row("2025-01-05T00:15", "14Acclima TR305N", "nan", "inf"),
            row("2025-01-05T00:30", "ERR", "20.5"),
            row("yesterday", "14"),
        ]
    )

    assert len(series.times) == 2
    assert series.fields["moisture"] == [14.1, None]
    assert series.fields["temperature"] == [None, 20.5]
    assert series.fields["raw"] == [700.0, None]
    assert series.unreadable == (3, "14Acclima TR305N")


def test_rows_of_one_time_are_one_row_with_the_last_readable_values() -> None:
    series = parse_series(
        [row("2025-01-05T00:15", "15"), row("2025-01-05T00:00", "14", "20"), row("2025-01-05T00:00", "14.5")]
    )

    assert series.times == sorted(series.times)
    assert series.fields["moisture"] == [14.5, 15.0]
    assert series.fields["temperature"] == [20.0, None]


def test_gaps_stay_gaps(recording: Any, site: Site, noon_ms: int, drain: Any) -> None:
    rows = drain(recording("2025-01-05T03:00:00,1,14,20,1", "2025-01-07T21:00:00,1,15,20,1"), noon_ms)

    assert [local(row, site) - local(rows[0], site) for row in rows] == [
        timedelta(0),
        timedelta(days=2, hours=18),
        timedelta(days=3),
    ]


def test_noon_stays_noon_whatever_zone_it_was_recorded_in(recording: Any, site: Site, noon_ms: int, drain: Any) -> None:
    for zone in ("", "Z", "+05:30", "-03:00"):
        (first, *_) = drain(recording(f"2025-01-05T12:00:00{zone},1,14,20,1"), noon_ms)
        assert local(first, site).hour == 12


def test_unreadable_texts_are_said(recording: Any, noon_ms: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    driver = recording("2025-01-05T00:00,1,14,20,x", "2025-01-05T00:15,1,14,20,x")

    driver.read(noon_ms, None)
    driver.read(noon_ms, None)

    assert [record.getMessage() for record in caplog.records] == [
        "recording has texts that are no numbers file=soil.csv texts=2 one=x"
    ]


def test_a_series_that_is_not_there_is_named_with_those_that_are(recording: Any, noon_ms: int) -> None:
    with pytest.raises(SensorError, match=r"series '3'; it has: 1"):
        recording(*THREE_DAYS, series="3").read(noon_ms, None)


def test_a_bookmark_of_something_else_is_refused(recording: Any, noon_ms: int) -> None:
    with pytest.raises(SensorError, match="none of a recording"):
        recording(*THREE_DAYS).read(noon_ms, "{}")


def test_the_first_day_is_a_date() -> None:
    assert parse_series([row("2025-01-05T23:45+05:30", "1")]).first_day == date(2025, 1, 5)
