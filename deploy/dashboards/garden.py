"""Kebun: what farmers see of their own lane's beds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_BEDS, ALL_FOODS
from deploy.dashboards import comparisons, moments, variables, words
from deploy.dashboards.charts import Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows, among, equals, is_number, more_than, other_than

if TYPE_CHECKING:
    from deploy.dashboards.panels import Panel
    from deploy.dashboards.words import Language

_LANES: Final = (variables.IN_CITY, among("lane", "lane"))
_WEEK, _MONTH, _QUARTER = 7, 40, 90  # [d]
_RECENT_HOURS: Final = 48  # today's row, or yesterday's while today's is not computed

_SOIL: Final = Rows("soil", _LANES, ("lane", "bed", "origin"))
_AIR: Final = Rows("air", _LANES, ("lane", "origin"))
_RAIN: Final = Rows("rain", _LANES, ("lane", "origin"))
_STATE: Final = Rows("soil_state", _LANES, ("lane", "bed"))
_WEATHER: Final = Rows("lane_weather", _LANES, ("lane",))
_COMFORT: Final = Rows("comfort", _LANES, ("lane",))
_WATER: Final = Rows("water_use", (*_LANES, equals("bed", ALL_BEDS), equals("period", "day")), ("lane",))
_WATER_WEEKS: Final = Rows("water_use", (*_LANES, equals("period", "week")), ("lane", "bed"))
_OUTLOOK: Final = Rows("harvest_outlook", (*_LANES, is_number("over", 0)), ("lane", "bed", "commodity"))
_AT_LANES: Final = (variables.IN_CITY, equals("level", "lane"), among("place", "lane"))
_DUE: Final = Rows("harvest_expected", _AT_LANES, ("place", "commodity"))
_YIELD: Final = Rows("garden_yield", _LANES, ("lane",))
_BY_DAY: Final = (*_AT_LANES, equals("period", "day"))
_COMPOST: Final = Rows("garden_compost", _BY_DAY, ("place",))
_SALES: Final = Rows("garden_sales", (*_BY_DAY, equals("commodity", ALL_FOODS)), ("place",))
_DATA: Final = Rows("data_completeness", _LANES, ("lane",))
_NODES: Final = Rows("node_completeness", _LANES, ("lane", "node"))
_HARVEST: Final = Rows(
    "garden_harvest",
    (
        variables.IN_CITY,
        equals("level", "lane"),
        among("place", "lane"),
        equals("period", "day"),
        other_than("commodity", ALL_FOODS),
        more_than("kg", 0),
    ),
)

_ABOUT: Final = Label(
    "Keadaan petak di lorong yang dipilih: apakah tanahnya kering, berapa liter air untuk disiramkan, dan kapan "
    "alatnya terakhir terdengar. Data contoh berasal dari simulasi dan rekaman dari tempat lain; asalnya selalu "
    "tertulis.",
    "The beds of the lanes chosen: whether the soil is dry, how many litres to give, and when the node was last heard. "
    "Sample data come from a simulation and from recordings elsewhere; their origin is always written.",
)
_TODAYS: Final = Label("Petak hari ini", "Beds today")
_HARVESTS: Final = Label("Panen, kompos dan penjualan", "Harvest, compost and sales")
_WEATHERS: Final = Label("Udara dan cuaca", "Air and weather")
_HEARING: Final = Label("Kapan alat terakhir terdengar", "When nodes were last heard")
_LIMIT: Final = Label(
    "Petak perlu disiram bila garis pertama melewati batasnya.",
    "A bed needs water where the first line is over its limit.",
)
_TOO_OLD: Final = Label(
    "Tujuh hari terakhir, apa pun rentang waktu yang dipilih; hari tanpa bacaan dihitung 24 jam diam.",
    "The last seven days, whatever time range is chosen; a day without readings counts as 24 silent hours.",
)
_TODAY: Final = Label(
    "Nilai terbaru dari 48 jam terakhir, apa pun rentang waktu yang dipilih.",
    "The newest of the last 48 hours, whatever time range is chosen.",
)
_SILENT: Final = Label(
    "Baris terbaru setiap petak; waktu yang lama berarti alatnya diam.",
    "The newest row of each bed; a long time means that its node is silent.",
)
_STANDING: Final = Label(
    "Penanaman terbaru yang belum selesai di tiap petak. Lama tumbuh dan hasil per m² adalah pengetahuan umum.",
    "The newest planting of each bed that is not over. Days to harvest and yields by m² are general knowledge.",
)
_TWO_WEEKS: Final = Label(
    "Minggu ini dan minggu depan, apa pun rentang waktu yang dipilih; `semua` adalah semua bahan pangan.",
    "This week and next, whatever time range is chosen; `semua` is all foods together.",
)
_THIS_MONTH: Final = Label(
    "Bulan ini dan bulan lalu. Peringkat adalah rentang: lorong yang laporannya kurang tidak diperingkat.",
    "This month and last. Ranks are ranges, and a lane with too few reports has none.",
)
_TYPED: Final = Label("Seperti yang dicatat; diam bukan nol.", "As typed; silence is not zero.")
_SEASONS: Final = Label(
    "90 hari terakhir, apa pun rentang waktu yang dipilih, seperti yang dicatat; diam bukan nol.",
    "The last 90 days, whatever time range is chosen, as typed; silence is not zero.",
)
_USED: Final = ("given", "need", "ratio", "entries", "coverage", "marks")
_SEASON: Final = ("area", "opens", "closes", "kg_low", "kg_typical", "kg_high", "harvests", "coverage", "marks")
_WEIGHTS: Final = ("kg_low", "kg_typical", "kg_high", "plantings", "overdue", "coverage", "marks")
_RANKS: Final = ("kg_m2", "kg_m2_week", "median", "ratio", "rank_best", "rank_worst", "coverage", "marks")
_HEARD: Final = ("share", "silent_hours", "heard", "coverage", "marks")


def build(language: Language) -> Dashboard:
    """The garden dashboard in one language."""
    charts = Charts(language)
    return Dashboard(
        slug="garden",
        language=language,
        title=Label("Lorong: Kebun", "Lorong: Garden"),
        description=_ABOUT,
        variables=(variables.city(language), *variables.lanes(language)),
        panels=(*_beds(charts), *_harvest(charts), *_air(charts), *_nodes(charts), charts.about(_ABOUT)),
        since="now-7d",
        refresh="15m",
        annotations=(moments.harvests(_HARVEST, language), moments.methods("soil_state", language, *_LANES)),
    )


def _beds(charts: Charts) -> tuple[Panel, ...]:
    newest_state = ("state", "litres", "moisture", "depletion", "raw_depth", "coverage", "marks")
    water = replace(_STATE, by=("lane",))
    return (
        charts.section(_TODAYS),
        charts.tiles(_STATE, "state_code", _STATE.since(_RECENT_HOURS, "state_code"), _TODAY),
        replace(charts.gauges(_STATE, "litres", _STATE.since(_RECENT_HOURS, "litres"), _TODAY), height=6),
        charts.figure(water, "litres", _STATE.total_since(_RECENT_HOURS, "litres", by=water.by), _TODAY),
        replace(charts.silences(_NODES, _WEEK, _TOO_OLD), width=18, height=4),
        charts.newest(_STATE, newest_state),
        comparisons.beside(charts, _STATE, ("depletion", "raw_depth"), _LIMIT),
        charts.lines(_SOIL, "moisture"),
        charts.states(_STATE),
        charts.lines(_SOIL, "temperature"),
        charts.periods(_WATER, "given", _TYPED, bars=True),
        charts.periods(_WATER, "need", bars=True),
        charts.newest(_WATER_WEEKS, _USED, _TYPED),
    )


def _harvest(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_HARVESTS),
        charts.newest(_OUTLOOK, _SEASON, _STANDING, when=None),
        charts.about_now(_DUE, _WEIGHTS, _TWO_WEEKS, days=_WEEK),
        charts.about_now(_YIELD, _RANKS, _THIS_MONTH, days=_MONTH),
        comparisons.totals(charts, _COMPOST, "waste_kg", _SEASONS, days=_QUARTER),
        comparisons.totals(charts, _SALES, "received_idr", _SEASONS, days=_QUARTER),
    )


def _air(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_WEATHERS),
        charts.lines(_AIR, "temperature"),
        charts.lines(_AIR, "humidity"),
        charts.periods(_COMFORT, "heat_index_max"),
        charts.periods(_COMFORT, "vpd_max"),
        replace(charts.lines(_RAIN, "depth"), bars=True),
        charts.periods(_WEATHER, "rain", bars=True),
        charts.periods(_WEATHER, "et0"),
        charts.periods(_DATA, "share"),
    )


def _nodes(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_HEARING),
        charts.newest(_SOIL, ("moisture", "temperature", "ec"), _SILENT, when=words.HEARD),
        charts.newest(_NODES, _HEARD),
    )
