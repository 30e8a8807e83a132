"""Household surveys: food consumption score, reduced coping strategies index, household dietary diversity.

Rows are households. An answer that is not known, or impossible, leaves its household's score unknown (NaN) and without
a category: a group nobody asked about is not a group nobody ate.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

FOOD_GROUPS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "staples": 2.0,
        "pulses": 3.0,
        "dairy": 4.0,
        "meat_fish_eggs": 4.0,
        "vegetables": 1.0,
        "fruit": 1.0,
        "oil": 0.5,
        "sugar": 0.5,
    }
)
"""The weight of each food group in the food consumption score."""

COPING: Final[Mapping[str, float]] = MappingProxyType(
    {"less_preferred": 1.0, "borrow": 2.0, "fewer_meals": 1.0, "smaller_portions": 1.0, "adults_eat_less": 3.0}
)
"""The weight of each strategy in the reduced coping strategies index."""

DIET_GROUPS: Final = (
    "cereals", "roots", "vegetables", "fruit", "meat", "eggs", "fish", "pulses", "dairy", "oil", "sugar", "condiments"
)  # fmt: skip
"""The twelve groups of the household dietary diversity score."""

_MOST_DAYS: Final = 7


class FcsThresholds(NamedTuple):
    """The highest score that is still poor, and that is still borderline."""

    poor: float
    borderline: float


INDONESIA: Final = FcsThresholds(28.0, 42.0)
"""Where oil and sugar are eaten daily, as in Indonesia: they alone give seven points."""

STANDARD: Final = FcsThresholds(21.0, 35.0)
"""Elsewhere."""


def food_consumption_score(days: pd.DataFrame) -> pd.Series[float]:
    """FCS: Σ weight · days, over the eight food groups of `FOOD_GROUPS`.

    Args:
        days: On how many of the last seven days a household ate of each group, a column a group.

    Returns:
        0 to 112; NaN where an answer is missing or is not between 0 and 7.

    Raises:
        ValueError: A group is missing as a column.

    Source:
        World Food Programme, Food Consumption Score, RAM resources, 2026. (Its R script counts an unknown group as 0.)

    Examples:
        >>> asked = dict(staples=7, pulses=4, dairy=1, meat_fish_eggs=2, vegetables=5, fruit=3, oil=0, sugar=6)
        >>> food_consumption_score(pd.DataFrame([asked, asked | {"dairy": None}, asked | {"oil": 8}])).tolist()
        [49.0, nan, nan]
    """
    return _weighted(days, FOOD_GROUPS)


def food_consumption_category(score: ArrayLike, *, thresholds: FcsThresholds = INDONESIA) -> pd.Series[str]:
    """Poor, borderline or acceptable; bounds belong to the worse. Empty where the score is unknown or not 0 to 112.

    Examples:
        >>> food_consumption_category([28, 28.5, 42, 42.5, None]).tolist()
        ['poor', 'borderline', 'borderline', 'acceptable', '']
        >>> food_consumption_category([21, 35, 35.5], thresholds=STANDARD).tolist()
        ['poor', 'borderline', 'acceptable']
    """
    known = _within(score, sum(FOOD_GROUPS.values()) * _MOST_DAYS)
    names = np.select([known <= thresholds.poor, known <= thresholds.borderline], ["poor", "borderline"], "acceptable")
    return pd.Series(np.where(known.isna(), "", names).tolist(), index=known.index, dtype=str)


def reduced_coping_index(days: pd.DataFrame) -> pd.Series[float]:
    """rCSI: Σ weight · days, over the five strategies of `COPING`.

    Args:
        days: On how many of the last seven days a household did each, a column a strategy.

    Returns:
        0 to 56; NaN where an answer is missing or is not between 0 and 7.

    Raises:
        ValueError: A strategy is missing as a column.

    Source:
        World Food Programme, reduced Coping Strategies Index, RAM resources, 2026.

    Examples:
        >>> did = {"less_preferred": 0, "borrow": 3, "fewer_meals": 0, "smaller_portions": 3, "adults_eat_less": 3}
        >>> reduced_coping_index(pd.DataFrame([did])).tolist()
        [18.0]
    """
    return _weighted(days, COPING)


def coping_phase(index: ArrayLike) -> pd.Series[float]:
    """The IPC phase that an rCSI points to: to 3 phase 1, to 18 phase 2, to 42 phase 3, above phase 4; NaN unknown.

    Examples:
        >>> coping_phase([3, 4, 18, 19, 42, 43, None]).tolist()
        [1.0, 2.0, 2.0, 3.0, 3.0, 4.0, nan]
    """
    known = _within(index, sum(COPING.values()) * _MOST_DAYS)
    return _bands(known, (3, 18, 42))


def dietary_diversity(eaten: pd.DataFrame) -> pd.Series[float]:
    """HDDS: how many of the twelve groups of `DIET_GROUPS` anyone at home ate in the last 24 hours.

    Args:
        eaten: 1 or 0, a column a group.

    Returns:
        0 to 12; NaN where an answer is missing or is neither 0 nor 1.

    Raises:
        ValueError: A group is missing as a column.

    Source:
        World Food Programme, Household Dietary Diversity Score, RAM resources, 2026; Swindale and Bilinsky 2006.

    Examples:
        >>> yesterday = dict.fromkeys(DIET_GROUPS, 0) | {"cereals": 1, "fish": 1, "vegetables": 1}
        >>> dietary_diversity(pd.DataFrame([yesterday, yesterday | {"fruit": None}])).tolist()
        [3.0, nan]
    """
    answers = _asked(eaten, DIET_GROUPS)
    return answers.where(answers.isin([0, 1])).sum(axis=1, skipna=False)


def diversity_phase(score: ArrayLike) -> pd.Series[float]:
    """The IPC phases that an HDDS points to, as the first of them: 5 to 12 phase 1, 3 or 4 phase 3, to 2 phase 4.

    Examples:
        >>> diversity_phase([12, 5, 4, 2, None]).tolist()
        [1.0, 1.0, 3.0, 4.0, nan]
    """
    known = _within(score, len(DIET_GROUPS))
    return (5 - _bands(known, (2, 4))).replace(2.0, 1.0)


def _weighted(days: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series[float]:
    answers = _asked(days, tuple(weights))
    known = answers.where((answers >= 0) & (answers <= _MOST_DAYS))
    return (known * pd.Series(weights)).sum(axis=1, skipna=False)


def _asked(answers: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    missing = [name for name in names if name not in answers]
    if missing:
        raise ValueError(f"the answers have no column {', '.join(missing)}; a question that was not asked is no zero")
    return answers[list(names)].astype(float)


def _within(values: ArrayLike, most: float) -> pd.Series[float]:
    found: pd.Series[float] = pd.Series(np.asarray(values, dtype=float))
    return found.where((found >= 0) & (found <= most))


def _bands(known: pd.Series[float], upper: tuple[float, ...]) -> pd.Series[float]:
    """1 to the first bound, 2 to the second, and so on; bounds inside; NaN stays."""
    return pd.Series(1.0 + np.searchsorted(upper, known.to_numpy()), index=known.index).where(known.notna())
