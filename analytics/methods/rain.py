"""How much of the rain reaches the roots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

_LIGHT: Final = 0.2  # of the day's ET0: less than that dries off leaves and surface
_MUCH_MM: Final = 250.0


def effective_rain_daily(rain_mm: ArrayLike, et0_mm: ArrayLike, *, share: float = 1.0) -> Values:
    """Rain of a day that reaches the roots [mm]: none below 0.2 ET0, else a share of it.

    FAO-56 takes the whole; OpenMeteo's soil water balance takes 0.8.

    Args:
        rain_mm: Rain of the day [mm].
        et0_mm: Reference evapotranspiration of the day [mm].
        share: What of a heavier rain does not run off [1].

    Returns:
        An array of the common shape; NaN where an input is missing.

    Raises:
        ValueError: An amount is negative, or the share is not from 0 to 1.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, chapter 8.

    Examples:
        >>> effective_rain_daily([0.5, 0.7], [1.6, 3.8]).tolist()
        [0.5, 0.0]
    """
    rain, et0 = np.asarray(rain_mm, dtype=np.float64), np.asarray(et0_mm, dtype=np.float64)
    if np.any(rain < 0) or np.any(et0 < 0) or not 0 <= share <= 1:
        raise ValueError(f"rain {rain} mm, ET0 {et0} mm, share {share} cannot be; give amounts of 0 or more")
    reaching = np.where(rain < _LIGHT * et0, 0.0, share * rain)
    result: Values = np.where(np.isnan(rain) | np.isnan(et0), np.nan, reaching)[()]
    return result


def effective_rain_monthly(rain_mm: ArrayLike) -> Values:
    """Rain of a month that crops can use [mm] (USDA-SCS, as in CROPWAT); never for single days.

    P · (125 - 0.2 P) / 125 up to 250 mm, 125 + 0.1 P above.

    Args:
        rain_mm: Rain of the month [mm].

    Returns:
        An array of the same shape; NaN where it is missing.

    Raises:
        ValueError: An amount is negative.

    Source:
        USDA Soil Conservation Service, as in FAO's CROPWAT.

    Examples:
        >>> effective_rain_monthly([50, 250, 300]).tolist()
        [46.0, 150.0, 155.0]
    """
    rain = np.asarray(rain_mm, dtype=np.float64)
    if np.any(rain < 0):
        raise ValueError(f"rain of {rain} mm cannot be; give amounts of 0 or more")
    result: Values = np.where(rain <= _MUCH_MM, rain * (125 - 0.2 * rain) / 125, 125 + 0.1 * rain)[()]
    return result
