"""ALPS: a price against its own trend and season, or the reason why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_alarm import ALPS_PHASES, alps, alps_phase


def monthly(prices: Any, first: str = "2021-01") -> pd.Series[float]:
    return pd.Series(prices, index=pd.period_range(first, periods=len(prices), freq="M"), dtype=float)


def noisy(months: int, seed: int = 0) -> pd.Series[float]:
    """A price with trend, season and noise."""
    steps = np.arange(months)
    noise = np.random.default_rng(seed).normal(0, 300, months)
    return monthly(10_000 + 40 * steps + 800 * np.sin(steps * np.pi / 6) + noise)


def test_the_computed_example_is_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["alps.synthetic48"]
    expected, tolerance = example["expected"], example["tolerance"]

    found = alps(monthly(example["inputs"]["prices"]))

    last = found.table.iloc[-8:]
    assert found.eligible
    assert last["alps"].to_list() == pytest.approx(expected["alps_last8"], abs=tolerance)
    assert last["phase"].to_list() == expected["phase_last8"]
    assert last["fitted"].iloc[-3:].to_list() == pytest.approx(expected["fitted_last3"], abs=1e-3)
    spread = (found.table["price"] - found.table["fitted"]).std(ddof=1)
    assert spread == pytest.approx(expected["sd_resid_ddof1"], rel=1e-9)


def test_the_phases_begin_at_their_thresholds(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["alps.thresholds"]

    assert alps_phase(example["inputs"]["alps"]).tolist() == example["expected"]["phase"]
    assert tuple(ALPS_PHASES) == ("normal", "stress", "alert", "crisis")


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sets(st.integers(12, 23), max_size=10))
def test_it_is_the_textbook_regression_with_a_constant_and_eleven_dummies(seed: int, gone: set[int]) -> None:
    prices = noisy(48, seed)
    prices.iloc[sorted(gone)] = np.nan
    known = prices.notna().to_numpy()
    season = np.eye(12)[np.arange(48) % 12][:, 1:]
    design = np.column_stack([np.ones(48), np.arange(48), season])[known]
    observed = prices.to_numpy()[known]
    beta = np.linalg.solve(design.T @ design, design.T @ observed)
    residual = observed - design @ beta

    found = alps(prices).table["alps"]

    assert found[known].to_list() == pytest.approx(list(residual / residual.std(ddof=1)), abs=1e-6)
    assert found[~known].isna().all()


@settings(deadline=None, max_examples=25)
@given(st.floats(0.001, 1000), st.floats(-50, 50))
def test_neither_the_unit_nor_a_steady_trend_matters(k: float, slope: float) -> None:
    prices = noisy(60)
    changed = k * (prices + 5_000 + slope * np.arange(60))

    assert alps(changed).table["alps"].to_list() == pytest.approx(alps(prices).table["alps"].to_list(), abs=1e-6)


def test_the_residuals_cancel_and_the_trend_counts_missing_months() -> None:
    steady = monthly(1000.0 + 10 * np.arange(48))
    steady.iloc[[20, 21, 22]] = np.nan
    steady.iloc[40] += 100

    found = alps(steady.dropna()).table

    assert found["phase"].iloc[40] == "crisis"
    assert found["alps"].sum() == pytest.approx(0, abs=1e-9)
    assert len(found) == 48


@pytest.mark.parametrize(
    ("months", "priced", "lacking"),
    [(35, 35, "35 months since the first price; 36 are needed"), (48, 33, "33 of 48 months have a price; 70%")],
)
def test_a_short_or_thin_series_has_no_alps_and_says_why(months: int, priced: int, lacking: str) -> None:
    prices = noisy(months)
    prices.iloc[1 : 1 + months - priced] = np.nan

    found = alps(prices)

    assert not found.eligible
    assert lacking in found.insufficient[0]
    assert found.table["alps"].isna().all()
    assert found.table["phase"].isna().all()


def test_36_months_and_70_per_cent_are_enough() -> None:
    prices = noisy(36)
    prices.iloc[10:20] = np.nan

    assert alps(prices).eligible


def test_a_price_that_is_no_longer_observed_has_no_alps() -> None:
    for silent, eligible in ((5, True), (6, False)):
        prices = noisy(60)
        prices.iloc[60 - silent :] = np.nan
        assert alps(prices).eligible is eligible
    assert "last 6 months" in alps(prices).insufficient[0]


def test_missing_months_before_the_first_price_are_not_counted() -> None:
    prices = noisy(60)
    prices.iloc[:20] = np.nan

    found = alps(prices)

    assert found.eligible
    assert found.table.index[0] == pd.Period("2022-09")


def test_a_calendar_month_priced_once_is_met_by_the_fit_and_says_nothing() -> None:
    prices = noisy(48)
    prices[pd.PeriodIndex(prices.index).month.to_numpy() == 5] = np.nan
    prices.iloc[28] = 1e6

    found = alps(prices).table

    assert (str(found.index[28]), found["price"].iloc[28]) == ("2023-05", 1e6)
    assert np.isnan(found["alps"].iloc[28])
    assert found["alps"].notna().sum() == 44


def test_a_price_that_never_moves_has_no_spread_to_be_measured_by() -> None:
    found = alps(monthly([12_500.0] * 48))

    assert "no spread" in found.insufficient[0]
    assert found.table["alps"].isna().all()


def test_a_series_without_any_price_is_not_eligible() -> None:
    found = alps(monthly([np.nan] * 48))

    assert not found.eligible
    assert found.table.empty


@pytest.mark.parametrize(
    ("prices", "error", "complaint"),
    [
        (monthly([1.0, 0.0]), ValueError, "price of 2021-02 is 0.0, which is no price"),
        (monthly([1.0, -2.0]), ValueError, "price of 2021-02 is -2.0"),
        (monthly([1.0, np.inf]), ValueError, "price of 2021-02 is inf"),
        (pd.concat([monthly([1.0]), monthly([1.0])]), ValueError, "2021-01 is there twice"),
        (pd.Series([1.0, 2.0]), TypeError, "no monthly prices"),
        (np.array([1.0, 2.0]), TypeError, "no monthly prices"),
    ],
)
def test_what_is_no_monthly_price_is_refused(prices: Any, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        alps(prices)
