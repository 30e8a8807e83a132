"""Many indices to one: Laspeyres as BPS chains it, values carried forward by each period's relative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Codes = NDArray[np.intp]

Missing = Literal["parent", "renormalise", "refuse"]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate index and what it was made of.

    Args:
        index: One per period [100 in the first]; NaN = missing.
        nk: The value of every item (nilai konsumsi) per period, in the unit of the weights: what the base period's
            quantities cost now. `value_index` of some columns is their sub-index.
        missing: Where an item had no index to be compared by: its value is imputed, or it was left out.
        missing_share: Those items' share of the weights per period, 0 to 1 [1].
    """

    index: pd.Series[float]
    nk: pd.DataFrame
    missing: pd.DataFrame
    missing_share: pd.Series[float]


def aggregate(
    indices: pd.DataFrame,
    weights: pd.Series[float],
    *,
    missing: Missing = "parent",
    groups: pd.DataFrame | None = None,
) -> Aggregate:
    """Put the indices of many items together by their weights in the first period.

    NK_(i,0) = weight of item i, NK_(i,t) = NK_(i,t-1) · I_(i,t)/I_(i,t-1), and I_t = 100 · Σ NK_(i,t) / Σ NK_(i,0).

    Args:
        indices: Index levels on any base, one row per period in order of time, one column per item; NaN = missing. The
            first row is the base period.
        weights: What each item counts for in the base period (expenditure, or its share), all positive.
        missing: What to do about an item without an index in a period:

            * "parent": its value moves with the nearest group that has an index, at last with all items. When it
              returns, its value is again what its own index says. An item that begins later joins at its imputed value.
            * "renormalise": leave it out and share its weight among the others. The index jumps when a dear item
              disappears or returns, so never compute a rate from it.
            * "refuse": that period has no index.
        groups: With "parent": the groups an item belongs to, one row per item, one column per level from the widest to
            the narrowest; all items together need no column.

    Returns:
        The index with its values; a period in which no item has an index has none.

    Raises:
        UnknownNameError: There is no such policy.
        ValueError: Weights and items differ, a weight or level is not positive, or the first period has no index.

    Source:
        BPS: the modified Laspeyres formula of the IHK. Consumer Price Index Manual: Concepts and Methods, 2020,
        chapters 6 (missing prices) and 8 (higher-level indices).

    Examples:
        Chilli has no price in period 2 and moves with rice; in period 3 its own price speaks again.

        >>> indices = pd.DataFrame({"rice": [100.0, 102.0, 102.0], "chilli": [100.0, None, 150.0]}, index=[1, 2, 3])
        >>> result = aggregate(indices, pd.Series({"rice": 60.0, "chilli": 40.0}))
        >>> result.index.round(2).to_list()
        [100.0, 102.0, 121.2]
        >>> result.missing_share.to_list()
        [0.0, 0.4, 0.0]
    """
    if missing not in get_args(Missing):
        raise UnknownNameError("policy for a missing item", missing, get_args(Missing))
    amounts = _checked(indices, weights)
    levels = indices.to_numpy(dtype=np.float64)
    if missing == "parent":
        nk, absent = _carried(levels, amounts, _codes(groups, indices.columns))
    else:
        nk = amounts * levels / levels[0]
        absent = np.isnan(nk)
    values = pd.DataFrame(nk, index=indices.index, columns=indices.columns)
    return Aggregate(
        index=_renormalised(values, amounts) if missing == "renormalise" else value_index(values),
        nk=values,
        missing=pd.DataFrame(absent, index=indices.index, columns=indices.columns),
        missing_share=pd.Series(absent @ amounts / amounts.sum(), index=indices.index),
    )


def value_index(nk: pd.DataFrame) -> pd.Series[float]:
    """100 · Σ NK_t / Σ NK_0 over the columns given; a period in which one value is missing has no index."""
    totals = nk.sum(axis=1, skipna=False)
    index: pd.Series[float] = 100 * totals / totals.iloc[0]
    return index


def _renormalised(nk: pd.DataFrame, amounts: Values) -> pd.Series[float]:
    covered = nk.notna().to_numpy() @ amounts
    index: pd.Series[float] = 100 * nk.sum(axis=1, min_count=1) / np.where(covered > 0, covered, np.nan)
    return index


def _carried(levels: Values, amounts: Values, groups: list[Codes]) -> tuple[Values, NDArray[np.bool_]]:
    """Values per period and item with the missing ones imputed, and which those are."""
    nk = np.full(levels.shape, np.nan)
    absent = np.ones(levels.shape, dtype=bool)
    # What an item is worth per point of its own index never changes: that is what makes its return self-correcting.
    per_point = amounts / levels[0]
    previous = amounts
    for t, level in enumerate(levels):
        own = per_point * level
        absent[t] = np.isnan(own)
        nk[t] = np.where(absent[t], previous * _relatives(own, previous, groups), own)
        if absent[t].all():
            continue
        per_point = np.where(np.isnan(per_point), nk[t] / level, per_point)
        previous = nk[t]
    return nk, absent


def _relatives(own: Values, previous: Values, groups: list[Codes]) -> Values:
    """Each item's change since the previous values, from its nearest group where it has none of its own."""
    relatives = own / previous
    for codes in groups:
        known = ~np.isnan(relatives)
        now = np.bincount(codes, weights=np.where(known, previous * relatives, 0.0))
        then = np.bincount(codes, weights=np.where(known, previous, 0.0))
        of_group = np.divide(now, then, out=np.full(then.shape, np.nan), where=then > 0)
        relatives = np.where(known, relatives, of_group[codes])
    return relatives


def _codes(groups: pd.DataFrame | None, items: pd.Index) -> list[Codes]:
    """Each item's group as a number, the narrowest level first and all items last."""
    everything = np.zeros(len(items), dtype=np.intp)
    if groups is None:
        return [everything]
    lost = items.difference(groups.index)
    if not lost.empty or groups.loc[items].isna().to_numpy().any():
        raise ValueError(f"items {lost.to_list()} are in no group, or a group has no name; complete `groups`")
    table = groups.loc[items]
    narrow_first = [list(table.columns[:depth]) for depth in range(table.shape[1], 0, -1)]
    return [*(table.groupby(names).ngroup().to_numpy().astype(np.intp) for names in narrow_first), everything]


def _checked(indices: pd.DataFrame, weights: pd.Series[float]) -> Values:
    """The weights in the order of the items."""
    apart = sorted(map(str, indices.columns.symmetric_difference(weights.index)))
    if apart or not (indices.columns.is_unique and weights.index.is_unique):
        raise ValueError(f"indices and weights differ in {apart}, or name an item twice; give one weight per item")
    amounts = np.asarray(weights.reindex(indices.columns), dtype=np.float64)
    levels = indices.to_numpy(dtype=np.float64)
    if not (
        np.all((amounts > 0) & (amounts < np.inf)) and np.all(np.isnan(levels) | ((levels > 0) & (levels < np.inf)))
    ):
        raise ValueError("a weight is missing, or a weight or an index level is not positive; leave that item out")
    if not (indices.index.is_monotonic_increasing and indices.index.is_unique):
        raise ValueError("the periods of the indices are out of order or doubled; sort them")
    if levels.size == 0 or np.isnan(levels[0]).all():
        raise ValueError("no item has an index in the first period; begin with a period that has one")
    return amounts
