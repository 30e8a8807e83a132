"""A bilateral formula along many periods: chained link by link, or against the first period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.methods.price_index.bilateral import known_formula
from analytics.methods.price_index.formulas import ONE_BASKET

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analytics.methods.price_index.formulas import Formula

    Values = NDArray[np.float64]
    Table = pd.DataFrame | NDArray[np.float64]
    Basket = pd.Series[float] | pd.DataFrame | NDArray[np.float64]

BASE: Final = 100.0
_TABLE: Final = 2  # dimensions


def chained(prices: Table, quantities: Basket | None = None, *, formula: Formula) -> pd.Series[float] | Values:
    """Multiply the changes from each period to the next: I_t = I_s · P(s, t), s the last period with an index.

    Only products priced in both s and t are compared. A chain of Carli, Laspeyres or Paasche drifts where prices go up
    and down again; on matched products Jevons, Lowe and Dutot do not.

    Args:
        prices: Price of each product, shape (periods, products), in order of time; NaN = missing.
        quantities: As many quantities; for "lowe" and "young" one row, as in `bilateral`. A product without a quantity
            that the formula needs is not compared.
        formula: One of `FORMULAS`.

    Returns:
        The index per period [100 in the first period with a price], a Series for a frame; NaN where nothing could be
        compared.

    Raises:
        UnknownNameError: There is no such formula.
        ValueError: Shapes or labels differ, a price is not positive, a quantity is negative, or one is needed.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapters 2 and 9.

    Examples:
        The price of the first product falls and returns; the chain does not.

        >>> prices, quantities = [[1.0, 1.0], [0.5, 1.0], [1.0, 1.0]], [[1.0, 1.0], [4.0, 1.0], [1.0, 1.0]]
        >>> chained(np.array(prices), np.array(quantities), formula="laspeyres").round(2).tolist()
        [100.0, 75.0, 125.0]
        >>> fixed_base(np.array(prices), np.array(quantities), formula="laspeyres").round(2).tolist()
        [100.0, 75.0, 100.0]
    """
    compare = Pairs(prices, quantities, formula)
    index = compare.first_level()
    last = compare.first
    for period in range(last + 1, len(index)):
        index[period] = index[last] * compare(last, period)
        last = period if np.isfinite(index[period]) else last
    return like(index, prices)


def fixed_base(prices: Table, quantities: Basket | None = None, *, formula: Formula) -> pd.Series[float] | Values:
    """Compare every period with the first that has a price: I_t = 100 · P(0, t).

    Only products priced in both are compared, so the index says less and less as products disappear.

    Args:
        prices: As for `chained`.
        quantities: Likewise.
        formula: Likewise.

    Returns:
        As for `chained`.

    Raises:
        UnknownNameError: There is no such formula.
        ValueError: As for `chained`.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapters 2 and 9.

    Examples:
        >>> fixed_base(np.array([[2.0, 4.0], [4.0, 5.0]]), formula="dutot").tolist()
        [100.0, 150.0]
    """
    compare = Pairs(prices, quantities, formula)
    index = compare.first_level()
    for period in range(compare.first + 1, len(index)):
        index[period] = BASE * compare(compare.first, period)
    return like(index, prices)


class Pairs:
    """A formula ready to compare any two periods of a table over the products that both have.

    Args:
        prices: As for `chained`.
        quantities: Likewise.
        formula: Likewise.
    """

    def __init__(self, prices: Table, quantities: Basket | None, formula: str) -> None:
        self._compute, self._needs = known_formula(formula)
        self.prices = checked_prices(prices)
        self._quantities = _for_formula(prices, quantities, formula) if self._needs else None
        there = ~np.isnan(self.prices)
        if self._quantities is not None:
            there &= ~np.isnan(self._quantities) | (formula not in ONE_BASKET)
        begun = np.flatnonzero(there.any(axis=1))
        self.first = int(begun[0]) if begun.size else len(self.prices)

    def first_level(self) -> Values:
        """The index before anything is compared: 100 in the first period with a price."""
        index = np.full(len(self.prices), np.nan)
        index[self.first : self.first + 1] = BASE
        return index

    def __call__(self, earlier: int, later: int) -> float:
        """The index of one period on another as a ratio; NaN where they have nothing in common."""
        rows = [self.prices[earlier], self.prices[later]]
        if self._quantities is not None:
            rows += [self._quantities[{"q0": earlier, "q1": later}[name]] for name in self._needs]
        table = np.stack(rows)
        both = table[:, ~np.isnan(table).any(axis=0)]
        if both.size == 0:
            return np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self._compute(*both)
        return ratio if np.isfinite(ratio) else np.nan


def checked_prices(prices: Table) -> Values:
    """Prices as an array of periods by products.

    Raises:
        ValueError: It has another shape, holds what is no price, or its periods or products are doubled or unordered.
    """
    table = np.asarray(prices, dtype=np.float64)
    if table.ndim != _TABLE or table.size == 0:
        raise ValueError(f"prices have the shape {table.shape}; give a table of periods by products")
    if isinstance(prices, pd.DataFrame) and not (
        prices.index.is_monotonic_increasing and prices.index.is_unique and prices.columns.is_unique
    ):
        raise ValueError("periods are out of order, or a period or product is there twice; sort and merge them")
    bad = np.argwhere(~np.isnan(table) & ~((table > 0) & (table < np.inf)))
    if bad.size:
        raise ValueError(f"{place(prices, *bad[0])} is {table[tuple(bad[0])]}, which is no price; leave it missing")
    return table


def checked_quantities(prices: Table, quantities: Table) -> Values:
    """Quantities as an array in the order of the prices.

    Raises:
        ValueError: They are not of the same periods and products, or one is negative.
    """
    if isinstance(prices, pd.DataFrame) and isinstance(quantities, pd.DataFrame):
        rows, columns = (
            sorted(map(str, here.symmetric_difference(there)))
            for here, there in ((prices.index, quantities.index), (prices.columns, quantities.columns))
        )
        if rows or columns:
            raise ValueError(f"prices and quantities differ in periods {rows} and products {columns}; give the same")
        quantities = quantities.reindex(index=prices.index, columns=prices.columns)
    table = np.asarray(quantities, dtype=np.float64)
    if table.shape != np.shape(prices):
        raise ValueError(f"prices have the shape {np.shape(prices)}, quantities {table.shape}; give one per price")
    bad = np.argwhere((table < 0) | np.isinf(table))
    if bad.size:
        raise ValueError(f"the quantity of {place(prices, *bad[0])} is {table[tuple(bad[0])]}; leave it missing")
    return table


def like(index: Values, prices: Table) -> pd.Series[float] | Values:
    """The index as a Series where the prices were a frame."""
    return pd.Series(index, index=prices.index) if isinstance(prices, pd.DataFrame) else index


def place(prices: Table, period: int, product: int) -> str:
    """Where in a table a price stands, in words."""
    if isinstance(prices, pd.DataFrame):
        return f"{prices.columns[product]} in {prices.index[period]}"
    return f"product {product} in period {period}"


def _for_formula(prices: Table, quantities: Basket | None, formula: str) -> Values:
    if quantities is None:
        raise ValueError(f"{formula} needs quantities, which were not given")
    if formula in ONE_BASKET:
        return checked_quantities(prices, _every_period(quantities, prices, formula))
    if isinstance(quantities, pd.Series) or np.ndim(quantities) != _TABLE:
        raise ValueError(f"{formula} needs a quantity per period and product; give a table as large as the prices")
    return checked_quantities(prices, quantities)


def _every_period(basket: Basket, prices: Table, formula: str) -> Table:
    """One row of quantities as a table of equal rows."""
    if np.ndim(basket) != 1:
        raise ValueError(f"{formula} has one basket for all periods; give one row of quantities")
    if isinstance(prices, pd.DataFrame) and isinstance(basket, pd.Series):
        return pd.DataFrame([basket] * len(prices), index=prices.index)
    return np.broadcast_to(np.asarray(basket, dtype=np.float64), (len(prices), np.size(basket)))
