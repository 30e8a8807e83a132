"""How close the product's estimates come to what really was, which the simulator alone knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analytics.crops import crop_water
from analytics.methods.soil_water import depletion_fraction, soil_state
from tests.simulator.saying import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.conftest import Told

_TELLABLE_PCT = 1.0  # what a good probe of these scenarios may always be off [%VWC]
_SCALE_KG = 0.05


@pytest.fixture(scope="module")
def bad_sensors(tell: Callable[..., Told]) -> Told:
    return tell(
        "bad-sensors", "soil_state", "lane_weather", lines={"count = 12": "count = 8", "days = 60": "days = 45"}
    )


@pytest.fixture(scope="module")
def quiet(tell: Callable[..., Told]) -> Told:
    return tell(
        "quiet",
        "garden_harvest",
        "harvest_doubt",
        "harvest_outlook",
        lines={"count = 12": "count = 9", "days = 60": "days = 100"},
    )


def states(told: Told) -> list[tuple[str, str | None, set[str | None], str]]:
    """Of each bed's day with a state: the state, the true one, those that a good probe may show, the probe's fault."""
    found = []
    for row in told.rows("soil_state"):
        true = told.truth.get((row["day"].isoformat(), row["lane"], row["bed"]))
        if true is not None:
            at = true["moisture_pct"]
            near = {_state(told, true, at + off) for off in (-_TELLABLE_PCT, 0.0, _TELLABLE_PCT)}
            found.append((row["state"], _state(told, true, at), near, true["fault"]))
    return found


def _state(told: Told, true: dict[str, Any], moisture_pct: float) -> str | None:
    """The state by the indicator's own rule, from what really was."""
    bed, water = told.of.site.beds[true["lane"], true["bed"]], crop_water(true["crop"])
    p = water.p if water.kc_mid is None else float(depletion_fraction(water.p, water.kc_mid * true["et0_mm"]))
    return soil_state(
        moisture_pct, field_capacity_pct=bed.field_capacity_pct, wilting_point_pct=bed.wilting_point_pct, p=p
    ).state


def test_with_bad_sensors_the_soil_state_is_right_in_95_of_100_days(bad_sensors: Told) -> None:
    found = states(bad_sensors)
    days = len(found)
    right = sum(said in near for said, _, near, _ in found) / days
    watering = sum((said == "dry") == (true == "dry") for said, true, _, _ in found) / days
    exactly = sum(said == true for said, true, _, _ in found) / days
    wrong = Counter(fault for said, _, near, fault in found if said not in near)
    say("bad-sensors", days=days, right=right, watering=watering, exactly=exactly, wrong=dict(wrong))

    assert days > 800
    assert right >= 0.95
    assert watering >= 0.95


def test_a_day_without_current_has_no_state(bad_sensors: Told) -> None:
    dead = {key for key, day in bad_sensors.truth.items() if day["dead"]}
    told = {(row["day"].isoformat(), row["lane"], row["bed"]) for row in bad_sensors.rows("soil_state")}

    assert len(dead) > 20
    assert not dead & told


def test_a_probe_that_hangs_is_found_out_within_a_day_or_two(bad_sensors: Told) -> None:
    hanging = {(day["lane"], day["bed"]) for day in bad_sensors.truth.values() if day["fault"] == "sticks"}
    flagged = {(row["lane"], row["bed"]) for row in bad_sensors.rows("flagged", field="moisture", test="stuck")}

    assert hanging
    assert hanging <= flagged


def test_a_lanes_week_of_harvest_is_what_it_picked_or_nothing_is_said(quiet: Told) -> None:
    true, picks = _picked(quiet)
    weeks = quiet.rows("garden_harvest", period="week", level="lane", commodity="semua")
    for row in weeks:
        key = row["place"], row["day"]
        assert row["kg"] == pytest.approx(true[key], abs=_SCALE_KG / 2 * picks[key] + 1e-6)

    silent = {key for key in true if true[key] > 1.0} - {(row["place"], row["day"]) for row in weeks}
    assert len(weeks) > 60
    assert 0 < len(silent) < 0.2 * len(weeks)


def test_a_citys_week_of_harvest_is_the_share_that_its_coverage_says(quiet: Told) -> None:
    true, picks = _picked(quiet)
    told = quiet.rows("garden_harvest", period="week", level="kota", commodity="semua")
    reporting = defaultdict(set)
    for row in quiet.rows("garden_harvest", period="week", level="lane", commodity="semua"):
        reporting[row["day"]].add(row["place"])
    whole = [row for row in told if _is_whole(quiet, row["day"])]
    off = []
    for row in whole:
        lanes = reporting[row["day"]]
        n = sum(picks[lane, row["day"]] for lane in lanes)
        assert row["lanes_reported"] == len(lanes)
        assert row["coverage"] == len(lanes) / len(quiet.of.site.lanes)
        assert row["kg"] == pytest.approx(sum(true[lane, row["day"]] for lane in lanes), abs=_SCALE_KG / 2 * n + 1e-6)
        every = sum(true[lane, row["day"]] for lane in quiet.of.site.lanes)
        off.append(row["kg"] / every - row["coverage"])
    say("share of the true kilograms less the coverage", weeks=len(off), least=min(off), most=max(off))

    assert len(whole) > 8
    assert abs(sum(off) / len(off)) < 0.1


def test_first_harvests_lie_in_the_range_that_was_said_and_all_over_it(quiet: Told) -> None:
    places = _places_in_range(quiet)

    assert len(places) > 40
    assert all(0 <= place <= 1 for place in places)
    assert 0.35 < sum(place < 0.5 for place in places) / len(places) < 0.65


def test_crops_that_are_slower_than_the_table_are_seen_to_leave_the_range(tell: Callable[..., Told]) -> None:
    lines = {"count = 12": "count = 4", "days = 60": "days = 75", "[lanes]": "[crops]\nslower = 0.6\n\n[lanes]"}
    places = _places_in_range(tell("quiet", "harvest_outlook", lines=lines))

    assert len(places) > 5
    assert sum(0 <= place <= 1 for place in places) / len(places) < 0.5


def _places_in_range(told: Told) -> list[float]:
    """Where in its outlook's range each planting's true first harvest lay: 0 = on the first day, 1 = on the last."""
    outlook = {(row["lane"], row["bed"], row["day"]): row for row in told.rows("harvest_outlook")}
    firsts = {
        (day["lane"], day["bed"], date.fromisoformat(day["planted"])): date.fromisoformat(day["first_pick"])
        for day in told.truth.values()
        if day["planted"] and date.fromisoformat(day["first_pick"]) < told.of.scenario.end
    }
    found = []
    for key, first in firsts.items():
        said = outlook[key]
        days = (first - key[2]).days
        found.append((days - said["days_min"]) / (said["days_max"] - said["days_min"]))
    return found


def _picked(told: Told) -> tuple[dict[tuple[str, date], float], Counter[tuple[str, date]]]:
    """True kilograms, and how many picks, by lane and week."""
    true: dict[tuple[str, date], float] = defaultdict(float)
    picks: Counter[tuple[str, date]] = Counter()
    for day in told.truth.values():
        on = date.fromisoformat(day["day"])
        key = day["lane"], on - timedelta(days=on.weekday())
        true[key] += day["harvest_kg"]
        picks[key] += day["harvest_kg"] > 0
    return true, picks


def _is_whole(told: Told, week: date) -> bool:
    return told.of.scenario.begin <= week and week + timedelta(days=7) <= told.of.scenario.end
