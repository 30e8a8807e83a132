"""What each item contributed to the change of an index (andil inflasi)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.methods.price_index.bilateral import bilateral, matched
from analytics.methods.price_index.formulas import FORMULAS, shares
from analytics.methods.price_index.rates import earlier

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analytics.methods.price_index.formulas import Formula
    from analytics.methods.price_index.rates import Comparison

    Values = NDArray[np.float64]

_MONTHS_IN_YEAR: Final = 12
_ALIKE: Final = 1e-12  # of a relative to the index: below it the logarithmic mean is the index


def contributions(
    nk: pd.DataFrame, *, comparison: Comparison = "month_on_month", within: pd.Series[str] | None = None
) -> pd.DataFrame:
    """Percentage points that each item added to the change of the whole, within one weight basis.

    c_(i,t) = 100 · (NK_(i,s) / Σ NK_s) · (I_(i,t) / I_(i,s) - 1) = 100 · (NK_(i,t) - NK_(i,s)) / Σ NK_s, where s is the
    month compared with. The sum over the items is the rate of change of `value_index(nk)`, exactly.

    The values must be carried forward from one base period; where the weights changed between the two months (January
    2024) take `linked_contributions`. An imputed item has a contribution too; say so wherever it is shown
    (`Aggregate.missing`).

    Args:
        nk: Values by month (a PeriodIndex of frequency M) and item, as `aggregate` returns them.
        comparison: Which change is to be explained.
        within: The group of each item, to explain the change of every group by its own items; None = all are one.

    Returns:
        Percentage points by month and item. A month in which any value of the group is missing, then or now, is missing
        for all of it: a sum over the rest would explain another change.

    Raises:
        UnknownNameError: There is no such comparison.
        TypeError: The values are not by month.
        ValueError: A month is there twice, or an item has no group.

    Source:
        BPS: andil, the share of each item in the inflation of all. Eurostat, HICP Methodological Manual, 2024, 8.6.

    Examples:
        >>> months = pd.period_range("2025-01", periods=2, freq="M")
        >>> nk = pd.DataFrame({"rice": [60.0, 61.2], "chilli": [40.0, 60.0]}, index=months)
        >>> contributions(nk).iloc[1].round(2).to_dict()
        {'rice': 1.2, 'chilli': 20.0}
    """
    codes, before = _groups_of(nk, within), earlier(nk, comparison)
    points = (nk - before).mul(100).div(_sums_within(before, codes))
    return points.where(~np.isnan(_sums_within(points, codes)))


def linked_contributions(
    indices: pd.DataFrame,
    total: pd.Series[float],
    weights: pd.DataFrame,
    *,
    comparison: Comparison = "year_on_year",
) -> pd.DataFrame:
    """Percentage points that each item added, where the weights change every December (year on year: Ribe).

    With x the chain-linked index of an item, X that of all items, w_y the item's share in the weights of year y, D the
    December before year y, and s the month compared with:

    * s in D or later: c_t = 100 · w_y · (X_D / X_s) · (x_t - x_s) / x_D
    * s in the year before: what the item added from s to D by the old weights, and from D to t by the new ones,
      c_t = 100 · (w_(y-1) · (X_E / X_s) · (x_D - x_s) / x_E + w_y · (X_D / X_s) · (x_t - x_D) / x_D), E = the December
      before D.

    Args:
        indices: Chain-linked index levels by month (a PeriodIndex of frequency M) and item.
        total: That of all items together. The contributions of all items sum to its change where it is their annual
            chained Laspeyres.
        weights: By year (rows) and item: the share of all items, at prices of the December before [1].
        comparison: Which change is to be explained.

    Returns:
        Percentage points by month and item; NaN where an index or a weight that the formula names is missing.

    Raises:
        UnknownNameError: There is no such comparison.
        TypeError: The indices are not by month.
        ValueError: A month is there twice, items and weights differ, or a share is not from 0 to 1.

    Source:
        Eurostat, HICP Methodological Manual, 2024, 8.6 (Ribe's contribution to the annual rate).

    Examples:
        >>> months = pd.period_range("2024-12", "2025-12", freq="M")
        >>> rice = pd.DataFrame({"rice": [100.0] * 12 + [110.0]}, index=months)
        >>> share = pd.DataFrame({"rice": [0.4]}, index=[2025])
        >>> linked_contributions(rice, pd.Series(100.0, index=months), share).iloc[-1].round(2).to_dict()
        {'rice': 4.0}
    """
    months = _months(indices)
    everything = total.reindex(months)
    december, all_december = earlier(indices, "year_to_date"), earlier(everything, "year_to_date")
    then, all_then = earlier(indices, comparison), earlier(everything, comparison)
    share = _by_month(weights, indices, years_back=0)
    if comparison != "year_on_year":
        return 100 * (share * (indices - then) / december).mul(all_december / all_then, axis=0)
    since = (share * (indices - december) / december).mul(all_december / all_then, axis=0)
    older = months - months.month.to_numpy() - _MONTHS_IN_YEAR
    before, all_before = indices.reindex(older).set_axis(months), everything.reindex(older).set_axis(months)
    old_share = _by_month(weights, indices, years_back=1)
    until = (old_share * (december - then) / before).mul(all_before / all_then, axis=0)
    # December is compared with December: nothing is left for the year before.
    return 100 * (since + until.where(pd.Series(months.month != _MONTHS_IN_YEAR, index=months), 0.0, axis=0))


def bilateral_contributions(
    p0: ArrayLike, p1: ArrayLike, q0: ArrayLike | None = None, q1: ArrayLike | None = None, *, formula: Formula
) -> pd.Series[float] | Values:
    """What each product added to a bilateral index: Σ c_i = I - 1.

    * Arithmetic formulas: c = v·(r - 1), v the product's share of the basket at prices of period 0.
    * Geometric ones, Jevons among them: the same with v ∝ w / L(r, I), where w are the formula's weights (1/n in
      Jevons) and L(a, b) = (a - b) / ln(a/b) is the logarithmic mean.
    * Harmonic and harmonic Laspeyres: c = w·I·(1 - 1/r).
    * Fisher and CSWD as geometric ones: their arithmetic half has w ∝ s·L(r, A), the harmonic one w ∝ s·L(1/r, 1/B),
      where A and B are the two indices, and the whole has the mean of both.

    Args:
        p0: As for `bilateral`.
        p1: Likewise.
        q0: Likewise.
        q1: Likewise.
        formula: Likewise.

    Returns:
        Contributions as ratios (0.05 = five percentage points), a Series where `p0` is one.

    Raises:
        UnknownNameError: There is no such formula.
        ValueError: As for `bilateral`.

    Source:
        Reinsdorf, Diewert and Ehemann, Additive decompositions for Fisher, Törnqvist and geometric mean indexes,
        2002, section 6.

    Examples:
        >>> bilateral_contributions([1, 1], [1.2, 3], formula="jevons").round(4).tolist()
        [0.1225, 0.7749]
    """
    index = bilateral(p0, p1, q0, q1, formula=formula)
    quantities = {"q0": q0, "q1": q1}
    rows = matched(
        p0=p0, p1=p1, **{name: row for name in FORMULAS[formula][1] if (row := quantities[name]) is not None}
    )
    parts = _parts(formula, index, *rows)
    return pd.Series(parts, index=p0.index) if isinstance(p0, pd.Series) else parts


def _groups_of(nk: pd.DataFrame, within: pd.Series[str] | None) -> NDArray[np.intp]:
    if within is None:
        return np.zeros(nk.shape[1], dtype=np.intp)
    names = within.reindex(nk.columns)
    lost = names.index[names.isna()]
    if len(lost):
        raise ValueError(f"item {lost[0]} belongs to no group; complete `within` or leave the item out")
    codes, _ = pd.factorize(pd.Index(names))
    return codes


def _sums_within(table: pd.DataFrame, codes: NDArray[np.intp]) -> Values:
    """For each item the sum over its group; NaN where one of the group is missing."""
    if not codes.size:
        return np.empty(table.shape)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 1))
    sums = np.add.reduceat(table.to_numpy(dtype=np.float64)[:, order], starts, axis=1)
    return np.asarray(sums[:, codes])


def _parts(formula: str, index: float, p0: Values, p1: Values, *q: Values) -> Values:
    """The contribution of each product to one formula's index, whose value is known."""
    r, n = p1 / p0, len(p0)
    match formula:
        case "jevons" | "cswd" | "fisher" | "tornqvist" | "geometric_laspeyres" | "geometric_paasche":
            weights = _log_weights(formula, p0, p1, *q) / _logarithmic_mean(r, index)
            return np.asarray(weights / weights.sum() * (r - 1))
        case "harmonic" | "harmonic_laspeyres":
            weights = shares(p0, q[0]) if q else np.full(n, 1 / n)
            return np.asarray(index * weights * (1 - 1 / r))
        case "carli" | "young" | "palgrave":
            spent = p1 * q[0] if formula == "palgrave" else q[0] if q else np.ones(n)
            return np.asarray(spent / spent.sum() * (r - 1))
        case "marshall_edgeworth":
            amounts = q[0] + q[1]
        case "walsh":
            amounts = np.sqrt(q[0] * q[1])
        case _:
            amounts = q[0] if q else np.ones(n)
    return np.asarray((p1 - p0) * amounts / (p0 @ amounts))


def _log_weights(formula: str, p0: Values, p1: Values, *q: Values) -> Values:
    """The weights w of a geometric formula: ln I = Σ w·ln r."""
    n = len(p0)
    match formula:
        case "jevons":
            return np.full(n, 1 / n)
        case "cswd":
            return _log_weights_of_two(p1 / p0, np.full(n, 1 / n), np.full(n, 1 / n))
        case "fisher":
            return _log_weights_of_two(p1 / p0, shares(p0, q[0]), shares(p1, q[1]))
        case "tornqvist":
            return np.asarray((shares(p0, q[0]) + shares(p1, q[1])) / 2)
    return shares(p0 if formula == "geometric_laspeyres" else p1, q[0])


def _log_weights_of_two(r: Values, arithmetic: Values, harmonic: Values) -> Values:
    """Those of the geometric mean of an arithmetic and a harmonic mean of the relatives."""
    a, b = float(arithmetic @ r), float(harmonic @ (1 / r))
    first, second = arithmetic * _logarithmic_mean(r, a), harmonic * _logarithmic_mean(1 / r, b)
    return np.asarray((first / first.sum() + second / second.sum()) / 2)


def _logarithmic_mean(r: Values, index: float) -> Values:
    """(a - b) / ln(a/b), which is a where the two are the same."""
    logarithm = np.log(r / index)
    apart = np.abs(logarithm) > _ALIKE
    return np.where(apart, (r - index) / np.where(apart, logarithm, 1.0), index)


def _months(table: pd.DataFrame) -> pd.PeriodIndex:
    earlier(table, "month_on_month")  # refuses what is not by month
    return pd.PeriodIndex(table.index)


def _by_month(weights: pd.DataFrame, indices: pd.DataFrame, *, years_back: int) -> pd.DataFrame:
    """Each month's shares, those of its year or of an earlier one."""
    apart = sorted(map(str, indices.columns.symmetric_difference(weights.columns)))
    if apart or not weights.index.is_unique:
        raise ValueError(f"indices and weights differ in {apart}, or a year is there twice; give one share per item")
    if ((weights < 0) | (weights > 1)).any(axis=None):
        raise ValueError("a weight is not from 0 to 1; give shares of all items")
    years = _months(indices).year - years_back
    return weights.reindex(index=years, columns=indices.columns).set_axis(indices.index)
