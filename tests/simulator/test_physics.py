"""Physics of a simulated city: every millimetre is accounted for, and things move together as they do outside."""

from __future__ import annotations

import csv
import gzip
import math
import statistics
from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from commons.sites import NodeEntry
from commons.topics import Address
from lorong.settings import site
from sensors.simulation.market import build_market
from sensors.simulation.scenario import find
from tests.lorong.running import ROOT
from tests.simulator.saying import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Told

_RECORDING = ROOT / "deploy" / "sites" / "makassar" / "recordings" / "kolkata.csv.gz"
Series = list[tuple[datetime, float, float]]
"""Moments with soil moisture [%VWC] and soil temperature [°C]."""


@pytest.fixture(scope="module")
def dry(tell: Callable[..., Told]) -> Told:
    return tell("dry-season", "lane_weather", lines={"count = 12": "count = 3"})


@pytest.fixture(scope="module")
def flood(tell: Callable[..., Told]) -> Told:
    return tell("flood", "lane_weather", lines={"count = 12": "count = 3", "days = 45": "days = 30"})


def test_every_millimetre_of_every_bed_is_accounted_for(dry: Told, flood: Told) -> None:
    for told in (dry, flood):
        days = sorted(told.truth.values(), key=lambda day: (day["lane"], day["bed"], day["day"]))
        for day in days:
            went = day["uptake_mm"] + day["drained_mm"] + day["runoff_mm"]
            came = day["rain_mm"] + day["given_mm"]
            assert day["before_mm"] + came == pytest.approx(day["water_mm"] + went, abs=1e-6)
        for before, after in pairwise(days):
            if (before["lane"], before["bed"]) == (after["lane"], after["bed"]):
                assert after["before_mm"] == before["water_mm"]


def test_what_people_type_is_what_the_soil_got(dry: Told) -> None:
    typed: dict[tuple[str, str], float] = defaultdict(float)
    for row in dry.rows("water"):
        typed[row["lane"], row["bed"]] += row["litres"] / dry.of.site.beds[row["lane"], row["bed"]].area_m2
    given: dict[tuple[str, str], float] = defaultdict(float)
    for day in dry.truth.values():
        given[day["lane"], day["bed"]] += day["given_mm"]

    assert typed == pytest.approx(given)
    assert sum(given.values()) > 1_000


def test_soil_dries_as_fast_as_its_plants_demand(dry: Told) -> None:
    """Where nothing came and nothing is short, a day's loss is its demand."""
    plain = [
        day
        for day in dry.truth.values()
        if not day["rain_mm"] and not day["given_mm"] and day["drained_mm"] < 0.01 and day["uptake_mm"]
    ]
    lost = [day["before_mm"] - day["water_mm"] for day in plain]
    easy = [day for day in plain if day["uptake_mm"] == pytest.approx(day["demand_mm"], rel=1e-6)]

    assert len(plain) > 100
    assert statistics.correlation(lost, [day["uptake_mm"] for day in plain]) > 0.999
    assert all(day["uptake_mm"] <= day["demand_mm"] + 1e-9 for day in plain)
    assert len(easy) > 30


def test_a_spell_without_rain_has_none_and_a_flood_has_its_millimetres(dry: Told, flood: Told) -> None:
    spell = [day for day in dry.truth.values() if "2026-07-25" <= day["day"] <= "2026-09-11"]
    assert len(spell) > 100
    assert {day["rain_mm"] for day in spell} == {0.0}

    days = {row["day"]: row["rain"] for row in flood.rows("lane_weather") if row["rain"] is not None}
    wet = [days[date(2026, 1, day)] for day in (24, 25, 26)]
    assert all(0.5 * 180 < mm < 1.5 * 180 for mm in wet)
    runoff = sum(day["runoff_mm"] for day in flood.truth.values() if "2026-01-24" <= day["day"] <= "2026-01-26")
    assert runoff > 0


def test_the_air_is_drier_when_it_is_warmer_and_never_more_than_full(dry: Told) -> None:
    rows = [row for row in dry.rows("air") if row["temperature"] is not None]
    by_day: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_day[row["lane"], row["day"]].append(row)
    whole = [day for day in by_day.values() if len(day) == 96]
    together = [
        statistics.correlation([row["temperature"] for row in day], [row["humidity"] for row in day]) for day in whole
    ]
    dew = [statistics.stdev(_dew_point(row["temperature"], row["humidity"]) for row in day) for day in whole]

    assert statistics.mean(together) < -0.9
    assert statistics.mean(dew) < 2.0  # the air of a day keeps its water: what changes is how warm it is
    assert max(row["humidity"] for row in rows) <= 100


def test_a_price_crisis_rises_to_its_peak_and_falls_back() -> None:
    scenario = find("chilli-crisis")
    city = site("makassar")
    market = build_market(
        NodeEntry(Address(city.slug, "kota", "market-1"), "simulated", "simulated", {}), city, scenario
    )

    def mean(first: int, last: int) -> float:
        days = [date.fromordinal(scenario.begin.toordinal() + number - 1) for number in range(first, last + 1)]
        return statistics.mean(market.price_idr("cabai-rawit-merah", day, "pedagang 1") for day in days)

    assert mean(1, 60) == pytest.approx(30_000, rel=0.08)
    assert mean(90, 90) == pytest.approx(180_000, rel=0.2)
    assert mean(60, 60) < mean(70, 70) < mean(80, 80) < mean(90, 90)
    assert mean(90, 90) > mean(110, 110) > mean(130, 130) > mean(150, 150)
    assert market.market.slug == "pasar-terong"


def test_soil_moves_as_in_the_recording_of_kolkata(dry: Told) -> None:
    """Distances are printed; docs/simulator.md keeps them. Asserted is only what holds for any soil."""
    recorded, simulated = _recorded(), _simulated(dry)
    for name in ("warmest hour", "daily range [°C]", "quarter's step [%VWC]", "night's share of drying"):
        say(name, recorded=recorded[name], simulated=simulated[name])

    assert abs(recorded["warmest hour"] - simulated["warmest hour"]) < 4
    assert 0.25 < simulated["daily range [°C]"] / recorded["daily range [°C]"] < 4
    assert simulated["night's share of drying"] < 0.5


def _recorded() -> dict[str, float]:
    with gzip.open(_RECORDING, "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["series"] == "1" and row["moisture"] and row["temperature"]]
    return _facts([(datetime.fromisoformat(r["time"]), float(r["moisture"]), float(r["temperature"])) for r in rows])


def _simulated(told: Told) -> dict[str, float]:
    rows = [row for row in told.rows("soil", lane="sydney", bed="b1") if row["moisture"] is not None]
    zone = told.of.site.timezone
    return _facts([(row["time"].tz_convert(zone).to_pydatetime(), row["moisture"], row["temperature"]) for row in rows])


def _facts(series: Series) -> dict[str, float]:
    """How a quarter-hourly series' temperature goes through the day, and its moisture from reading to reading."""
    by_hour: dict[int, list[float]] = defaultdict(list)
    by_day: dict[date, list[float]] = defaultdict(list)
    for at, _, temperature in series:
        by_hour[at.hour].append(temperature)
        by_day[at.date()].append(temperature)
    course = [statistics.mean(by_hour[hour]) for hour in range(24)]
    falls: dict[int, float] = defaultdict(float)
    for (_, before, _), (at, after, _) in pairwise(series):
        if abs(after - before) < 1.0:  # else it was watered, or it rained
            falls[at.hour] += before - after
    day = sum(falls[hour] for hour in range(6, 18))
    night = sum(falls[hour] for hour in (*range(6), *range(18, 24)))
    steps = [abs(after - before) for (_, before, _), (_, after, _) in pairwise(series)]
    return {
        "warmest hour": float(course.index(max(course))),
        "daily range [°C]": statistics.mean(max(each) - min(each) for each in by_day.values() if len(each) > 90),
        "quarter's step [%VWC]": statistics.median(steps),
        "night's share of drying": night / (day + night),
    }


def _dew_point(temperature_c: float, humidity_pct: float) -> float:
    """Dew point [°C] (FAO-56 equation 11, turned round)."""
    gamma = math.log(humidity_pct / 100) + 17.27 * temperature_c / (temperature_c + 237.3)
    return 237.3 * gamma / (17.27 - gamma)
