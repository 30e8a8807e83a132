"""Kebun: what farmers see of their own lane's beds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label, measurement
from commons.marks import ALL_FOODS
from deploy.dashboards import variables, words
from deploy.dashboards.charts import Charts
from deploy.dashboards.dashboard import Annotation, Dashboard
from deploy.dashboards.query import Rows, among, equals, more_than, other_than

if TYPE_CHECKING:
    from deploy.dashboards.words import Language

_LANES: Final = (variables.IN_CITY, among("lane", "lane"))
_RECENT_HOURS: Final = 48  # today's row, or yesterday's while today's is not computed

_SOIL: Final = Rows("soil", _LANES, ("lane", "bed", "origin"))
_AIR: Final = Rows("air", _LANES, ("lane", "origin"))
_RAIN: Final = Rows("rain", _LANES, ("lane", "origin"))
_STATE: Final = Rows("soil_state", _LANES, ("lane", "bed"))
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
_TODAY: Final = Label(
    "Nilai terbaru dari 48 jam terakhir, apa pun rentang waktu yang dipilih.",
    "The newest of the last 48 hours, whatever time range is chosen.",
)
_SILENT: Final = Label(
    "Baris terbaru setiap petak; waktu yang lama berarti alatnya diam.",
    "The newest row of each bed; a long time means that its node is silent.",
)


def build(language: Language) -> Dashboard:
    """The garden dashboard in one language."""
    charts = Charts(language)
    newest_state = ("state", "litres", "moisture", "depletion", "raw_depth", "coverage", "marks")
    water = replace(_STATE, by=("lane",))
    panels = (
        charts.about(_ABOUT),
        charts.figure(water, "litres", _STATE.total_since(_RECENT_HOURS, "litres", by=water.by), _TODAY),
        charts.gauges(_STATE, "litres", _STATE.since(_RECENT_HOURS, "litres"), _TODAY),
        charts.newest(_STATE, newest_state),
        charts.lines(_SOIL, "moisture"),
        charts.states(_STATE),
        charts.lines(_SOIL, "temperature"),
        charts.lines(_AIR, "temperature"),
        charts.lines(_AIR, "humidity"),
        replace(charts.lines(_RAIN, "depth"), bars=True),
        charts.newest(_SOIL, ("moisture", "temperature", "ec"), _SILENT, when=words.HEARD),
    )
    return Dashboard(
        slug="garden",
        language=language,
        title=Label("Lorong: Kebun", "Lorong: Garden"),
        description=_ABOUT,
        variables=(variables.city(language), *variables.lanes(language)),
        panels=panels,
        since="now-7d",
        refresh="15m",
        annotations=(_harvests(language),),
    )


def _harvests(language: Language) -> Annotation:
    """A mark on every chart where something was harvested."""
    return Annotation(measurement("garden_harvest").label[language], _HARVEST.every("commodity", "kg"), "commodity")
