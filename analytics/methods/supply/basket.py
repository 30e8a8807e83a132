"""What food costs: a fixed basket, the cheapest healthy diet, and what a garden saves of the basket."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping


class BasketCost(NamedTuple):
    """The cost of a basket.

    Args:
        cost: In the currency of the prices; NaN where a price is missing.
        missing: The foods without a price. Their basket is never a cheaper one.
    """

    cost: float
    missing: tuple[str, ...]


class Target(NamedTuple):
    """What a healthy diet asks of a food group: energy per head and day, from so many foods."""

    kcal: float
    foods: int


class HealthyDiet(NamedTuple):
    """The cheapest healthy diet.

    Args:
        cost: Per head and day, in the currency of the prices; NaN where a group has too few foods.
        by_group: `cost` and `foods` (the names of those chosen, joined by commas) of each group.
        missing: The groups with too few priced foods.
    """

    cost: float
    by_group: pd.DataFrame
    missing: tuple[str, ...]


class GardenOffset(NamedTuple):
    """What a garden saves.

    Args:
        saved: The value of what it gave of the household's basket, in the currency of the prices; NaN where a price of
            it is missing.
        pct: Its share of the cost of the whole basket [%]; NaN where a price of the basket is missing.
        surplus_kg: By food, what it gave beyond the basket [kg]: eaten, given or sold, it saved nothing of the basket.
    """

    saved: float
    pct: float
    surplus_kg: pd.Series[float]


HEALTHY_DIET_BASKET: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "starchy_staples": Target(1160.0, 2),
        "vegetables": Target(110.0, 3),
        "fruits": Target(160.0, 2),
        "animal_source": Target(300.0, 2),
        "legumes_nuts_seeds": Target(300.0, 1),
        "oils_fats": Target(300.0, 1),
    }
)
"""Herforth et al., 2022: 2330 kcal from 11 foods."""


def basket_cost(quantities: pd.Series[float], prices: pd.Series[float]) -> BasketCost:
    """What a fixed basket costs: Σ quantity · price.

    Args:
        quantities: By food [kg or l], the same in every period.
        prices: By food, per the same unit; NaN or absent = missing.

    Returns:
        Its cost; missing where one food of the basket has no price, with those named.

    Raises:
        ValueError: A quantity is missing or negative, a price is zero or negative, or a food is there twice.

    Examples:
        >>> basket_cost(pd.Series({"rice": 10.0, "eggs": 2.0}), pd.Series({"rice": 14_000.0, "eggs": 30_000.0})).cost
        200000.0
        >>> basket_cost(pd.Series({"rice": 10.0, "eggs": 2.0}), pd.Series({"rice": 14_000.0})).missing
        ('eggs',)
    """
    own = _priced(quantities, prices)
    wanted = quantities > 0
    missing = tuple(map(str, own.index[own.isna() & wanted]))
    return BasketCost(float((quantities * own)[wanted].sum(skipna=False)), missing)


def cost_of_healthy_diet(foods: pd.DataFrame, *, targets: Mapping[str, Target] = HEALTHY_DIET_BASKET) -> HealthyDiet:
    """The least that a healthy diet costs per head and day (CoHD).

    Price per kcal = price per kg / (10 · kcal per 100 g · edible share). Each group takes so many foods as its target
    says, the cheapest per kcal, and spreads its energy over them evenly.

    Args:
        foods: By food: `group` (one of the targets), `price` per kg as bought, `kcal_per_100g` of the edible
            part and `edible_pct` [%]. A food with one of them missing cannot be chosen.
        targets: Energy and foods by group.

    Returns:
        Its cost with the foods chosen; missing where a group has fewer foods than its target says: a diet with a group
        left out would be cheaper, and not healthy.

    Raises:
        UnknownNameError: A food is of no group of the targets.
        ValueError: A price, an energy or an edible share is not positive, or a food is there twice.

    Source:
        FAO and World Bank, cost of a healthy diet; Herforth et al., 2022, Healthy Diet Basket.

    Examples:
        >>> foods = pd.DataFrame(
        ...     {
        ...         "group": ["oils", "oils"],
        ...         "price": [18_000.0, 30_000.0],
        ...         "kcal_per_100g": [900.0, 870.0],
        ...         "edible_pct": [100.0, 100.0],
        ...     },
        ...     index=["palm", "coconut"],
        ... )
        >>> found = cost_of_healthy_diet(foods, targets={"oils": Target(300.0, 1)})
        >>> found.cost, found.by_group.loc["oils", "foods"]
        (600.0, 'palm')
    """
    for group in foods["group"].dropna():
        if group not in targets:
            raise UnknownNameError("food group", str(group), targets)
    numbers = foods[["price", "kcal_per_100g", "edible_pct"]].astype(float)
    wrong = foods.index.duplicated() | (numbers <= 0).any(axis=1).to_numpy()
    if wrong.any():
        raise ValueError(
            f"{foods.index[wrong][0]} is there twice, or has a figure that is not positive; mend that food"
        )
    per_kcal = numbers["price"] / (10 * numbers["kcal_per_100g"] * numbers["edible_pct"] / 100)
    chosen = {
        group: per_kcal[foods["group"] == group].dropna().nsmallest(target.foods) for group, target in targets.items()
    }
    rows = {
        group: (targets[group].kcal * own.mean() if len(own) == targets[group].foods else np.nan, ", ".join(own.index))
        for group, own in chosen.items()
    }
    by_group = pd.DataFrame.from_dict(rows, orient="index", columns=["cost", "foods"])
    missing = tuple(by_group.index[by_group["cost"].isna()])
    return HealthyDiet(float(by_group["cost"].sum(skipna=False)), by_group, missing)


def garden_offset(harvest_kg: pd.Series[float], basket_kg: pd.Series[float], prices: pd.Series[float]) -> GardenOffset:
    """What a household's garden saves of its food basket.

    Saved = Σ min(harvest, basket) · price; its share is of Σ basket · price. What the garden gives beyond the basket,
    or of foods that are not in it, saves nothing of it.

    Args:
        harvest_kg: By food, in the period [kg].
        basket_kg: What the household eats in the same period, by food [kg].
        prices: Per kg, by food; NaN or absent = missing.

    Returns:
        The saving in money and per cent, and the surplus.

    Raises:
        ValueError: A quantity is missing or negative, a price is zero or negative, or a food is there twice.

    Examples:
        >>> basket, prices = pd.Series({"rice": 25.0, "kangkung": 4.0}), pd.Series({"rice": 14e3, "kangkung": 12.5e3})
        >>> found = garden_offset(pd.Series({"kangkung": 6.0}), basket, prices)
        >>> found.saved, found.pct, found.surplus_kg.to_dict()
        (50000.0, 12.5, {'kangkung': 2.0})
    """
    _priced(harvest_kg, prices)
    used = harvest_kg.clip(upper=basket_kg.reindex(harvest_kg.index).fillna(0.0))
    saved = basket_cost(used, prices).cost
    whole = basket_cost(basket_kg, prices).cost
    surplus = harvest_kg - used
    return GardenOffset(saved, 100 * saved / whole if whole > 0 else np.nan, surplus[surplus > 0])


def _priced(quantities: pd.Series[float], prices: pd.Series[float]) -> pd.Series[float]:
    """The prices of the foods of a basket."""
    if not (quantities.index.is_unique and prices.index.is_unique):
        raise ValueError("a food is there twice; give it one quantity and one price")
    for what, values, wrong in (
        ("quantity", quantities, ~((quantities >= 0) & (quantities < np.inf))),
        ("price", prices, (prices <= 0) | (prices == np.inf)),
    ):
        if wrong.any():
            raise ValueError(f"the {what} of {values.index[wrong][0]} is {values[wrong].iloc[0]}; mend that food")
    return prices.reindex(quantities.index).astype(float)
