"""A monthly price series on its full calendar, and what an alarm says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

MONTHS_IN_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm's values by month, or why there are none.

    Args:
        table: One row per month from the first price to the last month given: the method's figures (NaN = missing) and
            `phase` (likewise).
        insufficient: What the series lacks, a sentence each; empty = it is eligible. One that is not has no figures.
    """

    table: pd.DataFrame
    insufficient: tuple[str, ...]

    @property
    def eligible(self) -> bool:
        """Whether the method may be applied to the series at all."""
        return not self.insufficient


def on_calendar(prices: pd.Series[float]) -> pd.Series[float]:
    """The prices of every month from the first one priced to the last one given.

    Args:
        prices: By month (a PeriodIndex of frequency M); NaN or an absent month = missing.

    Raises:
        TypeError: The prices are not by month.
        ValueError: A month is there twice, or a price is zero, negative or infinite.

    Examples:
        >>> months = pd.PeriodIndex(["2025-01", "2025-02", "2025-04"], freq="M")
        >>> on_calendar(pd.Series([float("nan"), 5.0, 6.0], index=months)).to_list()
        [5.0, nan, 6.0]
    """
    months = getattr(prices, "index", None)
    if not (isinstance(months, pd.PeriodIndex) and months.freqstr == "M"):
        raise TypeError("these are no monthly prices; give a Series with a PeriodIndex of frequency M")
    if not months.is_unique:
        raise ValueError(f"{months[months.duplicated()][0]} is there twice; keep the latest price of each month")
    values = prices.astype(float)
    wrong = values[(values <= 0) | (values == np.inf)]
    if not wrong.empty:
        raise ValueError(
            f"the price of {wrong.index[0]} is {wrong.iloc[0]}, which is no price; leave the month missing"
        )
    priced = months[values.notna()]
    if priced.empty:
        return values.iloc[:0]
    return values.reindex(pd.period_range(priced.min(), months.max(), freq="M"))


def phases(values: ArrayLike, least: Mapping[str, float]) -> NDArray[np.object_]:
    """The phase of each value: the last one whose least value it reaches; None for NaN.

    Args:
        values: Any shape.
        least: The least value of each phase, in rising order.

    Examples:
        >>> phases([0.2, 2.0, float("nan")], {"calm": float("-inf"), "storm": 1.0}).tolist()
        ['calm', 'storm', None]
    """
    numbers = np.asarray(values, dtype=np.float64)
    names = np.array([*least, None], dtype=object)
    which = np.searchsorted([*least.values()], numbers, side="right") - 1
    return np.asarray(names[np.where(np.isnan(numbers), len(least), which)], dtype=object)
