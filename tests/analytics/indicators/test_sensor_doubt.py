"""Injected lies of sensors: each is named, and what is computed equals what is computed without it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from analytics import frames
from analytics.indicators.sensor_doubt import workings
from store.contract import Query
from tests.analytics.sound import STEPS, put_soil, soil_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.analytics.conftest import City

FIRST = "2026-10-31"
DAYS = 3
DOUBTED = ("sensor_doubt", "soil_state")


def states(city: City) -> list[dict[str, Any]]:
    """The soil's states without when they were computed, and why."""
    about = {"time", "city", "computed_at", "reason", "revision_number"}
    return [{name: value for name, value in row.items() if name not in about} for row in city.rows("soil_state")]


def stuck(values: list[float]) -> list[float | None]:
    """The same probe, hanging at a new value from noon of the first day on."""
    return [value if step < STEPS // 2 else 44.4 for step, value in enumerate(values)]


def leaping(values: list[float]) -> list[float | None]:
    """The same probe with a loose plug for one reading of each day's last hour."""
    return [77.7 if step % STEPS == STEPS - 3 else value for step, value in enumerate(values)]


@pytest.mark.parametrize(("lie", "test"), [(stuck, "stuck"), (leaping, "spike")])
def test_a_lie_is_named_and_the_soils_state_is_that_without_it(
    lie: Callable[[list[float]], list[float | None]], test: str, make_city: Callable[[], City]
) -> None:
    honest, lied = make_city(), make_city()
    values, false = soil_values(DAYS, level=33.0), lie(soil_values(DAYS, level=33.0))
    truth = [value if value == said else None for value, said in zip(values, false, strict=True)]
    for city, second in ((honest, truth), (lied, false)):
        put_soil(city, FIRST, soil_values(DAYS))
        put_soil(city, FIRST, second, node="n2")
        city.run(*DOUBTED)

    named = {
        (row["bed"], row["field"], row["test"], row["detail"], row["left_out"]) for row in lied.rows("sensor_doubt")
    }
    assert ("b1", "soil.moisture", test, "saga-n2", 1.0) in named
    assert honest.rows("sensor_doubt") == []
    assert states(lied) == states(honest)
    assert len(states(lied)) == DAYS


def test_a_doubt_says_how_many_readings_of_the_day_what_was_read_and_what_is_usual(city: City) -> None:
    put_soil(city, FIRST, stuck(soil_values(DAYS)))
    city.run(*DOUBTED)

    rows = city.rows("sensor_doubt", test="stuck")
    assert [(row["day"], row["n"], row["value"]) for row in rows] == [
        ("2026-10-31", 48.0, 44.4),
        ("2026-11-01", 96.0, 44.4),
        ("2026-11-02", 96.0, 44.4),
    ]
    assert all(29 < row["usual"] < 31 for row in rows)


def test_a_bed_whose_only_probe_hangs_has_no_state_rather_than_a_wrong_one(city: City) -> None:
    put_soil(city, FIRST, stuck(soil_values(DAYS)))
    city.run(*DOUBTED)

    assert [row["day"] for row in city.rows("soil_state")] == ["2026-10-31"]


def test_a_state_that_was_computed_before_the_lie_was_seen_is_corrected(city: City) -> None:
    hanging = stuck(soil_values(DAYS))
    put_soil(city, FIRST, hanging[: STEPS // 2 + 40])
    city.at("2026-11-01 00:10")
    city.run(*DOUBTED)
    before = city.row("soil_state", "2026-10-31")["moisture"]
    city.at("2026-11-03 09:00")
    put_soil(city, "2026-11-01", hanging[STEPS:])

    city.run(*DOUBTED)

    assert before == pytest.approx(44.4)
    assert city.row("soil_state", "2026-10-31")["moisture"] < 31


def test_running_again_changes_no_doubt(city: City) -> None:
    put_soil(city, FIRST, stuck(soil_values(DAYS)))
    city.run(*DOUBTED)
    before = city.rows("sensor_doubt")
    city.clock.sleep(4000)

    assert city.run(*DOUBTED).computed == 0
    assert city.rows("sensor_doubt") == before


def test_the_workings_show_the_log_and_its_sum(city: City) -> None:
    put_soil(city, FIRST, stuck(soil_values(DAYS)))
    put_soil(city, FIRST, stuck(soil_values(DAYS, level=25.0)), node="n2")
    city.run(*DOUBTED)
    row = city.row("sensor_doubt", "2026-11-01", test="stuck")
    log = frames.frame(city.store.read(Query("flagged", where={"city": city.site.slug})))

    worked = workings({"flagged": log}, city.site, {**row, "start": date(2026, 11, 1)})

    assert len(worked.inputs) == 2
    assert worked.lines[0].startswith("n = 96 + 96 = 192 readings")
