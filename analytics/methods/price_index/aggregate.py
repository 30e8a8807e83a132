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

Missing = Literal["impute", "drop", "refuse"]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of the hierarchy: each item's group as a number, and each group's path of names."""

    codes: Codes
    paths: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate index and what it was made of.

    Args:
        index: One per period [100 in the first]; NaN = missing.
        groups: The same for each group of the hierarchy, a column per path, such as ("food", "spice").
        nk: The value of every item (nilai konsumsi) per period, in the unit of the weights: what the base period's
            quantities cost now. `value_index` of some columns is their sub-index.
        missing: Where an item had no index to be compared by: its value is imputed, or it was left out.
        missing_share: Those items' share of the weights per period, 0 to 1 [1].
    """

    index: pd.Series[float]
    groups: pd.DataFrame
    nk: pd.DataFrame
    missing: pd.DataFrame
    missing_share: pd.Series[float]


def aggregate(
    elementary: pd.DataFrame,
    weights: pd.Series[float],
    hierarchy: pd.DataFrame | None = None,
    *,
    missing: Missing = "impute",
) -> Aggregate:
    """Put the indices of many items together by their weights in the first period.

    NK_(i,0) = weight of item i, NK_(i,t) = NK_(i,t-1) · I_(i,t)/I_(i,t-1), and I_t = 100 · Σ NK_(i,t) / Σ NK_(i,0).

    Args:
        elementary: Index levels on any base, one row per period in order of time, one column per item; NaN = missing.
            The first row is the base period.
        weights: What each item counts for in the base period (expenditure, or its share), all positive.
        hierarchy: The groups an item belongs to, one row per item, one column per level from the widest to the
            narrowest; all items together need no column.
        missing: What to do about an item without an index in a period:

            * "impute": its value moves with the nearest group that has an index, at last with all items. When it
              returns, its value is again what its own index says. An item that begins later joins at its imputed value.
            * "drop": leave it out and share its weight among the others of its nearest group that has any. The index
              jumps when a dear item disappears or returns, so never compute a rate from it. An item without an index in
              the first period is left out for good.
            * "refuse": neither all items together nor any group of the item has an index in that period.

    Returns:
        The indices with their values; a period in which no item has an index has none.

    Raises:
        UnknownNameError: There is no such policy.
        ValueError: Weights and items differ, a weight or level is not positive, the first period has no index, or the
            hierarchy has a hole.

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
    amounts = _checked(elementary, weights)
    levels = elementary.to_numpy(dtype=np.float64)
    ladder = _ladder(hierarchy, elementary.columns)
    own = amounts * levels / levels[0]
    carried, absent = _carried(levels, amounts, ladder) if missing == "impute" else (own, np.isnan(own))
    filled = _dropped(own, amounts, ladder) if missing == "drop" else carried
    indices = [_group_indices(filled, level, amounts) for level in ladder]
    paths = pd.Index([path for level in ladder[:-1] for path in level.paths], tupleize_cols=False, dtype=object)
    periods, items = elementary.index, elementary.columns
    return Aggregate(
        index=pd.Series(indices[-1][:, 0], index=periods),
        groups=pd.DataFrame(np.concatenate(indices, axis=1)[:, :-1], index=periods, columns=paths),
        nk=pd.DataFrame(carried, index=periods, columns=items),
        missing=pd.DataFrame(absent, index=periods, columns=items),
        missing_share=pd.Series(absent @ amounts / amounts.sum(), index=periods),
    )


def value_index(nk: pd.DataFrame) -> pd.Series[float]:
    """100 · Σ NK_t / Σ NK_0 over the columns given; a period in which one value is missing has no index."""
    totals = nk.sum(axis=1, skipna=False)
    index: pd.Series[float] = 100 * totals / totals.iloc[0]
    return index


def _group_indices(filled: Values, level: _Level, amounts: Values) -> Values:
    """The index of each group of a level, shape (periods, groups); NaN where a value of the group is missing."""
    order = np.argsort(level.codes, kind="stable")
    starts = np.searchsorted(level.codes[order], np.arange(len(level.paths)))
    now, base = np.add.reduceat(filled[:, order], starts, axis=1), np.add.reduceat(amounts[order], starts)
    return np.asarray(100 * now / base)


def _dropped(own: Values, amounts: Values, ladder: list[_Level]) -> Values:
    """Values per period and item, with the weight of the missing shared among the others of their group."""
    return np.stack([amounts * _relatives(now, amounts, ladder) for now in own])


def _carried(levels: Values, amounts: Values, ladder: list[_Level]) -> tuple[Values, NDArray[np.bool_]]:
    """Values per period and item with the missing ones imputed, and which those are."""
    nk = np.full(levels.shape, np.nan)
    absent = np.ones(levels.shape, dtype=bool)
    # What an item is worth per point of its own index never changes: that is what makes its return self-correcting.
    per_point = amounts / levels[0]
    previous = amounts
    for t, level in enumerate(levels):
        own = per_point * level
        absent[t] = np.isnan(own)
        nk[t] = np.where(absent[t], previous * _relatives(own, previous, ladder), own)
        if absent[t].all():
            continue
        per_point = np.where(np.isnan(per_point), nk[t] / level, per_point)
        previous = nk[t]
    return nk, absent


def _relatives(own: Values, previous: Values, ladder: list[_Level]) -> Values:
    """Each item's change since the previous values, from its nearest group where it has none of its own."""
    relatives = own / previous
    for level in ladder:
        known = ~np.isnan(relatives)
        now = np.bincount(level.codes, weights=np.where(known, previous * relatives, 0.0))
        then = np.bincount(level.codes, weights=np.where(known, previous, 0.0))
        of_group = np.divide(now, then, out=np.full(then.shape, np.nan), where=then > 0)
        relatives = np.where(known, relatives, of_group[level.codes])
    return relatives


def _ladder(hierarchy: pd.DataFrame | None, items: pd.Index) -> list[_Level]:
    """The levels of the hierarchy, the narrowest first and all items last."""
    everything = _Level(np.zeros(len(items), dtype=np.intp), [()])
    if hierarchy is None:
        return [everything]
    lost = items.difference(hierarchy.index)
    if not lost.empty or not hierarchy.index.is_unique or hierarchy.loc[items].isna().to_numpy().any():
        raise ValueError(
            f"items {lost.to_list()} are in no group, or in two, or a group has no name; mend the hierarchy"
        )
    table = hierarchy.loc[items]
    return [*(_level(table.iloc[:, :depth]) for depth in range(table.shape[1], 0, -1)), everything]


def _level(table: pd.DataFrame) -> _Level:
    codes, paths = pd.factorize(pd.MultiIndex.from_frame(table), sort=True)
    return _Level(codes, list(paths))


def _checked(indices: pd.DataFrame, weights: pd.Series[float]) -> Values:
    """The weights in the order of the items."""
    apart = sorted(map(str, indices.columns.symmetric_difference(weights.index)))
    if apart or not (indices.columns.is_unique and weights.index.is_unique):
        raise ValueError(f"indices and weights differ in {apart}, or name an item twice; give one weight per item")
    amounts = np.asarray(weights.reindex(indices.columns), dtype=np.float64)
    levels = indices.to_numpy(dtype=np.float64)
    for what, wrong in (
        ("weight", ~((amounts > 0) & (amounts < np.inf))),
        ("index", (~np.isnan(levels) & ~((levels > 0) & (levels < np.inf))).any(axis=0)),
    ):
        if wrong.any():
            raise ValueError(f"a {what} of {indices.columns[wrong][0]} is missing or not positive; leave that item out")
    if not (indices.index.is_monotonic_increasing and indices.index.is_unique):
        raise ValueError("the periods of the indices are out of order or doubled; sort them")
    if levels.size == 0 or np.isnan(levels[0]).all():
        raise ValueError("no item has an index in the first period; begin with a period that has one")
    return amounts
