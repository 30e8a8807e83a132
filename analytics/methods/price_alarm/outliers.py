"""Price changes that are too large to believe unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, overload

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

CUTOFF: Final = 5.0
"""How many spreads from the median are too far."""

LEAST_SPREAD: Final = 0.05
"""The least that counts as the spread of a price's changes (5 %)."""

_NORMAL: Final = 1.4826  # a normal distribution's standard deviation over its median absolute deviation
_FEWEST: Final = 5


@overload
def robust_outliers(
    log_relatives: pd.Series[float], *, cutoff: float = ..., least_spread: float = ...
) -> pd.Series[bool]: ...
@overload
def robust_outliers(log_relatives: pd.DataFrame, *, cutoff: float = ..., least_spread: float = ...) -> pd.DataFrame: ...
@overload
def robust_outliers(
    log_relatives: NDArray[np.float64], *, cutoff: float = ..., least_spread: float = ...
) -> NDArray[np.bool_]: ...


def robust_outliers(
    log_relatives: pd.Series[float] | pd.DataFrame | NDArray[np.float64],
    *,
    cutoff: float = CUTOFF,
    least_spread: float = LEAST_SPREAD,
) -> pd.Series[bool] | pd.DataFrame | NDArray[np.bool_]:
    """Which changes of a price lie far outside what that price usually does.

    Flagged where |x - median| > cutoff · max(1.4826 · MAD, least_spread), MAD = median of |x - median|. Outliers do not
    move a median, so one wrong price cannot hide itself. A price that stands still on most days has a MAD of 0: without
    `least_spread` its every ordinary step would be flagged.

    A flag asks somebody to look; nothing is deleted. A single wrong price gives two flags, on the way there and back.

    Args:
        log_relatives: ln(p_t / p_(t-1)), or ln of a price over what others ask on the same day, one series or a column
            each; NaN = missing.
        cutoff: How many spreads are too far [1].
        least_spread: The least that counts as a spread (0.05 = 5 %); with the cutoff of 5, changes below 22 % down or
            28 % up are never flagged.

    Returns:
        True where flagged, in the shape given. Fewer than five values have no usual behaviour: nothing is flagged.

    Raises:
        ValueError: A change is infinite (the log of a price of zero), or cutoff or least spread is not above 0.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapter 5 (data editing); the robust z-score.

    Examples:
        Rice at Bendul Mrisi market, Surabaya, September 2018: 9,100, then one day 920,017.

        >>> prices = np.array([9200.0, 9200, 9200, 9100, 9100, 920017, 9200, 9200, 9200])
        >>> np.flatnonzero(robust_outliers(np.diff(np.log(prices)))).tolist()
        [4, 5]
    """
    if not (cutoff > 0 and least_spread > 0):
        raise ValueError(f"cutoff {cutoff} and least spread {least_spread} cannot be; give numbers above 0")
    values = np.asarray(log_relatives, dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError("a change is infinite, the log of a price of 0; leave prices of 0 missing")
    table = values[:, np.newaxis] if values.ndim == 1 else values
    known = ~np.isnan(table)
    flags = np.zeros(table.shape, dtype=bool)
    for column in np.flatnonzero(known.sum(axis=0) >= _FEWEST):
        own = table[known[:, column], column]
        spread = robust_spread(own, least=least_spread)
        flags[known[:, column], column] = np.abs(own - np.median(own)) > cutoff * spread
    if isinstance(log_relatives, pd.Series):
        return pd.Series(flags[:, 0], index=log_relatives.index, dtype=bool)
    if isinstance(log_relatives, pd.DataFrame):
        return pd.DataFrame(flags, index=log_relatives.index, columns=log_relatives.columns)
    return flags.reshape(values.shape)


def robust_spread(values: NDArray[np.float64], *, least: float = LEAST_SPREAD) -> float:
    """1.4826 · MAD, the standard deviation that a few wrong values do not move; at least `least`, also without values.

    Examples:
        >>> round(robust_spread(np.array([-0.2, -0.1, 0.0, 0.1, 0.2, 9.0])), 3)
        0.222
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return least
    return max(_NORMAL * float(np.median(np.abs(known - np.median(known)))), least)
