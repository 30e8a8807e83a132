"""Contributions add up to the change of the index, whoever joined or went missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days, Row

MARKET = "pasar-terong"
EGGS, CHICKEN, RAWIT = "telur-ayam-ras", "daging-ayam-ras", "cabai-rawit-merah"
RATES = {"mom_pp": "mom", "yoy_pp": "yoy"}


def run(city: City) -> dict[tuple[str, str], Row]:
    """The rows by month and commodity."""
    city.run("price_elementary", "price_index", "price_contribution")
    return {(row["day"][:7], row["commodity"]): row for row in city.rows("price_contribution", basket=ALL_FOODS)}


def test_a_contribution_is_weight_times_change(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 38_000]))

    rows = run(city)

    assert rows["2025-02", EGGS]["mom_pp"] == pytest.approx(100 * 0.607 * 0.1 / 1.624)
    assert rows["2025-02", CHICKEN]["mom_pp"] == pytest.approx(-100 * 1.017 * 0.05 / 1.624)
    assert rows["2025-02", EGGS]["weight_share"] == pytest.approx(100 * 0.607 / 1.624)
    assert rows["2025-01", EGGS]["mom_pp"] is None


def test_contributions_add_up_to_the_change_of_the_index(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2024-01", [30_000 + 500 * month for month in range(15)]))
    city.prices(MARKET, CHICKEN, days.months("2024-06", [40_000 - 300 * month for month in range(10)]))
    rawit = [50_000 + 9_000 * (month % 4) for month in range(15)]
    with_a_gap = {day: price for day, price in days.months("2024-01", rawit).items() if day.month != 9}
    city.prices(MARKET, RAWIT, with_a_gap)

    run(city)

    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in city.rows("price_contribution"):
        for name in RATES:
            if row[name] is not None:
                sums[row["basket"], row["day"], name] += row[name]
    changes = {
        (row["basket"], row["day"], name): row[rate]
        for row in city.rows("price_index")
        for name, rate in RATES.items()
        if row[rate] is not None
    }
    assert len([key for key in changes if key[0] == ALL_FOODS]) == 14 + 3
    assert {basket for basket, _, _ in changes} == {ALL_FOODS, "bergejolak", "animal", "horticulture"}
    assert dict(sums) == pytest.approx(changes, abs=1e-9)


def test_a_commodity_that_joins_contributes_from_its_first_change_on(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000, 36_300]))
    city.prices(MARKET, CHICKEN, days.months("2025-02", [40_000, 44_000]))

    rows = run(city)

    assert [month for month, commodity in rows if commodity == CHICKEN] == ["2025-03"]
    assert rows["2025-02", EGGS]["mom_pp"] == pytest.approx(10)
    assert rows["2025-03", CHICKEN]["mom_pp"] == pytest.approx(100 * 1.017 * 0.1 / 1.624)


def test_only_the_imputed_commodity_is_marked_so(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 40_000]))
    city.prices(MARKET, RAWIT, days.month("2025-01", 50_000))

    rows = run(city)

    assert "imputed" in rows["2025-02", RAWIT]["marks"]
    assert "imputed" not in rows["2025-02", EGGS]["marks"]


def test_a_year_on_year_contribution_from_a_guessed_start_is_marked_imputed(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2024-01", [30_000] * 13))
    city.prices(MARKET, CHICKEN, days.months("2024-06", [40_000] * 7 + [50_000]))

    rows = run(city)

    assert rows["2025-01", CHICKEN]["yoy_pp"] == pytest.approx(100 * 1.017 * 0.25 / 1.624)
    assert "imputed" in rows["2025-01", CHICKEN]["marks"]
    assert "imputed" not in rows["2025-01", EGGS]["marks"]


def test_a_month_without_an_index_has_no_contributions(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.month("2025-01", 40_000) | days.month("2025-03", 40_000))

    rows = run(city)

    assert {month for month, _ in rows} == {"2025-01", "2025-03"}
    assert {row["mom_pp"] for row in rows.values()} == {None}
