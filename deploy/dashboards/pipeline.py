"""Kesehatan data: whether readings arrive, are stored, and are computed on; and how the nodes are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from deploy.dashboards import moments, variables, words
from deploy.dashboards.charts import Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows

if TYPE_CHECKING:
    from deploy.dashboards.panels import Panel
    from deploy.dashboards.words import Language

_COLLECTOR: Final = Rows("collector", (variables.IN_CITY,))
_COLLECTORS: Final = replace(_COLLECTOR, by=("collector",))
_NODES: Final = Rows("health", (variables.IN_CITY,), ("lane", "node", "origin"))
_HEARD: Final = Rows("node_completeness", (variables.IN_CITY,), ("lane", "node"))
_SENSORS: Final = Rows("sensor_doubt", (variables.IN_CITY,), ("lane", "bed", "field", "test"))
_HARVESTS: Final = Rows("harvest_doubt", (variables.IN_CITY,), ("lane", "commodity", "test"))
_PRICES: Final = Rows("price_doubt", (variables.IN_CITY,), ("market", "commodity", "quote", "test"))
_DOUBT: Final = ("value", "usual", "left_out", "detail", "coverage", "marks")
_WEEK, _YEAR = 7, 400  # [d]
_JOBS: Final = Rows("job", (variables.IN_CITY,), ("indicator",))

_ABOUT: Final = Label(
    "Apakah bacaan sampai, tersimpan dan dihitung, dan bagaimana keadaan alat. Paket yang belum sampai diminta lagi "
    "dari alatnya; yang ditolak disimpan dan dapat diulang.",
    "Whether readings arrive, are stored and are computed on, and how the nodes are. Packs not yet here are asked of "
    "their node again; what was rejected is kept and can be replayed.",
)
_ARRIVING: Final = Label("Bacaan yang datang", "Readings that come in")
_THE_NODES: Final = Label("Alat", "Nodes")
_COMPUTING: Final = Label("Pekerjaan hitung", "Computing")
_DAYS: Final = Label(
    "Tujuh hari terakhir, apa pun rentang waktu yang dipilih; hari tanpa bacaan dihitung 24 jam diam.",
    "The last seven days, whatever time range is chosen; a day without readings counts as 24 silent hours.",
)
_OF_DOUBT: Final = Label(
    "Bacaan, panen dan harga yang diragukan dalam 400 hari terakhir, apa pun rentang waktu yang dipilih, masing-masing "
    "dalam satuannya sendiri; yang bertanda 1 tidak ikut dihitung.",
    "Readings, harvests and prices in doubt in the last 400 days, whatever time range is chosen, each in its own unit; "
    "those with a 1 do not count.",
)
_IN_RANGE: Final = Label("Jumlah seluruh rentang waktu yang dipilih.", "The sum over the time range chosen.")
_NOW: Final = Label("Nilai terakhir dalam rentang waktu.", "The last value in the time range.")
_SILENT: Final = Label(
    "Baris terbaru setiap alat; waktu yang lama berarti alatnya diam.",
    "The newest row of each node; a long time means that it is silent.",
)


def build(language: Language) -> Dashboard:
    """The pipeline dashboard in one language."""
    charts = Charts(language)
    return Dashboard(
        slug="pipeline",
        language=language,
        title=Label("Lorong: Kesehatan data", "Lorong: Data health"),
        description=_ABOUT,
        variables=(variables.city(language),),
        panels=(*_arriving(charts), *_nodes(charts), *_computing(charts), charts.about(_ABOUT)),
        since="now-24h",
        refresh="1m",
        annotations=(moments.methods("data_completeness", language, variables.IN_CITY),),
        page="/health",
    )


def _arriving(charts: Charts) -> tuple[Panel, ...]:
    counted = ("received", "stored", "rejected", "duplicate")
    newest = ("missing", "waiting", "lag", "batch_rows")
    over_time = ("missing", "lag", "batch_rows", "write_seconds", "waiting")
    return (
        charts.section(_ARRIVING),
        *(charts.figure(_COLLECTOR, field, _COLLECTOR.total(field), _IN_RANGE) for field in counted),
        *(charts.figure(_COLLECTORS, field, _COLLECTORS.newest(field), _NOW) for field in newest),
        replace(charts.counts(_COLLECTOR, counted), bars=True),
        *(charts.lines(_COLLECTORS, field) for field in over_time),
    )


def _nodes(charts: Charts) -> tuple[Panel, ...]:
    fields = (
        "battery",
        "voltage",
        "signal",
        "outbox",
        "disk_written",
        "dropped",
        "unheard",
        "set_aside",
        "clock_offset",
    )
    return (
        charts.section(_THE_NODES),
        replace(charts.silences(_HEARD, _WEEK, _DAYS), width=24, height=18),
        charts.newest(_NODES, fields, _SILENT, when=words.HEARD),
        *(
            replace(charts.lines(_NODES, field), legend=False)
            for field in ("battery", "disk_written", "outbox", "signal")
        ),
        charts.doubts((_SENSORS, _HARVESTS, _PRICES), _DOUBT, _OF_DOUBT, days=_YEAR),
    )


def _computing(charts: Charts) -> tuple[Panel, ...]:
    return (
        charts.section(_COMPUTING),
        charts.newest(_JOBS, ("computed", "seconds", "watermark", "method", "failed"), when=None),
    )
