"""Every figure about food shows the rows and the numbers that it was made of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from analytics.explain import Explainer
from commons.catalogue import Label
from commons.catalogue.commodities import commodities

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.analytics.conftest import City

FOOD = ("harvest_doubt", "garden_harvest", "food_price", "food_supply", "nutrition", "savings", "basket_cost")
OWN = "pasar-terong"


def told(city: City, indicator: str, **where: str) -> str:
    """All that the explanation says, tables included, as one text."""
    found = Explainer(city.store, city.site)(indicator, period="2026-10", where=where)
    lines = [line.en for each in found.parts for line in each.lines]
    tables = [each.table for each in found.parts if each.table]
    rows = [
        " ".join(cell.en if isinstance(cell, Label) else str(cell) for cell in row) for t in tables for row in t.rows
    ]
    return "\n".join([*lines, *rows])


@pytest.fixture(scope="module")
def filled(make_city: Callable[[], City]) -> City:
    """Prices of every food of the basket and a harvest of two, computed once: they are only read."""
    city = make_city()
    for norm in city.site.basket.values():
        city.prices(OWN, norm.commodity, {date(2026, 10, 13): 10_000.0}, origin="typed")
    city.harvest("saga", "2026-10-13", "e1", commodity="kangkung", kg=6.0)
    city.harvest("saga", "2026-10-13", "e2", commodity="pakcoy", kg=4.0)
    city.run(*FOOD, "healthy_diet_cost")
    return city


def test_a_need_is_shown_with_people_consumption_and_days(filled: City) -> None:
    text = told(filled, "food_supply", place="makassar", commodity="kangkung")

    assert "1,427,619 people · 4.067 kg/year · 31 / 365 days" in text
    assert "100 · 6 / 493,123.1" in text


def test_energy_is_shown_food_by_food_and_the_unknown_named(filled: City) -> None:
    text = told(filled, "nutrition", place="saga")

    assert "kcal_per_100g = 1008" in text
    assert "unknown composition: pakcoy" in text


def test_savings_are_shown_with_prices_and_markets(filled: City) -> None:
    text = told(filled, "savings", place="saga", commodity="semua")

    assert "saved_idr = Σ kg · per_kg = 60,000 IDR" in text
    assert f"{commodities()['kangkung'].label.en} 6.0 10000.0 60000.0 pasar-terong" in text


def test_a_basket_is_shown_food_by_food(filled: City) -> None:
    text = told(filled, "basket_cost", place=OWN, basket="whole")

    assert "every food has a price" in text
    assert f"{filled.row('basket_cost', '2026-10-01', basket='whole', period='month')['cost_idr']:,.0f} IDR" in text


def test_a_diet_that_is_refused_says_what_lacks(filled: City) -> None:
    assert "Not enough: vegetables: 2 of 3 foods have a price" in told(
        filled, "healthy_diet_cost", place=OWN, group="diet"
    )


def test_a_group_of_the_diet_is_shown_with_its_price_per_kilocalorie(filled: City) -> None:
    text = told(filled, "healthy_diet_cost", place=OWN, group="oils_fats")

    assert "oils_fats: 300 kcal · 1.257 IDR/kcal" in text
    assert "animal_source: " not in text
