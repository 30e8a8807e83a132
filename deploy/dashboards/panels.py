"""Grafana's panels as values: what a panel is, and the JSON that Grafana 11 and 12 read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["timeseries", "stat", "table", "barchart", "bargauge", "state-timeline", "text"]
Json = dict[str, Any]

SOURCE: Final[Json] = {"type": "influxdb", "uid": "lorong-influxql"}
COLUMNS: Final = 24  # the width of Grafana's grid
_MILLISECONDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel.

    Args:
        query: InfluxQL with Grafana's variables.
        alias: How each series is called, from its tags.
        table: Rows and columns instead of series.
    """

    query: str
    alias: str = ""
    table: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A stored text or number and the words and colour that people see instead."""

    value: str
    words: str
    color: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or one series of a chart that is called after a field.

    Args:
        name: Its name in the query's answer.
        title: What people read.
        unit: Grafana's unit id.
        choices: Words instead of stored values.
        hidden: It is left out.
    """

    name: str
    title: str
    unit: str = "string"
    choices: tuple[Choice, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Args:
        kind: Grafana's panel type.
        title: What people read above it.
        description: What it shows, what the marks beside it mean, and how often it is new.
        unit: Grafana's unit id of its numbers.
        targets: Its queries. They travel in one request, so that a bad one would empty the panel: keep them few.
        width: Of 24 columns.
        height: In rows of 30 pixels.
        interval: The narrowest step of a query over time, which is the cadence of its data.
        gap_seconds: Values farther apart than this are not joined by a line [s]; 0 = always joined.
        bars: Bars instead of a line.
        stacked: Series on top of each other.
        columns: What the columns of a table are called, in the order in which they stand.
        choices: Words instead of stored values.
        content: The Markdown of a text panel.
    """

    kind: Kind
    title: str
    description: str
    unit: str
    targets: tuple[Target, ...] = ()
    width: int = 12
    height: int = 8
    interval: str = ""
    gap_seconds: int = 0
    bars: bool = False
    stacked: bool = False
    columns: tuple[Column, ...] = ()
    choices: tuple[Choice, ...] = ()
    content: str = ""


def placed(panels: tuple[Panel, ...]) -> list[Json]:
    """Panels as Grafana's JSON, set from left to right and then downwards."""
    found: list[Json] = []
    x = y = tallest = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        found.append(panel_json(panel, number, x=x, y=y))
        x, tallest = x + panel.width, max(tallest, panel.height)
    return found


def panel_json(panel: Panel, number: int, *, x: int, y: int) -> Json:
    """One panel as Grafana's JSON.

    Args:
        panel: The panel.
        number: Its number on the dashboard, from 1.
        x: Its left edge in Grafana's columns.
        y: Its upper edge in Grafana's rows.
    """
    found: Json = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "targets": [_target(target, index) for index, target in enumerate(panel.targets)],
        "fieldConfig": {
            "defaults": _defaults(panel),
            "overrides": [_override(c) for c in panel.columns if not c.hidden],
        },
        "options": _OPTIONS[panel.kind](panel),
        "transformations": _arranged(panel.columns) if any(target.table for target in panel.targets) else [],
    }
    return {**found, "interval": panel.interval} if panel.interval else found


def _target(target: Target, index: int) -> Json:
    return {
        "refId": chr(ord("A") + index),
        "datasource": SOURCE,
        "rawQuery": True,
        "query": target.query,
        "resultFormat": "table" if target.table else "time_series",
        **({"alias": target.alias} if target.alias else {}),
    }


def _defaults(panel: Panel) -> Json:
    found: Json = {"unit": panel.unit, "mappings": _mappings(panel.choices)}
    if panel.kind == "timeseries":
        found["custom"] = {
            "drawStyle": "bars" if panel.bars else "line",
            "fillOpacity": 70 if panel.bars else 0,
            "showPoints": "auto",
            "spanNulls": panel.gap_seconds * _MILLISECONDS or True,
            "insertNulls": panel.gap_seconds * _MILLISECONDS or False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        }
    return found


def _mappings(choices: tuple[Choice, ...]) -> list[Json]:
    if not choices:
        return []
    options = {c.value: {"text": c.words, "color": c.color, "index": i} for i, c in enumerate(choices)}
    return [{"type": "value", "options": options}]


def _override(column: Column) -> Json:
    properties: list[Json] = [{"id": "displayName", "value": column.title}, {"id": "unit", "value": column.unit}]
    if column.choices:
        properties.append({"id": "mappings", "value": _mappings(column.choices)})
    return {"matcher": {"id": "byName", "options": column.name}, "properties": properties}


def _arranged(columns: tuple[Column, ...]) -> list[Json]:
    """Table columns in the order given, the hidden ones left out."""
    order = {column.name: index for index, column in enumerate(columns)}
    hidden = {column.name: True for column in columns if column.hidden}
    return [{"id": "organize", "options": {"indexByName": order, "excludeByName": hidden, "renameByName": {}}}]


_LEGEND: Final[Json] = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
_NEWEST: Final[Json] = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def _series(_: Panel) -> Json:
    return {"legend": _LEGEND, "tooltip": {"mode": "multi", "sort": "desc"}}


def _bars(panel: Panel) -> Json:
    named = next((column.name for column in panel.columns if column.unit == "string"), "")
    return {
        "barWidth": 0.97,
        "fullHighlight": False,
        "groupWidth": 0.7,
        "legend": {**_LEGEND, "showLegend": False},
        "orientation": "horizontal",
        "showValue": "auto",
        "stacking": "none",
        "tooltip": {"mode": "single", "sort": "none"},
        "xField": named,
        "xTickLabelMaxLength": 0,
        "xTickLabelRotation": 0,
    }


def _figure(_: Panel) -> Json:
    return {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": _NEWEST,
        "showPercentChange": False,
        "textMode": "value_and_name",
        "wideLayout": True,
    }


def _gauge(_: Panel) -> Json:
    return {
        "displayMode": "basic",
        "legend": {**_LEGEND, "showLegend": False},
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": _NEWEST,
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }


def _table(_: Panel) -> Json:
    return {"cellHeight": "sm", "frameIndex": 0, "showHeader": True}


def _states(_: Panel) -> Json:
    tooltip = {"mode": "single", "sort": "none"}
    return {"legend": _LEGEND, "mergeValues": True, "rowHeight": 0.9, "showValue": "auto", "tooltip": tooltip}


def _text(panel: Panel) -> Json:
    return {"content": panel.content, "mode": "markdown"}


_OPTIONS: Final = {
    "timeseries": _series,
    "stat": _figure,
    "table": _table,
    "barchart": _bars,
    "bargauge": _gauge,
    "state-timeline": _states,
    "text": _text,
}
