"""Tables as CSV and XLSX and maps as GeoJSON: the same figures everywhere, no formulas, terms and marks beside them."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from commons.catalogue import measurement
from store import open_store
from store.settings import StoreSettings
from tests.web.conftest import NOW, StandingClock
from tests.web.office_city import FORMULA, fill, office_site
from web.app import create_app
from web.dictionary import described, entries
from web.figures import FIGURES, LEVELS
from web.public import is_by_day, public_fields, public_tags
from web.settings import WebSettings
from web.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOUSEHOLD = {"entry", "note", "version", "void", "detail"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A visitor of a city that is built once."""
    store = open_store(StoreSettings(url="duckdb://memory"), clock=StandingClock(NOW))
    site = office_site(tmp_path_factory.mktemp("office") / "makassar")
    fill(store)
    settings = WebSettings(requests_burst=10**6, keep_seconds=1e6)
    with TestClient(create_app(store, site, clock=StandingClock(NOW), settings=settings)) as visitor:
        yield visitor
    store.close()


def lines(client: TestClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def sheets(client: TestClient, address: str) -> tuple[dict[str, list[list[str]]], str]:
    """The cells of each sheet of a workbook as texts, and the XML of all of them."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = [item.get("name") or "" for item in parsed(packed, "xl/workbook.xml").iter(f"{SHEETS}sheet")]
        texts = ["".join(item.itertext()) for item in parsed(packed, "xl/sharedStrings.xml").iter(f"{SHEETS}si")]
        files = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(names) + 1)]
        found = {name: cells(parsed(packed, file), texts) for name, file in zip(names, files, strict=True)}
        whole = "".join(packed.read(file).decode() for file in files)
    return found, whole


def parsed(packed: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(packed.read(name))  # noqa: S314 - written by the test's own server


def cells(sheet: ET.Element, texts: list[str]) -> list[list[str]]:
    found = []
    for row in sheet.iter(f"{SHEETS}row"):
        line: list[str] = []
        for cell in row.iter(f"{SHEETS}c"):
            letters = re.sub(r"\d", "", cell.get("r") or "")
            place = sum(26**i * (ord(letter) - 64) for i, letter in enumerate(reversed(letters))) - 1
            line += [""] * (place - len(line))
            value = "".join(cell.itertext())
            line.append(texts[int(value)] if cell.get("t") == "s" else value)
        found.append(line)
    return found


def alike(one: str, other: str) -> bool:
    """A CSV's cell and a workbook's: numbers by value, and a text that got an apostrophe without it."""
    if one in (other, f"'{other}"):
        return True
    return one.replace("'", "") == other.replace("'", "") or abs(float(one) - float(other)) < 1e-9


@pytest.mark.parametrize("name", TABLES)
def test_a_workbook_holds_what_the_csv_holds_and_no_formula(name: str, client: TestClient) -> None:
    head, *rows = lines(client, f"/api/v1/tables/{name}.csv")
    found, xml = sheets(client, f"/api/v1/tables/{name}.xlsx")

    assert rows
    assert list(found) == [name, "about"]
    assert "<f>" not in xml
    assert "hyperlink" not in xml.lower().replace(FORMULA.lower(), "")
    assert head == [column.name for column in TABLES[name].columns] == found[name][0]
    assert len(found[name]) == len(rows) + 1
    for line, cells_of in zip(rows, found[name][1:], strict=True):
        padded = cells_of + [""] * (len(line) - len(cells_of))
        assert all(map(alike, line, padded)), (line, padded)


@pytest.mark.parametrize("name", TABLES)
def test_the_sheet_about_says_what_when_on_which_terms_and_what_each_column_means(
    name: str, client: TestClient
) -> None:
    about = {row[0]: row[1:] for row in sheets(client, f"/api/v1/tables/{name}.xlsx")[0]["about"][1:]}

    assert about["title"] == [TABLES[name].label.id, TABLES[name].label.en]
    assert about["made"][0] == "2026-11-24T02:07:00Z"
    assert about["licence"][0].startswith("CC BY 4.0 https://")
    assert {f"column {column.name}" for column in TABLES[name].columns} <= set(about)
    assert ("market bandung" in about) == ("markets" in TABLES[name].sources)
    marks = {mark for row in lines(client, f"/api/v1/tables/{name}.csv") for cell in row for mark in cell.split(",")}
    for mark in marks & {"simulated", "stand_in", "incomplete"}:
        assert about[f"mark {mark}"][1], mark


def test_a_formula_as_a_name_stays_text_in_both(client: TestClient) -> None:
    table = lines(client, "/api/v1/tables/places.csv")
    found, xml = sheets(client, "/api/v1/tables/places.xlsx")

    assert [row[3] for row in table if FORMULA in row[3]] == ["'" + FORMULA]
    assert [row[3] for row in found["places"] if FORMULA in row[3]] == [FORMULA]
    assert "<f>" not in xml


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("figure", FIGURES)
def test_a_map_is_valid_geojson_and_says_what_the_table_says(figure: str, level: str, client: TestClient) -> None:
    query = f"?figure={figure}&level={level}"
    answer = client.get(f"/api/v1/map.geojson{query}")
    head, *rows = lines(client, f"/api/v1/tables/places.csv{query}")

    assert answer.headers["content-type"] == "application/geo+json"
    document = answer.json()
    assert document["licence"]["name"] == "CC BY 4.0"
    assert document["type"] == "FeatureCollection"
    assert len(document["features"]) == len(rows) > 0
    for feature, row in zip(document["features"], rows, strict=True):
        told = dict(zip(head, row, strict=True))
        own = feature["properties"]
        assert (feature["id"], own["state"]) == (told["place"], told["state"])
        assert (own["have"], own["of"], ",".join(own["marks"])) == (int(told["have"]), int(told["of"]), told["marks"])
        assert (own["value"] is None) == (told["value"] == "")
        assert own["value"] is None or own["value"] == float(told["value"])
        check_shape(feature["geometry"])
    drawn = [feature for feature in document["features"] if feature["geometry"]]
    assert len(drawn) == (5 if level == "kecamatan" else 0)


def check_shape(shape: dict[str, Any] | None) -> None:
    """Rings are closed, have four points, lie in the world, and turn as the right hand says."""
    if shape is None:
        return
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in polygons:
        for place, ring in enumerate(polygon):
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
            doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
            assert (doubled > 0) == (place == 0)


def test_a_map_of_harvest_is_in_step_with_the_api(client: TestClient) -> None:
    where = "measurement=garden_harvest&level=kecamatan&period=month&commodity=semua&start=2026-11-01"
    rows = client.get(f"/api/v1/read?{where}").json()["rows"]
    features = client.get("/api/v1/map.geojson").json()["features"]

    told = {one["id"]: one["properties"] for one in features if one["properties"]["value"] is not None}
    assert {row["place"]: row["kg"] for row in rows} == {place: own["value"] for place, own in told.items()}
    assert {row["place"]: row["lanes_reported"] for row in rows} == {place: own["have"] for place, own in told.items()}


def test_a_figure_of_too_few_or_refused_is_told_apart_from_zero_and_from_nothing(client: TestClient) -> None:
    def states(figure: str, level: str = "kecamatan") -> dict[str, tuple[str, float | None]]:
        features = client.get(f"/api/v1/map.geojson?figure={figure}&level={level}").json()["features"]
        return {one["id"]: (one["properties"]["state"], one["properties"]["value"]) for one in features}

    assert states("kg") == {
        "mariso": ("value", 120.0),
        "tallo": ("value", 0.0),
        "wajo": ("few", 7.0),
        "pulau": ("none", None),
        "kosong": ("empty", None),
    }
    assert states("yield")["mariso"] == ("value", 2.0)
    assert states("yield")["wajo"] == ("few", None)
    assert states("need")["tallo"] == ("none", None)
    assert states("dry")["mariso"] == ("value", 100.0 / 3)
    assert states("silent")["kosong"] == ("empty", None)
    assert states("silent")["tallo"] == ("value", 3.0)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/api/v1/map.geojson?figure=gk", "figure 'gk' is unknown; did you mean kg?"),
        ("/api/v1/map.geojson?level=lane", "level 'lane' is unknown"),
        ("/api/v1/map.geojson?market=bandung", "parameter 'market' is unknown"),
        ("/api/v1/tables/prices.csv?market=bandun", "market 'bandun' is unknown; did you mean bandung?"),
        ("/api/v1/tables/harvest.xlsx?figure=kg", "parameter 'figure' is unknown"),
        ("/api/v1/tables/places.csv?level=kelurahan&level=kecamatan", "given 2 times"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_in_a_sentence(address: str, words: str, client: TestClient) -> None:
    answer = client.get(address)

    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_a_market_may_be_chosen_and_files_are_for_programs_of_others(client: TestClient) -> None:
    answer = client.get("/api/v1/tables/indices.csv?market=pasar-terong")

    assert answer.text.count("\n") == 1
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-disposition"] == 'attachment; filename="makassar-indices.csv"'


def test_nothing_of_a_household_or_a_bed_is_in_any_table() -> None:
    for table in TABLES.values():
        names = {column.name for column in table.columns}
        assert not names & (HOUSEHOLD | {"bed", "quote"}), table.name


def test_the_dictionary_has_every_public_column_with_its_meaning_in_both_languages() -> None:
    listed = {(entry.measurement.name, entry.name) for entry in entries()}
    public = {(m.name, name) for m in described() for name in (*public_tags(m), *public_fields(m))}

    assert listed == public
    assert all(entry.label.id and entry.label.en for entry in entries())
    assert not [entry for entry in entries() if entry.role == "tag" and entry.label.id == entry.name]
    assert not [one for one in entries() if is_by_day(one.measurement) and one.name in {*HOUSEHOLD, "bed", "node"}]
    units = {(entry.measurement.name, entry.name): entry.unit for entry in entries()}
    assert units["soil", "moisture"] == measurement("soil").fields["moisture"].unit
