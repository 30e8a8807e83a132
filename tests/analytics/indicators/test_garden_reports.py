"""Compost, sales and yields: plain sums of what was typed, and no rank from too few reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

OCTOBER = "2026-10-01"


def test_compost_adds_up_from_the_lane_to_the_city(city: City, garden: Garden) -> None:
    garden.type("compost", "sydney", "2026-10-10", waste_kg=20.0, compost_kg=6.0)
    garden.type("compost", "sydney", "2026-10-17", waste_kg=10.0)
    garden.type("compost", "saga", "2026-10-17", compost_kg=4.0)

    city.run("garden_compost")

    month = city.row("garden_compost", OCTOBER, level="kota", period="month")
    assert (month["waste_kg"], month["compost_kg"], month["lanes_reported"]) == (30.0, 10.0, 2.0)
    saga = city.row("garden_compost", OCTOBER, place="saga", period="month")
    assert (saga["waste_kg"], saga["compost_kg"]) == (None, 4.0)


def test_sales_keep_weight_money_and_their_quotient_apart(city: City, garden: Garden) -> None:
    garden.type("sale", "sydney", "2026-10-10", commodity="kangkung", kg=2.0, price_idr=20_000.0)
    garden.type("sale", "sydney", "2026-10-10", commodity="bayam", kg=1.0, price_idr=7_000.0)
    garden.type("sale", "sydney", "2026-10-10", commodity="kangkung", entry="no weight", price_idr=5_000.0)

    city.run("garden_sales")

    month = city.row("garden_sales", OCTOBER, level="kota", period="month", commodity="semua")
    assert (month["kg"], month["received_idr"], month["idr_per_kg"]) == (3.0, 32_000.0, 9_000.0)
    assert month["marks"] == "incomplete"
    assert city.row("garden_sales", level="lane", period="day", commodity="bayam")["marks"] == ""


def test_an_undone_sale_is_taken_back(city: City, garden: Garden) -> None:
    garden.type("sale", "sydney", "2026-10-10", commodity="bayam", entry="e1", kg=1.0, price_idr=7_000.0)
    city.run("garden_sales")
    garden.type("sale", "sydney", "2026-10-10", commodity="bayam", entry="e1", version=2, void=1.0)

    city.run("garden_sales")

    assert city.rows("garden_sales") == []


def harvests(garden: Garden, lane: str, kg: float, *, weeks: int = 4) -> None:
    """The same weight in the middle of each of the first whole weeks of October."""
    for day in [7, 14, 21, 28][:weeks]:
        garden.type("harvest", lane, f"2026-10-{day:02d}", bed="b1", commodity="kangkung", kg=kg)


def test_yields_are_compared_with_the_median_of_lanes_that_reported_enough(city: City, garden: Garden) -> None:
    areas = {
        lane: sum(bed.area_m2 for bed in city.site.beds_of(lane) if bed.crop) for lane in ("sydney", "saga", "melati")
    }
    for lane, by_m2 in (("sydney", 0.1), ("saga", 0.2), ("melati", 0.4)):
        harvests(garden, lane, by_m2 * areas[lane])
    harvests(garden, "agatis", 99.0, weeks=2)

    city.run("garden_harvest", "garden_yield")

    rows = {row["lane"]: row for row in city.rows("garden_yield")}
    assert {lane: row["kg_m2_week"] for lane, row in rows.items()} == pytest.approx(
        {"sydney": 0.1, "saga": 0.2, "melati": 0.4}
    )
    assert [row["median"] for row in rows.values()] == pytest.approx([0.2] * 3)
    assert rows["melati"]["ratio"] == pytest.approx(200)
    assert [(rows[lane]["rank_best"], rows[lane]["rank_worst"]) for lane in ("melati", "saga", "sydney")] == [
        (1.0, 1.0),
        (2.0, 2.0),
        (3.0, 3.0),
    ]


def test_lanes_whose_weeks_differ_much_share_their_ranks(city: City, garden: Garden) -> None:
    for lane, kgs in (
        ("sydney", (1.0, 9.0, 1.0, 9.0)),
        ("saga", (9.0, 1.0, 9.0, 2.0)),
        ("melati", (2.0, 8.0, 1.0, 9.0)),
    ):
        for day, kg in zip((7, 14, 21, 28), kgs, strict=True):
            garden.type("harvest", lane, f"2026-10-{day:02d}", bed="b1", commodity="kangkung", kg=kg)

    city.run("garden_harvest", "garden_yield")

    assert {(row["rank_best"], row["rank_worst"]) for row in city.rows("garden_yield")} == {(1.0, 3.0)}


def test_two_lanes_make_no_median(city: City, garden: Garden) -> None:
    for lane in ("sydney", "saga"):
        harvests(garden, lane, 2.0)

    city.run("garden_harvest", "garden_yield")

    assert [(row["median"], row["rank_best"]) for row in city.rows("garden_yield")] == [(None, None)] * 2
