"""Harga dan inflasi: market price indices, what moves them, and prices against the official limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards import variables
from deploy.dashboards.charts import DAY, MONTH, WEEK, Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows, among, equals

if TYPE_CHECKING:
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
    index = ("index", "mom", "ytd", "yoy", "weight", "imputed_weight", "coverage", "marks", "method")
    shares = ("mom_pp", "yoy_pp", "weight_share", "coverage", "marks")
    elementary = ("price_idr", "index", "mom", "yoy", "imputed", "coverage", "marks")
    ceilings = ("state", "price_idr", "min_idr", "max_idr", "distance", "regulation", "coverage", "marks")
    panels = (
        charts.about(_ABOUT),
        charts.newest(_INDEX, index, _STAND_IN),
        charts.periods(_INDEX, "index", _STAND_IN, period=MONTH),
        charts.periods(_CONTRIBUTION, "mom_pp", _STAND_IN, period=MONTH, bars=True),
        charts.periods(_INDEX, "mom", _STAND_IN, period=MONTH, bars=True),
        charts.periods(_INDEX, "yoy", _FIRST_MONTHS, period=MONTH),
        charts.newest(_CONTRIBUTION, shares, _STAND_IN),
        charts.periods(_ELEMENTARY, "price_idr", period=MONTH),
        charts.periods(_ELEMENTARY, "yoy", _FIRST_MONTHS, period=MONTH),
        charts.newest(_ELEMENTARY, elementary),
        charts.newest(_BASKETS, ("index", "mom", "yoy", "imputed_weight", "coverage", "marks"), _BASKET),
        charts.periods(_BASKETS, "yoy", _BASKET, period=MONTH),
        charts.periods(_WEEKLY, "change", _NOT_IPH, period=WEEK),
        charts.periods(_WEEKLY_ALL, "change", _NOT_IPH, period=WEEK, bars=True),
        charts.newest(_ALARM, ("phase", "value", "first_value", "coverage", "marks"), _REFITTED),
        charts.periods(_ALARM, "value", _REFITTED, period=MONTH),
        charts.periods(_VARIATION, "variation", period=MONTH),
        charts.newest(_DOUBT, ("value", "usual", "left_out", "detail", "coverage", "marks"), _LEFT_OUT),
        charts.newest(_CEILING, ceilings, _IN_FORCE),
        charts.periods(_CEILING, "distance", _IN_FORCE, period=DAY),
        charts.states(_CEILING, _IN_FORCE),
    )
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
        panels=panels,
        since="now-3y",
        refresh="1h",
    )
