"""Baskets and healthy diets: a partial one is missing and never cheaper."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.supply import (
    HEALTHY_DIET_BASKET,
    Target,
    basket_cost,
    cost_of_healthy_diet,
    garden_offset,
)
from commons.errors import UnknownNameError

BASKET = pd.Series({"beras": 10.0, "telur": 2.0, "kangkung": 4.0})
PRICES = pd.Series({"beras": 14_000.0, "telur": 30_000.0, "kangkung": 12_500.0})


def foods(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    names = [row[0] for row in rows]
    return pd.DataFrame(
        [row[1:] for row in rows], index=names, columns=["group", "price", "kcal_per_100g", "edible_pct"]
    )


def test_a_basket_costs_the_sum_of_its_foods_in_any_order() -> None:
    assert basket_cost(BASKET, PRICES.iloc[::-1]).cost == 250_000


@pytest.mark.parametrize("name", list(BASKET.index))
def test_a_food_without_a_price_makes_the_basket_missing_and_is_named(name: str) -> None:
    for prices in (PRICES.drop(name), PRICES.where(PRICES.index != name)):
        found = basket_cost(BASKET, prices)
        assert np.isnan(found.cost)
        assert found.missing == (name,)


def test_a_food_of_which_nothing_is_eaten_needs_no_price() -> None:
    assert basket_cost(pd.Series({"beras": 1.0, "garam": 0.0}), PRICES) == (14_000, ())


@pytest.mark.parametrize(
    ("quantities", "prices"),
    [
        (BASKET * -1, PRICES),
        (BASKET.where(BASKET > 3), PRICES),
        (BASKET, PRICES * 0),
        (BASKET, PRICES * -1),
        (pd.concat([BASKET, BASKET]), PRICES),
        (BASKET, pd.concat([PRICES, PRICES])),
    ],
)
def test_quantities_and_prices_that_cannot_be_are_refused(
    quantities: pd.Series[float], prices: pd.Series[float]
) -> None:
    with pytest.raises(ValueError, match=r"mend that food|there twice"):
        basket_cost(quantities, prices)


def test_the_healthy_diet_basket_is_2330_kcal_from_11_foods() -> None:
    assert sum(target.kcal for target in HEALTHY_DIET_BASKET.values()) == 2330
    assert sum(target.foods for target in HEALTHY_DIET_BASKET.values()) == 11


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(1e3, 1e5), st.floats(10, 900), st.floats(20, 100)), min_size=3, max_size=6))
def test_no_other_choice_of_foods_is_cheaper(given_foods: list[tuple[float, float, float]]) -> None:
    table = foods(*((f"f{n}", "g", *row) for n, row in enumerate(given_foods)))
    per_kcal = [price / (10 * kcal * edible / 100) for price, kcal, edible in given_foods]

    found = cost_of_healthy_diet(table, targets={"g": Target(110.0, 3)})

    assert found.cost == pytest.approx(min(110 / 3 * sum(choice) for choice in combinations(per_kcal, 3)))


def test_a_group_with_too_few_foods_makes_the_diet_missing_and_is_named() -> None:
    table = foods(("minyak", "oils", 18_000, 900, 100), ("jeruk", "fruits", 20_000, 45, 70))
    targets = {"oils": Target(300.0, 1), "fruits": Target(160.0, 2)}

    found = cost_of_healthy_diet(table, targets=targets)

    assert np.isnan(found.cost)
    assert found.missing == ("fruits",)
    assert found.by_group["cost"]["oils"] == pytest.approx(600)


@pytest.mark.parametrize("column", ["price", "kcal_per_100g", "edible_pct", "group"])
def test_a_food_of_which_something_is_unknown_is_not_chosen(column: str) -> None:
    table = foods(("cheap", "oils", 1_000, 900, 100), ("dear", "oils", 18_000, 900, 100))
    table[column] = table[column].where(table.index != "cheap")

    assert cost_of_healthy_diet(table, targets={"oils": Target(300.0, 1)}).by_group["foods"]["oils"] == "dear"


def test_foods_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="not positive"):
        cost_of_healthy_diet(foods(("x", "oils_fats", 0, 900, 100)))
    with pytest.raises(UnknownNameError, match="oils_fats"):
        cost_of_healthy_diet(foods(("x", "oils_fat", 1, 900, 100)))


def test_a_garden_saves_what_it_gives_of_the_basket_and_no_more() -> None:
    found = garden_offset(pd.Series({"kangkung": 6.0, "kelor": 1.0}), BASKET, PRICES)

    assert found.saved == 50_000
    assert found.pct == pytest.approx(20)
    assert found.surplus_kg.to_dict() == {"kangkung": 2, "kelor": 1}


def test_a_garden_that_gave_nothing_saved_nothing() -> None:
    assert garden_offset(pd.Series({"kangkung": 0.0}), BASKET, PRICES)[:2] == (0, 0)


def test_a_saving_is_missing_without_its_price_and_a_share_without_the_baskets() -> None:
    harvest = pd.Series({"kangkung": 2.0})

    assert np.isnan(garden_offset(harvest, BASKET, PRICES.drop("kangkung")).saved)
    without_rice = garden_offset(harvest, BASKET, PRICES.drop("beras"))
    assert without_rice.saved == 25_000
    assert np.isnan(without_rice.pct)
