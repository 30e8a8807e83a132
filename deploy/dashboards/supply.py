"""Pasokan kota: what the gardens bring in, by commodity and place, and how many lanes reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards import variables, words
from deploy.dashboards.charts import Charts
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
