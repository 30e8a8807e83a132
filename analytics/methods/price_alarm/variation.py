"""How much a price varies over a year: the coefficient of variation, with and without its trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_FEWEST: Final = 10
_SHARE: Final = 0.7


class Variation(NamedTuple):
    """How much a price varies.

    Args:
        pct: Standard deviation over mean [%]; NaN where too few days have a price.
        n: Days with a price.
        share: Their share of the days given, 0 to 1 [1].
    """

    pct: float
    n: int
    share: float


def coefficient_of_variation(prices: ArrayLike) -> Variation:
    """Standard deviation of a price over its mean [%] (koefisien variasi).

    CV = 100 · sd / mean, sd with n - 1: the regulation does not name the divisor. A price that rises all year varies by
    it too; `detrended_variation` leaves that out. A city's figure is the mean over its foods.

    Args:
        prices: One per day that should have a price, in order of time; NaN = missing.

    Returns:
        The coefficient with the days it stands on; missing below ten priced days, or below 70 % of the days given.

    Raises:
        ValueError: The prices are not in one row, or one is zero, negative or infinite.

    Source:
        Permendag 5/2024 (koefisien variasi harga), as published by Bandung Satu Data.

    Examples:
        >>> found = coefficient_of_variation([90.0, 110.0] * 10)
        >>> round(found.pct, 2), found.n, found.share
        (10.26, 20, 1.0)
    """
    values, n, share = _checked(prices)
    if not _enough(n, share):
        return Variation(np.nan, n, share)
    known = values[~np.isnan(values)]
    return Variation(float(100 * known.std(ddof=1) / known.mean()), n, share)


def detrended_variation(prices: ArrayLike) -> Variation:
    """Standard deviation of a price about its own straight line over its mean [%]; no official figure.

    The line is fitted by least squares over the days, and sd has n - 2.

    Args:
        prices: As for `coefficient_of_variation`.

    Returns:
        Likewise.

    Raises:
        ValueError: Likewise.

    Examples:
        A price that only climbs does not vary about its trend.

        >>> round(detrended_variation(np.arange(100.0, 120.0)).pct, 6)
        0.0
    """
    values, n, share = _checked(prices)
    if not _enough(n, share):
        return Variation(np.nan, n, share)
    known = ~np.isnan(values)
    days = np.flatnonzero(known).astype(np.float64)
    design = np.column_stack([np.ones(n), days - days.mean()])
    residual = values[known] - design @ np.linalg.lstsq(design, values[known], rcond=None)[0]
    return Variation(float(100 * np.sqrt(residual @ residual / (n - 2)) / values[known].mean()), n, share)


def _enough(n: int, share: float) -> bool:
    return n >= _FEWEST and share >= _SHARE


def _checked(prices: ArrayLike) -> tuple[NDArray[np.float64], int, float]:
    values = np.asarray(prices, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"the prices have the shape {values.shape}; give one row of a price per day")
    wrong = np.flatnonzero((values <= 0) | np.isinf(values))
    if wrong.size:
        raise ValueError(f"price {wrong[0]} is {values[wrong[0]]}, which is no price; leave the day missing")
    n = int((~np.isnan(values)).sum())
    return values, n, n / values.size if values.size else np.nan
