"""What a scenario says of people, batteries, clocks, beats and recorded weather is what its lanes do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from sensors.days import midnight_ms
from sensors.drivers.simulated import build
from sensors.simulation.scenario import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

DAY_MS = 86_400_000
BEGIN = date(2026, 5, 1)


@pytest.fixture
def lane(site: Site, tmp_path: Path, node_entry: Any) -> Callable[..., list[tuple[int, dict[str, Any]]]]:
    """Every row of a lane, each with the day of the look that gave it, looked at in the evening of each day."""

    def rows(text: str, *, days: int = 10, name: str = "sydney") -> list[tuple[int, dict[str, Any]]]:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(f'begin = {BEGIN}\n{text}\n[about]\nid = "Coba."\nen = "A try."\n', "utf-8")
        load.cache_clear()
        entry = node_entry("simulated", origin="simulated", lane=name, scenario=str(path))
        driver, bookmark = build(entry, site), None
        found = []
        for number in range(days):
            more = True
            while more:
                reading = driver.read(midnight_ms(BEGIN, site.zone) + (number + 1) * DAY_MS - 1, bookmark)
                bookmark, more = reading.bookmark or bookmark, reading.more
                for block in reading.blocks:
                    found += [(number, {"measurement": block.measurement, **row}) for row in block.rows()]
        return found

    return rows


def samples(rows: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    return [(day, row) for day, row in rows if "entry" not in row]


def entries(rows: list[tuple[int, dict[str, Any]]]) -> dict[str, int]:
    return {row["entry"]: day for day, row in rows if "entry" in row}


def test_what_is_typed_late_comes_days_later_and_nothing_of_it_is_lost(lane: Any) -> None:
    at_once = entries(lane("", days=25))
    late = entries(lane("[people]\nlate = 0.5\nlate_days = 4", days=25))

    old = {entry for entry, day in at_once.items() if day < 20}
    assert old <= late.keys() <= at_once.keys()
    delays = Counter(late[entry] - at_once[entry] for entry in old)
    assert 0.3 < delays[0] / len(old) < 0.8
    assert max(delays) <= 4
    assert min(delays) == 0
    assert samples(lane("", days=3)) == samples(lane("[people]\nlate = 0.5", days=3))


def test_a_node_whose_battery_is_dead_measures_nothing_and_its_people_type(lane: Any) -> None:
    rows = lane("[sensors]\ndying = 1.0\nbattery_days = 6\ndead_days = 2", days=24)
    measured = Counter(day for day, _ in samples(rows))
    silent = [day for day in range(24) if not measured[day]]

    assert len(silent) == 6
    assert all(later - day in (1, 7) for day, later in pairwise(silent))
    assert any(day in silent for day in entries(rows).values())
    battery = [row["battery"] for _, row in rows if row["measurement"] == "health"]
    assert min(battery) < 1
    assert max(battery) > 99


def test_a_clock_that_is_ahead_puts_readings_ahead_and_says_so(lane: Any) -> None:
    right, wrong = lane("", days=2), lane("[clocks]\nwrong = 1.0\nahead_seconds = 240.0", days=2)

    for (_, one), (_, other) in zip(samples(right), samples(wrong), strict=True):
        assert other["time"] - one["time"] == 240 * 10**9
        assert other.get("moisture") == one.get("moisture")
        assert other.get("clock_offset", 240) - one.get("clock_offset", 0) == pytest.approx(240)
    assert entries(right) == entries(wrong)


@pytest.mark.parametrize(("minutes", "count"), [(5, 288), (10, 144), (15, 96)])
def test_sensors_are_read_as_often_as_the_scenario_says(lane: Any, site: Site, minutes: int, count: int) -> None:
    rows = lane(f"every_minutes = {minutes}", days=2)
    for measurement in ("air", "rain"):
        times = [row["time"] for _, row in rows if row["measurement"] == measurement]
        assert times == [(midnight_ms(BEGIN, site.zone) * 10**6) + n * minutes * 60 * 10**9 for n in range(2 * count)]
    assert len([row for _, row in rows if row["measurement"] == "health"]) == 48


def test_rain_is_the_same_however_often_its_gauge_is_read(lane: Any) -> None:
    spell = "[[weather.spell]]\nday = 1\ndays = 3\nrain_mm = 40.0\n"
    whole = [
        sum(row["depth"] for _, row in lane(f"every_minutes = {minutes}\n{spell}", days=3) if "depth" in row)
        for minutes in (5, 10, 15)
    ]

    assert whole[0] > 60
    assert whole == pytest.approx([whole[2]] * 3)


def test_a_recorded_year_is_what_falls_and_how_warm_it_is(lane: Any, tmp_path: Path, site: Site) -> None:
    days = [date(2024, 5, number) for number in range(1, 8)]
    table = [f"{day},{20 + day.day},{30 + day.day},{50 if day.day == 3 else 0}" for day in days]
    (tmp_path / "2024.csv").write_text("\n".join(["date,tmin_c,tmax_c,rain_mm", *table, ""]), "utf-8")

    rows = lane('[weather]\nrecorded = "2024.csv"', days=6)

    warmest: dict[int, float] = {}
    for day, row in rows:
        if row["measurement"] == "air":
            warmest[day] = max(warmest.get(day, 0), row["temperature"])
    dry = [day for day in range(6) if day != 2]
    assert [warmest[day] for day in dry] == pytest.approx([31 + day for day in dry], abs=1.0)
    wet = {
        datetime.fromtimestamp(row["time"] / 10**9, UTC).astimezone(site.zone).day
        for _, row in rows
        if row.get("depth")
    }
    assert wet == {3}


def test_only_what_the_scenario_measures_is_measured(lane: Any) -> None:
    kinds = {row["measurement"] for _, row in samples(lane('[sensors]\nmeasure = ["air"]', days=1))}

    assert kinds == {"air"}


def test_a_gateway_or_market_without_a_scenario_is_refused(site: Site, node_entry: Any) -> None:
    entry = node_entry("simulated", lane="kota")

    with pytest.raises(ValueError, match=r"stands in no lane; a market needs a scenario with \[prices.foods\]"):
        build(entry, site)
    with pytest.raises(ValueError, match=r"option begin='May' is no day; write it as 2025-07-01"):
        build(replace(entry, address=replace(entry.address, lane="sydney"), options={"begin": "May"}), site)
