"""A range of days computed again on request: it changes what must change, and nothing when asked twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from analytics.indicators import INDICATORS
from analytics.runner import Runner, RunSummary
from analytics.settings import AnalyticsSettings
from commons.errors import UnknownNameError
from tests.analytics.conftest import Watched

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from analytics.indicators.indicator import Indicator
    from store.contract import Query
    from tests.analytics.conftest import City, Days, Watch

MARKET, EGGS, CHICKEN = "pasar-terong", "telur-ayam-ras", "daging-ayam-ras"
PRICES = ("price_elementary", "price_index", "price_contribution")


def backfill(city: City, names: Iterable[str], first: str, last: str, **changed: Indicator) -> RunSummary:
    runner = Runner(city.store, city.site, city.clock, AnalyticsSettings(), {**INDICATORS, **changed})
    summary = runner.backfill(names, date.fromisoformat(first), date.fromisoformat(last))
    assert not summary.failed
    return summary


def priced(city: City, days: Days) -> None:
    for commodity in (EGGS, CHICKEN):
        city.prices(MARKET, commodity, days.months("2025-01", [30_000, 33_000, 33_000, 36_000]))
    city.run(*PRICES)


def test_what_never_ran_is_computed_for_the_range_and_no_further(city: City) -> None:
    for day in ("2026-10-29", "2026-10-30", "2026-10-31"):
        city.soil("saga", "b1", day, 25.0)

    backfill(city, ["soil_state"], "2026-10-30", "2026-10-30")

    assert [row["day"] for row in city.rows("soil_state")] == ["2026-10-30"]
    assert city.row("soil_state")["reason"] == "asked for"
    assert city.run("soil_state").computed == 2


def test_asking_twice_changes_nothing(city: City, days: Days) -> None:
    priced(city, days)
    improved = replace(INDICATORS["price_elementary"], method="x")

    first = backfill(city, ["price_elementary"], "2025-01-01", "2025-12-31", price_elementary=improved)
    before = [city.rows(name) for name in INDICATORS]
    again = backfill(city, ["price_elementary"], "2025-01-01", "2025-12-31", price_elementary=improved)

    assert first.computed > 0
    assert (again.computed, again.corrected, again.withdrawn) == (0, 0, 0)
    assert [city.rows(name) for name in INDICATORS] == before


def test_what_builds_on_the_named_is_computed_as_far_as_it_reaches(city: City, days: Days) -> None:
    priced(city, days)
    improved = replace(INDICATORS["price_elementary"], method="x")

    backfill(city, ["price_elementary"], "2025-02-10", "2025-02-20", price_elementary=improved)

    methods = {row["day"]: row["method"] for row in city.rows("price_elementary", commodity=EGGS)}
    assert [day for day, method in methods.items() if method == "x"] == ["2025-02-01"]
    revisions = {row["day"]: row["revision_number"] for row in city.rows("price_index")}
    assert revisions == {"2025-01-01": 1.0, "2025-02-01": 2.0, "2025-03-01": 2.0, "2025-04-01": 2.0}


def test_values_whose_samples_are_no_longer_kept_stay(city: City, watch: Watch) -> None:
    for day in ("2026-10-31", "2026-11-01"):
        city.soil("saga", "b1", day, 25.0)
    city.run("soil_state")
    city.store = watch(city.store, keeps_from=city.midnight_ms("2026-11-01") * 1_000_000)

    summary = backfill(city, ["soil_state"], "2026-10-01", "2026-11-02")

    assert (summary.computed, summary.withdrawn) == (0, 0)
    assert len(city.rows("soil_state")) == 2


def test_a_backfill_leaves_what_runs_remember(city: City) -> None:
    city.soil("saga", "b1", "2026-10-30", 25.0)
    city.run("soil_state")
    before = city.rows("job")
    city.at("2026-11-03 12:00")

    backfill(city, ["soil_state"], "2026-10-01", "2026-11-02")

    assert city.rows("job") == before


def test_a_name_that_is_no_indicators_is_refused(city: City) -> None:
    with pytest.raises(UnknownNameError, match=r"soil_stat.*soil_state"):
        backfill(city, ["soil_stat"], "2026-10-01", "2026-11-02")


def test_what_another_run_wrote_from_newer_data_meanwhile_is_not_left_overwritten(city: City) -> None:
    """The backfill reads; then data come and another runner computes them; then the backfill writes what is old."""
    city.soil("saga", "b1", "2026-10-30", 20.0, hours=range(18))
    city.run("soil_state")
    slow = _Interrupted(city)

    runner = Runner(slow, city.site, city.clock, AnalyticsSettings(), {"soil_state": _improved()})
    runner.backfill(["soil_state"], date(2026, 10, 30), date(2026, 10, 30))

    assert slow.happened
    assert city.row("soil_state")["moisture"] == 30.0


def _improved() -> Indicator:
    return replace(INDICATORS["soil_state"], method="x")


class _Interrupted(Watched):
    """A store in which something happens between the first reading of soil and what is written from it."""

    def __init__(self, city: City) -> None:
        super().__init__(city.store)
        self._city, self.happened = city, False

    def read(self, query: Query) -> pa.Table:
        found = self._store.read(query)
        if query.measurement == "soil" and not self.happened:
            self.happened = True
            self._city.soil("saga", "b1", "2026-10-30", 30.0, hours=range(18, 24))
            self._city.run("soil_state", indicators={"soil_state": _improved()})
        return found
