"""Lies among prices are named, and every published number is the one computed without them, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.analytics.conftest import City, Row

MARKET, OTHER = "pasar-terong", "pasar-daya"
RICE, EGGS, RAWIT = "beras-premium", "telur-ayam-ras", "cabai-rawit-merah"
LEVELS = {RICE: 15_000.0, EGGS: 29_000.0, RAWIT: 52_000.0}
FIRST = date(2026, 3, 2)
DAY = date(2026, 6, 10)
PUBLISHED = ("price_elementary", "price_index", "price_contribution", "ceiling_position")
Prices = dict[date, float]
Published = dict[str, list[tuple[object, ...]]]
Honest = Callable[..., Published]


def lively(level: float, seed: str, *, days: int = 180) -> Prices:
    """A price that moves by a per cent or two on most days, from 2 March 2026 on."""
    chance = random.Random(seed)
    found: Prices = {}
    for number in range(days):
        level *= 1 + chance.choice((-0.02, -0.01, 0.0, 0.01, 0.02))
        found[FIRST + timedelta(days=number)] = float(round(level / 50) * 50)
    return found


@dataclass
class Sheets:
    """Prices of two markets, before they are written: change or drop some, then fill a city with them."""

    prices: dict[tuple[str, str, str], Prices] = field(
        default_factory=lambda: {
            (market, food, quote): lively(level, f"{market} {food} {quote}")
            for market in (MARKET, OTHER)
            for food, level in LEVELS.items()
            for quote in ("a", "b")
        }
    )

    def of(self, food: str = RICE, quote: str = "a", market: str = MARKET) -> Prices:
        return self.prices[market, food, quote]

    def without(self, food: str, days: set[date]) -> Sheets:
        """The same, had the first quote said nothing on these days."""
        found = Sheets({key: dict(prices) for key, prices in self.prices.items()})
        found.prices[MARKET, food, "a"] = {d: price for d, price in self.of(food).items() if d not in days}
        return found

    def fill(self, city: City) -> City:
        for (market, food, quote), prices in self.prices.items():
            city.prices(market, food, prices, quote=quote)
        run(city)
        return city


def run(city: City) -> None:
    """Compute what stands on prices."""
    city.run("price_doubt", *PUBLISHED)


def published(city: City) -> Published:
    """Every number and word of what is computed from prices, but for when and in which city."""
    return {name: sorted(tuple(map(repr, without_time(row).values())) for row in city.rows(name)) for name in PUBLISHED}


def without_time(row: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if key not in ("city", "computed_at", "time")}


def named(city: City) -> list[tuple[str, str, str, str, bool]]:
    """Every doubt: market, food, day, test, and whether the price counts nevertheless."""
    return [
        (row["market"], row["commodity"], row["day"], row["test"], row["left_out"] == 0)
        for row in city.rows("price_doubt")
    ]


@pytest.fixture
def sheets() -> Sheets:
    return Sheets()


@pytest.fixture(scope="module")
def honest(make_city: Callable[[], City]) -> Honest:
    """What is published where the days of a lie say nothing; computed once for each."""
    return cache(lambda food, *days: published(Sheets().without(food, {*days}).fill(make_city())))


def test_honest_prices_are_not_doubted(city: City, sheets: Sheets) -> None:
    sheets.fill(city)

    assert named(city) == []
    assert len(city.rows("price_index", market=MARKET)) >= 6


@pytest.mark.parametrize(
    ("test", "food", "lie"),
    [
        ("zero_price", RICE, lambda _: 0.0),
        ("unit_mixup", RICE, lambda price: price / 10),
        ("unit_mixup", RAWIT, lambda price: price / 10),
        ("unit_mixup", RAWIT, lambda price: price * 100),
        ("unit_mixup", EGGS, lambda price: price / 1000),
        ("outlier", EGGS, lambda price: price * 3),
        ("outlier", RAWIT, lambda price: price / 3),
    ],
)
def test_a_lie_of_one_day_is_named_and_changes_nothing(
    city: City,
    sheets: Sheets,
    honest: Honest,
    test: str,
    food: str,
    lie: Callable[[float], float],
) -> None:
    sheets.of(food)[DAY] = lie(sheets.of(food)[DAY])

    sheets.fill(city)

    assert named(city) == [(MARKET, food, DAY.isoformat(), test, False)]
    assert published(city) == honest(food, DAY)


def test_a_row_in_doubt_says_what_was_said_and_what_is_usual(city: City, sheets: Sheets) -> None:
    usual = sheets.of(RICE)[DAY]
    sheets.of(RICE)[DAY] = usual / 10

    row = sheets.fill(city).row("price_doubt")

    assert (row["value"], row["detail"], row["quote"]) == (usual / 10, "0.1", "a (survey)")
    assert row["usual"] == pytest.approx(usual, rel=0.15)


def test_three_weeks_by_the_100_grams_are_named_and_change_nothing(city: City, sheets: Sheets, honest: Honest) -> None:
    days = {DAY + timedelta(days=number) for number in range(21)}
    for day in days:
        sheets.of(EGGS)[day] /= 10

    sheets.fill(city)

    assert {(row["test"], row["day"]) for row in city.rows("price_doubt")} == {
        ("unit_mixup", day.isoformat()) for day in days
    }
    assert published(city) == honest(EGGS, *sorted(days))


def test_a_new_quote_by_the_100_grams_is_found_by_what_other_markets_ask(city: City, sheets: Sheets) -> None:
    for market in (MARKET, OTHER, "pasar-toddopuli"):
        sheets.prices[market, "bawang-merah", "a"] = lively(35_000, market)
    new = {day: price / 10 for day, price in lively(35_000, "new").items() if day > date(2026, 8, 25)}
    sheets.prices["pasar-pabaeng-baeng", "bawang-merah", "a"] = new

    sheets.fill(city)

    assert set(named(city)) == {
        ("pasar-pabaeng-baeng", "bawang-merah", day.isoformat(), "unit_mixup", False) for day in new
    }


@pytest.mark.parametrize("length", [1, 5])
def test_a_price_copied_from_another_food_is_named_with_it_and_changes_nothing(
    city: City, sheets: Sheets, honest: Honest, length: int
) -> None:
    days = {DAY + timedelta(days=number) for number in range(length)}
    for day in days:
        sheets.of(RICE)[day] = sheets.of(EGGS)[day]

    sheets.fill(city)

    rows = city.rows("price_doubt")
    assert [(row["test"], row["commodity"], row["detail"]) for row in rows] == [("copied_price", RICE, EGGS)] * length
    assert published(city) == honest(RICE, *sorted(days))


def test_a_quote_that_no_longer_moves_is_named_and_changes_nothing(city: City, sheets: Sheets, honest: Honest) -> None:
    days = {DAY + timedelta(days=number) for number in range(1, 40)}
    for day in days:
        sheets.of(RAWIT)[day] = sheets.of(RAWIT)[DAY]

    sheets.fill(city)

    assert set(named(city)) == {(MARKET, RAWIT, day.isoformat(), "stuck", False) for day in days}
    assert published(city) == honest(RAWIT, *sorted(days))


def test_a_quote_that_nobody_else_prices_may_stand_still_and_is_only_named(city: City, sheets: Sheets) -> None:
    alone = lively(35_000, "alone")
    still = {day: alone[DAY] if DAY <= day < DAY + timedelta(days=40) else price for day, price in alone.items()}
    sheets.prices[MARKET, "bawang-putih", "a"] = still

    sheets.fill(city)

    assert len(named(city)) == 39
    assert {(food, test, counts) for _, food, _, test, counts in named(city)} == {("bawang-putih", "stuck", True)}


def test_a_price_that_an_authority_sets_may_stand_still(city: City, sheets: Sheets) -> None:
    moving = lively(15_700, "minyakita")
    still = {day: 15_700.0 if day >= DAY else price for day, price in moving.items()}
    sheets.prices[MARKET, "minyakita", "a"] = still
    sheets.prices[OTHER, "minyakita", "a"] = moving

    sheets.fill(city)

    assert named(city) == []


def test_a_rise_of_one_day_by_half_is_named_and_counts(city: City, sheets: Sheets) -> None:
    sheets.of(RICE)[DAY] *= 1.5

    sheets.fill(city)

    assert named(city) == [(MARKET, RICE, DAY.isoformat(), "outlier", True)]


def test_a_jump_that_stays_is_a_price(city: City, sheets: Sheets) -> None:
    for day, price in sheets.of(RAWIT).items():
        sheets.of(RAWIT)[day] = price * (1 if day < DAY else 3)

    sheets.fill(city)

    assert named(city) == []


def test_what_all_markets_ask_that_day_is_no_lie(city: City, sheets: Sheets) -> None:
    for market in (MARKET, OTHER):
        for quote in ("a", "b"):
            sheets.of(RAWIT, quote, market)[DAY] *= 3

    sheets.fill(city)

    assert named(city) == []


def test_a_weekend_that_repeats_friday_counts_once_and_is_not_doubted(make_city: Callable[[], City]) -> None:
    with_weekends, without = make_city(), make_city()
    prices = {day: price for day, price in lively(29_000, "panel").items() if day.weekday() < 5}
    repeated = {
        friday + timedelta(days=later): price
        for friday, price in prices.items()
        if friday.weekday() == 4
        for later in (1, 2)
    }
    with_weekends.prices("bandung-pihps", EGGS, prices | repeated)
    without.prices("bandung-pihps", EGGS, prices)
    for city in (with_weekends, without):
        run(city)

    assert named(with_weekends) == []
    assert published(with_weekends) == published(without)


def test_somebody_who_goes_on_saturday_and_finds_fridays_price_has_been_there(city: City) -> None:
    prices = {date(2026, 6, 5): 30_000.0, date(2026, 6, 6): 30_000.0}
    city.prices(MARKET, EGGS, prices)

    city.run("price_doubt", "ceiling_position")

    assert {row["day"] for row in city.rows("ceiling_position")} == {"2026-06-05", "2026-06-06"}


def test_a_lie_put_right_is_no_longer_named_and_counts_again(
    make_city: Callable[[], City], sheets: Sheets, city: City
) -> None:
    truth = sheets.of(RICE)[DAY]
    untouched = sheets.fill(make_city())
    sheets.of(RICE)[DAY] = truth / 10
    sheets.fill(city)
    city.clock.sleep(3600)

    city.prices(MARKET, RICE, {DAY: truth}, version=2)
    run(city)

    assert named(city) == []
    assert numbers(city) == numbers(untouched)


def numbers(city: City) -> list[Row]:
    """The index by market and month."""
    return [{"market": row["market"], "day": row["day"], "index": row["index"]} for row in city.rows("price_index")]
