"""What Grafana wants of each type of panel: its options, as Grafana 11 and 12 read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deploy.dashboards.panels import Panel

Json = dict[str, Any]

LATITUDE: Final = "lat"
LONGITUDE: Final = "lon"
_LEGEND: Final[Json] = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
_NO_LEGEND: Final[Json] = {**_LEGEND, "showLegend": False}
_NEWEST: Final[Json] = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def options(panel: Panel) -> Json:
    """The options of a panel's type."""
    return _OPTIONS[panel.kind](panel)


def _series(panel: Panel) -> Json:
    return {"legend": _LEGEND if panel.legend else _NO_LEGEND, "tooltip": {"mode": "multi", "sort": "desc"}}


def _bars(panel: Panel) -> Json:
    named = next((column.name for column in panel.columns if column.unit == "string"), "")
    several = sum(not column.hidden and column.unit != "string" for column in panel.columns) > 1
    return {
        "barRadius": 0,
        "barWidth": 0.9,
        "fullHighlight": False,
        "groupWidth": 0.7,
        "legend": _LEGEND if several else _NO_LEGEND,
        "orientation": "horizontal",
        "showValue": "auto" if several else "always",  # the axis is hidden
        "stacking": "none",
        "tooltip": {"mode": "multi", "sort": "none"},
        "xField": named,
        "xTickLabelMaxLength": 0,
        "xTickLabelRotation": 0,
        "xTickLabelSpacing": 0,
    }


def _figure(panel: Panel) -> Json:
    return {
        "colorMode": "background" if panel.choices or panel.spans else "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": _NEWEST,
        "showPercentChange": False,
        "textMode": "value_and_name" if "$tag_" in panel.targets[0].alias else "value",
        "wideLayout": True,
    }


def _gauge(_: Panel) -> Json:
    return {
        "displayMode": "basic",
        "legend": _NO_LEGEND,
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


def _states(panel: Panel) -> Json:
    tooltip = {"mode": "single", "sort": "none"}
    return {
        "alignValue": "left",
        "legend": _LEGEND if panel.legend else _NO_LEGEND,
        "mergeValues": True,
        "rowHeight": 0.9,
        "showValue": "auto",
        "tooltip": tooltip,
    }


def _text(panel: Panel) -> Json:
    return {"content": panel.content, "mode": "markdown"}


def _map(panel: Panel) -> Json:
    """Markers as large as the first column and as bright as the second, over whatever map the Grafana is set to."""
    size, color = panel.columns[:2]
    markers = {
        "type": "markers",
        "name": color.title,
        "tooltip": True,
        "location": {"mode": "coords", "latitude": LATITUDE, "longitude": LONGITUDE},
        "config": {"showLegend": True, "style": _marker(size.name, color.name)},
    }
    return {
        "basemap": {"type": "default", "name": "Layer 0", "config": {}},
        "controls": {
            "mouseWheelZoom": False,  # a page that is scrolled over a map goes on scrolling
            "showAttribution": True,
            "showDebug": False,
            "showMeasure": False,
            "showScale": False,
            "showZoom": True,
        },
        "layers": [markers],
        "tooltip": {"mode": "details"},
        "view": {"id": "fit", "allLayers": True, "lat": 0, "lon": 0, "zoom": 15, "padding": 10},
    }


def _marker(size: str, color: str) -> Json:
    return {
        "color": {"field": color, "fixed": "dark-green"},
        "opacity": 0.7,
        "rotation": {"fixed": 0, "max": 360, "min": -360, "mode": "mod"},
        "size": {"field": size, "fixed": 6, "min": 5, "max": 22},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "symbolAlign": {"horizontal": "center", "vertical": "center"},
    }


_OPTIONS: Final[Mapping[str, Callable[[Panel], Json]]] = {
    "timeseries": _series,
    "stat": _figure,
    "table": _table,
    "barchart": _bars,
    "bargauge": _gauge,
    "state-timeline": _states,
    "text": _text,
    "geomap": _map,
}
