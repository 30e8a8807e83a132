"""When a planting is due and what it may weigh; a late planting changes its own outlook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

THIS_WEEK, NEXT_WEEK = "2026-11-02", "2026-11-09"


def expected(city: City, week: str, *, place: str = "sydney", commodity: str = "semua") -> float:
    rows = city.rows("harvest_expected", place=place, commodity=commodity)
    return float(sum(row["kg_typical"] for row in rows if row["day"] == week))


def kangkung(garden: Garden, day: str, *, bed: str = "b1") -> None:
    garden.type("planting", "sydney", day, bed=bed, commodity="kangkung", area=2.0)


def test_a_planting_is_due_within_its_crops_days(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-20")

    city.run("harvest_outlook")

    row = city.row("harvest_outlook")
    assert (row["day"], row["days_min"], row["days_max"]) == ("2026-10-20", 21.0, 30.0)
    assert (row["opens"], row["closes"]) == (city.midnight_ms("2026-11-10"), city.midnight_ms("2026-11-19"))
    assert (row["kg_low"], row["kg_typical"], row["kg_high"]) == (2.0, 4.0, 7.0)
    assert (row["first"], row["harvests"], row["over"], row["marks"]) == (None, 0.0, 0.0, "unverified")


def test_a_planting_without_an_area_takes_the_beds_and_says_so(city: City, garden: Garden) -> None:
    garden.type("planting", "sydney", "2026-10-20", bed="b1", commodity="kangkung", plants=50.0)

    city.run("harvest_outlook")

    row = city.row("harvest_outlook")
    assert (row["area"], row["marks"]) == (2.5, "imputed,unverified")


def test_a_harvest_ends_a_leaf_crop_and_begins_a_fruit_crop(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-01")
    garden.type("harvest", "sydney", "2026-10-25", bed="b1", commodity="kangkung", kg=4.0)
    garden.type("planting", "sydney", "2026-08-01", bed="b4", commodity="tomat", area=12.0)
    garden.type("harvest", "sydney", "2026-10-10", bed="b4", commodity="tomat", kg=1.0)
    garden.type("harvest", "sydney", "2026-10-14", bed="b4", commodity="tomat", kg=2.0)

    city.run("harvest_outlook")

    leaf, fruit = (city.row("harvest_outlook", bed=bed) for bed in ("b1", "b4"))
    assert (leaf["over"], leaf["harvests"]) == (1.0, 1.0)
    assert (fruit["over"], fruit["harvests"], fruit["first"]) == (0.0, 2.0, city.midnight_ms("2026-10-10"))
    assert fruit["ends"] == city.midnight_ms("2026-11-24")


def test_the_next_planting_of_a_bed_ends_the_one_before(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-09-01")
    garden.type("planting", "sydney", "2026-10-20", bed="b1", commodity="bayam", area=2.0)

    city.run("harvest_outlook")

    assert city.row("harvest_outlook", commodity="kangkung")["over"] == 1.0
    assert city.row("harvest_outlook", commodity="bayam")["over"] == 0.0


def test_a_weeks_expectation_is_the_share_of_its_days(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-14")  # ready on one of the ten days from 4 to 13 November; 4 kg

    city.run("harvest_expected")

    assert expected(city, THIS_WEEK) == pytest.approx(4 * 5 / 10)
    assert expected(city, NEXT_WEEK) == pytest.approx(4.0)  # next Monday nothing was picked, so it must be that week
    assert expected(city, THIS_WEEK, place=city.site.kota.slug, commodity="kangkung") == pytest.approx(2)


def test_what_was_picked_before_a_week_is_not_expected_in_it(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-08")
    garden.type("harvest", "sydney", "2026-10-31", bed="b1", commodity="kangkung", kg=3.5)

    city.run("harvest_expected")

    assert expected(city, THIS_WEEK) == 0.0
    assert expected(city, "2026-10-26") > 0


def test_an_overdue_planting_is_counted_and_adds_no_weight(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-09-20")  # due by 20 October
    garden.type("harvest", "sydney", "2026-10-18", nothing=1.0)

    city.run("harvest_expected")

    row = city.row("harvest_expected", THIS_WEEK, place="sydney", commodity="kangkung")
    assert (row["overdue"], row["plantings"], row["kg_typical"]) == (1.0, 0.0, 0.0)


def test_of_a_lane_that_types_nothing_nobody_knows_that_it_is_late(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-09-20")

    city.run("harvest_expected")

    assert [row["day"] for row in city.rows("harvest_expected", place="sydney") if row["overdue"]] == []


def test_the_week_after_next_is_expected_once_it_is_the_next(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-26")  # ready from 16 November
    garden.settle("harvest_expected")
    assert expected(city, "2026-11-16") == 0

    city.at("2026-11-09 09:00")
    city.run("harvest_expected")

    assert expected(city, "2026-11-16") > 0


def test_a_late_planting_computes_its_own_outlook_and_the_one_that_it_ends(city: City, garden: Garden) -> None:
    kangkung(garden, "2026-10-01")
    for bed in ("b2", "b3"):
        kangkung(garden, "2026-10-10", bed=bed)
    garden.type("planting", "saga", "2026-10-10", bed="b1", commodity="bayam", area=2.0)
    garden.settle("harvest_outlook")

    kangkung(garden, "2026-10-28")
    summary = city.run("harvest_outlook")

    assert (summary.computed, summary.corrected) == (2, 1)
    assert city.row("harvest_outlook", "2026-10-01")["over"] == 1.0
    assert city.row("harvest_outlook_history")["over"] == 0.0
