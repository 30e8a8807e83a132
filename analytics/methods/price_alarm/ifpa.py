"""IFPA, the indicator of food price anomalies (SDG 2.c.1): growth against that of the same month in earlier years."""

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

IFPA_PHASES: Final[Mapping[str, float]] = MappingProxyType(
    {"normal": float("-inf"), "moderately_high": 0.5, "abnormally_high": 1.0}
)
"""The least value of each phase. Low prices are no alarm."""

QUARTERLY_WEIGHT: Final = 0.4
"""α: what the quarterly growth counts for; the annual growth counts for the rest."""

_QUARTER: Final = 3
_FIRST: Final = 3 * MONTHS_IN_YEAR
_FEWEST_YEARS: Final = 2
_FLAT: Final = 1e-12


def ifpa(prices: pd.Series[float], deflator: pd.Series[float] | None = None) -> Alarm:
    """How unusual the growth of a price is for the season, over a quarter and over a year, in standard deviations.

    IFPA_t = α · (q_t - q̄) / σ_q + (1 - α) · (a_t - ā) / σ_a with α = 0.4, where q_t = (P_t / P_(t-3))^(1/3) - 1 and
    a_t = (P_t / P_(t-12))^(1/12) - 1 are compound growth rates per month. Mean and spread are over the same calendar
    month of all earlier years with weights w = 1 for the oldest, 2 for the next and so on; the year itself is not among
    them. σ = √( Σ w (g - ḡ)² / ( Σ w · (n - 1)/n ) ) with n years.

    A year in which a growth rate is missing is left out and the other weights count for more. (FAO's own program counts
    it as a growth of 0, which calls a price normal because nobody asked for it.)

    Eligible with three full years and a month from the first price to the last month given.

    Args:
        prices: Price by month (a PeriodIndex of frequency M); NaN or an absent month = missing. None
            is interpolated.
        deflator: A general price index of the same months; the prices are divided by it. FAO uses real prices for
            domestic markets. A month without it is missing.

    Returns:
        `price` (real with a deflator: at prices of the month in which the deflator is 100), `quarterly_growth`,
        `annual_growth` [1 per month], `ifpa` [standard deviations] and `phase` (one of `IFPA_PHASES`) by month; NaN
        where a price of a growth rate is missing, or where fewer than two earlier years have one or all have the same.

    Raises:
        TypeError: The prices or the deflator are not by month.
        ValueError: A month is there twice, or a price or deflator is zero, negative or infinite.

    Source:
        UN Statistics Division, SDG indicator metadata 2.c.1; Baquedano, Developing a price warning indicator as an
        early warning tool, FAO, 2015.

    Examples:
        >>> months = pd.period_range("2021-01", periods=48, freq="M")
        >>> wave = 100 + 10 * np.sin(np.arange(48)) + 40 * (np.arange(48) >= 47)
        >>> found = ifpa(pd.Series(wave, index=months))
        >>> round(float(found.table["ifpa"].iloc[-1]), 2), found.table["phase"].iloc[-1]
        (15.57, 'abnormally_high')
    """
    series = on_calendar(prices)
    if deflator is not None:
        series = on_calendar(100 * series / on_calendar(deflator).reindex(series.index))
    real: Values = np.asarray(series, dtype=np.float64)
    lacking = _lacking(series)
    quarterly, annual = _growth(real, _QUARTER), _growth(real, MONTHS_IN_YEAR)
    value = QUARTERLY_WEIGHT * _anomaly(quarterly) + (1 - QUARTERLY_WEIGHT) * _anomaly(annual)
    columns = {"price": real, "quarterly_growth": quarterly, "annual_growth": annual, "ifpa": value}
    table = pd.DataFrame(columns, index=series.index)
    return Alarm(table.assign(phase=ifpa_phase(value)), lacking)


def ifpa_phase(values: ArrayLike) -> NDArray[np.object_]:
    """The phase of each value: normal < 0.5 ≤ moderately high < 1 ≤ abnormally high; None for NaN.

    Examples:
        >>> ifpa_phase([-0.2, 0.5, 0.99, 1]).tolist()
        ['normal', 'moderately_high', 'moderately_high', 'abnormally_high']
    """
    return phases(values, IFPA_PHASES)


def _lacking(series: pd.Series[float]) -> tuple[str, ...]:
    if len(series) > _FIRST:
        return ()
    return (f"{len(series)} months since the first price; three full years and a month ({_FIRST + 1}) are needed",)


def _growth(prices: Values, months: int) -> Values:
    """Compound growth per month over so many months."""
    growth = np.full(len(prices), np.nan)
    growth[months:] = (prices[months:] / prices[:-months]) ** (1 / months) - 1
    return growth


def _anomaly(growth: Values) -> Values:
    """Each month's growth against the same calendar month of the earlier years, in weighted standard deviations."""
    years = -(-len(growth) // MONTHS_IN_YEAR)
    padded = np.full(years * MONTHS_IN_YEAR, np.nan)
    padded[: len(growth)] = growth
    table = padded.reshape(years, MONTHS_IN_YEAR)
    first = int(np.isnan(table).all(axis=1)[:1].sum())  # annual growth begins in the second year
    anomaly = np.full(table.shape, np.nan)
    for year in range(first + _FEWEST_YEARS, years):
        mean, spread = _mean_and_spread(table[first:year])
        anomaly[year] = (table[year] - mean) / spread
    return np.asarray(anomaly.ravel()[: len(growth)])


def _mean_and_spread(earlier: Values) -> tuple[Values, Values]:
    """By calendar month; NaN with fewer than two years, or where all of them grew the same."""
    known = ~np.isnan(earlier)
    n = known.sum(axis=0)
    weights = known * np.arange(1, len(earlier) + 1)[:, None]
    enough = n >= _FEWEST_YEARS
    total = np.where(enough, weights.sum(axis=0), np.nan)
    growth = np.where(known, earlier, 0.0)
    mean = (weights * growth).sum(axis=0) / total
    variance = (weights * (growth - mean) ** 2).sum(axis=0) / (total * (n - 1) / np.maximum(n, 1))
    spread = np.sqrt(variance)
    return mean, np.where(spread > _FLAT, spread, np.nan)
