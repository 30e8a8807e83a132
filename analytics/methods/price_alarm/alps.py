"""ALPS, the World Food Programme's Alert for Price Spikes: a price against its own trend and season."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.methods.price_alarm.history import MONTHS_IN_YEAR, Alarm, on_calendar, phases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

ALPS_PHASES: Final[Mapping[str, float]] = MappingProxyType(
    {"normal": float("-inf"), "stress": 0.25, "alert": 1.0, "crisis": 2.0}
)
"""The least value of each phase."""

_YEARS: Final = 3
_SHARE: Final = 0.7
_RECENT: Final = 6
_FLAT: Final = 1e-9  # of the mean price: a spread below it is rounding


def alps(prices: pd.Series[float]) -> Alarm:
    """How far each month's price lies above its own trend and season, in standard deviations.

    P_t = a + b·t + Σ c_m·D_(m,t) + e_t by least squares over the whole series, with a dummy for each calendar month but
    one; ALPS_t = e_t / sd(e), sd with n - 1. The whole series is fitted again with every month that comes, so earlier
    values change: keep the value first published beside the value now. A lasting rise of all prices (inflation) bends
    the trend; the log-price variant is not WFP's and is not offered.

    Eligible with three years from the first price to the last month given, a price in 70 % of those months and in one
    of the last six. WFP also asks that the food give 5 % of what people eat, which prices cannot tell.

    Args:
        prices: Price by month (a PeriodIndex of frequency M, up to the month of judgement); NaN or an absent month =
            missing. Missing months are left out of the fit, and the trend counts them.

    Returns:
        `price`, `fitted` [both in the price's unit], `alps` [standard deviations] and `phase` (one of `ALPS_PHASES`) by
        month. A month without a price has no value; nor has one whose calendar month was priced only once, which the
        fit meets exactly whatever the price.

    Raises:
        TypeError: The prices are not by month.
        ValueError: A month is there twice, or a price is zero, negative or infinite.

    Source:
        WFP and CERDI, Technical Guidance Note: Calculation and Use of the ALPS Indicator, 2014.

    Examples:
        Four even years and one jump.

        >>> months = pd.period_range("2021-01", periods=48, freq="M")
        >>> season = np.tile([100.0, 110, 120, 110, 100, 90, 80, 90, 100, 110, 100, 90], 4)
        >>> found = alps(pd.Series(season + 30 * (months == "2024-06"), index=months))
        >>> june = found.table.loc["2024-06"]
        >>> found.eligible, round(float(june["alps"]), 2), june["phase"]
        (True, 5.79, 'crisis')
    """
    series = on_calendar(prices)
    table = pd.DataFrame({"price": series, "fitted": np.nan, "alps": np.nan}, index=series.index)
    lacking = _lacking(series)
    if not lacking:
        fitted = _fitted(series)
        residual = series - fitted
        spread = float(residual.std(ddof=1))
        if spread > _FLAT * float(series.mean()):
            table = table.assign(fitted=fitted, alps=_judged(residual / spread))
        else:
            lacking = ("the price never left its trend and season: there is no spread to measure by",)
    return Alarm(table.assign(phase=alps_phase(table["alps"])), lacking)


def alps_phase(values: ArrayLike) -> NDArray[np.object_]:
    """The phase of each value: normal < 0.25 ≤ stress < 1 ≤ alert < 2 ≤ crisis; None for NaN.

    Examples:
        >>> alps_phase([-1, 0.25, 1.999, 2]).tolist()
        ['normal', 'stress', 'alert', 'crisis']
    """
    return phases(values, ALPS_PHASES)


def _lacking(series: pd.Series[float]) -> tuple[str, ...]:
    span, least = len(series), _YEARS * MONTHS_IN_YEAR
    priced = int(series.notna().sum())
    reasons = []
    if span < least:
        reasons.append(f"{span} months since the first price; {least} are needed")
    if priced < _SHARE * span:
        reasons.append(f"{priced} of {span} months have a price; {_SHARE:.0%} are needed")
    if not series.iloc[-_RECENT:].notna().any():
        reasons.append(f"no price in the last {_RECENT} months")
    return tuple(reasons)


def _fitted(series: pd.Series[float]) -> pd.Series[float]:
    """Trend and season at the months with a price."""
    known = series.notna().to_numpy()
    steps = np.arange(len(series), dtype=np.float64)
    # A dummy for every calendar month and no constant spans the same space as a constant and all dummies but one.
    seasons = _calendar_months(series)[:, None] == np.arange(1, MONTHS_IN_YEAR + 1)
    design = np.column_stack([steps - steps.mean(), seasons.astype(np.float64)])
    coefficients = np.linalg.lstsq(design[known], series.to_numpy()[known], rcond=None)[0]
    return pd.Series(np.where(known, design @ coefficients, np.nan), index=series.index)


def _judged(values: pd.Series[float]) -> pd.Series[float]:
    """The values, without those of a calendar month that was priced only once."""
    seen = values.groupby(_calendar_months(values)).transform("count")
    return values.where(seen > 1)


def _calendar_months(series: pd.Series[float]) -> NDArray[np.int64]:
    return pd.PeriodIndex(series.index).month.to_numpy()
