"""Pasokan kota: what the gardens bring in, by commodity and place, and how many lanes reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards import variables, words
from deploy.dashboards.charts import MONTH, Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows, among, equals, other_than

if TYPE_CHECKING:
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
_BASKETS: Final = Rows("basket_cost", _PERIOD, ("market", "basket"))
_DIETS: Final = Rows("healthy_diet_cost", _PERIOD, ("market", "group"))
_DOUBTS: Final = Rows("harvest_doubt", (variables.IN_CITY,), ("lane", "commodity", "test"))
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
_OF_BASKET: Final = Label(
    "Kosong bila satu harga tidak ada: keranjang yang kurang isinya tidak pernah ditampilkan lebih murah.",
    "Empty where one price is missing: a basket that lacks a food is never shown as a cheaper one.",
)
_OF_DOUBT: Final = Label(
    "Laporan yang tidak dihitung (1) atau hanya disebut (0), dengan berat yang biasa.",
    "Reports that do not count (1) or are only named (0), with the usual weight.",
)


def build(language: Language) -> Dashboard:
    """The supply dashboard in one language."""
    charts = Charts(language)
    panels = (
        charts.about(_ABOUT),
        charts.newest(_CITY, _FIELDS, _NEWEST),
        charts.periods(_CITY_FOODS, "kg", _REPORTED, bars=True),
        charts.totals(_PLACES, "kg", _WHOLE_RANGE),
        charts.periods(_CITY, "lanes_reported", bars=True),
        charts.periods(_CITY, "coverage", _OF_LANES, bars=True),
        charts.newest(_PLACES, _FIELDS, _NEWEST),
        charts.newest(_PLACES_FOODS, _FIELDS, _NEWEST),
        charts.newest(_FED_CITY, (*_FED, "coverage", "marks"), _OF_KNOWN),
        charts.periods(_FED_CITY, "kcal", _OF_KNOWN, bars=True),
        charts.periods(_SAVED_FOODS, "saved_idr", _OF_PRICED, bars=True),
        charts.newest(_SAVED_CITY, _SAVED, _OF_PRICED),
        charts.newest(_NEED, ("kg", "need_kg", "fulfilment", "people", "coverage", "marks"), _OF_NEED),
        charts.newest(_FED_PLACES, (*_FED, "coverage", "marks"), _OF_KNOWN),
        charts.newest(_SAVED_PLACES, _SAVED, _OF_PRICED),
        charts.periods(_BASKETS, "cost_idr", _OF_BASKET, period=MONTH),
        charts.periods(_DIETS, "cost_idr", _OF_BASKET, period=MONTH),
        charts.newest(_DOUBTS, ("value", "usual", "left_out", "coverage", "marks"), _OF_DOUBT),
    )
    return Dashboard(
        slug="supply",
        language=language,
        title=Label("Lorong: Pasokan kota", "Lorong: City supply"),
        description=_ABOUT,
        variables=(
            variables.city(language),
            variables.fixed(language, "level", words.LEVELS),
            variables.kecamatan(language),
            variables.places_of_level(language),
            variables.commodity(language, "garden_harvest", other_than("commodity", ALL_FOODS)),
            variables.fixed(language, "period", words.PERIODS),
        ),
        panels=panels,
        since="now-90d",
        refresh="1h",
    )
