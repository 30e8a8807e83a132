"""A crop through its season: how much water it uses at each stage, and when it can be harvested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import ArrayLike, NDArray


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
