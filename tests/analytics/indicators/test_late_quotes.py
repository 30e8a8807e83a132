"""A late quote recomputes what it reaches and nothing else, counted row by row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from commons.catalogue import measurement
from tests.analytics.conftest import Days

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.analytics.conftest import City

MARKET, OTHER = "pasar-terong", "pasar-daya"
EGGS, RAWIT = "telur-ayam-ras", "cabai-rawit-merah"
PRICES = (
    "price_doubt",
    "price_elementary",
    "price_index",
    "price_contribution",
    "price_weekly",
    "price_alarm",
    "price_variation",
    "ceiling_position",
)
LATE = date(2025, 3, 12)


def revisions(city: City, name: str) -> dict[tuple[str, ...], str]:
    """The revision of every row, refused ones too, by identity."""
    tags = measurement(name).tags[1:]
    return {
        (row["day"], *(row[tag] for tag in tags)): row["revision"] for row in [*city.rows(name), *city.refused(name)]
    }


@pytest.fixture(scope="module")
def city(make_city: Callable[[], City]) -> City:
    """One city for both tests; neither changes anything in it."""
    return make_city()


@pytest.fixture(scope="module")
def before(city: City) -> dict[str, dict[tuple[str, ...], str]]:
    """Four years of two foods in two markets, computed; then one quote of March 2025 that comes a year late."""
    days = Days()
    for market in (MARKET, OTHER):
        for number, food in enumerate((EGGS, RAWIT)):
            prices = [30_000 * (1 + number) + 900 * (month * 7 % 5) + 100 * month for month in range(48)]
            city.prices(market, food, days.months("2022-11", prices))
    city.run(*PRICES)
    city.clock.sleep(3600)
    city.run(*PRICES)  # marks that were young in the first run are looked at once more
    found = {name: revisions(city, name) for name in PRICES}
    city.clock.sleep(3600)
    city.prices(MARKET, EGGS, {LATE: 33_000.0}, version=2)
    city.run(*PRICES)
    return found


def test_a_late_quote_changes_exactly_what_it_reaches(
    city: City, before: dict[str, dict[tuple[str, ...], str]]
) -> None:
    changed = {
        name: {key for key, revision in revisions(city, name).items() if before[name].get(key) != revision}
        for name in PRICES
    }

    reached = {(MARKET, EGGS)}
    months_on = 20  # March 2025 to October 2026
    assert len(changed["price_elementary"]) == months_on
    assert {key[1:] for key in changed["price_elementary"]} == reached
    assert min(changed["price_elementary"])[0] == "2025-03-01"
    baskets = 3  # all foods, the volatile ones, and that of animals, where eggs are alone
    assert len(changed["price_index"]) == months_on * baskets
    assert {key[1] for key in changed["price_index"]} == {MARKET}
    assert len(changed["price_contribution"]) == months_on * (2 + 2 + 1)
    assert len(changed["price_alarm"]) == 48 * 2
    assert {key[1:3] for key in changed["price_alarm"]} == reached
    assert {key[0][:7] for key in changed["price_variation"]} == {
        f"{2025 + month // 12}-{month % 12 + 1:02d}" for month in range(2, 14)
    }
    assert len(changed["price_variation"]) == 12 * 2  # eggs, and all foods together
    assert {key[0] for key in changed["price_weekly"]} == {
        *("2025-03-10", "2025-03-17"),  # from the quote on, as long as the month had prices
        *("2025-03-31", "2025-04-07", "2025-04-14", "2025-04-21"),  # the next month is compared with it
    }
    assert len(changed["price_weekly"]) == 6 * 2
    assert changed["ceiling_position"] == {(LATE.isoformat(), MARKET, EGGS, "consumer")}
    assert changed["price_doubt"] == set()


def test_a_run_without_news_changes_nothing(city: City, before: dict[str, object]) -> None:
    assert before
    city.clock.sleep(3600)

    summary = city.run(*PRICES)

    assert (summary.computed, summary.corrected, summary.withdrawn) == (0, 0, 0)
