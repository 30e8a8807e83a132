"""Harga dan inflasi: market price indices, what moves them, and prices against the official limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards import comparisons, moments, variables
from deploy.dashboards.charts import DAY, MONTH, WEEK, Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows, among, begins, equals

if TYPE_CHECKING:
    from deploy.dashboards.panels import Panel
    from deploy.dashboards.words import Language

_MARKET: Final = equals("market", "$market")
_ALL_FOODS: Final = equals("basket", ALL_FOODS)
_CHOSEN: Final = (variables.IN_CITY, _MARKET, among("commodity", "commodity"))
_INDEX: Final = Rows("price_index", (variables.IN_CITY, _MARKET, _ALL_FOODS), ("market",))
_ELEMENTARY: Final = Rows("price_elementary", _CHOSEN, ("commodity",))
_CONTRIBUTION: Final = Rows("price_contribution", (*_CHOSEN, _ALL_FOODS), ("commodity",))
_BASKETS: Final = Rows("price_index", (variables.IN_CITY, _MARKET), ("basket",))
_WEEKLY: Final = Rows("price_weekly", _CHOSEN, ("commodity",))
_WEEKLY_ALL: Final = Rows("price_weekly", (variables.IN_CITY, _MARKET, equals("commodity", ALL_FOODS)), ("market",))
_ALARM: Final = Rows("price_alarm", _CHOSEN, ("commodity", "alarm"))
_IS_ALPS: Final = equals("alarm", "alps")
_ALPS: Final = Rows("price_alarm", (*_CHOSEN, _IS_ALPS), ("commodity",))
_IFPA: Final = Rows("price_alarm", (*_CHOSEN, equals("alarm", "ifpa")), ("commodity",))
_CHILLIES: Final = (variables.IN_CITY, _MARKET, begins("commodity", "cabai-"))
_IN_MONTHS: Final = (variables.IN_CITY, equals("period", "month"))
_PANEL_COST: Final = Rows("basket_cost", _IN_MONTHS, ("market", "basket"))
_DIETS: Final = Rows("healthy_diet_cost", _IN_MONTHS, ("market", "group"))
_VARIATION: Final = Rows("price_variation", _CHOSEN, ("commodity",))
_DOUBT: Final = Rows("price_doubt", _CHOSEN, ("commodity", "quote", "test"))
_CEILING: Final = Rows("ceiling_position", _CHOSEN, ("commodity", "level"))

_ABOUT: Final = Label(
    "Indeks harga satu pasar, dihitung dengan cara BPS tetapi **bukan IHK resmi**: bobotnya angka pengganti dan hanya "
    "mencakup sebagian belanja (lihat Bobot yang tercakup). Harga harian Makassar belum ada yang terbuka; sampai ada, "
    "harga kota lain dipakai sebagai pengganti dan diberi tanda.",
    "The price index of one market, computed as BPS does but **not the official CPI**: its weights are stand-ins and "
    "it covers only a part of what people buy (see Weight covered). No open daily prices of Makassar are known; until "
    "there are, prices of other cities stand in and are marked.",
)
_STAND_IN: Final = Label(
    "Bobot adalah angka pengganti; bukan IHK resmi.", "Weights are stand-ins; this is not the official CPI."
)
_FIRST_MONTHS: Final = Label(
    "Kosong sampai ada dua belas bulan sebelumnya.", "Empty until there are twelve months before it."
)
_NOT_IPH: Final = Label(
    "Bulan ini sampai Jumat terhadap bulan lalu, dengan cara IPH tetapi bukan IPH.",
    "This month up to Friday against the month before, in the manner of the IPH but not the IPH.",
)
_NEWEST_MONTH: Final = Label(
    "Bulan terbaru dalam rentang waktu; yang menaikkan indeks di atas. Bobot adalah angka pengganti; bukan IHK resmi.",
    "The newest month in the time range; what raises the index stands on top. Weights are stand-ins; no official CPI.",
)
_APART: Final = Label(
    "Cabai saja, apa pun komoditas yang dipilih: ia sering menggerakkan seluruh indeks.",
    "Chilli alone, whatever commodities are chosen: it often moves the whole index.",
)
_OF_BASKET: Final = Label(
    "Semua pasar. Kosong bila satu harga tidak ada: keranjang yang kurang isinya tidak pernah ditampilkan lebih murah.",
    "All markets. Empty where one price is missing: a basket that lacks a food is never shown as a cheaper one.",
)
_THE_INDEX: Final = Label("Indeks dan andil", "Index and contributions")
_THE_WEEK: Final = Label("Minggu ini", "This week")
_THE_LIMITS: Final = Label("Harga terhadap batas resmi", "Prices against official limits")
_THE_ALARMS: Final = Label("Alarm: ALPS dan IFPA", "Alarms: ALPS and IFPA")
_CHILLI: Final = Label("Cabai", "Chilli")
_THE_FOODS: Final = Label("Bahan pangan dan keranjang", "Foods and baskets")
_BASKET: Final = Label(
    "semua = semua pangan, bergejolak = pangan bergejolak, lainnya kelompok katalog; bukan angka resmi.",
    "semua = all foods, bergejolak = volatile foods, the others are groups of the catalogue; no official figures.",
)
_REFITTED: Final = Label(
    "ALPS dihitung ulang untuk seluruh deret setiap bulan; nilai saat pertama diterbitkan ada di tabel.",
    "ALPS is fitted anew over the whole series every month; the value as first published stands in the table.",
)
_LEFT_OUT: Final = Label(
    "Harga yang tidak mungkin benar; yang bertanda 1 tidak ikut dihitung.",
    "Prices that cannot be right; those with a 1 do not count.",
)
_IN_FORCE: Final = Label(
    "Terhadap aturan yang berlaku pada hari itu; kosong jika batas itu tidak ada.",
    "Against the rule in force on that day; empty where it sets no such limit.",
)


def build(language: Language) -> Dashboard:
    """The prices dashboard in one language."""
    charts = Charts(language)
    return Dashboard(
        slug="prices",
        language=language,
        title=Label("Lorong: Harga dan inflasi", "Lorong: Prices and inflation"),
        description=_ABOUT,
        variables=(
            variables.city(language),
            variables.market(language),
            variables.commodity(language, "price_elementary", _MARKET),
        ),
        panels=(
            *_of_index(charts),
            *_of_week(charts),
            *_of_ceilings(charts),
            *_of_alarms(charts),
            *_of_chilli(charts),
            *_of_foods(charts),
            charts.about(_ABOUT),
        ),
        since="now-5y",
        refresh="1h",
        annotations=(
            moments.ceilings(_CEILING, language),
            moments.methods("price_index", language, variables.IN_CITY, _MARKET),
            moments.methods("price_alarm", language, variables.IN_CITY, _MARKET),
        ),
        page="/prices",
    )


def _of_index(charts: Charts) -> tuple[Panel, ...]:
    fields = ("index", "mom", "ytd", "yoy", "weight", "imputed_weight", "coverage", "marks", "method")
    shares = ("mom_pp", "yoy_pp", "weight_share", "coverage", "marks")
    return (
        charts.section(_THE_INDEX),
        replace(charts.newest(_INDEX, fields, _STAND_IN), height=4),
        charts.periods(_INDEX, "index", _STAND_IN, period=MONTH),
        charts.periods(_INDEX, "yoy", _FIRST_MONTHS, period=MONTH),
        comparisons.shares(charts, _CONTRIBUTION, "mom_pp", _NEWEST_MONTH),
        replace(charts.periods(_CONTRIBUTION, "mom_pp", _STAND_IN, period=MONTH, bars=True), height=12),
        charts.periods(_INDEX, "mom", _STAND_IN, period=MONTH, bars=True),
        charts.periods(_BASKETS, "yoy", _BASKET, period=MONTH),
        charts.newest(_CONTRIBUTION, shares, _STAND_IN),
        charts.newest(_BASKETS, ("index", "mom", "yoy", "imputed_weight", "coverage", "marks"), _BASKET),
    )


def _of_week(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_THE_WEEK),
        charts.periods(_WEEKLY_ALL, "change", _NOT_IPH, period=WEEK, bars=True),
        charts.periods(_WEEKLY, "change", _NOT_IPH, period=WEEK),
    )


def _of_ceilings(charts: Charts) -> tuple[Panel, ...]:
    fields = ("state", "price_idr", "min_idr", "max_idr", "distance", "regulation", "coverage", "marks")
    return (
        charts.section(_THE_LIMITS),
        charts.newest(_CEILING, fields, _IN_FORCE),
        charts.periods(_CEILING, "distance", _IN_FORCE, period=DAY),
        charts.states(_CEILING, _IN_FORCE),
    )


def _of_alarms(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_THE_ALARMS),
        charts.states(_ALPS, _REFITTED, of="phase", named="ALPS"),
        charts.states(_IFPA, _REFITTED, of="phase", worded="ifpa", named="IFPA"),
        charts.newest(_ALARM, ("phase", "value", "first_value", "coverage", "marks"), _REFITTED),
        charts.periods(_ALARM, "value", _REFITTED, period=MONTH),
        charts.periods(_VARIATION, "variation", period=MONTH),
    )


def _of_chilli(charts: Charts) -> tuple[Panel, ...]:
    """Chilli moves the whole index, so it is looked at by itself, whatever commodities are chosen."""
    return (
        charts.section(_CHILLI),
        charts.periods(replace(_ELEMENTARY, where=_CHILLIES), "price_idr", _APART, period=MONTH),
        charts.periods(replace(_ELEMENTARY, where=_CHILLIES), "mom", _APART, period=MONTH, bars=True),
        charts.periods(replace(_CEILING, where=_CHILLIES), "distance", _APART, period=DAY),
        charts.states(replace(_ALPS, where=(*_CHILLIES, _IS_ALPS)), _APART, of="phase", named="ALPS"),
    )


def _of_foods(charts: Charts) -> tuple[Panel, ...]:
    fields = ("price_idr", "index", "mom", "yoy", "imputed", "coverage", "marks")
    return (
        charts.section(_THE_FOODS),
        charts.periods(_ELEMENTARY, "price_idr", period=MONTH),
        charts.periods(_ELEMENTARY, "yoy", _FIRST_MONTHS, period=MONTH),
        charts.newest(_ELEMENTARY, fields),
        charts.newest(_DOUBT, ("value", "usual", "left_out", "detail", "coverage", "marks"), _LEFT_OUT),
        charts.periods(_PANEL_COST, "cost_idr", _OF_BASKET, period=MONTH),
        charts.periods(_DIETS, "cost_idr", _OF_BASKET, period=MONTH),
    )
