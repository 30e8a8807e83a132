"""Water given against water needed: by hand, by the crop's age, and never from silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

MONDAY, SUNDAY = "2026-10-26", "2026-11-01"
WEEK = [f"2026-10-{day}" for day in range(26, 32)] + [SUNDAY]


def dry_week(garden: Garden, rain: float = 0.0) -> None:
    for day in WEEK:
        garden.air("sydney", day)
        garden.rain("sydney", day, rain)


def test_need_is_kc_times_et0_less_rain_on_the_beds_area(city: City, garden: Garden) -> None:
    garden.air("sydney", MONDAY)
    garden.rain("sydney", MONDAY, 2.0)
    garden.type("planting", "sydney", "2026-10-16", bed="b1", commodity="kangkung", area=2.5)

    city.run("lane_weather", "water_use")

    et0 = city.row("lane_weather")["et0"]
    # kangkung: 25.5 days to harvest, so day 11 lies between day 5.1 (Kc 0.70) and day 15.3 (Kc 1.00)
    kc = 0.7 + 0.3 * (11 - 5.1) / 10.2
    row = city.row("water_use", bed="b1", period="day")
    assert row["crop_use"] == pytest.approx(kc * et0 * 2.5)
    assert row["need"] == pytest.approx((kc * et0 - 2.0) * 2.5)
    assert (row["given"], row["ratio"], row["marks"]) == (None, None, "unverified")


def test_a_bed_of_which_no_planting_is_known_drinks_as_its_crop_in_full_leaf(city: City, garden: Garden) -> None:
    garden.air("sydney", MONDAY)
    garden.rain("sydney", MONDAY, 0.0)

    city.run("lane_weather", "water_use")

    row = city.row("water_use", bed="b1", period="day")
    assert row["crop_use"] == pytest.approx(1.0 * city.row("lane_weather")["et0"] * 2.5)
    assert row["marks"] == "stand_in"


def test_a_harvested_leaf_crop_drinks_no_more(city: City, garden: Garden) -> None:
    dry_week(garden)
    garden.type("planting", "sydney", "2026-10-01", bed="b1", commodity="kangkung", area=2.5)
    garden.type("harvest", "sydney", "2026-10-28", bed="b1", commodity="kangkung", kg=4.0)

    city.run("lane_weather", "water_use")

    used = {row["day"]: row["need"] for row in city.rows("water_use", bed="b1", period="day")}
    assert [day for day in WEEK if used.get(day) is not None] == WEEK[:3]


def test_a_week_adds_up_and_compares_what_was_typed(city: City, garden: Garden) -> None:
    dry_week(garden)
    for day in WEEK[:4]:
        garden.type("water", "sydney", day, bed="b1", litres=12.0)

    city.run("lane_weather", "water_use")

    days = city.rows("water_use", bed="b1", period="day")
    week = city.row("water_use", MONDAY, bed="b1", period="week")
    assert (week["given"], week["entries"]) == (48.0, 4.0)
    assert week["need"] == pytest.approx(sum(row["need"] for row in days))
    assert week["ratio"] == pytest.approx(100 * 48 / week["need"])
    lane = city.row("water_use", MONDAY, bed="semua", period="week")
    assert lane["given"] == 48.0
    assert lane["need"] > week["need"]


def test_a_lane_that_types_no_watering_has_given_nobody_knows_what(city: City, garden: Garden) -> None:
    dry_week(garden)

    city.run("lane_weather", "water_use")

    week = city.row("water_use", MONDAY, bed="semua", period="week")
    assert (week["given"], week["ratio"]) == (None, None)
    assert week["need"] > 0


def test_more_rain_than_the_crops_use_leaves_no_need(city: City, garden: Garden) -> None:
    dry_week(garden, rain=40.0)

    city.run("lane_weather", "water_use")

    week = city.row("water_use", MONDAY, bed="b1", period="week")
    assert week["need"] == 0.0
    assert week["crop_use"] > 0


def test_without_a_gauge_the_need_is_not_known(city: City, garden: Garden) -> None:
    garden.air("sydney", MONDAY)
    garden.type("water", "sydney", MONDAY, bed="b1", litres=12.0)

    city.run("lane_weather", "water_use")

    row = city.row("water_use", bed="b1", period="day")
    assert (row["given"], row["need"], row["ratio"]) == (12.0, None, None)


def test_a_late_watering_changes_its_day_week_and_month_and_no_other(city: City, garden: Garden) -> None:
    dry_week(garden)
    garden.type("water", "sydney", MONDAY, bed="b1", litres=12.0)
    garden.settle("lane_weather", "water_use")

    garden.type("water", "sydney", "2026-10-28", bed="b1", litres=10.0)
    summary = city.run("water_use")

    assert summary.computed == 6  # day, week and month, of the bed and of the lane
