"""A late quote recomputes what it reaches and nothing else, counted row by row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from analytics.backlog import Due, Reason
from analytics.indicators import INDICATORS
from analytics.indicators.indicator import Reach
from analytics.inputs import Inputs
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from analytics.touches import EVERYWHERE
from commons.catalogue import measurement
from tests.analytics.conftest import Days
from tests.flow.passing import Passing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from analytics.indicators.indicator import Indicator
    from store.contract import Query
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
CHAINED = ("price_elementary", "price_weekly", "price_variation")
LATE = date(2025, 3, 12)
MONTHS = [f"{2022 + (10 + n) // 12}-{(10 + n) % 12 + 1:02d}" for n in range(48)]


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


@pytest.fixture
def history(city: City, days: Days) -> City:
    """Four years of two markets, with a seller who came late, one who was away for long and one who left."""
    sellers = {"a": slice(0, 48), "late": slice(40, 48), "left": slice(0, 30)}
    for market in (MARKET, OTHER):
        for number, food in enumerate((EGGS, RAWIT)):
            prices = [30_000 * (1 + number) + 900 * (month * 7 % 5) + 100 * month for month in range(48)]
            for quote, there in sellers.items():
                city.prices(market, food, days.months(MONTHS[there][0], prices[there]), quote=quote)
            away = [*range(12), *range(44, 48)]
            for month in away:
                city.prices(market, food, days.month(MONTHS[month], prices[month] * 1.1), quote="away", origin="typed")
    city.harvest("saga", "2026-10-13", "e1", commodity=RAWIT, kg=2.0)
    city.harvest("saga", "2026-10-27", "e2", commodity="bayam", kg=2.0)
    city.prices(MARKET, "bayam", {date(2025, 10, 28): 9_000.0})
    city.run("price_doubt", "food_price", "harvest_doubt", "garden_harvest")
    return city


def test_what_is_computed_for_late_periods_is_what_all_the_history_gives_for_them(history: City) -> None:
    since = date(2026, 10, 1)
    for name in (*CHAINED, "ceiling_position", "food_price", "savings"):
        whole = computed(history, INDICATORS[name], date.min)
        late = computed(history, INDICATORS[name], since)

        expected = whole[whole["start"] >= pd.Timestamp(since)].reset_index(drop=True)
        assert len(expected) > 0, name
        pd.testing.assert_frame_equal(late, expected, check_exact=True, check_dtype=False, obj=name)
        assert len(whole) > len(late) or name == "savings"


def computed(city: City, indicator: Indicator, since: date) -> pd.DataFrame:
    """The values of every place from a day on, in a fixed order; of a food's price whole weeks and months are read."""
    due = Due()
    due.add_since(EVERYWHERE, since, Reason(0, "late"))
    found = indicator.compute(Inputs(city.store, city.site).read(indicator, due), city.site, now_ms=city.clock.now_ms)
    tags = [tag for tag in measurement(indicator.name).tags if tag in found]
    kept = found[found["start"] >= pd.Timestamp(since)] if indicator.reach is Reach.OWN_PERIOD else found
    return kept.sort_values(["start", *tags], ignore_index=True)


def test_a_run_reads_the_log_of_prices_once_whoever_needs_it(city: City, before: dict[str, object]) -> None:
    assert before
    city.clock.sleep(3600)
    city.prices(MARKET, EGGS, {LATE: 34_000.0}, version=3)
    asked = Asked(city.store)

    summary = Runner(asked, city.site, city.clock, AnalyticsSettings(indicators=PRICES)).run_due()

    assert summary.computed > 100
    assert [query.where for query in asked.queries if query.measurement == "price"] == [{"city": city.site.slug}]


class Asked(Passing):
    """A store of which it is known what it was asked."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.queries: list[Query] = []

    def read(self, query: Query) -> pa.Table:
        self.queries.append(query)
        return self._store.read(query)
