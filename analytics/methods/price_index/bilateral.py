"""Price indices between two periods, by the formulas of the CPI Manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analytics.methods.price_index.formulas import FORMULAS
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from analytics.methods.price_index.formulas import Formula

    Values = NDArray[np.float64]


def bilateral(
    p0: ArrayLike, p1: ArrayLike, q0: ArrayLike | None = None, q1: ArrayLike | None = None, *, formula: Formula
) -> float:
    """How much dearer the same products are in period 1 than in period 0.

    With r = p1/p0, n products, and s0, s1 the shares of p0·q0 and p1·q1 in their sums:

    ======================  ==========================================
    jevons                  exp(Σ ln r / n), the default without weights
    dutot                   Σp1 / Σp0, for one homogeneous product only
    carli                   Σr / n, biased upwards: never chain it
    harmonic                n / Σ(1/r)
    cswd                    √(carli · harmonic)
    laspeyres, paasche      Σp1·q / Σp0·q with q = q0, q = q1
    lowe                    the same with q = q0 of an earlier period b
    young                   Σq0·r / Σq0, q0 the expenditure of period b
    marshall_edgeworth      Σp1·q / Σp0·q with q = q0 + q1
    walsh                   the same with q = √(q0·q1)
    fisher                  √(laspeyres · paasche)
    geometric_laspeyres     exp(Σ s0·ln r)
    geometric_paasche       exp(Σ s1·ln r)
    tornqvist               exp(Σ ½(s0 + s1)·ln r)
    palgrave                Σs1·r
    harmonic_laspeyres      1 / Σ(s0/r)
    ======================  ==========================================

    Args:
        p0: Prices in period 0, shape (n,), all positive. Series are matched by their labels, anything else by place.
        p1: Prices in period 1 of the same products in the same unit.
        q0: Quantities in period 0, not negative; only for formulas that use them. For "lowe" those of the weight
            reference period b; for "young" what was spent on each product in period b (price · quantity, or a share).
        q1: Quantities in period 1, likewise.
        formula: One of `FORMULAS`.

    Returns:
        The index as a ratio: 1.05 = 5 % dearer.

    Raises:
        UnknownNameError: There is no such formula.
        ValueError: The products are not matched: a price is missing or not positive, lengths or labels differ, or
            quantities that the formula needs are absent or leave nothing to compare.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapters 2, 3 and 8.

    Examples:
        >>> round(bilateral([1, 1, 1], [1.2, 3, 1.3], formula="jevons"), 4)
        1.6727
        >>> round(bilateral([1, 1], [1.2, 3], [2, 1], [3, 1], formula="laspeyres"), 4)
        1.8
    """
    compute, needs = known_formula(formula)
    quantities = {name: {"q0": q0, "q1": q1}[name] for name in needs}
    there = {name: row for name, row in quantities.items() if row is not None}
    if len(there) < len(needs):
        raise ValueError(f"{formula} needs {' and '.join(set(needs) - set(there))}, which was not given")
    rows = matched(p0=p0, p1=p1, **there)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        index = compute(*rows)
    if not np.isfinite(index):
        raise ValueError(
            f"{formula} is undefined: no product has a quantity in both periods, or a price is beyond bounds"
        )
    return index


def known_formula(formula: str) -> tuple[Callable[..., float], tuple[str, ...]]:
    """The row of `FORMULAS`, or an `UnknownNameError` that offers the near ones."""
    if formula not in FORMULAS:
        raise UnknownNameError("index formula", formula, FORMULAS)
    return FORMULAS[formula]


def matched(**given: ArrayLike) -> list[Values]:
    """Rows of prices (named p...) and quantities (named q...) as arrays of the same products in the same order.

    Raises:
        ValueError: They do not match, or one holds what is no price or no quantity.
    """
    rows = [_prices(row, name) if name[0] == "p" else _quantities(row, name) for name, row in _by_label(given).items()]
    lengths = {row.size for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"prices and quantities of {sorted(lengths)} products do not match; give the same products")
    return rows


def _by_label(given: dict[str, ArrayLike]) -> dict[str, ArrayLike]:
    """The same with every Series in the order of the first one."""
    series = {name: values for name, values in given.items() if isinstance(values, pd.Series)}
    labels = next((values.index for values in series.values()), pd.Index([]))
    for name, values in series.items():
        apart = sorted(map(str, labels.symmetric_difference(values.index)))
        if apart or not labels.is_unique or len(values) != len(labels):
            raise ValueError(
                f"{name} and the prices before it differ in {apart or 'doubled labels'}; match the products"
            )
    return given | {name: values.reindex(labels) for name, values in series.items()}


def _prices(given: ArrayLike, name: str) -> Values:
    prices = np.asarray(given, dtype=np.float64)
    if prices.ndim != 1 or prices.size == 0:
        raise ValueError(f"{name} has the shape {prices.shape}; give one price per product")
    bad = np.flatnonzero(~(np.isfinite(prices) & (prices > 0)))
    if bad.size:
        raise ValueError(f"{name}[{bad[0]}] is {prices[bad[0]]}, which is no price; impute it or leave the product out")
    return prices


def _quantities(given: ArrayLike, name: str) -> Values:
    quantities = np.asarray(given, dtype=np.float64)
    if quantities.ndim != 1 or not np.all(quantities >= 0) or not 0 < quantities.sum() < np.inf:
        raise ValueError(f"{name} is {quantities}; give one quantity per product, none negative and not all zero")
    return quantities
