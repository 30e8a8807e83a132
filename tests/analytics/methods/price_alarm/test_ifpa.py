"""IFPA: growth against the same month of earlier years."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_alarm import ifpa, ifpa_phase


def monthly(prices: Any, first: str = "2019-01") -> pd.Series[float]:
    return pd.Series(prices, index=pd.period_range(first, periods=len(prices), freq="M"), dtype=float)


def noisy(months: int, seed: int = 0) -> pd.Series[float]:
    steps = np.random.default_rng(seed).normal(0, 0.05, months)
    return monthly(10_000 * np.exp(np.cumsum(steps)))


def plain(prices: list[float], t: int, *, missing: float | None) -> float:
    """IFPA of month t by loops; a growth that is missing is left out, or counts as `missing`."""
    total = 0.0
    for months, alpha in ((3, 0.4), (12, 0.6)):

        def growth(u: int, months: int = months) -> float | None:
            then, now = (prices[u - months] if u >= months else None), prices[u]
            return None if then is None or np.isnan([then, now]).any() else (now / then) ** (1 / months) - 1

        years = [u for u in range(t % 12, t, 12) if u >= 12 or months < 12]
        found = [(rank, growth(u)) for rank, u in enumerate(years, start=1)]
        n = len([g for _, g in found if g is not None or missing is not None])
        weighed = sum(w for w, g in found if g is not None or missing is not None)
        mean = sum(w * (missing or 0.0 if g is None else g) for w, g in found) / weighed
        squares = sum(w * (g - mean) ** 2 for w, g in found if g is not None)
        now = growth(t)
        assert now is not None
        total += alpha * (now - mean) / np.sqrt(squares / (weighed * (n - 1) / n))
    return float(total)


def test_the_computed_example_is_reproduced_where_every_year_has_a_growth(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["ifpa.synthetic72"]
    found = ifpa(monthly(example["inputs"]["prices"])).table

    assert found["ifpa"].first_valid_index() == found.index[example["expected"]["first_defined_index"]]
    for month in ("47", "69", "70", "71"):
        assert found["ifpa"].iloc[int(month)] == pytest.approx(
            example["expected"]["ifpa"][month], rel=example["tolerance"]
        )
    parts = example["expected"]["t48_parts"]
    assert found["quarterly_growth"].iloc[48] == pytest.approx(parts["cqgr"], rel=1e-12)
    assert found["annual_growth"].iloc[48] == pytest.approx(parts["cagr"], rel=1e-12)


def test_where_the_example_differs_it_counted_a_missing_growth_as_zero(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["ifpa.synthetic72"]
    prices = example["inputs"]["prices"]
    found = ifpa(monthly(prices)).table["ifpa"]

    for month in (48, 60):  # January: the first year has no growth since October before it
        counted = plain(prices, month, missing=0.0)
        assert counted == pytest.approx(example["expected"]["ifpa"][str(month)], rel=1e-9)
        assert found.iloc[month] == pytest.approx(plain(prices, month, missing=None), rel=1e-9)
        assert found.iloc[month] != pytest.approx(counted, rel=0.01)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.sets(st.integers(24, 35), max_size=8), st.integers(60, 71))
def test_it_is_the_plain_calculation_with_gaps_left_out(seed: int, gone: set[int], month: int) -> None:
    prices = noisy(72, seed)
    prices.iloc[sorted(gone)] = np.nan

    assert ifpa(prices).table["ifpa"].iloc[month] == pytest.approx(
        plain(prices.to_list(), month, missing=None), rel=1e-6
    )


def test_the_classes_begin_at_their_thresholds(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["ifpa.thresholds"]
    names = {
        "normal": "normal",
        "moderately_high": "moderately high (watch)",
        "abnormally_high": "abnormally high (alert)",
    }

    found = [names[phase] for phase in ifpa_phase(example["inputs"]["ifpa"])]

    assert found == example["expected"]["class"]


@settings(deadline=None, max_examples=25)
@given(st.floats(0.001, 1000))
def test_the_unit_of_the_price_does_not_matter(k: float) -> None:
    prices = noisy(60)

    assert ifpa(prices * k).table["ifpa"].to_list() == pytest.approx(
        ifpa(prices).table["ifpa"].to_list(), rel=1e-6, nan_ok=True
    )


def test_a_price_that_rises_with_all_others_is_no_anomaly_in_real_terms() -> None:
    real, general = noisy(60), monthly(100 * 1.01 ** np.arange(60))
    general.iloc[50:] *= 1.5

    found = ifpa(real * general / 100, general)

    pd.testing.assert_frame_equal(found.table, ifpa(real).table)


def test_a_month_without_a_deflator_is_missing() -> None:
    prices, general = noisy(60), monthly([100.0] * 60)
    general.iloc[59] = np.nan

    assert np.isnan(ifpa(prices, general).table["price"].iloc[59])
    assert np.isnan(ifpa(prices, general).table["ifpa"].iloc[59])


def test_three_years_and_a_month_are_needed() -> None:
    short, enough = ifpa(noisy(36)), ifpa(noisy(37))

    assert "36 months since the first price; three full years and a month (37)" in short.insufficient[0]
    assert short.table["ifpa"].isna().all()
    assert enough.eligible
    assert enough.table["ifpa"].notna().to_list() == [False] * 36 + [True]


def test_a_missing_end_of_a_growth_rate_gives_no_value_and_nothing_is_interpolated() -> None:
    prices = noisy(60)
    prices.iloc[50] = np.nan

    found = ifpa(prices).table["ifpa"]

    assert found.iloc[36:].index[found.iloc[36:].isna()].to_list() == [found.index[50], found.index[53]]


def test_a_price_that_never_moves_has_no_spread_to_be_measured_by() -> None:
    found = ifpa(monthly([12_500.0] * 60)).table

    assert found["ifpa"].isna().all()
    assert found["phase"].isna().all()


def test_low_prices_are_no_alarm() -> None:
    prices = noisy(60)
    prices.iloc[-1] /= 3

    last = ifpa(prices).table.iloc[-1]

    assert last["ifpa"] < -1
    assert last["phase"] == "normal"


def test_a_series_without_any_price_is_not_eligible() -> None:
    found = ifpa(monthly([np.nan] * 60))

    assert not found.eligible
    assert found.table.empty


def test_what_is_no_price_or_no_deflator_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2019-02 is 0\.0"):
        ifpa(monthly([1.0, 0.0]))
    with pytest.raises(ValueError, match=r"2019-02 is -1\.0"):
        ifpa(monthly([1.0, 1.0]), monthly([100.0, -1.0]))
