"""A crop through its season: how much water it uses at each stage, and when it can be harvested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import ArrayLike, NDArray


DegreeDays = Literal["mean", "clamped_extremes", "clamped_above"]


@dataclass(frozen=True, slots=True)
class HarvestWindow:
    """The days on which a planting is expected to be ready, the first and the last included."""

    opens: date
    closes: date

    def days_until(self, day: date) -> int:
        """Days from `day` until the window opens; 0 when it is open or over."""
        return max((self.opens - day).days, 0)

    def is_open(self, day: date) -> bool:
        """Whether `day` is in the window."""
        return self.opens <= day <= self.closes


def crop_coefficient(day: ArrayLike, *, stages_d: Sequence[float], kc: Sequence[float]) -> NDArray[np.float64]:
    """Crop coefficient Kc on a day of the season [1] (FAO-56 figure 34, eq. 66).

    Kc is constant in the initial and the mid-season stage, and linear in the development and the late stage.

    Args:
        day: Day of the growing season, 1 = the day of planting; a number or an array.
        stages_d: Lengths of the initial, development, mid-season and late stage [d].
        kc: Coefficients of the initial stage, the mid-season and the end.

    Returns:
        Kc for each day; NaN before planting, after the season, and where the crop's coefficient is missing.

    Raises:
        ValueError: There are not four lengths above 0 and three coefficients.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 28 (dry beans).

    Examples:
        >>> crop_coefficient([20, 40, 70, 95], stages_d=(25, 25, 30, 20), kc=(0.15, 1.19, 0.35)).round(2).tolist()
        [0.15, 0.77, 1.19, 0.56]
    """
    lengths = np.asarray(stages_d, dtype=np.float64)
    if lengths.shape != (4,) or not np.all(lengths > 0) or len(kc) != 3:  # noqa: PLR2004 - FAO-56's stages
        raise ValueError(f"stages {stages_d} and coefficients {kc} are no season; give four lengths above 0, three Kc")
    days = np.asarray(day, dtype=np.float64)
    initial, middle, end = kc
    ends = np.cumsum(lengths)
    values = np.interp(days, ends, [initial, middle, middle, end])
    in_season = (days >= 1) & (days <= ends[-1])
    result: NDArray[np.float64] = np.where(in_season, values, np.nan)[()]
    return result


def kc_for_climate(
    kc_table: ArrayLike, *, wind_2m: ArrayLike, rh_min_pct: ArrayLike, height_m: ArrayLike
) -> NDArray[np.float64]:
    """A mid-season or end coefficient from FAO-56's table for another air than its own [1] (FAO-56 eq. 62, 65).

    Kc = Kc_table + (0.04 (u2 - 2) - 0.004 (RHmin - 45)) · (h / 3)^0.3. A table's coefficient below 0.45 stays as it is.

    Args:
        kc_table: Coefficient of Table 12, above 0.45.
        wind_2m: Mean wind of the stage at 2 m [m/s]; counts as 1 to 6.
        rh_min_pct: Mean daily lowest humidity of the stage [%]; counts as 20 to 80.
        height_m: Mean height of the plants [m]; counts as at most 10.

    Returns:
        An array of the common shape; NaN where an input is missing.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, eq. 62 and 65; the bounds are those beside them.

    Examples:
        The table's own air leaves it as it is; humid Makassar wants less.

        >>> [round(float(kc_for_climate(1.05, wind_2m=2, rh_min_pct=rh, height_m=0.6)), 3) for rh in (45, 60)]
        [1.05, 1.013]
    """
    table, wind, rh, height = (
        np.asarray(values, dtype=np.float64) for values in (kc_table, wind_2m, rh_min_pct, height_m)
    )
    air = 0.04 * (np.clip(wind, 1, 6) - 2) - 0.004 * (np.clip(rh, 20, 80) - 45)
    moved: NDArray[np.float64] = np.where(table < 0.45, table, table + air * (np.minimum(height, 10) / 3) ** 0.3)[()]  # noqa: PLR2004 - FAO-56's bound
    return moved


def harvest_window(planted: date, *, days_min: int, days_max: int) -> HarvestWindow:
    """When a planting can be harvested.

    Args:
        planted: The day of sowing or transplanting that the numbers of days count from.
        days_min: Days to the earliest first harvest.
        days_max: Days to the latest.

    Raises:
        ValueError: The numbers of days are negative or the wrong way round.

    Examples:
        >>> from datetime import date
        >>> window = harvest_window(date(2025, 8, 3), days_min=21, days_max=30)
        >>> window.opens.isoformat(), window.closes.isoformat(), window.days_until(date(2025, 8, 20))
        ('2025-08-24', '2025-09-02', 4)
    """
    if not 0 <= days_min <= days_max:
        raise ValueError(f"{days_min} to {days_max} days are no harvest window; give the fewest days, then the most")
    return HarvestWindow(planted + timedelta(days=days_min), planted + timedelta(days=days_max))


def growing_degree_days(
    tmin_c: ArrayLike, tmax_c: ArrayLike, *, base_c: float, upper_c: float, method: DegreeDays
) -> NDArray[np.float64]:
    """Warmth of each day that a crop can use [°C d], by one of three methods; say which with every figure.

    * "mean": the mean of Tmin and Tmax, then kept between base and upper (AquaCrop's method 1).
    * "clamped_extremes": Tmin and Tmax are kept between base and upper first (method 2).
    * "clamped_above": Tmax is kept between both, Tmin only below upper; their mean is at least the base (method 3).

    From each the base is taken away. Add the days up with `cumsum`; a sum over a missing day is missing.

    Args:
        tmin_c: Lowest air temperature of each day [°C].
        tmax_c: Highest air temperature [°C].
        base_c: Temperature below which the crop does not grow.
        upper_c: Temperature above which it grows no faster.
        method: As above.

    Returns:
        An array of the common shape, never negative; NaN where an input is missing or Tmax is below Tmin.

    Raises:
        UnknownNameError: There is no such method.
        ValueError: The base is not below the upper temperature.

    Source:
        McMaster and Wilhelm, Growing degree-days: one equation, two interpretations, 1997; AquaCrop reference manual.

    Examples:
        >>> [float(growing_degree_days(5, 20, base_c=8, upper_c=30, method=m)) for m in get_args(DegreeDays)]
        [4.5, 6.0, 4.5]
    """
    if method not in get_args(DegreeDays):
        raise UnknownNameError("method for degree days", method, get_args(DegreeDays))
    if not base_c < upper_c:
        raise ValueError(f"a base of {base_c} °C is not below an upper temperature of {upper_c} °C; correct the crop")
    low, high = np.asarray(tmin_c, dtype=np.float64), np.asarray(tmax_c, dtype=np.float64)
    high = np.where(high >= low, high, np.nan)
    if method != "mean":
        high = np.clip(high, base_c, upper_c)
        low = np.clip(low, base_c if method == "clamped_extremes" else None, upper_c)
    days: NDArray[np.float64] = (np.clip((low + high) / 2, base_c, upper_c) - base_c)[()]
    return days


def days_to_degree_days(daily: ArrayLike, needed: float) -> int | None:
    """The day on which a sum of degree days is reached, 1 = the first; None where it is not.

    A day without a figure ends the sum: what comes after is not known to be reached.

    Args:
        daily: Degree days of each day since planting [°C d].
        needed: The sum that the crop needs [°C d], above 0.

    Raises:
        ValueError: Nothing is needed, or a day's warmth is negative.

    Examples:
        >>> days_to_degree_days([10.0, 12.0, 11.0], 22), days_to_degree_days([10.0], 22)
        (2, None)
    """
    warmth = np.asarray(daily, dtype=np.float64)
    if not needed > 0 or np.any(warmth < 0):
        raise ValueError(f"{needed} degree days of {warmth} cannot be; give a sum above 0 and days of 0 or more")
    reached = np.flatnonzero(np.cumsum(warmth) >= needed)
    return int(reached[0]) + 1 if reached.size else None
