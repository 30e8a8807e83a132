"""Prices of the month so far against the whole month before, week by week."""

from __future__ import annotations

from typing import overload

import numpy as np
import pandas as pd


@overload
def weekly_change(prices: pd.Series[float], *, fewest_days: int = ...) -> pd.Series[float]: ...
@overload
def weekly_change(
    prices: pd.DataFrame, *, weights: pd.Series[float] | None = ..., fewest_days: int = ...
) -> pd.DataFrame: ...


def weekly_change(
    prices: pd.Series[float] | pd.DataFrame, *, weights: pd.Series[float] | None = None, fewest_days: int = 10
) -> pd.Series[float] | pd.DataFrame:
    """How much dearer this month is so far than last month was, at the end of each week [%].

    Change = 100 · (mean price of the month up to the week's Friday / mean price of the month before - 1), in the manner
    of BPS's weekly Indeks Perkembangan Harga (IPH): "minggu ke-n, sampai dengan" the Friday, "dibandingkan bulan
    sebelumnya". It is not the IPH: that has its own 20 foods, markets and weights. A week belongs to the month of its
    Friday.

    Args:
        prices: Price by day (a DatetimeIndex of days), one series or a column per food; NaN or an absent day = missing.
        weights: By food, all positive: adds a column `all`, Σ w·change / Σ w, missing where one food's change is.
        fewest_days: Days of the month before that must have a price.

    Returns:
        By Friday (the same kind as `prices`), from the first day to the last given; NaN where the month so far has no
        price, or the one before too few.

    Raises:
        TypeError: The prices are not by day.
        ValueError: A day is there twice or out of order, a price is zero, negative or infinite, or a weighted food has
            no column or no positive weight.

    Source:
        BPS, weekly IPH as told in its releases (data up to Friday, compared with the month before), 2023 to 2025.

    Examples:
        >>> days = pd.date_range("2025-01-01", "2025-02-14")
        >>> chilli = pd.Series(np.where(days < "2025-02-01", 50_000.0, 60_000.0), index=days)
        >>> weekly_change(chilli).dropna().round(6).to_dict()
        {Timestamp('2025-02-07 00:00:00'): 20.0, Timestamp('2025-02-14 00:00:00'): 20.0}
    """
    table = _checked(prices)
    days = pd.DatetimeIndex(table.index)
    months = days.to_period("M")
    by_month = table.groupby(months)
    so_far = by_month.cumsum() / table.notna().groupby(months).cumsum().replace(0, np.nan)
    whole = by_month.mean().where(by_month.count() >= fewest_days)
    fridays = pd.date_range(table.index.min(), table.index.max(), freq="W-FRI")
    # A Friday without a row of its own still has the month up to it.
    now = so_far.groupby(months).ffill().reindex(fridays)
    before = whole.reindex(fridays.to_period("M") - 1).set_axis(fridays)
    change = 100 * (now / before - 1)
    if weights is not None:
        change = change.assign(all=_weighted(change, weights))
    if isinstance(prices, pd.DataFrame):
        return change
    only = change.iloc[:, 0]
    only.name = prices.name
    return only


def _weighted(change: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[float]:
    lost = sorted(map(str, weights.index.difference(change.columns)))
    if lost or not ((weights > 0) & (weights < np.inf)).all():
        raise ValueError(f"foods {lost} have a weight and no prices, or a weight is not positive; mend the weights")
    return (change[weights.index] * weights).sum(axis=1, skipna=False) / weights.sum()


def _checked(prices: pd.Series[float] | pd.DataFrame) -> pd.DataFrame:
    """The prices as a frame with a row for every day."""
    days = getattr(prices, "index", None)
    if not isinstance(days, pd.DatetimeIndex) or days.empty or not (days == days.normalize()).all():
        raise TypeError("these are no daily prices; give a Series or frame with a DatetimeIndex of days")
    if not (days.is_unique and days.is_monotonic_increasing):
        raise ValueError("the days are out of order, or one is there twice; sort them and keep one price a day")
    table = pd.DataFrame(prices).astype(float)
    wrong = ((table <= 0) | (table == np.inf)).any(axis=1)
    if wrong.any():
        raise ValueError(f"a price of {days[wrong][0]:%Y-%m-%d} is zero, negative or infinite; leave the day missing")
    return table.reindex(pd.date_range(days.min(), days.max()))
