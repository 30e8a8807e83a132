"""Multilateral indices: every period compared with every other, so that a chain cannot drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from analytics.methods.price_index.chains import BASE, Pairs, checked_prices, checked_quantities, like
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from analytics.methods.price_index.chains import Table

    Values = NDArray[np.float64]

Method = Literal["geks_fisher", "geks_tornqvist", "geks_walsh", "time_product_dummy"]
Splice = Literal["movement", "window", "half", "mean"]
_SHORTEST: Final = 2


def multilateral(
    prices: Table,
    quantities: Table | None = None,
    *,
    method: Method,
    window: int | None = None,
    splice: Splice = "mean",
) -> pd.Series[float] | Values:
    """An index that is the same whichever way round the periods are compared.

    * geks_fisher, geks_tornqvist, geks_walsh: I_t / I_0 = Π_k (P(0, k) · P(k, t))^(1/T) over all T periods k of the
      window, P the bilateral formula over the products that both periods have.
    * time_product_dummy: ln p_(i,t) = δ_t + γ_i by least squares, weighted with the expenditure shares of each period
      (without quantities all products count the same); I_t = exp(δ_t - δ_0).

    Past the first window the series goes on without revision. With a the newest window and b the one before it:

        I_t = I_(t-1) · (a_t / a_k) / (b_(t-1) / b_k)

    where the link k is t-1 ("movement"), the first period of the newest window ("window"), the one in the middle
    ("half"), or all that the two share, by their geometric mean ("mean").

    Args:
        prices: Price of each product, shape (periods, products), in order of time; NaN = missing.
        quantities: As many quantities; only "time_product_dummy" does without. A price without a quantity is not used.
        method: As above.
        window: Periods that are compared with one another, counting only those with prices; None = all. Thirteen months
            are the shortest window that sees the same season twice.
        splice: How a new period joins the series.

    Returns:
        The index per period [100 in the first one with a price], a Series for a frame. NaN where nothing is priced, or
        where a period of the window has nothing in common with another one (in "time_product_dummy": not even through
        a third); the series then ends.

    Raises:
        UnknownNameError: There is no such method or splice.
        ValueError: The window is shorter than two periods, or prices or quantities are refused as by `chained`.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapter 10. Krsinich, The FEWS index, Journal of
        Official Statistics 32(2), 2016. Diewert and Fox, Substitution bias in multilateral methods, 2017.

    Examples:
        >>> prices = np.array([[1.0, 1.0], [0.5, 1.0], [1.0, 1.0]])
        >>> quantities = np.array([[1.0, 1.0], [4.0, 1.0], [1.0, 1.0]])
        >>> multilateral(prices, quantities, method="geks_fisher").round(2).tolist()
        [100.0, 67.08, 100.0]
    """
    for kind, name, known in (("method", method, get_args(Method)), ("splice", splice, get_args(Splice))):
        if name not in known:
            raise UnknownNameError(kind, name, known)
    table = checked_prices(prices)
    amounts = None if quantities is None else checked_quantities(prices, quantities)
    if amounts is None and method != "time_product_dummy":
        raise ValueError(f"{method} needs quantities, which were not given")
    usable = ~np.isnan(table) if amounts is None else ~np.isnan(table) & (amounts > 0)
    table = np.where(usable, table, np.nan)
    there = np.flatnonzero(usable.any(axis=1))
    length = len(there) if window is None else min(window, len(there))
    if window is not None and window < _SHORTEST:
        raise ValueError(f"a window of {window} periods compares nothing; give two or more")
    logs = _window_logs(table, amounts, method)
    index = np.full(len(table), np.nan)
    if length:
        index[there] = _spliced(logs, there, length, splice)
    return like(index, prices)


def _window_logs(table: Values, amounts: Values | None, method: str) -> Callable[[NDArray[np.intp]], Values]:
    """A function from the periods of a window to their log index."""
    if method == "time_product_dummy":
        return lambda periods: _dummies(table[periods], None if amounts is None else amounts[periods])
    compare = Pairs(table, amounts, method.removeprefix("geks_"))
    pairs: dict[tuple[int, int], float] = {}

    def geks(periods: NDArray[np.intp]) -> Values:
        logs = np.zeros((len(periods), len(periods)))
        for row, earlier in enumerate(periods):
            for column, later in enumerate(periods[row + 1 :], start=row + 1):
                pair = int(earlier), int(later)
                if pair not in pairs:
                    pairs[pair] = float(np.log(compare(*pair)))
                logs[row, column], logs[column, row] = pairs[pair], -pairs[pair]
        return np.asarray(logs.mean(axis=0))

    return geks


def _dummies(table: Values, amounts: Values | None) -> Values:
    """The δ of each period; NaN throughout where the periods fall apart into groups without a common product."""
    there = ~np.isnan(table)
    weights = there.astype(np.float64)
    if amounts is not None:
        values = np.where(there, table * np.where(there, amounts, 0.0), 0.0)
        weights = values / values.sum(axis=1, keepdims=True)
    if not _hang_together(there):
        return np.full(len(table), np.nan)
    logs = np.log(np.where(there, table, 1.0))
    per_product = weights.sum(axis=0)
    seen = per_product > 0
    part = weights[:, seen] / per_product[seen]
    # The normal equations with the products' dummies eliminated; the first period's δ is 0.
    matrix = np.diag(weights.sum(axis=1)) - part @ weights[:, seen].T
    wanted = (weights * logs).sum(axis=1) - part @ (weights * logs)[:, seen].sum(axis=0)
    return np.concatenate([[0.0], np.linalg.solve(matrix[1:, 1:], wanted[1:])])


def _hang_together(there: NDArray[np.bool_]) -> bool:
    """Whether every period is tied to the first by products, directly or through other periods."""
    reached = np.zeros(len(there), dtype=bool)
    found: NDArray[np.bool_] = np.arange(len(there)) == 0
    while (found != reached).any():
        reached = found
        found = np.asarray(there[:, np.asarray(there[reached].any(axis=0))].any(axis=1))
    return bool(reached.all())


def _spliced(logs: Callable[[NDArray[np.intp]], Values], there: NDArray[np.intp], length: int, splice: str) -> Values:
    """The index of the periods with prices, one window after another."""
    index = np.full(len(there), np.nan)
    before = logs(there[:length])
    index[:length] = BASE * np.exp(before - before[0])
    links = {
        "movement": [length - 2],
        "window": [0],
        "half": [(length - 1) // 2],
        "mean": list(range(length - 1)),
    }[splice]
    for end in range(length, len(there)):
        newest = logs(there[end - length + 1 : end + 1])
        step = np.mean([newest[-1] - newest[k] - (before[-1] - before[k + 1]) for k in links])
        index[end] = index[end - 1] * np.exp(step)
        before = newest
    return index
