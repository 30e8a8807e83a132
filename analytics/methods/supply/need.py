"""Supply against need: fulfilment, days of stock, yield per area, and how varied a harvest is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]


class Diversity(NamedTuple):
    """How varied a harvest is.

    Args:
        richness: How many foods there are.
        shannon: Shannon's H [nat]: 0 for one food, ln n for n foods in equal parts; divide by ln 2 for bits.
        gini_simpson: The chance that two draws are of different foods, 0 to 1 [1].
    """

    richness: int
    shannon: float
    gini_simpson: float


def fulfilment(production_kg: ArrayLike, requirement_kg: ArrayLike) -> Values:
    """Share of the requirement that own production meets [%] (rasio pemenuhan kebutuhan).

    Ratio = 100 · production / requirement. Trade and stocks are not in it.

    Args:
        production_kg: Harvested in the period [kg].
        requirement_kg: Eaten by the same people in the same period [kg].

    Returns:
        An array of the common shape, or a number; NaN where an input is missing or nothing is required.

    Raises:
        ValueError: An amount is negative.

    Source:
        FAO, Food Balance Sheets: a Handbook, 2001 (self-sufficiency ratio), without imports and exports.

    Examples:
        >>> float(fulfilment(12, 480))
        2.5
    """
    production, requirement = _amounts(production=production_kg, requirement=requirement_kg)
    return _plain(100 * _over(production, requirement))


def days_of_stock(stock_kg: ArrayLike, daily_use_kg: ArrayLike) -> Values:
    """How long a stock lasts [d] at the present use: stock / daily use.

    Args:
        stock_kg: What can be eaten of the stock [kg].
        daily_use_kg: Mean use of the last 28 days [kg/d].

    Returns:
        An array of the common shape, or a number; NaN where an input is missing or nothing is used.

    Raises:
        ValueError: An amount is negative.

    Examples:
        >>> float(days_of_stock(120, 8))
        15.0
    """
    stock, use = _amounts(stock=stock_kg, use=daily_use_kg)
    return _plain(_over(stock, use))


def yield_per_m2(kg: ArrayLike, area_m2: ArrayLike) -> Values:
    """What a bed gave per area [kg/m2].

    Args:
        kg: Harvested in the period [kg].
        area_m2: Area that was planted in it [m2].

    Returns:
        An array of the common shape, or a number; NaN where an input is missing or nothing was planted.

    Raises:
        ValueError: An amount is negative.

    Examples:
        >>> float(yield_per_m2(6, 2.5))
        2.4
    """
    harvested, area = _amounts(kg=kg, area=area_m2)
    return _plain(_over(harvested, area))


def diversity(amounts: ArrayLike) -> Diversity:
    """Richness, Shannon and Gini-Simpson of what was grown, with p the share of each food in the amounts.

    H = -Σ p·ln p; Gini-Simpson = 1 - Σ p². Kilograms, kcal and areas give different figures: say which was taken.

    Args:
        amounts: One per food, in one unit; foods of amount 0 do not count.

    Returns:
        The three figures; NaN where an amount is missing (its share is unknown) or there is none.

    Raises:
        ValueError: The amounts are not in one row, or one is negative.

    Examples:
        >>> diversity([1, 0, 2, 5, 2]).richness, round(diversity([1, 0, 2, 5, 2]).gini_simpson, 2)
        (4, 0.66)
        >>> round(diversity([5, 5]).shannon, 3)
        0.693
    """
    (values,) = _amounts(amounts=amounts)
    if values.ndim != 1:
        raise ValueError(f"the amounts have the shape {values.shape}; give one row of an amount per food")
    grown = values[values > 0]
    if np.isnan(values).any() or not grown.size:
        return Diversity(int(grown.size), np.nan, np.nan)
    p = grown / grown.sum()
    return Diversity(int(grown.size), float(-p @ np.log(p)) + 0.0, float(1 - p @ p))


def _amounts(**given: ArrayLike) -> tuple[Values, ...]:
    amounts = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    for name, values in amounts.items():
        if np.any(values < 0) or np.any(np.isinf(values)):
            raise ValueError(f"{name} is {values}: no amount can be negative or without end; correct it")
    return tuple(amounts.values())


def _over(amount: Values, of: Values) -> Values:
    """One amount over another; unknown where there is nothing to divide by."""
    ratio: Values = amount / np.where(of > 0, of, np.nan)
    return ratio


def _plain(values: Values) -> Values:
    """The same; a single value without dimensions as a number."""
    plain: Values = values[()]
    return plain
