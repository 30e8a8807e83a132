"""Kesehatan data: whether readings arrive, are stored, and are computed on; and how the nodes are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from deploy.dashboards import variables, words
from deploy.dashboards.charts import Charts
from deploy.dashboards.dashboard import Dashboard
from deploy.dashboards.query import Rows

if TYPE_CHECKING:
    from deploy.dashboards.panels import Panel
    from deploy.dashboards.words import Language

_COLLECTOR: Final = Rows("collector", (variables.IN_CITY,))
_COLLECTORS: Final = replace(_COLLECTOR, by=("collector",))
_NODES: Final = Rows("health", (variables.IN_CITY,), ("lane", "node", "origin"))
_JOBS: Final = Rows("job", (variables.IN_CITY,), ("indicator",))

_ABOUT: Final = Label(
    "Apakah bacaan sampai, tersimpan dan dihitung, dan bagaimana keadaan alat. Paket yang belum sampai diminta lagi "
    "dari alatnya; yang ditolak disimpan dan dapat diulang.",
    "Whether readings arrive, are stored and are computed on, and how the nodes are. Packs not yet here are asked of "
    "their node again; what was rejected is kept and can be replayed.",
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
    counted = ("received", "stored", "rejected", "duplicate")
    panels = (
        charts.about(_ABOUT),
        *(charts.figure(_COLLECTOR, field, _COLLECTOR.total(field), _IN_RANGE) for field in counted),
        *(
            charts.figure(_COLLECTORS, field, _COLLECTORS.newest(field), _NOW)
            for field in ("missing", "waiting", "lag", "batch_rows")
        ),
        replace(charts.counts(_COLLECTOR, counted), bars=True),
        *_over_time(charts),
        charts.newest(_NODES, ("battery", "signal", "outbox", "clock_offset"), _SILENT, when=words.HEARD),
        charts.lines(_NODES, "battery"),
        charts.lines(_NODES, "outbox"),
        charts.newest(_JOBS, ("computed", "seconds", "watermark", "method", "failed"), when=None),
    )
    return Dashboard(
        slug="pipeline",
        language=language,
        title=Label("Lorong: Kesehatan data", "Lorong: Data health"),
        description=_ABOUT,
        variables=(variables.city(language),),
        panels=panels,
        since="now-24h",
        refresh="1m",
    )


def _over_time(charts: Charts) -> tuple[Panel, ...]:
    fields = ("missing", "lag", "batch_rows", "write_seconds", "waiting")
    return tuple(charts.lines(_COLLECTORS, field) for field in fields)
