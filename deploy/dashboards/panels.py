"""Grafana's panels as values: what a panel is, and the JSON that Grafana 11 and 12 read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from deploy.dashboards.kinds import options

Kind = Literal["timeseries", "stat", "table", "barchart", "bargauge", "state-timeline", "text", "geomap", "row"]
Json = dict[str, Any]

SOURCE: Final[Json] = {"type": "influxdb", "uid": "lorong-influxql"}
COLUMNS: Final = 24  # the width of Grafana's grid
_MILLISECONDS: Final = 1000
_LONG: Final = frozenset({"commodity", "marks", "market", "place", "quote"})  # columns of long words
_LONG_WIDTH: Final = 150  # [px]
_SHORT_WIDTH: Final = 95  # [px]
_LETTER_WIDTH: Final = 7  # [px]
_PLAIN: Final = "blue"  # else Grafana paints whatever is above 80 red


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
class Link:
    """Where a number leads.

    Args:
        title: What people read.
        url: An address with Grafana's variables.
    """

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A stored text or number and the words and colour that people see instead."""

    value: str
    words: str
    color: str


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers, and the words and colour that people see instead.

    Args:
        low: The least of them.
        high: The greatest; None = any.
        words: What people read.
        color: Grafana's name of a colour.
    """

    low: float
    high: float | None
    words: str
    color: str


@dataclass(frozen=True, slots=True)
class Step:
    """The colour of numbers from `low` on; the first step has none, and stands for all below."""

    low: float | None
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
        link: Where its cells lead.
        steps: Colours of its numbers.
    """

    name: str
    title: str
    unit: str = "string"
    choices: tuple[Choice, ...] = ()
    hidden: bool = False
    link: Link | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    Args:
        kind: Grafana's panel type; "row" is a heading over what follows.
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
        spans: Words instead of numbers.
        link: Where its numbers lead.
        shaped: What Grafana does to the answers before they are shown, as its transformations.
        nothing: What people read where there is no number.
        since: A time range of its own, such as "7d"; empty = the dashboard's.
        legend: Whether its series are named below it; where there are many, pointing at one names it.
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
    spans: tuple[Span, ...] = ()
    link: Link | None = None
    shaped: tuple[Json, ...] = ()
    nothing: str = ""
    since: str = ""
    legend: bool = True
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
    grid = {"x": x, "y": y, "w": panel.width, "h": panel.height}
    if panel.kind == "row":
        return {
            "id": number,
            "type": "row",
            "title": panel.title,
            "collapsed": False,
            "gridPos": grid,
            "panels": [],
        }
    found: Json = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": grid,
        "targets": [_target(target, index) for index, target in enumerate(panel.targets)],
        "fieldConfig": {
            "defaults": _defaults(panel),
            "overrides": [_override(column, panel.kind) for column in panel.columns if not column.hidden],
        },
        "options": options(panel),
        "transformations": _transformations(panel),
    }
    own = {"interval": panel.interval, "timeFrom": panel.since}
    return {**found, **{name: value for name, value in own.items() if value}}


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
    found: Json = {
        "unit": panel.unit,
        "mappings": _mappings(panel.choices) + _ranges(panel.spans),
        "thresholds": _thresholds((Step(None, _PLAIN),)),
    }
    if panel.link is not None:
        found["links"] = [_link(panel.link)]
    if panel.nothing:
        found["noValue"] = panel.nothing
    if panel.kind == "timeseries":
        found["custom"] = {
            **({"axisSoftMin": 0} if panel.bars else {}),
            "drawStyle": "bars" if panel.bars else "line",
            "fillOpacity": 70 if panel.bars else 0,
            "showPoints": "auto",
            "spanNulls": panel.gap_seconds * _MILLISECONDS or True,
            "insertNulls": panel.gap_seconds * _MILLISECONDS or False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        }
    if panel.kind == "state-timeline":
        found["custom"] = {"fillOpacity": 80, "lineWidth": 0}
    return found


def _mappings(choices: tuple[Choice, ...]) -> list[Json]:
    if not choices:
        return []
    found = {c.value: {"text": c.words, "color": c.color, "index": i} for i, c in enumerate(choices)}
    return [{"type": "value", "options": found}]


def _ranges(spans: tuple[Span, ...]) -> list[Json]:
    return [
        {
            "type": "range",
            "options": {
                "from": span.low,
                "to": span.high,
                "result": {"text": span.words, "color": span.color, "index": index},
            },
        }
        for index, span in enumerate(spans)
    ]


def _thresholds(steps: tuple[Step, ...]) -> Json:
    return {"mode": "absolute", "steps": [{"value": step.low, "color": step.color} for step in steps]}


def _link(link: Link) -> Json:
    return {"title": link.title, "url": link.url, "targetBlank": False}


def _override(column: Column, kind: Kind) -> Json:
    properties: list[Json] = [{"id": "displayName", "value": column.title}, {"id": "unit", "value": column.unit}]
    if kind == "table":  # titles stay whole; a narrow screen scrolls sideways
        least = _LONG_WIDTH if column.name in _LONG else _SHORT_WIDTH
        width = max(least, _LETTER_WIDTH * len(column.title) + _LETTER_WIDTH * 4)
        properties.append({"id": "custom.minWidth", "value": width})
    if kind == "barchart" and column.unit != "string":  # the numbers stand beside the bars
        properties.append({"id": "custom.axisPlacement", "value": "hidden"})
    if column.choices:
        properties.append({"id": "mappings", "value": _mappings(column.choices)})
    if column.link is not None:
        properties.append({"id": "links", "value": [_link(column.link)]})
    if column.steps:
        properties.append({"id": "thresholds", "value": _thresholds(column.steps)})
        properties.append({"id": "color", "value": {"mode": "thresholds"}})
    return {"matcher": {"id": "byName", "options": column.name}, "properties": properties}


def _transformations(panel: Panel) -> list[Json]:
    """What is done to the answers; at last table columns in the order given, the hidden ones left out."""
    if not panel.columns or not (panel.shaped or any(target.table for target in panel.targets)):
        return list(panel.shaped)
    order = {column.name: index for index, column in enumerate(panel.columns)}
    hidden = {column.name: True for column in panel.columns if column.hidden}
    arranged = {"indexByName": order, "excludeByName": hidden, "renameByName": {}}
    return [*panel.shaped, {"id": "organize", "options": arranged}]
