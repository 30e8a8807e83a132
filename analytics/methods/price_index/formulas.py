"""The index formulas themselves, on checked arrays of matched products."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

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
    "lowe",
    "young",
    "geometric_laspeyres",
    "geometric_paasche",
    "marshall_edgeworth",
    "palgrave",
    "harmonic_laspeyres",
]


def shares(prices: Values, quantities: Values) -> Values:
    """Each product's part of the expenditure [1].

    Examples:
        >>> shares(np.array([2.0, 1.0]), np.array([3.0, 2.0])).tolist()
        [0.75, 0.25]
    """
    values = prices * quantities
    parts: Values = values / values.sum()
    return parts


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


def _young(p0: Values, p1: Values, values: Values) -> float:
    return float(values @ (p1 / p0) / values.sum())


def _marshall_edgeworth(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return _basket(p0, p1, q0 + q1)


def _walsh(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return _basket(p0, p1, np.sqrt(q0 * q1))


def _fisher(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return float(np.sqrt(_basket(p0, p1, q0) * _basket(p0, p1, q1)))


def _geometric_laspeyres(p0: Values, p1: Values, q0: Values) -> float:
    return float(np.exp(shares(p0, q0) @ np.log(p1 / p0)))


def _geometric_paasche(p0: Values, p1: Values, q1: Values) -> float:
    return float(np.exp(shares(p1, q1) @ np.log(p1 / p0)))


def _tornqvist(p0: Values, p1: Values, q0: Values, q1: Values) -> float:
    return float(np.exp((shares(p0, q0) + shares(p1, q1)) / 2 @ np.log(p1 / p0)))


def _palgrave(p0: Values, p1: Values, q1: Values) -> float:
    return float(shares(p1, q1) @ (p1 / p0))


def _harmonic_laspeyres(p0: Values, p1: Values, q0: Values) -> float:
    return float(1 / (shares(p0, q0) @ (p0 / p1)))


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
        "lowe": (_basket, ("q0",)),
        "young": (_young, ("q0",)),
        "geometric_laspeyres": (_geometric_laspeyres, ("q0",)),
        "geometric_paasche": (_geometric_paasche, ("q1",)),
        "marshall_edgeworth": (_marshall_edgeworth, ("q0", "q1")),
        "palgrave": (_palgrave, ("q1",)),
        "harmonic_laspeyres": (_harmonic_laspeyres, ("q0",)),
    }
)
"""Every formula: how it is computed, and which quantities it takes after the two rows of prices."""

ONE_BASKET: Final = ("lowe", "young")
"""Formulas whose weights belong to a period of their own, and not to the ones compared."""
