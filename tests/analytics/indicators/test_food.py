"""What the gardens' harvest feeds and saves, against need and basket: a part is never shown as the whole."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from commons.sites import Site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.analytics.conftest import City, Days

MONTH, DAY = "2026-10-01", "2026-10-13"
PANEL = "bandung-bapanas"
OWN = "pasar-terong"
CITY: dict[str, Any] = {"place": "makassar", "period": "month"}


FOOD = (
    "harvest_doubt",
    "garden_harvest",
    "food_price",
    "food_supply",
    "nutrition",
    "savings",
    "basket_cost",
    "healthy_diet_cost",
)


def october(price: float) -> dict[date, float]:
    return {date(2026, 10, 13): price}


def compute(city: City) -> None:
    """Everything about food."""
    city.run(*FOOD)


def test_the_need_is_people_times_what_one_eats_in_those_days(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=40.0)

    compute(city)

    row = city.row("food_supply", MONTH, commodity="kangkung", **CITY)
    assert row["need_kg"] == pytest.approx(1_427_619 * 4.067 * 31 / 365)
    assert row["fulfilment"] == pytest.approx(100 * 40 / row["need_kg"])
    assert (row["n"], row["expected"], row["marks"]) == (1.0, 24.0, "stand_in")
    week = city.row("food_supply", "2026-10-12", commodity="kangkung", place="makassar", period="week")
    assert week["need_kg"] == pytest.approx(1_427_619 * 4.067 * 7 / 365)


def test_a_place_whose_people_nobody_counted_has_no_need(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=40.0)

    compute(city)

    assert {row["place"] for row in city.rows("food_supply")} == {"makassar", "tamalate"}


def test_a_food_that_nobody_harvested_or_counts_the_eating_of_has_no_row(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kelor", kg=5.0)
    city.harvest("agatis", DAY, "e2", nothing=1.0)

    compute(city)

    assert city.rows("food_supply") == []


def test_energy_is_that_of_the_edible_part_and_feeds_so_many_for_a_day(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=40.0)

    compute(city)

    for place in city.site.above("saga"):
        row = city.row("nutrition", MONTH, place=place, period="month")
        assert row["kcal"] == pytest.approx(40 * 10 * 0.6 * 28)
        assert row["protein_g"] == pytest.approx(40 * 10 * 0.6 * 3.4)
        assert row["person_days"] == pytest.approx(6720 / 2100)
        assert (row["known_pct"], row["foods"], row["shannon"], row["marks"]) == (100.0, 1.0, 0.0, "")


def test_the_contribution_to_pph_points_is_per_head_and_only_where_people_are_counted(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=40.0)
    city.harvest("saga", DAY, "e2", commodity="singkong", kg=10.0)

    compute(city)

    heads = 1_427_619 * 31
    vegetables, roots = 40 * 10 * 0.6 * 28 / heads, 10 * 10 * 0.85 * 154 / heads
    row = city.row("nutrition", MONTH, **CITY)
    assert row["pph_points"] == pytest.approx((5 * vegetables + 0.5 * roots) * 100 / 2100)
    assert row["energy_pct"] == pytest.approx(100 * (vegetables + roots) / 2100)
    lane = city.row("nutrition", MONTH, place="saga", period="month")
    assert (lane["pph_points"], lane["energy_pct"]) == (None, None)


def test_an_unknown_composition_is_left_out_and_said(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=6.0)
    city.harvest("saga", DAY, "e2", commodity="pakcoy", kg=4.0)

    compute(city)

    row = city.row("nutrition", MONTH, place="saga", period="month")
    assert (row["kg"], row["known_pct"], row["foods"]) == (10.0, 60.0, 2.0)
    assert row["kcal"] == pytest.approx(6 * 10 * 0.6 * 28)
    assert row["marks"] == "incomplete"


def test_less_than_half_known_is_refused_with_the_reason(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=4.0)
    city.harvest("saga", DAY, "e2", commodity="pakcoy", kg=6.0)

    compute(city)

    assert city.rows("nutrition") == []
    assert {row["refused"] for row in city.refused("nutrition")} == {
        "composition known of 40 % of the weight, 50 % needed"
    }


def test_a_report_of_nothing_feeds_nobody_and_saves_nothing(city: City) -> None:
    city.harvest("saga", DAY, "e1", nothing=1.0)

    compute(city)

    row = city.row("nutrition", MONTH, place="saga", period="month")
    assert (row["kg"], row["kcal"], row["person_days"], row["foods"], row["marks"]) == (0.0, 0.0, 0.0, 0.0, "")
    saved = city.row("savings", MONTH, place="saga", period="month")
    assert (saved["kg"], saved["saved_idr"], saved["priced_pct"], saved["marks"]) == (0.0, 0.0, None, "")


def test_the_harvest_is_worth_its_market_price_and_foods_without_one_are_said(city: City) -> None:
    city.prices(PANEL, "cabai-rawit-merah", october(50_000.0))
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)
    city.harvest("saga", DAY, "e2", commodity="kangkung", kg=6.0)

    compute(city)

    chilli = city.row("savings", MONTH, commodity="cabai-rawit-merah", place="saga", period="month")
    assert (chilli["per_kg"], chilli["saved_idr"], chilli["marks"]) == (50_000.0, 100_000.0, "recorded,stand_in")
    whole = city.row("savings", MONTH, commodity="semua", place="saga", period="month")
    assert (whole["kg"], whole["saved_idr"], whole["priced_pct"]) == (8.0, 100_000.0, 25.0)
    assert whole["marks"] == "incomplete,recorded,stand_in"
    assert city.rows("savings", commodity="kangkung") == []


def test_no_price_at_all_is_refused_with_the_foods(city: City) -> None:
    city.harvest("saga", DAY, "e1", commodity="kangkung", kg=6.0)

    compute(city)

    assert city.rows("savings") == []
    assert {row["refused"] for row in city.refused("savings")} == {"no price of kangkung"}


def test_the_city_s_own_market_goes_before_one_that_stands_in(city: City) -> None:
    city.prices(PANEL, "cabai-rawit-merah", october(50_000.0))
    city.prices(OWN, "cabai-rawit-merah", october(80_000.0), origin="typed")
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)

    compute(city)

    row = city.row("savings", MONTH, commodity="cabai-rawit-merah", place="saga", period="month")
    assert (row["saved_idr"], row["marks"]) == (160_000.0, "")


def test_where_nobody_looked_the_newest_price_of_a_year_stands_and_says_so(city: City) -> None:
    city.prices(PANEL, "cabai-rawit-merah", {date(2025, 10, 20): 30_000.0, date(2026, 6, 20): 50_000.0})
    city.prices(PANEL, "cabai-merah-besar", {date(2025, 9, 20): 30_000.0})
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)
    city.harvest("saga", DAY, "e2", commodity="cabai-merah-besar", kg=2.0)

    compute(city)

    row = city.row("savings", MONTH, commodity="cabai-rawit-merah", place="saga", period="month")
    assert (row["per_kg"], row["imputed_share"], row["marks"]) == (50_000.0, 1.0, "imputed,recorded,stand_in")
    assert city.rows("savings", commodity="cabai-merah-besar") == []
    whole = city.row("savings", MONTH, commodity="semua", place="saga", period="month")
    assert (whole["saved_idr"], whole["priced_pct"], whole["imputed_share"]) == (100_000.0, 50.0, 1.0)


def test_a_late_price_reaches_the_months_that_have_none_of_their_own(city: City) -> None:
    city.prices(PANEL, "cabai-rawit-merah", {date(2026, 6, 20): 50_000.0})
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)
    settled(city)

    city.prices(PANEL, "cabai-rawit-merah", {date(2026, 7, 20): 60_000.0})
    compute(city)

    row = city.row("savings", MONTH, commodity="cabai-rawit-merah", place="saga", period="month")
    assert row["saved_idr"] == 120_000.0


def priced(city: City, market: str = PANEL, *, but: str = "", only_panel: bool = True) -> None:
    """A price of 10,000 for every food of the basket."""
    for norm in city.site.basket.values():
        if (norm.panel or not only_panel) and norm.commodity != but:
            city.prices(market, norm.commodity, october(10_000.0))


def test_savings_stand_against_one_household_s_basket(city: City) -> None:
    priced(city)
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)

    compute(city)

    litre = 10_000 / 0.9
    foods = [norm for norm in city.site.basket.values() if norm.panel]
    cost = sum(
        norm.kg_per_person_year / 12 * (litre if norm.commodity.startswith("minyak") else 10_000.0) for norm in foods
    )
    panel = city.row("basket_cost", MONTH, market=PANEL, basket="panel", period="month")
    assert panel["cost_idr"] == pytest.approx(cost)
    row = city.row("savings", MONTH, commodity="semua", place="saga", period="month")
    assert row["basket_idr"] == pytest.approx(4 * cost)
    assert row["basket_pct"] == pytest.approx(100 * 20_000 / (4 * cost))


def test_without_a_household_s_size_nothing_is_compared(city: City, site_folder: Path) -> None:
    told = site_folder / "site.toml"
    text = "\n".join(line for line in told.read_text().splitlines() if not line.startswith("household_people"))
    told.write_text(text)
    slug, city.site = city.site.slug, Site(site_folder)
    city.site.slug = slug
    priced(city)
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0)

    compute(city)

    row = city.row("savings", MONTH, commodity="semua", place="saga", period="month")
    assert (row["saved_idr"], row["basket_idr"], row["basket_pct"]) == (20_000.0, None, None)


@pytest.mark.parametrize("lacking", ["beras-medium", "gula-konsumsi"])
def test_a_basket_that_lacks_one_price_is_refused_and_never_cheaper(city: City, lacking: str) -> None:
    priced(city, but=lacking)

    compute(city)

    assert city.rows("basket_cost") == []
    reasons = {row["basket"]: row["refused"] for row in city.refused("basket_cost")}
    assert reasons["panel"] == f"no price of {lacking}"
    assert "kangkung" in reasons["whole"]


def test_a_market_that_sells_all_of_it_has_the_whole_basket(city: City) -> None:
    priced(city, OWN, only_panel=False)

    compute(city)

    row = city.row("basket_cost", MONTH, market=OWN, basket="whole", period="month")
    assert (row["n"], row["expected"], row["coverage"]) == (15.0, 15.0, 1.0)
    week = city.row("basket_cost", "2026-10-12", market=OWN, basket="whole", period="week")
    assert week["cost_idr"] == pytest.approx(row["cost_idr"] * 12 * 7 / 365)


def diet(city: City, *, but: str = "") -> None:
    """A price for as many foods as a healthy diet needs."""
    foods = "beras-premium beras-medium singkong kangkung bayam sawi pepaya telur-ayam-ras ikan-kembung minyakita"
    for number, food in enumerate(foods.split(), start=1):
        if food != but:
            city.prices(OWN, food, october(number * 1_000.0), origin="typed")


def test_a_healthy_diet_without_a_group_is_refused_with_what_lacks(city: City) -> None:
    diet(city)

    compute(city)

    rows = {row["group"]: row for row in city.rows("healthy_diet_cost", period="month")}
    assert set(rows) == {"starchy_staples", "vegetables", "animal_source", "oils_fats"}
    assert rows["oils_fats"]["cost_idr"] == pytest.approx(300 * (10_000 / 0.9) / 8840)
    reasons = {row["group"]: row["refused"] for row in city.refused("healthy_diet_cost", period="month")}
    assert reasons["diet"] == ("fruits: 1 of 2 foods have a price; legumes_nuts_seeds: 0 of 1 foods have a price")


def test_two_qualities_of_rice_are_one_food(city: City) -> None:
    diet(city, but="singkong")

    compute(city)

    reasons = {row["group"]: row["refused"] for row in city.refused("healthy_diet_cost", period="month")}
    assert reasons["starchy_staples"] == "starchy_staples: 1 of 2 foods have a price"


def test_a_food_price_is_the_geometric_mean_of_its_quotes_whatever_their_days(city: City) -> None:
    city.prices(OWN, "kangkung", {date(2026, 10, day): 10_000.0 for day in (12, 13, 14)}, quote="a")
    city.prices(OWN, "kangkung", october(40_000.0), quote="b")

    compute(city)

    row = city.row("food_price", "2026-10-12", commodity="kangkung", period="week")
    assert (row["price_idr"], row["per_kg"], row["quotes"], row["n"]) == (20_000.0, 20_000.0, 2.0, 4.0)


def test_producers_prices_are_no_food_prices(city: City) -> None:
    city.prices("jatim-siskaperbapo", "cabai-rawit-merah", october(10_000.0))

    compute(city)

    assert city.rows("food_price") == []


def test_simulated_harvest_marks_all_that_is_made_of_it(city: City) -> None:
    city.prices(PANEL, "cabai-rawit-merah", october(50_000.0))
    city.harvest("saga", DAY, "e1", commodity="cabai-rawit-merah", kg=2.0, origin="simulated")

    compute(city)

    for name in ("food_supply", "nutrition", "savings"):
        assert city.rows(name)
        assert all("simulated" in row["marks"].split(",") for row in city.rows(name)), name


def settled(city: City) -> None:
    """Long enough after everything that only what comes next is due."""
    for hour in (10, 11):
        city.at(f"2026-11-03 {hour}:00")
        compute(city)
    city.at("2026-11-03 12:00")


def test_a_late_harvest_changes_exactly_the_figures_in_its_reach(city: City, days: Days) -> None:
    for month in ("2026-08", "2026-09", "2026-10"):
        city.prices(PANEL, "cabai-rawit-merah", days.month(month, 50_000.0))
        for number, lane in enumerate(("saga", "agatis")):
            city.harvest(lane, f"{month}-13", f"{month}{number}", commodity="cabai-rawit-merah", kg=1.0)
    settled(city)

    city.harvest("saga", "2026-09-13", "late", commodity="cabai-rawit-merah", kg=1.5)

    computed = {name: city.run(name).computed for name in ("harvest_doubt", "garden_harvest")}
    computed |= {name: city.run(name).computed for name in ("food_supply", "nutrition", "savings", "basket_cost")}
    places, known = 4, 2  # the lane and what it lies in; those whose people are counted
    assert computed == {
        "harvest_doubt": 0,
        "garden_harvest": places * 3 * 2,  # day, week, month; the food and all foods
        "food_supply": known * 2,  # week, month
        "nutrition": places * 2,
        "savings": places * 2 * 2,
        "basket_cost": 0,
    }


def test_a_late_price_changes_exactly_the_figures_in_its_reach(city: City, days: Days) -> None:
    for month in ("2026-08", "2026-09", "2026-10"):
        city.prices(PANEL, "cabai-rawit-merah", days.month(month, 50_000.0))
        city.harvest("saga", f"{month}-13", month, commodity="cabai-rawit-merah", kg=1.0)
    settled(city)

    city.prices(PANEL, "cabai-rawit-merah", {date(2026, 9, 13): 60_000.0}, version=2)

    names = ("food_price", "nutrition", "savings", "basket_cost", "healthy_diet_cost")
    computed = {name: city.run(name).computed for name in names}
    assert computed == {
        "food_price": 2,
        "nutrition": 0,
        "savings": 4 * 2 * 2,
        "basket_cost": 2 * 2,  # both baskets, refused as before, of another price
        "healthy_diet_cost": 0,
    }
