"""The market index: weighted, self-correcting, and silent when too much of its weight is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commons.marks import ALL_FOODS
from commons.sites import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.analytics.conftest import City, Days, Row

MARKET = "pasar-terong"
EGGS, CHICKEN, RAWIT = "telur-ayam-ras", "daging-ayam-ras", "cabai-rawit-merah"
WEIGHTS = {EGGS: 0.607, CHICKEN: 1.017, RAWIT: 0.133}


def run(city: City) -> dict[str, Row]:
    """The rows by month."""
    city.run("price_elementary", "price_index")
    return {row["day"][:7]: row for row in city.rows("price_index", basket=ALL_FOODS)}


def weighted(relatives: Mapping[str, float]) -> float:
    """A Laspeyres index by hand [100 in the base month]."""
    total = sum(WEIGHTS[name] for name in relatives)
    return 100 * sum(WEIGHTS[name] * relative for name, relative in relatives.items()) / total


def test_the_weights_are_those_of_the_site(city: City) -> None:
    assert {name: city.site.weights[name].weight_pct for name in WEIGHTS} == WEIGHTS


def test_the_index_weighs_the_price_relatives(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 38_000]))
    city.prices(MARKET, RAWIT, days.months("2025-01", [50_000, 100_000]))

    rows = run(city)

    expected = weighted({EGGS: 1.1, CHICKEN: 0.95, RAWIT: 2.0})
    assert rows["2025-02"]["index"] == pytest.approx(expected)
    assert rows["2025-02"]["mom"] == pytest.approx(expected - 100)
    assert rows["2025-02"]["weight"] == pytest.approx(0.607 + 1.017 + 0.133)


def test_a_commodity_without_a_weight_is_left_out(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, "ikan-bandeng", days.months("2025-01", [30_000, 90_000]))

    rows = run(city)

    assert rows["2025-02"]["index"] == pytest.approx(110)
    assert (rows["2025-02"]["n"], rows["2025-02"]["expected"]) == (1.0, 1.0)


def test_a_missing_commodity_moves_with_the_others_until_it_is_back(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 40_000, 40_000]))
    city.prices(MARKET, RAWIT, days.month("2025-01", 50_000) | days.month("2025-03", 75_000))

    rows = run(city)

    assert rows["2025-02"]["index"] == pytest.approx(weighted({EGGS: 1.1, CHICKEN: 1.0}))
    assert rows["2025-03"]["index"] == pytest.approx(weighted({EGGS: 1.1, CHICKEN: 1.0, RAWIT: 1.5}))
    assert rows["2025-02"]["imputed_weight"] == pytest.approx(100 * 0.133 / 1.757)
    assert "imputed" in rows["2025-02"]["marks"]
    assert "imputed" not in rows["2025-03"]["marks"]


def test_a_month_with_too_much_guessed_has_no_index_and_nothing_is_compared_with_it(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.month("2025-01", 40_000) | days.month("2025-03", 42_000))

    rows = run(city)

    assert list(rows) == ["2025-01", "2025-03"]
    assert rows["2025-03"]["index"] == pytest.approx(weighted({EGGS: 1.1, CHICKEN: 1.05}))
    assert rows["2025-03"]["mom"] is None


def test_a_commodity_that_joins_later_changes_nothing_before(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000, 33_000, 33_000]))
    before = run(city)

    city.prices(MARKET, CHICKEN, days.months("2025-03", [40_000, 44_000]))
    after = run(city)

    for month in ("2025-01", "2025-02", "2025-03"):
        assert after[month]["index"] == pytest.approx(before[month]["index"])
    assert after["2025-04"]["index"] == pytest.approx(110 * (0.607 + 1.017 * 1.1) / (0.607 + 1.017))
    assert [row["weight"] for row in after.values()] == pytest.approx([0.607, 0.607, 0.607, 1.624])
    assert [row["imputed_weight"] for row in after.values()] == [0.0] * 4


def test_rates_of_change_name_the_months_they_compare(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2024-11", [10_000, 20_000, *[30_000] * 11, 22_000]))

    rows = run(city)

    december = rows["2025-12"]
    assert december["mom"] == pytest.approx(100 * (22 / 30 - 1))
    assert december["ytd"] == december["yoy"] == pytest.approx(10)
    assert (rows["2024-12"]["ytd"], rows["2025-10"]["yoy"]) == (None, None)


def test_a_producer_market_has_no_consumer_index(city: City, days: Days) -> None:
    city.prices("jatim-siskaperbapo", EGGS, days.months("2025-01", [20_000, 21_000]))

    assert run(city) == {}
    assert len(city.rows("price_elementary")) == 2


def test_each_basket_has_an_index_of_its_own_foods(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 38_000]))
    city.prices(MARKET, RAWIT, days.months("2025-01", [50_000, 100_000]))
    city.prices(MARKET, "bawang-putih", days.months("2025-01", [40_000, 20_000]))

    run(city)

    rows = {row["basket"]: row for row in city.rows("price_index") if row["day"] == "2025-02-01"}
    garlic = city.site.weights["bawang-putih"].weight_pct
    assert rows["animal"]["index"] == pytest.approx(weighted({EGGS: 1.1, CHICKEN: 0.95}))
    assert rows["bergejolak"]["index"] == pytest.approx(weighted({EGGS: 1.1, CHICKEN: 0.95, RAWIT: 2.0}))
    assert rows["horticulture"]["index"] == pytest.approx(100 * (0.133 * 2.0 + garlic * 0.5) / (0.133 + garlic))
    assert set(rows) == {"animal", "bergejolak", "horticulture", "semua"}
    assert rows["semua"]["n"] == 4.0


def test_every_mark_of_the_inputs_is_on_the_index(city: City, days: Days) -> None:
    city.prices("bandung-pihps", EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, "bawang-merah", days.months("2025-01", [30_000, 33_000]), origin="typed")

    run(city)

    marks = {row["market"]: row["marks"] for row in city.rows("price_index", basket=ALL_FOODS)}
    assert marks == {"bandung-pihps": "assumed_weights,recorded,stand_in", MARKET: "assumed_weights"}


def test_the_running_month_is_incomplete(city: City, days: Days) -> None:
    city.at("2026-11-20 09:00")
    city.prices(MARKET, EGGS, days.months("2026-10", [30_000, 31_000]))

    rows = run(city)

    assert "incomplete" not in rows["2026-10"]["marks"]
    assert "incomplete" in rows["2026-11"]["marks"]


def test_a_late_price_reaches_the_index_in_the_same_run(city: City, days: Days) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000] * 6))
    before = run(city)
    city.at("2026-11-03 10:00")

    city.prices(MARKET, EGGS, days.month("2025-03", 36_000), version=2)
    after = run(city)

    assert after["2025-03"]["mom"] == pytest.approx(20)
    changed = [month for month in after if after[month]["revision"] != before[month]["revision"]]
    assert changed == ["2025-03", "2025-04", "2025-05", "2025-06"]
    kept = {row["day"][:7]: row for row in city.rows("price_index_history", basket=ALL_FOODS)}
    assert kept["2025-03"]["mom"] == 0.0
    assert kept["2025-03"]["replaced_because"] == f"late data: price_elementary {MARKET} 2025-03-01"


def test_other_weights_compute_the_index_again(city: City, days: Days, site_folder: Path) -> None:
    city.prices(MARKET, EGGS, days.months("2025-01", [30_000, 33_000]))
    city.prices(MARKET, CHICKEN, days.months("2025-01", [40_000, 40_000]))
    run(city)
    table = site_folder / "weights.csv"
    table.write_text(table.read_text("utf-8").replace("daging-ayam-ras,1.017", "daging-ayam-ras,0.607"), "utf-8")
    slug, city.site = city.site.slug, Site(site_folder)
    city.site.slug = slug

    rows = run(city)

    assert rows["2025-02"]["index"] == pytest.approx(105)
    assert {row["replaced_because"] for row in city.rows("price_index_history", basket=ALL_FOODS)} == {
        "site facts changed"
    }
