"""A small city with outlines, people and two whole weeks behind it, for the office's pages, maps and files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from commons.sites import Site
from tests.web.conftest import _TABLES, _TOML, Garden, midnight

if TYPE_CHECKING:
    from pathlib import Path

    from commons.rows import Value
    from store.contract import Store

WEEK = date(2026, 11, 16)
"""The Monday of the last whole week: today is a Tuesday."""
BEFORE = WEEK - timedelta(days=7)
MONTH = date(2026, 11, 1)
FORMULA = '=HYPERLINK("http://192.0.2.1","x")'
"""What a spreadsheet must not take for more than the name of a place."""
_TEN = range(1, 11)
_PLACES = """slug,level,parent,code,name,lat,lon,population,population_year
makassar,kota,,73.71,Kota Makassar,-5.1,119.4,1427619,2021
mariso,kecamatan,makassar,73.71.01,Mariso,-5.1,119.4,57594,2021
tallo,kecamatan,makassar,73.71.07,Tallo,-5.1,119.4,140000,2021
wajo,kecamatan,makassar,73.71.04,"{formula}",-5.1,119.4,,
pulau,kecamatan,makassar,73.71.15,Pulau,-5.0,119.1,,
kosong,kecamatan,makassar,73.71.16,Kosong,-5.1,119.4,,
{villages}"""
_OUTLINES = """{"step":0.0010,"west":119.00000,"south":-5.20000,"places":{
"mariso":[[[400,50,50,0,0,50,-50,0]]],
"tallo":[[[450,50,50,0,0,50,-50,0],[465,65,0,20,20,0,0,-20]]],
"wajo":[[[400,100,50,0,0,50,-50,0]]],
"kosong":[[[450,100,50,0,0,50,-50,0]]],
"pulau":[[[100,180,10,0,0,10,-10,0]],[[60,190,6,0,0,6,-6,0]]]
}}
"""


def office_site(folder: Path) -> Site:
    """The city of the web's tests with five districts on a map, one of them islands far away, one without a lane."""
    villages = [("mariso", "mariso-mariso"), ("tallo", "tallo-suangga"), ("wajo", "wajo-v"), ("pulau", "pulau-v")]
    tables = dict(_TABLES)
    tables["places.csv"] = _PLACES.format(
        formula=FORMULA.replace('"', '""'),
        villages="".join(
            f"{slug},kelurahan,{above},73.71.{n}.1001,{slug},-5.1,119.4,,\n" for n, (above, slug) in enumerate(villages)
        ),
    )
    for n in _TEN:
        village = villages[n % len(villages)][1]
        tables["lanes.csv"] += f"l{n},Lorong {n},{village},-5.1,119.4,simulated\n"
        tables["beds.csv"] += f"l{n},b1,Bedeng 1,kangkung,4,0.3,raised,30,13,48\n"
        tables["nodes.csv"] += f"l{n}-n1,l{n},simulated,simulated,\n"
    licence = '[licence]\nname = "CC BY 4.0"\nurl = "https://creativecommons.org/licenses/by/4.0/"\n'
    folder.mkdir()
    for file, text in {"site.toml": _TOML + licence, **tables, "outlines.json": _OUTLINES}.items():
        (folder / file).write_text(text, "utf-8")
    return Site(folder)


def fill(store: Store) -> Garden:
    """What the office asks for: every number of the brief, for the last week and the one before."""
    garden = Garden(store)
    garden.everything()
    for week, kg in ((WEEK, 1500.0), (BEFORE, 900.0)):
        garden.harvest("kota", "makassar", "week", week, {"kangkung": kg, "bayam": kg / 10, "semua": 1.1 * kg})
        _fed(garden, "kota", "makassar", week, "week", known_pct=74.0)
        _saved(garden, week, kg * 1000)
    _fed(garden, "kota", "makassar", MONTH, "month")
    places(garden)
    _silences(garden)
    _priced(garden)
    return garden


def places(garden: Garden) -> None:
    """A district with much, one with nothing harvested, one of which too few report; the islands say nothing."""
    for place, kg, reported, total in (("mariso", 120.0, 3.0, 3.0), ("tallo", 0.0, 3.0, 4.0), ("wajo", 7.0, 1.0, 3.0)):
        told: dict[str, Value] = {"lanes_reported": reported, "lanes_total": total}
        for level, where in (("kecamatan", place), ("kelurahan", f"{place}-v")):
            garden.harvest(level, where, "month", MONTH, {"semua": kg}, **told)
    _fed(garden, "kecamatan", "mariso", MONTH, "month", energy_pct=0.25, n=3.0)
    _fed(garden, "kecamatan", "tallo", MONTH, "month", energy_pct=None, n=3.0)
    for lane, kg in (("saga", 10.0), ("l4", 30.0), ("l8", 20.0)):
        _yielded(garden, lane, kg=kg, area=10.0)
    _yielded(garden, "l2", kg=None, area=None, refused="2 of 5 weeks reported, 3 needed")
    for n in _TEN[:4]:
        garden.soil(f"l{n}", "b1", hours=3)
        garden.soil_state(f"l{n}", "b1", "dry" if n % 2 else "good")


def crowded(garden: Garden) -> None:
    """As much news as a brief can have to tell: all chillies and many foods dear and in alarm, and many doubts."""
    for food in CHILLIES + DEAR:
        garden.ceiling(food, "above")
        tags = {"market": "bandung", "commodity": food}
        garden.indicator("price_weekly", date(2026, 11, 16), tags, {"change": 12.5, "marks": "stand_in,imputed"})
        for alarm in ("alps", "ifpa"):
            said: dict[str, Value] = {"value": 2.4, "phase": "abnormally_high", "marks": "stand_in,unverified"}
            garden.indicator("price_alarm", date(2026, 10, 1), {**tags, "alarm": alarm}, said)
    for n in _TEN:
        tags = {"lane": f"l{n}", "bed": "b1", "field": "soil.moisture", "test": "stuck"}
        doubt: dict[str, Value] = {
            "value": 44.4,
            "usual": 30.0,
            "left_out": 1.0,
            "detail": f"l{n}-n1",
            "marks": "recorded",
        }
        garden.indicator("sensor_doubt", garden.today, tags, doubt)
    kg: dict[str, float | None] = dict.fromkeys((*CHILLIES, "bayam", "kangkung", "sawi", "tomat"), 12.5)
    for food in kg:
        tags = {"level": "kota", "place": "makassar", "commodity": food}
        due: dict[str, Value] = {"kg_low": 1.0, "kg_typical": 2.0, "kg_high": 3.0, "plantings": 1.0, "overdue": 1.0}
        garden.indicator("harvest_expected", garden.monday + timedelta(days=7), tags, {**due, "marks": "unverified"})


CHILLIES = ("cabai-hijau", "cabai-merah-besar", "cabai-merah-keriting", "cabai-rawit-hijau", "cabai-rawit-merah")
DEAR = (
    *("bawang-putih", "beras-premium", "daging-ayam-ras", "daging-sapi", "gula-konsumsi", "minyak-goreng-kemasan"),
    *("telur-ayam-ras", "tepung-terigu-kemasan", "ikan-bandeng", "ikan-kembung", "ikan-tongkol", "kentang"),
)


def _yielded(garden: Garden, lane: str, **fields: Value) -> None:
    garden.indicator("garden_yield", MONTH, {"lane": lane}, {**fields, "marks": "simulated"})


def _fed(garden: Garden, level: str, place: str, day: date, period: str, **more: Value) -> None:
    tags = {"level": level, "place": place, "period": period}
    fields: dict[str, Value] = {
        "kg": 400.0,
        "kcal": 79_956.0,
        "protein_g": 4_974.0,
        "person_days": 38.1,
        "energy_pct": 0.0027,
        "known_pct": 100.0,
        "n": 9.0,
        "expected": 12.0,
        "marks": "simulated,incomplete",
    }
    garden.indicator("nutrition", day, tags, {**fields, **more})
    if level == "kota":
        need: dict[str, Value] = {"kg": 59.1, "need_kg": 493_123.0, "fulfilment": 0.012, "people": 1_427_619.0}
        garden.indicator("food_supply", day, {**tags, "commodity": "kangkung"}, {**need, "marks": "stand_in"})


def _saved(garden: Garden, week: date, saved_idr: float) -> None:
    tags = {"level": "kota", "place": "makassar", "commodity": "semua", "period": "week"}
    fields: dict[str, Value] = {"saved_idr": saved_idr, "priced_pct": 9.9, "basket_pct": 238.3, "marks": "stand_in"}
    garden.indicator("savings", week, tags, {**fields, "n": 9.0, "expected": 12.0})


def _silences(garden: Garden) -> None:
    """A week ago agatis, l5 and saga spoke; l1 did not, and speaks now."""
    day = garden.today - timedelta(days=7)
    for lane in ("agatis", "l5", "saga"):
        heard: dict[str, Value] = {"share": 100.0, "heard": midnight(day) / 1e6 + 3_600_000, "marks": "simulated"}
        garden.indicator("node_completeness", day, {"lane": lane, "node": f"{lane}-n1"}, heard)


def _priced(garden: Garden) -> None:
    """Chilli newly above its limit, shallot as before, rice within its own; and the change of the week before."""
    for food, was in (("cabai-rawit-merah", "within"), ("bawang-merah", "above"), ("beras-medium", "within")):
        garden.ceiling(food, "within" if food == "beras-medium" else "above")
        tags = {"market": "bandung", "commodity": food, "level": "consumer"}
        code: dict[str, Value] = {"price_idr": 50_000.0, "max_idr": 57_000.0, "state": was, "state_code": 0.0}
        garden.indicator("ceiling_position", garden.today - timedelta(days=8), tags, {**code, "marks": "stand_in"})
    tags = {"market": "bandung", "commodity": "semua"}
    garden.indicator("price_weekly", date(2026, 11, 9), tags, {"change": 0.5, "marks": "stand_in"})
