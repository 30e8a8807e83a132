"""The price sheets, the recording, limits, weights and baskets of Makassar's folder, as they are shipped."""

from __future__ import annotations

import itertools
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from commons.catalogue.commodities import commodity
from deploy.reduce.tables import Row
from deploy.reduce.tables import read as rows

SITE = Path(__file__).parents[2] / "deploy/sites/makassar"
SHEETS = {"bandung": 4914, "jatim": 57290, "bapanas": 1625}


def facts() -> dict[str, Any]:
    return tomllib.loads((SITE / "site.toml").read_text("utf-8"))


def options(node: Row) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in node["options"].split(";"))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_name_of_a_price_sheet_is_understood(sheet: str) -> None:
    names = {row["commodity"] for row in rows(SITE / f"sheets/{sheet}.csv.gz")}

    assert len({commodity(name).slug for name in names}) == len(names)


def test_a_price_node_and_its_market_agree() -> None:
    markets = {market["slug"]: market for market in facts()["market"]}
    for node in rows(SITE / "nodes.csv"):
        if node["driver"] == "price_sheet":
            found = options(node)
            market = markets[found["market"]]
            assert (market["level"], market["source"]) == (found["level"], found["source"])
            assert market["stand_in"]


def test_the_pages_start_with_markets_that_have_a_sheet() -> None:
    sheets = {options(node)["market"] for node in rows(SITE / "nodes.csv") if node["driver"] == "price_sheet"}

    assert set(facts()["prices"].values()) <= sheets


@pytest.mark.parametrize(("sheet", "expected"), SHEETS.items())
def test_a_sheet_keeps_every_row_of_its_source(sheet: str, expected: int) -> None:
    assert len(rows(SITE / f"sheets/{sheet}.csv.gz")) == expected


def test_the_food_agency_s_sheet_keeps_its_zeros_and_its_spellings() -> None:
    sheet = rows(SITE / "sheets/bapanas.csv.gz")

    assert sum(row["price"] == "0" for row in sheet) == 299
    assert {row["unit"] for row in sheet} == {"Rp./Kg", "Rp/kg", "Rp/Kg", "Rp./Liter", "Rp/Liter"}
    assert sheet[0]["date"] == "13-9-2025"
    assert len({row["commodity"] for row in sheet}) == 25


def test_east_java_s_sheet_has_17_series_and_keeps_its_typing_errors() -> None:
    sheet = rows(SITE / "sheets/jatim.csv.gz")
    prices = [int(row["price"]) for row in sheet]

    assert len({(row["commodity"], row["quote"]) for row in sheet}) == 17
    assert (min(prices), max(prices)) == (22, 1_170_000)
    assert sheet[0]["date"] == "02/08/2016"


def test_bandung_s_eggs_are_quoted_on_weekends_too() -> None:
    eggs = {
        row["date"]: row["price"]
        for row in rows(SITE / "sheets/bandung.csv.gz")
        if row["commodity"] == "Telur Ayam Ras"
    }

    friday, saturday, sunday = (eggs[f"{day:02d} Mei 22"] for day in (20, 21, 22))

    assert friday == saturday == sunday


def test_the_soil_recording_has_two_plots_in_step() -> None:
    times = defaultdict(list)
    for row in rows(SITE / "recordings/kolkata.csv.gz"):
        times[row["series"]].append(row["time"])

    assert {series: len(found) for series, found in times.items()} == {"1": 10656, "2": 10656}
    assert times["1"] == times["2"] == sorted(times["1"])
    assert times["1"][0] == "2025-01-05T00:00:00+05:30"


def test_limits_on_one_price_never_overlap() -> None:
    spans = defaultdict(list)
    for row in rows(SITE / "ceilings.csv"):
        key = tuple(row[column] for column in ("commodity", "level", "kind", "zone"))
        spans[key].append((row["valid_from"], row["valid_to"] or "9999-12-31"))

    for found in spans.values():
        assert all(start <= end for start, end in found)
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(sorted(found)))


def test_a_limit_is_a_band_with_a_unit_its_commodity_is_sold_by() -> None:
    for row in rows(SITE / "ceilings.csv"):
        low, high = (float(row[column] or nothing) for column, nothing in (("min_idr", "0"), ("max_idr", "inf")))
        assert low < high
        assert row["unit"] == commodity(row["commodity"]).unit


def test_every_weight_says_what_it_rests_on() -> None:
    for row in rows(SITE / "weights.csv"):
        assert row["kind"] in {"stand_in", "assumed"}
        assert row["note"]
        assert bool(row["source"]) == (row["kind"] == "stand_in")
        assert float(row["weight_pct"]) > 0


def test_weights_of_foods_that_share_one_add_up_to_it() -> None:
    weights = {row["commodity"]: float(row["weight_pct"]) for row in rows(SITE / "weights.csv")}

    assert weights["beras-premium"] + weights["beras-medium"] + weights["beras-sphp"] == pytest.approx(3.125, abs=1e-5)
    assert weights["cabai-merah-besar"] + weights["cabai-merah-keriting"] == pytest.approx(0.242, abs=1e-5)


def test_the_basket_has_only_foods_that_a_sheet_quotes_or_a_lane_grows() -> None:
    quoted = {commodity(row["commodity"]).slug for sheet in SHEETS for row in rows(SITE / f"sheets/{sheet}.csv.gz")}

    for row in rows(SITE / "basket.csv"):
        assert row["commodity"] in quoted or commodity(row["commodity"]).garden
        assert float(row["kg_per_person_year"]) > 0


def test_a_rak_is_thirty_eggs() -> None:
    kg = {(row["unit"], row["commodity"]): float(row["kg"]) for row in rows(SITE / "units.csv")}
    raks = [commodity for unit, commodity in kg if unit == "rak"]

    assert raks
    assert all(kg["rak", egg] == pytest.approx(30 * kg["butir", egg]) for egg in raks)
