"""The index of one elementary aggregate: many quotes of nearly the same product, no weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

Imputation = Literal["overall_mean", "carry_forward"]
_BASE: Final = 100.0


def elementary(quotes: pd.DataFrame, *, imputation: Imputation = "overall_mean") -> pd.DataFrame:
    """Chain the short-term Jevons relatives of one elementary aggregate's quotes.

    I_t = I_(t-1) · exp(mean of ln(p_t / p_(t-1))) over the quotes priced in t, where p_(t-1) of a quote that was
    missing then is its last price moved by the index since (overall mean). So a quote that returns brings its true
    change with it, and whatever the imputation got wrong is put right.

    * A price of zero, below zero or infinite is no price: sources write "no data" as 0.
    * A period without any price has no index. The next one with prices is compared with the last prices there were.
    * A new quote counts from its second price on (overlap), if the aggregate had an index at its first.

    Args:
        quotes: Prices, one row per period in order of time, one column per quote (a product at a seller). A period
            without prices is a row of NaN.
        imputation: "overall_mean", or "carry_forward" for administered tariffs only: it holds a missing price still,
            and so invents stability where prices are free.

    Returns:
        One row per period: `index` [100 in the first period with a price; NaN = missing], `priced` (quotes with a
        price) and `imputed` (quotes known before and missing now; 0 where there is no index).

    Raises:
        UnknownNameError: There is no such imputation.
        ValueError: The periods are not in order, or one is there twice.

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
    if imputation not in get_args(Imputation):
        raise UnknownNameError("imputation", imputation, get_args(Imputation))
    if not (quotes.index.is_monotonic_increasing and quotes.index.is_unique):
        raise ValueError("the periods of the quotes are out of order or doubled; sort them and merge the doubles")
    observed = quotes.where((quotes > 0) & (quotes < np.inf))
    prices = observed.ffill() if imputation == "carry_forward" else observed
    index, known = _chain(prices.to_numpy(dtype=np.float64))
    here = observed.notna().to_numpy(dtype=bool)
    imputed = (known & ~here).sum(axis=1)
    return pd.DataFrame(
        {"index": index, "priced": here.sum(axis=1), "imputed": np.where(np.isnan(index), 0, imputed)},
        index=quotes.index,
    )


def _chain(prices: Values) -> tuple[Values, NDArray[np.bool_]]:
    """The index [100] per period, and which quotes could be compared or imputed in it.

    A quote's price divided by the index of that moment is its price in the base period. Missing quotes move with the
    index, so theirs stays as it was: the imputed prices themselves never need to be written down.
    """
    periods, quotes = prices.shape
    base_prices = np.full(quotes, np.nan)
    index = np.full(periods, np.nan)
    known = np.zeros(prices.shape, dtype=bool)
    for t, priced in enumerate(prices):
        known[t] = ~np.isnan(base_prices)
        matched = known[t] & ~np.isnan(priced)
        if matched.any():
            index[t] = np.exp(np.mean(np.log(priced[matched] / base_prices[matched])))
        elif not known[t].any() and not np.isnan(priced).all():
            index[t] = _BASE
        if not np.isnan(index[t]):
            base_prices = np.where(np.isnan(priced), base_prices, priced / index[t])
    return index, known
