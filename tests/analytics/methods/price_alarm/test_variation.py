"""The coefficient of variation, with and without a trend."""

from __future__ import annotations

from statistics import mean, stdev

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_alarm import coefficient_of_variation, detrended_variation

PRICES = st.lists(st.floats(100, 1e5), min_size=10, max_size=40)


@settings(deadline=None)
@given(PRICES)
def test_it_is_the_sample_deviation_over_the_mean(prices: list[float]) -> None:
    found = coefficient_of_variation(prices)

    assert found.pct == pytest.approx(100 * stdev(prices) / mean(prices), rel=1e-6, abs=1e-9)
    assert (found.n, found.share) == (len(prices), 1)


@settings(deadline=None)
@given(PRICES, st.floats(0.001, 1000))
def test_the_unit_does_not_matter(prices: list[float], k: float) -> None:
    for variation in (coefficient_of_variation, detrended_variation):
        assert variation(np.multiply(prices, k)).pct == pytest.approx(variation(prices).pct, rel=1e-6, abs=1e-6)


def test_a_trend_counts_in_the_one_and_not_in_the_other() -> None:
    rising = 10_000 + 100 * np.arange(100) + 50 * np.tile([1, -1], 50)

    assert coefficient_of_variation(rising).pct == pytest.approx(19.4, abs=0.1)
    assert detrended_variation(rising).pct == pytest.approx(0.34, abs=0.01)


def test_a_gap_does_not_bend_the_trend() -> None:
    rising = 10_000 + 100.0 * np.arange(30)
    rising[10:15] = np.nan

    assert detrended_variation(rising).pct == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("days", "priced", "enough"), [(10, 10, True), (9, 9, False), (20, 14, True), (20, 13, False)])
def test_ten_days_and_70_per_cent_are_needed(days: int, priced: int, enough: bool) -> None:  # noqa: FBT001 - a column
    prices = pd.Series([*np.linspace(100, 120, priced), *[np.nan] * (days - priced)])

    for variation in (coefficient_of_variation, detrended_variation):
        found = variation(prices)
        assert (found.n, found.share) == (priced, priced / days)
        assert np.isfinite(found.pct) == enough


def test_no_days_at_all_have_no_variation() -> None:
    found = coefficient_of_variation([])

    assert (np.isnan(found.pct), found.n, np.isnan(found.share)) == (True, 0, True)


@pytest.mark.parametrize("price", [0.0, -1.0, np.inf])
def test_what_is_no_price_is_refused(price: float) -> None:
    with pytest.raises(ValueError, match=r"price 1 is .*, which is no price"):
        coefficient_of_variation([100.0, price])


def test_a_table_of_prices_is_refused() -> None:
    with pytest.raises(ValueError, match="one row"):
        coefficient_of_variation(np.ones((3, 3)))
