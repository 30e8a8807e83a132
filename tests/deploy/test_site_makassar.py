"""The places, lanes, beds and nodes of Makassar's folder and the catalogue's tables, as they are shipped."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from analytics.methods.supply import HEALTHY_DIET_BASKET
from commons.catalogue.commodities import commodities, commodity
from commons.sites import Site
from deploy.reduce.commodities import check_names
from deploy.reduce.diet import DIET_GROUPS
from deploy.reduce.tables import Row
from deploy.reduce.tables import read as rows

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "commons/catalogue"
SITE = ROOT / "deploy/sites/makassar"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def tables() -> list[Path]:
    return sorted([*CATALOGUE.glob("*.csv"), *SITE.rglob("*.csv"), *SITE.rglob("*.csv.gz")])


def options(node: Row) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in node["options"].split(";"))


def outlines(level: str) -> dict[str, list[list[tuple[float, float]]]]:
    """The outer rings of each place, closed."""
    site = Site(SITE)
    found = {slug: shape for slug, shape in site.outlines.places.items() if site.places[slug].level == level}
    return {
        slug: [[site.outlines.degrees(point) for point in (*polygon[0], polygon[0][0])] for polygon in shape]
        for slug, shape in found.items()
    }


def inside(lon: float, lat: float, ring: list[tuple[float, float]]) -> bool:
    crossings = [
        lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in itertools.pairwise(ring)
        if (y1 > lat) != (y2 > lat)
    ]
    return sum(crossings) % 2 == 1


@pytest.mark.parametrize("path", tables(), ids=lambda path: path.name)
def test_every_table_has_as_many_cells_in_each_row_as_in_its_head(path: Path) -> None:
    found = rows(path)

    assert found
    assert all(None not in row and None not in row.values() for row in found)


def test_the_site_loads_and_names_nothing_unknown() -> None:
    site = Site(SITE)

    assert site.slug == "makassar"
    assert site.timezone == "Asia/Makassar"
    assert site.kota.population == 1427619
    assert len(site.ceilings) == len(rows(SITE / "ceilings.csv"))


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("places.csv", ["slug"]),
        ("lanes.csv", ["lane"]),
        ("beds.csv", ["lane", "bed"]),
        ("nodes.csv", ["node"]),
        ("weights.csv", ["commodity"]),
        ("basket.csv", ["commodity"]),
        ("units.csv", ["unit", "commodity"]),
        ("climate.csv", ["month"]),
    ],
)
def test_names_are_slugs_and_stand_once(file: str, columns: list[str]) -> None:
    keys = [tuple(row[column] for column in columns) for row in rows(SITE / file)]

    assert all(SLUG.fullmatch(name) for key in keys for name in key)
    assert len(set(keys)) == len(keys)


def test_the_catalogue_has_each_food_once_under_names_of_its_own() -> None:
    foods = rows(CATALOGUE / "commodities.csv")

    check_names(foods)
    assert all(SLUG.fullmatch(row["slug"]) for row in foods)
    assert len({row["slug"] for row in foods}) == len(foods)
    assert {row["unit"] for row in foods} == {"kg", "l"}


def test_every_food_named_anywhere_is_in_the_catalogue() -> None:
    known = set(commodities())
    named = {row["slug"] for row in rows(CATALOGUE / "crops.csv")}
    for file in ("basket.csv", "weights.csv", "ceilings.csv", "units.csv"):
        named |= {row["commodity"] for row in rows(SITE / file)}
    named |= {row["crop"] for row in rows(SITE / "beds.csv") if row["crop"]}

    assert named - known == set()


def test_every_diet_group_is_one_of_the_basket_and_what_seasons_a_meal_is_in_none() -> None:
    groups = {row["slug"]: row["diet_group"] for row in rows(CATALOGUE / "commodities.csv")}

    assert set(groups.values()) - {""} == set(HEALTHY_DIET_BASKET)
    assert set(DIET_GROUPS) <= set(groups)
    assert {groups[food] for food in ("bawang-putih", "cabai-rawit-merah", "gula-konsumsi", "jahe")} == {""}


def test_foods_of_one_composition_share_their_figures() -> None:
    by_row: dict[str, set[tuple[str, str]]] = {}
    for row in rows(CATALOGUE / "commodities.csv"):
        by_row.setdefault(row["tkpi"], set()).add((row["kcal_per_100g"], row["edible_pct"]))

    assert {len(figures) for figures in by_row.values()} == {1}
    assert by_row[""] == {("", "")}


def test_chilli_has_one_name_in_gardens_and_markets() -> None:
    beds = Counter(row["crop"] for row in rows(SITE / "beds.csv"))

    assert commodity("Cabe Rawit").slug == commodity("lombok kecil").slug == "cabai-rawit-merah"
    assert beds["cabai-rawit-merah"] > 0


def test_every_garden_crop_can_be_harvested() -> None:
    assert all(commodity(row["slug"]).garden for row in rows(CATALOGUE / "crops.csv"))


def test_unverified_columns_of_a_crop_exist_and_hold_a_figure() -> None:
    for row in rows(CATALOGUE / "crops.csv"):
        assert all(row[column] for column in row["unverified"].split("|"))


def test_the_dietary_groups_are_those_of_the_regulation() -> None:
    regulated = {
        "padi_padian", "umbi_umbian", "pangan_hewani", "minyak_lemak", "buah_biji_berminyak", "kacang_kacangan", "gula",
        "sayur_buah", "bumbu", "",
    }  # fmt: skip

    assert {food.pph_group for food in commodities().values()} <= regulated


def test_the_city_has_its_15_kecamatan_and_153_kelurahan() -> None:
    places = rows(SITE / "places.csv")
    levels = {row["slug"]: row["level"] for row in places}
    above = {"kota": "", "kecamatan": "kota", "kelurahan": "kecamatan"}

    assert Counter(levels.values()) == {"kota": 1, "kecamatan": 15, "kelurahan": 153}
    assert all(levels.get(row["parent"], "") == above[row["level"]] for row in places)


def test_a_population_has_its_year_and_source() -> None:
    for row in rows(SITE / "places.csv"):
        known = [bool(row[column]) for column in ("population", "population_year", "population_source")]
        assert len(set(known)) == 1


@pytest.mark.parametrize("level", ["kecamatan", "kelurahan"])
def test_every_place_has_a_closed_outline_in_the_city(level: str) -> None:
    shapes = outlines(level)

    assert set(shapes) == {row["slug"] for row in rows(SITE / "places.csv") if row["level"] == level}
    for ring in itertools.chain.from_iterable(shapes.values()):
        assert len(ring) >= 4
        assert ring[0] == ring[-1]
        assert all(118.9 < lon < 119.6 and -5.3 < lat < -4.8 for lon, lat in ring)


def test_the_outlines_are_light_enough_for_a_phone() -> None:
    assert (SITE / "outlines.json").stat().st_size < 30_000


def test_24_simulated_lanes_lie_in_their_kelurahan_all_over_the_city() -> None:
    lanes = rows(SITE / "lanes.csv")
    shapes = outlines("kelurahan")
    parents = {row["slug"]: row["parent"] for row in rows(SITE / "places.csv")}

    assert len(lanes) == 24
    assert {(lane["origin"], lane["verified"]) for lane in lanes} == {("simulated", "0")}
    assert len({parents[lane["kelurahan"]] for lane in lanes}) >= 10
    assert not {lane["lane"] for lane in lanes} & set(parents)
    for lane in lanes:
        at = float(lane["lon"]), float(lane["lat"])
        assert any(inside(*at, ring) for ring in shapes[lane["kelurahan"]]), lane["lane"]


def test_every_lane_has_four_beds_with_a_leafy_crop_and_most_have_chilli() -> None:
    crops = defaultdict(list)
    for bed in rows(SITE / "beds.csv"):
        if bed["bed"] != "r1":
            crops[bed["lane"]].append(bed["crop"])

    assert {len(found) for found in crops.values()} == {4}
    assert all({"kangkung", "bayam", "sawi", "pakcoy", "selada"} & set(found) for found in crops.values())
    assert sum(any(crop.startswith("cabai") for crop in found) for found in crops.values()) > 12


def test_a_bed_is_no_deeper_than_its_container_and_its_soil_holds_water() -> None:
    for bed in rows(SITE / "beds.csv"):
        wilting, capacity, full = (
            float(bed[f"{name}_pct"]) for name in ("wilting_point", "field_capacity", "saturation")
        )
        assert 0 < wilting < capacity < full < 100
        assert bed["container"] in {"polybag", "raised", "ground", "pot"}
        assert bed["container"] not in {"polybag", "pot"} or float(bed["depth_m"]) <= 0.25
        assert bed["bed"] == "r1" or 2 <= float(bed["area_m2"]) <= 12


def test_every_node_stands_in_a_lane_and_finds_its_file_and_bed() -> None:
    lanes = {row["lane"] for row in rows(SITE / "lanes.csv")}
    beds = {(row["lane"], row["bed"]) for row in rows(SITE / "beds.csv")}
    nodes = rows(SITE / "nodes.csv")

    assert Counter(node["driver"] for node in nodes) == {"simulated": 24, "recording": 2, "price_sheet": 3}
    for node in nodes:
        assert (node["lane"] in lanes) != (node["driver"] == "price_sheet" and node["lane"] == "kota")
        assert node["origin"] == ("simulated" if node["driver"] == "simulated" else "recorded")
        if node["options"]:
            assert (SITE / options(node)["file"]).is_file()
        if node["driver"] == "recording":
            assert (node["lane"], options(node)["bed"]) in beds


def test_every_shipped_file_is_named_among_its_sources() -> None:
    page = (SITE / "SOURCES.md").read_text("utf-8")
    shipped = [path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()]

    assert [name for name in shipped if name != "SOURCES.md" and f"`{name}`" not in page] == []
