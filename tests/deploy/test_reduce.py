"""The reduction of foods, crops, places and lanes, on small samples of their sources."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from deploy.reduce.commodities import check_names, commodity_rows
from deploy.reduce.crops import UNVERIFIED, crop_rows
from deploy.reduce.foods import FOODS, Food
from deploy.reduce.lanes import bed_rows, lane_rows, node_rows, spread
from deploy.reduce.places import latest_population, place_rows
from deploy.reduce.readings import since
from deploy.reduce.recipe import Recipe, Sheet, recipes
from deploy.reduce.tables import plain, read, slug, write, written_out

if TYPE_CHECKING:
    from pathlib import Path

CITY = {"code": "73.71", "bps_code": "7371", "name": "Kota Makassar", "lat": "-5.1", "lon": "119.4"}
RECIPE = Recipe(
    slug="makassar",
    name="Kota Makassar",
    city=CITY,
    districts=(),
    villages=(),
    people=(),
    outlines={},
    zones=frozenset({"I"}),
    climate=(),
    lanes=[("saga", "Lorong Saga", "tamalate-parang-tambung"), ("jajag", "Pematang Jajag", "gambiran-jajag")],
    plans=[["kangkung raised", "cabai-rawit-merah dyke"]],
    recorded={"saga": "1"},
    sheets=[Sheet("jatim", "price-jatim", "jatim-siskaperbapo", "producer", "siskaperbapo")],
)
DISTRICT = {"kemendagri_code": "73.71.03", "bps_code": "7371040", "name": "Makassar", "lat": "-5.14", "lon": "119.42"}
VILLAGE = {
    "kemendagri_code": "73.71.03.1001",
    "bps_code": "",
    "name": "Pa'Batang",
    "kecamatan_code": "73.71.03",
    "lat": "-5.15",
    "lon": "119.421",
}


def people(kecamatan: str, year: str, population: str, source: str = "BPS") -> dict[str, str]:
    return {"kecamatan": kecamatan, "year": year, "population": population, "source": source}


def panel(**known: str) -> dict[str, str]:
    columns = "slug name_id name_en group unit pihps_id pihps_name bapanas_id bapanas_name garden_producible pph_group"
    return {**dict.fromkeys([*columns.split(), "tkpi_code"], ""), "unit": "kg", **known}


def composition(key: str, code: str, edible: str) -> dict[str, str]:
    return {"slug": key, "tkpi_code": code, "energy_kcal": "120.0", "protein_g": "4.7", "edible_pct": edible}


def named(own: str, aliases: str) -> dict[str, str]:
    return {"slug": own, "name_id": own, "name_en": own, "aliases": aliases}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Pa'Batang", "pabatang"), ("Lae-Lae", "lae-lae"), ("Ujung Pandang", "ujung-pandang"), ("a_b (c)", "a-b-c")],
)
def test_a_name_becomes_a_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter or digit"):
        slug("'--'")


@pytest.mark.parametrize(("number", "expected"), [(12.0, "12"), (2.5, "2.5"), (0.97 / 3, "0.323333")])
def test_numbers_have_no_idle_zeros(number: float, expected: str) -> None:
    assert plain(number) == expected


def test_same_stands_for_the_source_above() -> None:
    assert written_out(["BPS", "same", "same (as printed)", "ITB", "same"]) == ["BPS", "BPS", "BPS", "ITB", "ITB"]


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.csv.gz"])
def test_a_written_table_reads_back_and_never_changes(tmp_path: Path, name: str) -> None:
    rows = [{"date": "03 Mei 26", "place": 'Pasar "Daya", Makassar'}, {"date": "", "place": "Pa'baeng-baeng"}]

    write(tmp_path / "a" / name, rows, ("date", "place"))
    write(tmp_path / "b" / name, rows, ("date", "place"))

    assert read(tmp_path / "a" / name) == rows
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_gzipped_table_does_not_tell_when_it_was_written(tmp_path: Path) -> None:
    write(tmp_path / "t.csv.gz", [{"a": "1"}], ("a",))

    packed = (tmp_path / "t.csv.gz").read_bytes()

    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == b"a\n1\n"


def test_a_column_that_was_not_announced_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="surprise"):
        write(tmp_path / "t.csv", [{"a": "1", "surprise": "2"}], ("a",))


def test_a_panel_food_gets_its_ids_names_and_nutrition() -> None:
    chilli = panel(
        slug="cabai_rawit_merah", name_id="Cabai rawit merah", pihps_id="8_16", pihps_name="Cabai Rawit Merah",
        bapanas_id="33", bapanas_name="Cabai Rawit Merah", garden_producible="1", tkpi_code="NR015",
    )  # fmt: skip

    [row] = commodity_rows([chilli], [composition("cabai_rawit", "NR015", "85.0")], foods=())

    assert row["slug"] == "cabai-rawit-merah"
    assert row["aliases"].split("|")[:2] == ["Cabai Rawit Merah", "Cabe Rawit"]
    assert (row["kcal_per_100g"], row["edible_pct"], row["garden"]) == ("120.0", "85.0", "1")
    assert row["source"] == "Bapanas 33; PIHPS 8_16; TKPI 2017 NR015"


def test_an_edible_share_that_the_table_leaves_blank_stays_blank() -> None:
    milkfish = panel(slug="ikan_bandeng", name_id="Ikan bandeng", tkpi_code="GR004")

    [row] = commodity_rows([milkfish], [composition("ikan_bandeng", "GR004", "")], foods=())

    assert (row["kcal_per_100g"], row["edible_pct"]) == ("120.0", "")


def test_a_food_outside_the_composition_table_has_no_nutrition() -> None:
    [row] = commodity_rows([], [], foods=[Food("okra", "Okra", "Lady's fingers", "horticulture", "sayur_buah", "x")])

    assert (row["kcal_per_100g"], row["protein_g_per_100g"], row["edible_pct"]) == ("", "", "")


def test_figures_of_a_near_food_are_not_verified() -> None:
    duck = Food("bebek", "Bebek", "Duck", "animal", "pangan_hewani", "x", tkpi="bebek", near=True)

    [row] = commodity_rows([], [composition("bebek", "FR012", "60.0")], foods=[duck])

    assert row["verified"] == "0"


def test_two_foods_may_not_answer_to_the_same_name() -> None:
    with pytest.raises(ValueError, match=r"'TELUR' means telur-ayam-ras and telur-bebek"):
        check_names([named("telur-ayam-ras", "telur"), named("telur-bebek", "TELUR")])


def test_a_hyphen_makes_no_other_name() -> None:
    with pytest.raises(ValueError, match="means cabai-hijau and cabai-rawit"):
        check_names([named("cabai-hijau", ""), named("cabai-rawit", "Cabai Hijau")])


def test_the_foods_outside_the_panels_have_slugs_of_their_own() -> None:
    slugs = [food.slug for food in FOODS]

    assert [slug(own) for own in slugs] == slugs
    assert len(set(slugs)) == len(slugs)


def crop(own: str, **known: str) -> dict[str, str]:
    columns = "kc_ini kc_mid kc_end zr_min_m zr_max_m p harvest_mode t_opt_min t_opt_max fao56_proxy"
    return {"slug": own, **dict.fromkeys([*columns.split(), *UNVERIFIED], "1"), **known}


def test_red_chilli_is_grown_under_the_names_it_is_sold_by() -> None:
    rows = crop_rows([crop("cabai_merah"), crop("cabai_rawit"), crop("daun_bawang")])

    assert [row["slug"] for row in rows] == [
        "cabai-merah-besar", "cabai-merah-keriting", "cabai-rawit-merah", "daun-bawang",
    ]  # fmt: skip


def test_only_a_figure_that_is_there_is_called_unverified() -> None:
    [row] = crop_rows([crop("serai", tbase_c="", zr_min_m="0.3")])

    assert "tbase_c" not in row["unverified"].split("|")
    assert "yield_kg_m2_typ" in row["unverified"].split("|")
    assert row["root_depth_min_m"] == "0.3"


def test_a_kecamatan_called_like_its_city_gets_another_slug() -> None:
    city, district, village = place_rows(CITY, [DISTRICT], [VILLAGE], [people("TOTAL", "2021", "1427619")])

    assert (city["slug"], city["population"]) == ("makassar", "1427619")
    assert (district["slug"], district["parent"], district["population"]) == ("kec-makassar", "makassar", "")
    assert (village["slug"], village["parent"]) == ("kec-makassar-pabatang", "kec-makassar")


def test_the_newest_count_of_a_place_is_taken_wherever_it_stands() -> None:
    counts = [people("Mariso", "2021", "57594"), people("Mariso", "2009", "55431"), people("Wajo", "2009", "1", "same")]

    found = latest_population(counts)

    assert found["Mariso"] == {"population": "57594", "population_year": "2021", "population_source": "BPS"}
    assert found["Wajo"]["population_source"] == "BPS"


def test_a_count_of_a_kecamatan_is_not_taken_for_a_kelurahan_of_the_same_name() -> None:
    village = {**VILLAGE, "name": "Makassar"}

    rows = place_rows(CITY, [DISTRICT], [village], [people("Makassar", "2009", "84143")])

    assert [row["population"] for row in rows] == ["", "84143", ""]


def test_lanes_lie_beside_the_centre_of_their_kelurahan() -> None:
    places = [{"slug": village, "lat": "-5.15", "lon": "119.421"} for _, _, village in RECIPE.lanes]

    lanes = lane_rows(RECIPE, places)

    away = [abs(float(lane["lat"]) + 5.15) + abs(float(lane["lon"]) - 119.421) for lane in lanes]
    assert all(0 < distance < 0.001 for distance in away)
    assert {lane["origin"] for lane in lanes} == {"simulated"}


def test_a_spread_number_keeps_to_its_bounds_and_to_its_key() -> None:
    numbers = [spread(f"lane/b{n}", low=2, high=12) for n in range(200)]

    assert min(numbers) == 2
    assert max(numbers) == 12
    assert numbers[7] == spread("lane/b7", low=2, high=12)


def test_a_recording_is_replayed_in_a_bed_of_its_own() -> None:
    recorded = {bed["lane"]: bed for bed in bed_rows(RECIPE) if bed["bed"] == "r1"}
    series = [node["options"] for node in node_rows(RECIPE) if node["driver"] == "recording"]

    assert {lane: bed["crop"] for lane, bed in recorded.items()} == {"saga": ""}
    assert series == ["file=recordings/kolkata.csv.gz;series=1;bed=r1"]


def test_the_edge_of_a_rice_field_is_ground_that_holds_more_water() -> None:
    edge = next(bed for bed in bed_rows(RECIPE) if bed["name"].startswith("Pematang"))

    assert (edge["container"], edge["field_capacity_pct"]) == ("ground", "35")


def test_a_regency_stands_as_a_city_and_its_desa_without_a_code_of_the_statistics_as_kelurahan() -> None:
    regency = {**CITY, "code": "35.10", "name": "Kabupaten Banyuwangi"}
    desa = {name: value for name, value in VILLAGE.items() if name != "bps_code"}

    top, _, village = place_rows(regency, [DISTRICT], [desa], [])

    assert (top["slug"], top["level"], top["name"]) == ("banyuwangi", "kota", "Kabupaten Banyuwangi")
    assert (village["level"], village["bps_code"]) == ("kelurahan", "")


def test_a_sheet_begins_with_its_first_day() -> None:
    days = [{"date": "2020-12-31"}, {"date": "2021-01-01"}]

    assert since(days, "2021-01-01") == days[1:]
    assert since(days, "") == days


def test_every_shipped_site_has_its_recipe() -> None:
    assert recipes() == ["banyuwangi", "makassar"]
