"""Pasokan kota: what the gardens bring in, by commodity and place, and how many lanes reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards import comparisons, moments, variables, words
from deploy.dashboards.charts import Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows, among, equals, other_than

if TYPE_CHECKING:
    from deploy.dashboards.panels import Panel
    from deploy.dashboards.words import Language

_PERIOD: Final = (variables.IN_CITY, equals("period", "$period"))
_FOODS: Final = (*_PERIOD, among("commodity", "commodity"), other_than("commodity", ALL_FOODS))
_TOGETHER: Final = (*_PERIOD, equals("commodity", ALL_FOODS))
_OF_CITY: Final = equals("level", "kota")
_OF_PLACES: Final = (equals("level", "$level"), among("place", "place"))
_CITY: Final = Rows("garden_harvest", (*_TOGETHER, _OF_CITY), ("place",))
_CITY_FOODS: Final = Rows("garden_harvest", (*_FOODS, _OF_CITY), ("commodity",))
_PLACES: Final = Rows("garden_harvest", (*_TOGETHER, *_OF_PLACES), ("place",))
_PLACES_FOODS: Final = Rows("garden_harvest", (*_FOODS, *_OF_PLACES), ("place", "commodity"))
_FED_CITY: Final = Rows("nutrition", (*_PERIOD, _OF_CITY), ("place",))
_FED_PLACES: Final = Rows("nutrition", (*_PERIOD, *_OF_PLACES), ("place",))
_NEED: Final = Rows("food_supply", (*_PERIOD, _OF_CITY, among("commodity", "commodity")), ("commodity",))
_SAVED_CITY: Final = Rows("savings", (*_TOGETHER, _OF_CITY), ("place",))
_SAVED_FOODS: Final = Rows("savings", (*_FOODS, _OF_CITY), ("commodity",))
_SAVED_PLACES: Final = Rows("savings", (*_TOGETHER, *_OF_PLACES), ("place",))
_OF_WARDS: Final = equals("level", "kelurahan")
_WARDS: Final = Rows("garden_harvest", (*_TOGETHER, _OF_WARDS), ("place",))
_CENTROIDS: Final = Rows("place", (variables.IN_CITY, _OF_WARDS), ("place",))
_YIELD: Final = Rows("garden_yield", (variables.IN_CITY,), ("lane",))
_DUE: Final = Rows("harvest_expected", (variables.IN_CITY, _OF_CITY), ("commodity",))
_DUE_PLACES: Final = Rows(
    "harvest_expected", (variables.IN_CITY, *_OF_PLACES, equals("commodity", ALL_FOODS)), ("place",)
)
_ONE_ROW: Final = 4
_WEEK: Final = 7  # [d]
_MONTHS: Final = 62  # this month and the last, whole [d]
_DUE_FIELDS: Final = ("kg_low", "kg_typical", "kg_high", "plantings", "overdue", "coverage", "marks")
_RANKS: Final = ("rank_best", "rank_worst", "lanes_ranked", "kg_m2_week", "low", "high", "median", "coverage", "marks")
_FED: Final = ("kg", "known_pct", "kcal", "protein_g", "person_days", "energy_pct", "pph_points", "foods", "shannon")
_SAVED: Final = ("saved_idr", "priced_pct", "basket_idr", "basket_pct", "coverage", "marks")
_FIELDS: Final = ("kg", "lanes_reported", "lanes_total", "coverage", "marks")

_ABOUT: Final = Label(
    "Hasil panen kebun lorong untuk kantor pangan kota. Setiap angka adalah panen dari lorong yang melapor saja: lihat "
    "berapa dari berapa lorong. Laporan “tidak ada panen” dihitung sebagai laporan; diam bukan laporan. Data contoh "
    "berasal dari simulasi.",
    "What the lane gardens bring in, for the city's food office. Every number is the harvest of the lanes that "
    "reported and of no others: see how many of how many lanes. “Nothing harvested” is a report; silence is none. "
    "Sample data come from a simulation.",
)
_OF_LANES: Final = Label(
    "Bagian lorong yang melapor; tidak ada untuk hari, karena tidak setiap hari harus melapor.",
    "The share of lanes that reported; none for days, as no lane need report every day.",
)
_REPORTED: Final = Label("Panen dari lorong yang melapor saja.", "The harvest of the lanes that reported, no others.")
_WHOLE_RANGE: Final = Label(
    "Semua bahan pangan, jumlah seluruh rentang waktu yang dipilih, dari lorong yang melapor saja.",
    "All foods, the sum over the time range chosen, of the lanes that reported and no others.",
)
_NEWEST: Final = Label(
    "Periode terbaru dalam rentang waktu: berapa dari berapa lorong yang melapor.",
    "The newest period in the time range: how many of how many lanes reported.",
)
_OF_KNOWN: Final = Label(
    "Hanya pangan yang kandungannya diketahui; untuk minggu dan bulan. Sumbangan pada poin PPH bukan skor PPH.",
    "Of the foods whose composition is known only; for weeks and months. A contribution to PPH points is no PPH score.",
)
_OF_PRICED: Final = Label(
    "Hanya pangan yang ada harga pasarnya; untuk minggu dan bulan.",
    "Of the foods that have a market price only; for weeks and months.",
)
_OF_NEED: Final = Label(
    "Terhadap konsumsi rata-rata seluruh warga kota; untuk minggu dan bulan.",
    "Against the average consumption of all the city's people; for weeks and months.",
)
_MARKED: Final = Label(
    "Satu tanda di titik tengah tiap kelurahan yang berkebun: besarnya berat panen, warnanya bagian lorong yang "
    "melapor (merah kurang dari separuh, hijau dari 80 %). Peta batas wilayah ada di halaman ringan.",
    "A marker at the centroid of each ward with gardens: its size is the weight, its colour the share of lanes that "
    "reported (red under one half, green from 80 %). The map by boundaries is on the light page.",
)
_RANKED: Final = Label(
    "Bulan ini dan bulan lalu, apa pun rentang waktu yang dipilih. Peringkat adalah rentang: dua lorong yang batasnya "
    "bertumpang-tindih tidak dapat dibedakan; lorong yang laporannya kurang tidak diperingkat.",
    "This month and last, whatever time range is chosen. A rank is a range: two lanes whose ends overlap cannot be "
    "told apart; a lane with too few reports has none.",
)
_NEXT_WEEK: Final = Label(
    "Minggu ini dan minggu depan, apa pun rentang waktu yang dipilih; hasil per m² adalah pengetahuan umum.",
    "This week and next, whatever time range is chosen; yields by m² are general knowledge.",
)
_THE_CITY: Final = Label("Panen kota", "The city's harvest")
_ON_THE_MAP: Final = Label("Di mana", "Where")
_FEEDING: Final = Label("Kebutuhan dan gizi", "Need and nutrition")
_WORTH: Final = Label("Nilai", "Worth")


def build(language: Language) -> Dashboard:
    """The supply dashboard in one language."""
    charts = Charts(language)
    return Dashboard(
        slug="supply",
        language=language,
        title=Label("Lorong: Pasokan kota", "Lorong: City supply"),
        description=_ABOUT,
        variables=(
            variables.city(language),
            variables.fixed(language, "period", words.PERIODS),
            variables.commodity(language, "garden_harvest", other_than("commodity", ALL_FOODS)),
            variables.fixed(language, "level", words.LEVELS),
            variables.kecamatan(language),
            variables.places_of_level(language),
        ),
        panels=(*_city(charts), *_places(charts), *_need(charts), *_worth(charts), charts.about(_ABOUT)),
        since="now-90d",
        refresh="1h",
        annotations=(moments.methods("garden_harvest", language, *_PERIOD, _OF_CITY),),
    )


def _city(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_THE_CITY),
        replace(charts.newest(_CITY, _FIELDS, _NEWEST), height=_ONE_ROW),
        charts.periods(_CITY_FOODS, "kg", _REPORTED, bars=True),
        comparisons.totals(charts, _CITY_FOODS, "kg", _WHOLE_RANGE),
        charts.periods(_CITY, "lanes_reported", bars=True),
        charts.periods(_CITY, "coverage", _OF_LANES, bars=True),
        charts.about_now(_DUE, _DUE_FIELDS, _NEXT_WEEK, days=_WEEK),
    )


def _places(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_ON_THE_MAP),
        comparisons.markers(charts, _WARDS, ("kg", "coverage"), _CENTROIDS, _MARKED),
        comparisons.ranking(charts, _YIELD, ("low", "kg_m2_week", "high"), _RANKED, days=_MONTHS),
        charts.ranks(_YIELD, _RANKS, _RANKED, days=_MONTHS, least="rank_best"),
        comparisons.totals(charts, _PLACES, "kg", _WHOLE_RANGE),
        charts.periods(_PLACES, "kg", _REPORTED, bars=True),
        charts.about_now(_DUE_PLACES, _DUE_FIELDS, _NEXT_WEEK, days=_WEEK),
        charts.newest(_PLACES, _FIELDS, _NEWEST),
        charts.newest(_PLACES_FOODS, _FIELDS, _NEWEST),
    )


def _need(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_FEEDING),
        charts.newest(_NEED, ("kg", "need_kg", "fulfilment", "people", "coverage", "marks"), _OF_NEED),
        comparisons.shares(charts, _NEED, "fulfilment", _OF_NEED),
        charts.periods(_FED_CITY, "kcal", _OF_KNOWN, bars=True),
        replace(charts.newest(_FED_CITY, (*_FED, "coverage", "marks"), _OF_KNOWN), height=_ONE_ROW),
        charts.newest(_FED_PLACES, (*_FED, "coverage", "marks"), _OF_KNOWN),
    )


def _worth(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_WORTH),
        replace(charts.newest(_SAVED_CITY, _SAVED, _OF_PRICED), height=_ONE_ROW),
        charts.periods(_SAVED_FOODS, "saved_idr", _OF_PRICED, bars=True),
        charts.newest(_SAVED_PLACES, _SAVED, _OF_PRICED),
    )
