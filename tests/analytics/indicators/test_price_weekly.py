"""The weekly change: up to Friday, against the whole month before, each seller against itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days, Row

MARKET = "pasar-terong"
EGGS, CHICKEN, RAWIT = "telur-ayam-ras", "daging-ayam-ras", "cabai-rawit-merah"


def run(city: City, commodity: str = EGGS) -> dict[str, Row]:
    """The rows of a commodity by the Monday of their week."""
    city.run("price_doubt", "price_weekly")
    return {row["day"]: row for row in city.rows("price_weekly", commodity=commodity)}


def test_each_friday_has_the_month_so_far_against_the_month_before(city: City, days: Days) -> None:
    rise = {date(2026, 10, 1) + timedelta(days=number): 30_000.0 + 1_000 * number for number in range(16)}
    city.prices(MARKET, EGGS, days.month("2026-09", 30_000, days=30) | rise)

    rows = run(city)

    mean = sum(list(rise.values())[:9]) / 9
    assert rows["2026-10-05"]["change"] == pytest.approx(100 * (mean / 30_000 - 1))
    assert [day for day in rows if day >= "2026-09-28"] == ["2026-09-28", "2026-10-05", "2026-10-12"]
    assert rows["2026-09-28"]["change"] == pytest.approx(100 * (30_500 / 30_000 - 1))


def test_a_dear_seller_who_stays_away_makes_nothing_cheaper(city: City, days: Days) -> None:
    for quote in ("a", "b"):
        city.prices(MARKET, EGGS, days.months("2026-09", [30_000, 30_000]), quote=quote)
    city.prices(MARKET, EGGS, days.month("2026-09", 45_000), quote="dear")

    row = run(city)["2026-10-05"]

    assert row["change"] == pytest.approx(0.0)
    assert (row["n"], row["expected"]) == (2.0, 3.0)


def test_the_first_month_is_refused_and_says_so(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.month("2026-09", 30_000))

    assert run(city) == {}
    assert {row["refused"].partition(";")[0] for row in city.refused("price_weekly", commodity=EGGS)} == {
        "too little: 0 of 1 inputs, coverage 0"
    }


def test_a_week_without_a_price_has_no_change(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2026-09", [30_000]) | days.month("2026-10", 33_000, days=9))
    city.prices(MARKET, CHICKEN, days.months("2026-09", [30_000, 30_000]))

    assert "2026-10-05" in run(city)
    assert "2026-10-12" not in run(city)


def test_all_foods_weigh_their_changes(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2026-09", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2026-09", [40_000, 38_000]))

    row = run(city, ALL_FOODS)["2026-10-05"]

    assert row["change"] == pytest.approx((0.607 * 10 - 1.017 * 5) / 1.624)
    assert (row["n"], row["expected"], row["coverage"]) == (2.0, 2.0, 1.0)
    assert row["marks"] == "assumed_weights,recorded"


def test_too_little_weight_is_refused_with_the_share(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2026-09", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.month("2026-09", 40_000))

    assert run(city, ALL_FOODS) == {}
    reasons = {row["day"]: row["refused"] for row in city.refused("price_weekly", commodity=ALL_FOODS)}
    assert reasons["2026-10-05"] == "37% of the weight is priced; 70% is needed"


def test_producers_have_changes_of_foods_and_none_of_all(city: City, days: Days) -> None:
    city.prices("jatim-siskaperbapo", RAWIT, days.months("2026-09", [30_000, 33_000]))

    assert run(city, RAWIT)["2026-10-05"]["change"] == pytest.approx(10)
    assert run(city, ALL_FOODS) == {}
