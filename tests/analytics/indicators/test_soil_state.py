"""A bed's state: worked by hand, from good readings only, never from too few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commons.rows import Block

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

LAST_DAY = "2026-11-02"


def bed_with_crop(city: City) -> tuple[str, str]:
    """A kangkung bed 0.3 m deep: field capacity 30 %, wilting point 13 %, p 0.2, roots 0.3 m."""
    bed = city.site.beds["sydney", "b1"]
    assert (bed.crop, bed.depth_m, bed.field_capacity_pct, bed.wilting_point_pct) == ("kangkung", 0.3, 30.0, 13.0)
    return bed.lane, bed.slug


@pytest.mark.parametrize(
    ("moisture", "state", "code", "depletion_mm", "is_watered"),
    [
        (20.0, "dry", 0.0, 30.0, True),  # (30 - 20) % of 300 mm; RAW = 0.2 x 17 % of 300 mm = 10.2 mm
        (27.0, "good", 1.0, 9.0, False),
        (31.0, "wet", 2.0, 0.0, False),
    ],
)
def test_the_state_is_that_of_a_calculation_by_hand(
    city: City, moisture: float, state: str, code: float, depletion_mm: float, *, is_watered: bool
) -> None:
    lane, bed = bed_with_crop(city)
    city.soil(lane, bed, LAST_DAY, moisture)

    city.run("soil_state")

    row = city.row("soil_state")
    area = city.site.beds[lane, bed].area_m2
    assert (row["state"], row["state_code"], row["moisture"]) == (state, code, moisture)
    assert row["depletion"] == pytest.approx(depletion_mm)
    assert row["raw_depth"] == pytest.approx(10.2)
    assert row["litres"] == pytest.approx(depletion_mm * area if is_watered else 0.0)


def test_roots_end_where_the_container_does(city: City) -> None:
    bed = city.site.beds["sydney", "b4"]  # tomatoes want 0.7 m; the polybag has 0.25 m
    assert (bed.crop, bed.depth_m) == ("tomat", 0.25)
    city.soil("sydney", "b4", LAST_DAY, 22.0)

    city.run("soil_state")

    assert city.row("soil_state")["depletion"] == pytest.approx((32 - 22) / 100 * 250)


def test_moisture_is_the_mean_of_the_last_three_hours(city: City) -> None:
    city.soil("saga", "b1", LAST_DAY, 40.0, hours=range(21))
    city.soil("saga", "b1", LAST_DAY, 20.0, hours=[21])
    city.soil("saga", "b1", LAST_DAY, 23.0, hours=[22])
    city.soil("saga", "b1", LAST_DAY, 26.0, hours=[23])

    city.run("soil_state")

    assert city.row("soil_state")["moisture"] == pytest.approx(23.0)


def test_a_day_with_half_its_hours_has_a_state_and_one_with_less_has_none(city: City) -> None:
    city.soil("saga", "b1", LAST_DAY, 25.0, hours=range(12))
    city.soil("saga", "b2", LAST_DAY, 25.0, hours=range(11))

    city.run("soil_state")

    row = city.row("soil_state")
    assert (row["bed"], row["n"], row["expected"], row["coverage"]) == ("b1", 12.0, 24.0, 0.5)


def test_a_gap_of_a_day_is_a_day_without_a_row(city: City) -> None:
    city.soil("saga", "b1", "2026-10-31", 25.0)
    city.soil("saga", "b1", "2026-11-02", 25.0)

    city.run("soil_state")

    assert [row["day"] for row in city.rows("soil_state")] == ["2026-10-31", "2026-11-02"]


def test_of_today_only_the_hours_so_far_are_expected(city: City) -> None:
    city.at("2026-11-03 09:40")
    city.soil("saga", "b1", "2026-11-03", 25.0, hours=range(10))

    city.run("soil_state")

    row = city.row("soil_state")
    assert (row["n"], row["expected"], row["coverage"], row["marks"]) == (10.0, 10.0, 1.0, "incomplete")


def test_a_bad_reading_is_in_no_mean(city: City) -> None:
    city.soil("saga", "b1", LAST_DAY, 25.0)
    at = (city.midnight_ms(LAST_DAY) + 23 * 3_600_000 + 2_700_000) * 1_000_000
    tags: dict[str, str | list[str]] = {
        "city": city.site.slug,
        "lane": "saga",
        "node": "saga-n1",
        "bed": "b1",
        "origin": "measured",
    }
    city.put(Block("soil", [at], tags, {"moisture": [99.0], "moisture_flag": [4.0]}), "saga")

    city.run("soil_state")

    assert city.row("soil_state")["moisture"] == 25.0


@pytest.mark.parametrize(("origin", "marks"), [("simulated", "simulated"), ("recorded", "recorded"), ("measured", "")])
def test_a_state_carries_where_its_readings_come_from(city: City, origin: str, marks: str) -> None:
    city.soil("saga", "b1", LAST_DAY, 25.0, origin=origin)

    city.run("soil_state")

    assert city.row("soil_state")["marks"] == marks


def test_a_single_simulated_hour_marks_the_day(city: City) -> None:
    city.soil("saga", "b1", LAST_DAY, 25.0, hours=range(23))
    city.soil("saga", "b1", LAST_DAY, 25.0, hours=[23], origin="simulated")

    city.run("soil_state")

    assert city.row("soil_state")["marks"] == "simulated"


def test_a_bed_without_a_crop_takes_a_general_p_and_says_so(city: City) -> None:
    bed = city.site.beds["saga", "r1"]
    assert (bed.crop, bed.field_capacity_pct, bed.wilting_point_pct, bed.depth_m) == ("", 20.0, 8.0, 0.3)
    city.soil("saga", "r1", LAST_DAY, 15.0, origin="recorded")

    city.run("soil_state")

    row = city.row("soil_state")
    assert row["raw_depth"] == pytest.approx(0.4 * (20 - 8) / 100 * 300)
    assert (row["state"], row["marks"]) == ("dry", "recorded,stand_in")


def test_a_bed_that_the_site_does_not_know_has_no_state(city: City) -> None:
    city.soil("saga", "b99", LAST_DAY, 25.0)

    city.run("soil_state")

    assert city.rows("soil_state") == []


def test_a_bed_read_by_a_node_that_no_table_knows_is_marked_until_it_is_known(city: City) -> None:
    city.soil("saga", "b1", LAST_DAY, 20.0, node="saga-n99")
    city.soil("saga", "b2", LAST_DAY, 20.0)

    city.run("soil_state")

    assert {row["bed"]: row["marks"] for row in city.rows("soil_state")} == {"b1": "unknown_node", "b2": ""}
    city.site.nodes["saga-n99"] = city.site.nodes["saga-n1"]
    city.at("2026-11-03 10:00")
    city.soil("saga", "b1", LAST_DAY, 20.0, node="saga-n99")
    city.run("soil_state")
    assert {row["marks"] for row in city.rows("soil_state")} == {""}


def test_what_was_given_after_the_last_reading_is_taken_off(city: City, garden: Garden) -> None:
    city.at("2026-11-03 09:00")
    city.soil("sydney", "b1", "2026-11-03", 20.0, hours=range(6))  # 30 mm are missing on 2.5 m2: 75 litres
    garden.type("water", "sydney", "2026-11-03", bed="b1", litres=10.0, hour=5.5, entry="seen")
    garden.type("water", "sydney", "2026-11-03", bed="b1", litres=25.0, hour=7.0, entry="unseen")

    city.run("soil_state")

    row = city.row("soil_state")
    assert row["litres"] == pytest.approx(75 - 25)
    assert row["given"] == 35.0


def test_a_hot_day_makes_a_bed_dry_sooner(city: City, garden: Garden) -> None:
    garden.air("sydney", LAST_DAY, low=22.0, high=36.0)
    city.soil("sydney", "b1", LAST_DAY, 27.0)

    city.run("lane_weather", "soil_state")

    row = city.row("soil_state")
    assert row["et0"] > 5
    assert row["raw_depth"] == pytest.approx((0.2 + 0.04 * (5 - row["et0"])) * 0.17 * 300)
    assert row["raw_depth"] < 10.2
