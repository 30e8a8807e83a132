"""Late data: what lies in their reach is looked at again, and nothing else, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days, Row

MARKET, OTHER, EGGS, CHICKEN = "pasar-terong", "bandung-pihps", "telur-ayam-ras", "daging-ayam-ras"
LOOKED_AT = ("price_elementary", "price_index", "price_contribution", "garden_harvest", "soil_state")


def test_a_late_price_reaches_its_market_from_its_month_on(city: City, days: Days) -> None:
    for market in (MARKET, OTHER):
        for commodity in (EGGS, CHICKEN):
            city.prices(market, commodity, days.months("2025-01", [30_000, 31_000, 32_000, 33_000]))
    city.harvest("saga", "2025-02-20", "e1", commodity="bayam", kg=1.0)
    city.soil("saga", "b1", "2025-02-20", 25.0)
    city.run(*LOOKED_AT)
    city.at("2026-11-03 12:00")
    city.run(*LOOKED_AT)
    city.at("2026-11-03 13:00")

    city.prices(MARKET, EGGS, days.month("2025-02", 33_500.0), version=2)
    for name in LOOKED_AT:
        counted = city.run(name)

        reached = [row for row in _of_market(city, name) if row["day"] >= "2025-02-01"]
        assert counted.computed + counted.unchanged == len(reached), name
        assert (len(reached) > 0) == name.startswith("price"), name
        assert len(city.rows(name)) > len(reached), name


def _of_market(city: City, name: str) -> list[Row]:
    return [row for row in (*city.rows(name), *city.refused(name)) if row.get("market") == MARKET]


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
