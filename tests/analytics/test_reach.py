"""Late data: what lies in their reach is looked at again, and nothing else, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days

MARKET, OTHER, EGGS, CHICKEN = "pasar-terong", "bandung-pihps", "telur-ayam-ras", "daging-ayam-ras"


@pytest.mark.parametrize(
    ("name", "late"),
    [
        ("price_elementary", 2 * 3),  # two foods, the late month and the two after it
        ("price_index", 3),
        ("price_contribution", 2 * 3),
        ("garden_harvest", 0),
        ("soil_state", 0),
    ],
)
def test_a_late_price_reaches_its_market_from_its_month_on(city: City, days: Days, name: str, late: int) -> None:
    for market in (MARKET, OTHER):
        for commodity in (EGGS, CHICKEN):
            city.prices(market, commodity, days.months("2025-01", [30_000, 31_000, 32_000, 33_000]))
    city.harvest("saga", "2025-02-20", "e1", commodity="bayam", kg=1.0)
    city.soil("saga", "b1", "2025-02-20", 25.0)
    city.run()
    city.at("2026-11-03 12:00")
    city.run()
    city.at("2026-11-03 13:00")

    city.prices(MARKET, EGGS, days.month("2025-02", 45_000.0), version=2)
    if name != "price_elementary":
        city.run("price_elementary")
    counted = city.run(name)

    assert counted.computed + counted.unchanged == late


def test_a_late_harvest_reaches_three_periods_of_four_places(city: City) -> None:
    for lane in ("saga", "agatis"):
        for day in ("2026-09-15", "2026-10-13"):
            city.harvest(lane, day, f"{lane}{day}", commodity="bayam", kg=1.0)
    city.run("garden_harvest")
    city.at("2026-11-03 12:00")
    city.run("garden_harvest")
    city.at("2026-11-03 13:00")

    city.harvest("agatis", "2026-10-13", "late", commodity="bayam", kg=1.0)
    counted = city.run("garden_harvest")

    assert (counted.computed, counted.unchanged) == (4 * 3 * 2, 0)  # and of the food and of all together
