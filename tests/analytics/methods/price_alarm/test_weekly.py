"""The month so far against the month before, week by week."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.methods.price_alarm import weekly_change


def daily(first: str, last: str, price: float = 100.0) -> pd.Series[float]:
    return pd.Series(price, index=pd.date_range(first, last))


def test_it_is_the_mean_of_the_month_so_far_over_that_of_the_month_before() -> None:
    days = pd.date_range("2025-01-01", "2025-02-28")
    prices = pd.Series(np.random.default_rng(3).uniform(50, 150, len(days)), index=days)

    found = weekly_change(prices)

    for friday, change in found["2025-02-07":].items():
        so_far, before = prices["2025-02-01":friday].mean(), prices["2025-01-01":"2025-01-31"].mean()
        assert change == pytest.approx(100 * (so_far / before - 1), rel=1e-12)
    assert [f"{friday:%m-%d}" for friday in pd.DatetimeIndex(found.index)] == [
        *("01-03", "01-10", "01-17", "01-24", "01-31", "02-07", "02-14", "02-21", "02-28")
    ]
    assert found[:"2025-01-31"].isna().all()


def test_the_series_keeps_its_name() -> None:
    assert weekly_change(daily("2025-01-01", "2025-02-07").rename("rice")).name == "rice"


def test_prices_of_later_days_do_not_change_a_week_that_is_over() -> None:
    prices = daily("2025-01-01", "2025-02-28")
    before = weekly_change(prices)["2025-02-14"]
    prices["2025-02-15":] = 500.0

    assert weekly_change(prices)["2025-02-14"] == before == 0


def test_a_friday_without_a_price_has_the_month_up_to_it() -> None:
    prices = pd.concat([daily("2025-01-01", "2025-02-05"), daily("2025-02-10", "2025-02-14", 200)])
    prices = pd.concat([prices, daily("2025-02-06", "2025-02-06", 130)]).sort_index()

    found = weekly_change(prices)

    assert found["2025-02-07"] == pytest.approx(5)


def test_a_month_that_has_not_begun_to_be_priced_is_missing() -> None:
    prices = pd.concat([daily("2025-01-01", "2025-01-31"), daily("2025-02-10", "2025-02-14")])

    found = weekly_change(prices)

    assert np.isnan(found["2025-02-07"])
    assert found["2025-02-14"] == pytest.approx(0)


@pytest.mark.parametrize(("priced", "enough"), [(9, False), (10, True)])
def test_the_month_before_needs_ten_days(priced: int, enough: bool) -> None:  # noqa: FBT001 - a column of the table
    prices = pd.concat([daily("2025-01-01", f"2025-01-{priced:02}"), daily("2025-02-01", "2025-02-07", 110)])

    assert weekly_change(prices)["2025-02-07"] == pytest.approx(10 if enough else np.nan, nan_ok=True)


def test_the_whole_is_missing_where_one_food_is_and_never_cheaper() -> None:
    prices = pd.concat([daily("2025-01-01", "2025-01-31"), daily("2025-02-01", "2025-02-14", 110)])
    table = pd.DataFrame({"rice": prices, "chilli": prices * 5})
    table.loc["2025-02-01":"2025-02-07", "chilli"] = np.nan
    table.loc["2025-02-08":, "chilli"] = 1000.0

    found = weekly_change(table, weights=pd.Series({"rice": 3.0, "chilli": 1.0}))

    assert found["all"].isna()["2025-02-07"]
    assert found.loc["2025-02-07", "rice"] == pytest.approx(10)
    assert found.loc["2025-02-14", "all"] == pytest.approx((3 * 10 + 100) / 4)


@pytest.mark.parametrize(
    ("prices", "error", "complaint"),
    [
        (pd.Series([1.0, 2.0]), TypeError, "no daily prices"),
        (np.array([1.0]), TypeError, "no daily prices"),
        (pd.Series([], index=pd.DatetimeIndex([]), dtype=float), TypeError, "no daily prices"),
        (pd.Series([1.0], index=pd.DatetimeIndex(["2025-01-01 07:00"])), TypeError, "no daily prices"),
        (daily("2025-01-01", "2025-01-03").iloc[::-1], ValueError, "out of order"),
        (daily("2025-01-01", "2025-01-03", 0), ValueError, "price of 2025-01-01 is zero"),
        (daily("2025-01-01", "2025-01-03", -1), ValueError, "price of 2025-01-01 is zero, negative"),
    ],
)
def test_what_are_no_daily_prices_is_refused(prices: Any, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        weekly_change(prices)


@pytest.mark.parametrize("weights", [{"rice": 1.0, "fish": 1.0}, {"rice": 0.0}, {"rice": np.nan}])
def test_weights_without_prices_or_without_weight_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="mend the weights"):
        weekly_change(daily("2025-01-01", "2025-02-07").to_frame("rice"), weights=pd.Series(weights))
