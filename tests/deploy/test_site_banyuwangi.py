"""Banyuwangi's folder, as it is shipped: villages where Makassar has kelurahan, another zone, and no line of code."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

from commons.catalogue.commodities import commodities
from commons.sites import Site
from deploy.reduce.tables import read as rows

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/sites/banyuwangi"
SITE = Site(FOLDER)


def test_the_site_is_who_it_says() -> None:
    assert (SITE.slug, SITE.zone, SITE.currency) == ("banyuwangi", ZoneInfo("Asia/Jakarta"), "IDR")
    assert SITE.programme.id.startswith("Smart Kampung")
    assert SITE.kota.name == "Kabupaten Banyuwangi"


def test_the_regency_has_its_25_kecamatan_and_217_villages() -> None:
    assert Counter(place.level for place in SITE.places.values()) == {"kota": 1, "kecamatan": 25, "kelurahan": 217}
    districts = {place.slug for place in SITE.places.values() if place.level == "kecamatan"}
    assert set(SITE.outlines.places) == districts


def test_every_place_and_garden_lies_on_the_east_of_java() -> None:
    places = [(p.name, p.lat, p.lon) for p in SITE.places.values()]
    gardens = [(p.name, p.lat, p.lon) for p in SITE.lanes.values()]

    assert [p for p in (*places, *gardens) if not (-8.9 < p[1] < -7.8 and 113.7 < p[2] < 114.7)] == []


def test_every_garden_is_made_up_and_grows_known_foods() -> None:
    assert {(row["origin"], row["verified"]) for row in rows(FOLDER / "lanes.csv")} == {("simulated", "0")}
    assert {bed.crop for bed in SITE.beds.values()} <= set(commodities())
    assert {node.origin for node in SITE.nodes.values()} == {"simulated", "recorded"}


def test_its_prices_are_east_javas_and_stand_in() -> None:
    named = {SITE.prices["index_market"], SITE.prices["ceiling_market"]}
    quoted = rows(FOLDER / "sheets/jatim.csv.gz")

    assert {SITE.markets[slug].stand_in for slug in named} == {True}
    assert min(row["date"][6:] for row in quoted) == "2021"


def test_every_shipped_file_is_named_among_its_sources() -> None:
    page = (FOLDER / "SOURCES.md").read_text("utf-8")
    shipped = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()]

    assert [name for name in shipped if name != "SOURCES.md" and f"`{name}`" not in page] == []


def test_no_line_of_code_knows_it() -> None:
    code = [
        path
        for part in ("commons", "sensors", "ingest", "store", "analytics", "web")
        for path in (ROOT / part).rglob("*.py")
    ]

    assert len(code) > 100
    assert [path.name for path in code if re.search("banyuwangi", path.read_text("utf-8"), re.IGNORECASE)] == []
