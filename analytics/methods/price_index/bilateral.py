"""Price indices between two periods, by the formulas of the CPI Manual."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

Formula = Literal[
    "jevons",
    "dutot",
    "carli",
    "harmonic",
    "cswd",
    "laspeyres",
    "paasche",
    "fisher",
    "tornqvist",
    "walsh",
    "geometric_laspeyres",
    "geometric_paasche",
    "marshall_edgeworth",
]


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
    marshall_edgeworth      the same with q = q0 + q1
    walsh                   the same with q = √(q0·q1)
    fisher                  √(laspeyres · paasche)
    geometric_laspeyres     exp(Σ s0·ln r)
    geometric_paasche       exp(Σ s1·ln r)
    tornqvist               exp(Σ ½(s0 + s1)·ln r)
    ======================  ==========================================

    Args:
        p0: Prices in period 0, shape (n,), all positive.
        p1: Prices in period 1 of the same products in the same order and unit.
        q0: Quantities in period 0, not negative; only for formulas that use them.
        q1: Quantities in period 1, likewise.
        formula: One of `FORMULAS`.

    Returns:
        The index as a ratio: 1.05 = 5 % dearer.

    Raises:
        UnknownNameError: There is no such formula.
        ValueError: The products are not matched: a price is missing or not positive, the lengths differ, or quantities
            that the formula needs are absent.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapters 2, 3 and 8.

    Examples:
        >>> round(bilateral([1, 1, 1], [1.2, 3, 1.3], formula="jevons"), 4)
        1.6727
        >>> round(bilateral([1, 1], [1.2, 3], [2, 1], [3, 1], formula="laspeyres"), 4)
        1.8
    """
    if formula not in FORMULAS:
        raise UnknownNameError("index formula", formula, FORMULAS)
    compute, needs = FORMULAS[formula]
    prices = _prices(p0, "p0"), _prices(p1, "p1")
    quantities = [_quantities({"q0": q0, "q1": q1}[name], name, formula) for name in needs]
    lengths = {values.size for values in (*prices, *quantities)}
    if len(lengths) > 1:
        raise ValueError(f"prices and quantities of {sorted(lengths)} products do not match; give the same products")
    return float(compute(*prices, *quantities))


def _prices(given: ArrayLike, name: str) -> Values:
    prices = np.asarray(given, dtype=np.float64)
    if prices.ndim != 1 or prices.size == 0:
        raise ValueError(f"{name} has the shape {prices.shape}; give one price per product")
    bad = np.flatnonzero(~(np.isfinite(prices) & (prices > 0)))
    if bad.size:
        raise ValueError(f"{name}[{bad[0]}] is {prices[bad[0]]}, which is no price; impute it or leave the product out")
    return prices


def _quantities(given: ArrayLike | None, name: str, formula: str) -> Values:
    if given is None:
        raise ValueError(f"{formula} needs {name}, which was not given")
    quantities = np.asarray(given, dtype=np.float64)
    if quantities.ndim != 1 or not np.all(quantities >= 0) or not 0 < quantities.sum() < np.inf:
        raise ValueError(f"{name} is {quantities}; give one quantity per product, none negative and not all zero")
    return quantities


def _jevons(p0: Values, p1: Values) -> float:
    return float(np.exp(np.mean(np.log(p1 / p0))))


def _dutot(p0: Values, p1: Values) -> float:
    return float(p1.sum() / p0.sum())


def _carli(p0: Values, p1: Values) -> float:
    return float(np.mean(p1 / p0))


def _harmonic(p0: Values, p1: Values) -> float:
    return float(1 / np.mean(p0 / p1))


def _cswd(p0: Values, p1: Values) -> float:
    return float(np.sqrt(_carli(p0, p1) * _harmonic(p0, p1)))


def _basket(p0: Values, p1: Values, q: Values) -> float:
    return float(p1 @ q / (p0 @ q))


def _marshall_edgeworth(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return _basket(p0, p1, q0 + q1)


def _walsh(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return _basket(p0, p1, np.sqrt(q0 * q1))


def _fisher(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return float(np.sqrt(_basket(p0, p1, q0) * _basket(p0, p1, q1)))


def _geometric_laspeyres(p0: Values, p1: Values, q0: Values) -> float:
    return float(np.exp(_shares(p0, q0) @ np.log(p1 / p0)))


def _geometric_paasche(p0: Values, p1: Values, q1: Values) -> float:
    return float(np.exp(_shares(p1, q1) @ np.log(p1 / p0)))


def _tornqvist(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return float(np.exp((_shares(p0, q0) + _shares(p1, q1)) / 2 @ np.log(p1 / p0)))


def _shares(prices: Values, quantities: Values) -> Values:
    values = prices * quantities
    shares: Values = values / values.sum()
    return shares


FORMULAS: Final[Mapping[str, tuple[Callable[..., float], tuple[str, ...]]]] = MappingProxyType(
    {
        "jevons": (_jevons, ()),
        "dutot": (_dutot, ()),
        "carli": (_carli, ()),
        "harmonic": (_harmonic, ()),
        "cswd": (_cswd, ()),
        "laspeyres": (_basket, ("q0",)),
        "paasche": (_basket, ("q1",)),
        "fisher": (_fisher, ("q0", "q1")),
        "tornqvist": (_tornqvist, ("q0", "q1")),
        "walsh": (_walsh, ("q0", "q1")),
        "geometric_laspeyres": (_geometric_laspeyres, ("q0",)),
        "geometric_paasche": (_geometric_paasche, ("q1",)),
        "marshall_edgeworth": (_marshall_edgeworth, ("q0", "q1")),
    }
)
"""Every formula: how it is computed, and which quantities it takes after the two rows of prices."""
