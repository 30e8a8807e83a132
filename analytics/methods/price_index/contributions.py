"""What each item contributed to the change of an index (andil inflasi)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.methods.price_index.rates import earlier

if TYPE_CHECKING:
    import pandas as pd

    from analytics.methods.price_index.rates import Comparison


def contributions(nk: pd.DataFrame, *, comparison: Comparison = "month_on_month") -> pd.DataFrame:
    """Percentage points that each item added to the change of the whole.

    c_(i,t) = 100 · (NK_(i,s) / Σ NK_s) · (I_(i,t) / I_(i,s) - 1) = 100 · (NK_(i,t) - NK_(i,s)) / Σ NK_s, where s is the
    month compared with. The sum over the items is the rate of change of `value_index(nk)`, exactly.

    One weight basis only: the values must be carried forward from one base period. Where the weights changed between
    the two months (January 2024), a year-on-year contribution takes Ribe's formula instead.

    An imputed item has a contribution too; say so wherever it is shown (`Aggregate.missing`).

    Args:
        nk: Values by month (a PeriodIndex of frequency M) and item, as `aggregate` returns them.
        comparison: Which change is to be explained.

    Returns:
        Percentage points by month and item. A month in which any value is missing, then or now, is missing throughout:
        a sum over the rest would explain another change.

    Raises:
        UnknownNameError: There is no such comparison.
        TypeError: The values are not by month.
        ValueError: A month is there twice.

    Source:
        BPS: andil, the share of each item in the inflation of all. Eurostat, HICP Methodological Manual, 2024, 8.6.

    Examples:
        >>> import pandas as pd
        >>> months = pd.period_range("2025-01", periods=2, freq="M")
        >>> nk = pd.DataFrame({"rice": [60.0, 61.2], "chilli": [40.0, 60.0]}, index=months)
        >>> contributions(nk).iloc[1].round(2).to_dict()
        {'rice': 1.2, 'chilli': 20.0}
    """
    before = earlier(nk, comparison)
    points = 100 * (nk - before).div(before.sum(axis=1, skipna=False), axis=0)
    return points.where(points.notna().all(axis=1))
