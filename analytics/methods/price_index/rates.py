"""How fast a monthly index changes, and how two bases are linked into one series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeVar, get_args

import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Hashable

Comparison = Literal["month_on_month", "year_to_date", "year_on_year"]
COMPARISONS: Final[tuple[Comparison, ...]] = get_args(Comparison)
_MONTHS_IN_YEAR: Final = 12
Monthly = TypeVar("Monthly", "pd.Series[float]", "pd.Series[str]", pd.DataFrame)


def rates(index: pd.Series[float] | pd.DataFrame, *, base: pd.Series[str] | None = None) -> pd.DataFrame:
    """Change of a monthly index on the month before, on last December and on the same month of last year.

    Rate = 100 · (I_t / I_s - 1) with s = t - 1 month, December of the year before t, or t - 12 months. Months are
    counted by the calendar, so a gap in the series gives a missing rate and never a rate over the wrong span.

    Args:
        index: Levels by month (a PeriodIndex of frequency M), one series or a column each; NaN or an absent month =
            missing.
        base: What 100 means in each month, such as "2022=100". A rate between two bases is missing: `splice` them.

    Returns:
        `month_on_month`, `year_to_date` and `year_on_year` [%] for the same months; NaN where either month is missing.
        For a frame each of the three has a column per series.

    Raises:
        TypeError: The index is not by month.
        ValueError: A month is there twice, or a level is zero, negative or infinite.

    Source:
        Bank Indonesia, notes of the regional statistics (SEKDA): m-to-m, y-to-d and y-on-y inflation.

    Examples:
        >>> months = pd.period_range("2023-11", "2024-01", freq="M")
        >>> rates(pd.Series([100.0, 101.0, 102.01], index=months)).round(2)
                 month_on_month  year_to_date  year_on_year
        2023-11             NaN           NaN           NaN
        2023-12             1.0           NaN           NaN
        2024-01             1.0           1.0           NaN
    """
    levels = index if isinstance(index, pd.DataFrame) else pd.DataFrame({"": index}, dtype=float)
    table = {comparison: _rate(levels, comparison, base) for comparison in COMPARISONS}
    if isinstance(index, pd.DataFrame):
        return pd.concat(table, axis=1)
    return pd.DataFrame({comparison: rate[""] for comparison, rate in table.items()})


def _rate(levels: pd.DataFrame, comparison: Comparison, base: pd.Series[str] | None) -> pd.DataFrame:
    before = earlier(levels, comparison)
    wrong = ((levels <= 0) | (levels == float("inf"))).any(axis=1)
    if wrong.any():
        raise ValueError(f"an index of {levels.index[wrong][0]} is not positive or not finite; leave the month missing")
    rate = 100 * (levels / before - 1)
    return rate if base is None else rate.where(_same_base(base, levels, comparison), axis=0)


def splice(old: pd.Series[float], new: pd.Series[float], link: Hashable) -> pd.Series[float]:
    """Continue an old series on a new base, through a period in which both are known.

    Values up to the link are old · new_link / old_link; those after it are the new ones.

    Args:
        old: Index levels on the old base.
        new: Index levels on the new base.
        link: The overlapping period; for the change from 2018=100 to 2022=100 it is December 2023.

    Returns:
        One series on the new base.

    Raises:
        ValueError: One of the two has no value in the link, so that nothing can tell how they fit together.

    Examples:
        >>> old = pd.Series({2022: 114.0, 2023: 120.0})
        >>> new = pd.Series({2023: 105.0, 2024: 107.1})
        >>> splice(old, new, link=2023).round(2).to_dict()
        {2022: 99.75, 2023: 105.0, 2024: 107.1}
    """
    if not (old.index.is_unique and new.index.is_unique):
        raise ValueError("a period is there twice in one of the series; keep the latest value of each period")
    old_level, new_level = old.get(link), new.get(link)
    if not (old_level and new_level and old_level > 0 and new_level > 0):
        raise ValueError(f"{link} has {old_level} in the old series, {new_level} in the new; link where both have one")
    before = old[old.index <= link] * (new_level / old_level)
    spliced: pd.Series[float] = pd.concat([before, new[new.index > link]])
    return spliced


def earlier(series: Monthly, comparison: Comparison) -> Monthly:
    """The values each month is compared with, under that month; NaN where there are none.

    Raises:
        UnknownNameError: There is no such comparison.
        TypeError: The index is not by month.
        ValueError: A month is there twice.
    """
    months = getattr(series, "index", None)
    if not (isinstance(months, pd.PeriodIndex) and months.freqstr == "M"):
        raise TypeError("these are no monthly figures; give a Series or frame with a PeriodIndex of frequency M")
    if not months.is_unique:
        raise ValueError(f"{months[months.duplicated()][0]} is there twice; keep the latest value of each month")
    return series.reindex(_compared_with(months, comparison)).set_axis(months)


def _compared_with(months: pd.PeriodIndex, comparison: Comparison) -> pd.PeriodIndex:
    match comparison:
        case "month_on_month":
            return months - 1
        case "year_to_date":
            return pd.PeriodIndex(months - months.month.to_numpy())
        case "year_on_year":
            return months - _MONTHS_IN_YEAR
    raise UnknownNameError("comparison", comparison, COMPARISONS)


def _same_base(base: pd.Series[str], levels: pd.DataFrame, comparison: Comparison) -> pd.Series[bool]:
    here = base.reindex(levels.index)
    return here == earlier(here, comparison)
