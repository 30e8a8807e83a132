"""The coefficient of variation over twelve months, and why there is none."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean, stdev
from typing import TYPE_CHECKING

import pytest

from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Row

MARKET, EGGS, RAWIT = "pasar-terong", "telur-ayam-ras", "cabai-rawit-merah"


def weekdays(first: date, last: date, prices: tuple[float, ...]) -> dict[date, float]:
    """A price on each day of the working week, in turns."""
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    working = [day for day in every if day.weekday() < 5]
    return {day: prices[number % len(prices)] for number, day in enumerate(working)}


def run(city: City, commodity: str = EGGS) -> dict[str, Row]:
    """The rows of a commodity by month."""
    city.run("price_doubt", "price_variation")
    return {row["day"][:7]: row for row in city.rows("price_variation", commodity=commodity)}


YEAR = weekdays(date(2025, 10, 1), date(2026, 10, 31), (29_000.0, 30_000.0, 31_000.0))


def test_it_is_deviation_over_mean_of_twelve_months(city: City) -> None:
    city.prices(MARKET, EGGS, YEAR)

    rows = run(city)

    year = [price for day, price in YEAR.items() if day < date(2026, 10, 1)]
    assert list(rows) == ["2026-09", "2026-10"]
    assert rows["2026-09"]["variation"] == pytest.approx(100 * stdev(year) / mean(year))
    assert rows["2026-09"]["n"] == rows["2026-09"]["expected"] == len(year)


def test_less_than_a_year_is_refused_with_the_months_there_are(city: City) -> None:
    city.prices(MARKET, EGGS, YEAR)
    run(city)

    refused = {row["day"][:7]: row["refused"] for row in city.refused("price_variation", commodity=EGGS)}

    assert refused["2026-08"] == "11 months since the first price; 12 are needed"
    assert len(refused) == 11


def test_a_year_with_many_gaps_is_refused(city: City) -> None:
    city.prices(MARKET, EGGS, {day: price for day, price in YEAR.items() if day.day < 20})
    run(city)

    refused = {row["day"][:7]: row["refused"] for row in city.refused("price_variation", commodity=EGGS)}
    assert refused["2026-10"].endswith("days have a price; 70% are needed")


def test_two_sellers_of_different_price_are_no_variation(city: City) -> None:
    city.prices(MARKET, EGGS, YEAR, quote="a")
    alone = run(city)["2026-10"]["variation"]
    city.clock.sleep(3600)

    city.prices(MARKET, EGGS, {day: 2 * price for day, price in YEAR.items()}, quote="b")

    assert run(city)["2026-10"]["variation"] == pytest.approx(alone)


def test_all_foods_have_the_mean_over_the_foods(city: City) -> None:
    city.prices(MARKET, EGGS, YEAR)
    city.prices(MARKET, RAWIT, {day: 50_000 + 5 * (price - 30_000) for day, price in YEAR.items()})

    together = run(city, ALL_FOODS)["2026-10"]

    assert together["variation"] == pytest.approx(
        (run(city)["2026-10"]["variation"] + run(city, RAWIT)["2026-10"]["variation"]) / 2
    )
    assert (together["n"], together["expected"]) == (2.0, 2.0)


def test_a_spike_that_is_doubted_does_not_vary_the_price(city: City) -> None:
    city.prices(MARKET, EGGS, YEAR | {date(2026, 6, 10): 300_000.0})

    assert run(city)["2026-10"]["variation"] < 4
