"""The index of elementary aggregates: many quotes of nearly the same product, no weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Codes = NDArray[np.intp]

Imputation = Literal["overall_mean", "parental", "carry_forward"]
_BASE: Final = 100.0
_ONLY: Final = ""  # the name of an aggregate that needs none


def elementary(
    quotes: pd.DataFrame | Values,
    *,
    imputation: Imputation = "overall_mean",
    parent: pd.Series[float] | pd.DataFrame | None = None,
    administered: bool = False,
    limit: int = 3,
    by: pd.Series[str] | None = None,
) -> pd.DataFrame:
    """Chain the short-term Jevons relatives of an elementary aggregate's quotes.

    I_t = I_(t-1) · exp(mean of ln(p_t / p_(t-1))) over the quotes of the sample, with an imputed price for one that is
    missing. A quote that returns brings its true change with it: what the imputation got wrong is put right.

    * A price of zero, below zero or infinite is no price: sources write "no data" as 0.
    * A new quote counts from its second price on (overlap), if the aggregate had an index at its first.
    * A quote is imputed in at most `limit` periods one after another. Then it has left the sample, and comes back as a
      new one.
    * A period in which nothing is priced and nothing may be imputed has no index. The next one with prices is compared
      with the last prices there were.

    Args:
        quotes: Prices, one row per period in order of time, one column per quote (a product at a seller). A period
            without prices is a row of NaN. An array is a frame whose periods and quotes are numbered.
        imputation: How a missing price moves:

            * "overall_mean": with the other quotes of its aggregate.
            * "parental": with the index of the group above (`parent`), also where the whole aggregate is missing; where
              the parent has no index, as by "overall_mean".
            * "carry_forward": not at all. For administered prices only; where prices are free it invents stability.
        parent: For "parental": index levels of the group above for the same periods, with `by` a column per aggregate.
        administered: That these are prices set by an authority; "carry_forward" is refused without.
        limit: The most periods that a quote is imputed for.
        by: The aggregate of each quote, to compute many at once.

    Returns:
        One row per period: `index` [100 in the first period with a price; NaN = missing], `priced` (quotes with a
        price) and `imputed` (those with an imputed one; 0 where there is no index). With `by` each of the three has a
        column per aggregate: `elementary(quotes, by=by)["index"]` is what `aggregate` takes.

    Raises:
        UnknownNameError: There is no such imputation.
        ValueError: The periods are not in order, one is there twice, a quote has no aggregate, free prices would be
            carried forward, or "parental" has no parent.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapters 6 and 8.

    Examples:
        The seller "b" is away in period 2 and returns in period 3, 20 % dearer than in period 1.

        >>> quotes = pd.DataFrame({"a": [100.0, 110.0, 121.0], "b": [50.0, None, 60.0]}, index=[1, 2, 3])
        >>> elementary(quotes).round(3)
             index  priced  imputed
        1  100.000       2        0
        2  110.000       1        1
        3  120.499       2        0
    """
    table = pd.DataFrame(quotes)
    _check(table, imputation, administered=administered, limit=limit)
    codes, labels = _aggregates(by, table)
    prices = table.to_numpy(dtype=np.float64)
    prices = np.where((prices > 0) & (prices < np.inf), prices, np.nan)
    moves = _parent_levels(imputation, parent, table.index, labels)
    sample = _Sample(codes, len(labels), limit)
    rows = [sample.advance(*row) for row in zip(prices, moves, strict=True)]
    figures = {
        name: pd.DataFrame([row[n] for row in rows], index=table.index, columns=labels)
        for n, name in enumerate(("index", "priced", "imputed"))
    }
    if by is None:
        return pd.DataFrame({name: values[_ONLY] for name, values in figures.items()})
    return pd.concat(figures, axis=1)


@dataclass(slots=True)
class _Sample:
    """The quotes that are followed, from period to period.

    A quote's price divided by its aggregate's index of that moment is its price in the base period: what moves with the
    index keeps it, so that an imputation by the overall mean needs no price written down.

    Args:
        codes: The aggregate of each quote, as a number.
        groups: How many aggregates there are.
        limit: The most periods that a quote is imputed for.
        base: The base price of each quote; NaN = not in the sample.
        imputed: Periods that each quote has been imputed for without a break.
        level: The last index of each aggregate; NaN = none yet.
        parent: The parent's level of that time.
    """

    codes: Codes
    groups: int
    limit: int
    base: Values = field(init=False)
    imputed: Codes = field(init=False)
    level: Values = field(init=False)
    parent: Values = field(init=False)

    def __post_init__(self) -> None:
        self.base = np.full(len(self.codes), np.nan)
        self.imputed = np.zeros(len(self.codes), dtype=np.intp)
        self.level = np.full(self.groups, np.nan)
        self.parent = np.full(self.groups, np.nan)

    def advance(self, priced: Values, parent: Values) -> tuple[Values, Codes, Codes]:
        """The index of each aggregate in the next period, and how many of its quotes are priced and imputed."""
        here = ~np.isnan(priced)
        absent = ~np.isnan(self.base) & ~here
        allowed = absent & (self.imputed < self.limit)
        moved = self.base * (self.level * parent / self.parent)[self.codes]
        prices = np.where(allowed, moved, priced)
        index = self._index(prices)
        alive = ~np.isnan(index)[self.codes]
        imputed = allowed & alive
        self._follow(prices, index, left=absent & alive & ~allowed, here=here, imputed=imputed)
        self.parent = np.where(np.isnan(index), self.parent, parent)
        return index, self._count(here), self._count(imputed)

    def _index(self, prices: Values) -> Values:
        changes = np.log(prices / self.base)
        known = ~np.isnan(changes)
        n = self._count(known)
        total = np.bincount(self.codes[known], weights=changes[known], minlength=self.groups)
        index = np.full(self.groups, np.nan)
        np.divide(total, n, out=index, where=n > 0)
        begins = np.isnan(self.level) & (self._count(~np.isnan(prices)) > 0)
        return np.where(begins, _BASE, np.exp(index))

    def _follow(self, prices: Values, index: Values, *, left: Flags, here: Flags, imputed: Flags) -> None:
        base = prices / index[self.codes]
        self.base = np.where(left, np.nan, np.where(np.isnan(base), self.base, base))
        self.imputed = np.where(here | left, 0, self.imputed + imputed)
        self.level = np.where(np.isnan(index), self.level, index)

    def _count(self, which: Flags) -> Codes:
        return np.bincount(self.codes[which], minlength=self.groups)


def _parent_levels(
    imputation: str, parent: pd.Series[float] | pd.DataFrame | None, periods: pd.Index, labels: pd.Index
) -> Values:
    """The level that missing quotes move with, by period and aggregate; NaN = they move with the others."""
    shape = len(periods), len(labels)
    if imputation == "overall_mean":
        return np.full(shape, np.nan)
    if imputation == "carry_forward":
        return np.ones(shape)
    if parent is None:
        raise ValueError("parental imputation needs the index of the parent, which was not given")
    levels = parent.reindex(periods)
    if isinstance(levels, pd.DataFrame):
        levels = levels.reindex(columns=labels)
    table = np.broadcast_to(np.asarray(levels, dtype=np.float64).reshape(len(periods), -1), shape)
    return np.where((table > 0) & (table < np.inf), table, np.nan)


def _aggregates(by: pd.Series[str] | None, quotes: pd.DataFrame) -> tuple[Codes, pd.Index]:
    """The aggregate of each quote as a number, and their names."""
    if by is None:
        return np.zeros(quotes.shape[1], dtype=np.intp), pd.Index([_ONLY])
    if not (by.index.is_unique and quotes.columns.is_unique):
        raise ValueError("a quote is there twice; give each column and each row of `by` a name of its own")
    names = by.reindex(quotes.columns)
    lost = names.index[names.isna()]
    if len(lost):
        raise ValueError(f"quote {lost[0]} belongs to no aggregate; complete `by` or leave the quote out")
    return pd.factorize(pd.Index(names), sort=True)


def _check(quotes: pd.DataFrame, imputation: str, *, administered: bool, limit: int) -> None:
    if imputation not in get_args(Imputation):
        raise UnknownNameError("imputation", imputation, get_args(Imputation))
    if imputation == "carry_forward" and not administered:
        raise ValueError("carry_forward holds free prices still; say administered=True or take overall_mean")
    if limit < 0:
        raise ValueError(f"a limit of {limit} periods cannot be; give 0 or more")
    if not (quotes.index.is_monotonic_increasing and quotes.index.is_unique):
        raise ValueError("the periods of the quotes are out of order or doubled; sort them and merge the doubles")
