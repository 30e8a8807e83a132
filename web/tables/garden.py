"""Tables of the gardens: harvest, need, worth, lanes, places, what is due, doubts and nodes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web import beds, doubts, pipeline
from web.districts import place_at, silent_lanes
from web.figures import Seen, figure_of
from web.formats import iso
from web.harvests import monday
from web.language import language
from web.tables.sheet import (
    ABOUT,
    FOOD,
    GARDENS,
    MARKETS,
    MARKS,
    PERIOD,
    PLACES,
    START,
    Column,
    Table,
    about,
    column,
    day,
)
from web.words import SOIL_STATES

if TYPE_CHECKING:
    from web.reader import Row
    from web.tables.sheet import Asked, Cell, Rows

_WEEKS: Final = 5
_PERIODS: Final = ("week", "month")


def _harvest(asked: Asked) -> Rows:
    rows = _of_city(asked, "garden_harvest")
    return [
        (
            *_when(asked, row),
            *_food(row["commodity"]),
            row["kg"],
            row["lanes_reported"],
            row["lanes_total"],
            row["marks"] or None,
        )
        for row in rows
        if not row["refused"]
    ]


def _need(asked: Asked) -> Rows:
    fields = ("kg", "need_kg", "fulfilment", "people")
    return [
        (*_when(asked, row), *_food(row["commodity"]), *(row[name] for name in fields), *about(row))
        for row in _of_city(asked, "food_supply")
    ]


_FED: Final = ("kg", "known_pct", "kcal", "protein_g", "person_days", "energy_pct", "protein_pct")
_SAVED: Final = ("saved_idr", "priced_pct", "basket_idr", "basket_pct")


def _worth(asked: Asked) -> Rows:
    """A row a period: what the harvest fed, and what it saved."""
    saved = {(row["period"], row["time"]): row for row in _of_city(asked, "savings", commodity=ALL_FOODS)}
    found: Rows = []
    for row in _of_city(asked, "nutrition"):
        worth = saved.get((row["period"], row["time"]), {})
        share = worth.get("basket_pct")
        cells = (*(row[name] for name in _FED), *(worth.get(name) for name in _SAVED))
        found.append(
            (
                *_when(asked, row),
                *cells,
                None if share is None else share / 100,
                *about(row),
                worth.get("marks") or None,
            )
        )
    return found


def _lanes(asked: Asked) -> Rows:
    site = asked.reader.site
    by_lane = beds.glances(asked.reader, too_old_hours=asked.too_old_hours)
    silent = set(silent_lanes(by_lane))
    found: Rows = []
    for lane in site.lanes.values():
        glances = by_lane.get(lane.slug, [])
        counts = Counter(glance.state for glance in glances)
        heard = max((glance.heard_ns for glance in glances if glance.heard_ns is not None), default=None)
        places = [place_at(site, lane, level).name for level in ("kelurahan", "kecamatan")]
        states = [float(counts[state]) for state in SOIL_STATES]
        told = None if heard is None else iso(heard)
        found.append((lane.slug, lane.name, *places, lane.origin, *states, told, float(lane.slug in silent)))
    return found


def _places(asked: Asked) -> Rows:
    found = figure_of(Seen(asked.reader, too_old_hours=asked.too_old_hours), asked.figure, asked.level)
    unit = language("en").text(found.figure.unit)
    return [
        (
            found.level,
            value.place.slug,
            value.place.code,
            value.place.name,
            value.place.parent,
            found.figure.slug,
            found.start,
            value.value,
            unit,
            value.state,
            float(value.have),
            float(value.of),
            ",".join(value.marks) or None,
            value.refused or None,
        )
        for value in found.values
    ]


_DUE: Final = ("kg_low", "kg_typical", "kg_high", "plantings", "overdue")


def _due(asked: Asked) -> Rows:
    reader = asked.reader
    where = {"level": "kota", "place": reader.site.kota.slug}
    rows = reader.read(Query("harvest_expected", reader.midnight(monday(reader.today)), where=where))
    return [
        (
            reader.local(row["time"]).date(),
            *_food(row["commodity"]),
            *(row[name] for name in _DUE),
            row["marks"] or None,
        )
        for row in rows
    ]


def _doubts(asked: Asked) -> Rows:
    """What is doubted, by lane or market: neither the bed nor the box that sent it."""
    return [
        (
            doubt.kind,
            doubt.newest["test"],
            doubt.lane,
            doubt.newest.get("market"),
            doubt.newest.get("commodity"),
            doubt.newest.get("field"),
            doubt.since,
            doubt.until,
            float(doubt.counts),
            doubt.newest["value"],
            doubt.newest["usual"],
            ",".join(doubt.marks) or None,
        )
        for doubt in doubts.doubts(asked.reader)
    ]


def _nodes(asked: Asked) -> Rows:
    return [
        (
            glance.node.address.lane,
            glance.node.address.node,
            glance.node.origin,
            None if glance.heard_ns is None else iso(glance.heard_ns),
            float(glance.is_silent),
            (glance.health or {}).get("battery"),
        )
        for glance in pipeline.nodes(asked.reader)
    ]


def _of_city(asked: Asked, measurement: str, **where: str) -> list[Row]:
    """The city's last weeks and months, refused ones too."""
    reader = asked.reader
    start = reader.midnight(monday(reader.today) - timedelta(weeks=_WEEKS))
    here = {"level": "kota", "place": reader.site.kota.slug, "period": _PERIODS, **where}
    return reader.read(Query(measurement, start=start, where=here, quality="all"))


def _when(asked: Asked, row: Row) -> tuple[Cell, Cell]:
    return row["period"], asked.reader.local(row["time"]).date()


def _food(slug: str) -> tuple[Cell, ...]:
    known = commodities().get(slug)
    return (slug, known.label.id, known.label.en) if known else (slug, None, None)


_LANE: Final = Column("lane", Label("Lorong", "Lane"), "", "slug")
_TRUE: Final = "1 = yes, 0 = no"

GARDEN_TABLES: Final = (
    Table(
        "harvest",
        Label("Panen kota per minggu dan bulan", "The city's harvest by week and month"),
        "/",
        (
            PERIOD,
            START,
            *FOOD,
            column("garden_harvest", "kg"),
            column("garden_harvest", "lanes_reported"),
            column("garden_harvest", "lanes_total"),
            MARKS,
        ),
        _harvest,
        (GARDENS,),
    ),
    Table(
        "need",
        Label("Bagian kebutuhan warga", "Share of the people's need"),
        "/",
        (
            PERIOD,
            START,
            *FOOD,
            *(column("food_supply", name) for name in ("kg", "need_kg", "fulfilment", "people")),
            *ABOUT,
        ),
        _need,
        (GARDENS,),
    ),
    Table(
        "worth",
        Label("Gizi dan penghematan", "Nutrition and savings"),
        "/",
        (
            PERIOD,
            START,
            *(column("nutrition", name) for name in _FED),
            *(column("savings", name) for name in _SAVED),
            Column("households", Label("Setara belanja (rumah tangga)", "Worth the basket of (households)")),
            *ABOUT,
            Column("savings_marks", Label("Tanda penghematan", "Marks of the savings")),
        ),
        _worth,
        (GARDENS, MARKETS),
    ),
    Table(
        "lanes",
        Label("Lorong", "Lanes"),
        "/",
        (
            _LANE,
            Column("name", Label("Nama", "Name")),
            Column("kelurahan", Label("Kelurahan", "Kelurahan (village)")),
            Column("kecamatan", Label("Kecamatan", "Kecamatan (district)")),
            Column("origin", Label("Asal", "Origin"), "", "measured, typed, simulated or recorded"),
            *(
                Column(f"beds_{state}", Label(f"Petak {words}", f"Beds {language('en').text(words)}"))
                for state, words in SOIL_STATES.items()
            ),
            Column("heard", Label("Terakhir terdengar", "Last heard"), "", "UTC, ISO 8601; empty = never"),
            Column("silent", Label("Diam", "Silent"), "", _TRUE),
        ),
        _lanes,
        (GARDENS,),
    ),
    Table(
        "places",
        Label("Angka per kecamatan atau kelurahan", "A figure by kecamatan or kelurahan"),
        "/map",
        (
            Column("level", Label("Tingkat", "Level"), "", "kecamatan or kelurahan"),
            Column("place", Label("Tempat", "Place"), "", "slug"),
            Column("code", Label("Kode Kemendagri", "Code of the Ministry of Home Affairs")),
            Column("name", Label("Nama", "Name")),
            Column("parent", Label("Terletak di", "Lies in"), "", "slug"),
            Column("figure", Label("Angka", "Figure"), "", "kg, yield, need, dry or silent"),
            day("start", Label("Hari pertama", "First day"), "of the month; empty = now"),
            Column("value", Label("Nilai", "Value"), "", "in the unit beside it; empty = not known"),
            Column("unit", Label("Satuan", "Unit")),
            Column(
                "state",
                Label("Keadaan", "State"),
                "",
                "value; few = stands on less than half of the lanes or beds, or was refused; none = no data; "
                "empty = a place without lanes",
            ),
            Column("have", Label("Terhitung", "Counted"), "", "lanes or beds that the value stands on"),
            Column("of", Label("Jumlah", "In all"), "", "lanes or beds that there are"),
            MARKS,
            Column("refused", Label("Sebab tanpa nilai", "Why it has no value")),
        ),
        _places,
        (GARDENS, PLACES),
        ("figure", "level"),
    ),
    Table(
        "due",
        Label("Yang akan dipanen", "Harvest to come"),
        "/",
        (START, *FOOD, *(column("harvest_expected", name) for name in _DUE), MARKS),
        _due,
        (GARDENS,),
    ),
    Table(
        "doubts",
        Label("Yang diragukan", "What is doubted"),
        "/quality",
        (
            Column("kind", Label("Jenis", "Kind"), "", "sensor_doubt, price_doubt or harvest_doubt"),
            Column("test", Label("Uji", "Test")),
            _LANE,
            Column("market", Label("Pasar", "Market"), "", "slug"),
            Column("commodity", Label("Komoditas", "Commodity"), "", "slug"),
            Column("field", Label("Besaran", "Quantity"), "", "measurement and field, of a sensor"),
            day("since", Label("Sejak", "Since")),
            day("until", Label("Sampai", "Until")),
            Column("counts", Label("Tetap dihitung", "Counts all the same"), "", _TRUE),
            Column("value", Label("Nilai", "Value"), "", "in the unit of the quantity: kg, IDR or the field's own"),
            Column("usual", Label("Biasanya", "Usual value"), "", "in the same unit"),
            MARKS,
        ),
        _doubts,
        (GARDENS, MARKETS),
    ),
    Table(
        "nodes",
        Label("Alat", "Nodes"),
        "/health",
        (
            _LANE,
            Column("node", Label("Alat", "Node")),
            Column("origin", Label("Asal", "Origin"), "", "measured, simulated or recorded"),
            Column("heard", Label("Terakhir terdengar", "Last heard"), "", "UTC, ISO 8601; empty = never"),
            Column("silent", Label("Diam", "Silent"), "", f"{_TRUE}; three beats of everything it sends were missed"),
            column("health", "battery"),
        ),
        _nodes,
        (GARDENS,),
    ),
)
