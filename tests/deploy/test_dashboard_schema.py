"""Dashboards hold only what both Grafana 11 and 12 know: names that their published types (11.6.16, 12.4.10) share."""

from __future__ import annotations

import json
from typing import Any, Final

from deploy.dashboards import dashboards
from deploy.dashboards.words import LANGUAGES

_AXIS: Final = "axisLabel axisPlacement axisSoftMax axisSoftMin axisWidth fillOpacity hideFrom lineWidth"
_DASHBOARD: Final = (
    "annotations description editable graphTooltip id links panels preload refresh schemaVersion tags templating time "
    "timepicker timezone title uid version"
)
_PANEL: Final = (
    "datasource description fieldConfig gridPos hideTimeOverride id interval links maxDataPoints options repeat "
    "targets timeFrom timeShift title transformations transparent type"
)
_ROW: Final = "collapsed gridPos id panels repeat title type"
_VARIABLE: Final = (
    "allValue current datasource description hide includeAll label multi name options query refresh regex skipUrlSync "
    "sort type"
)
_LINK: Final = "asDropdown icon includeVars keepTime tags targetBlank title tooltip type url"
_OPTIONS: Final = {
    "timeseries": "legend orientation timezone tooltip",
    "stat": (
        "colorMode graphMode justifyMode orientation percentChangeColorMode reduceOptions showPercentChange text "
        "textMode wideLayout"
    ),
    "table": "cellHeight frameIndex showHeader showTypeIcons sortBy",
    "barchart": (
        "barRadius barWidth colorByField fullHighlight groupWidth legend orientation showValue stacking text tooltip "
        "xField xTickLabelMaxLength xTickLabelRotation xTickLabelSpacing"
    ),
    "bargauge": (
        "displayMode legend maxVizHeight minVizHeight minVizWidth namePlacement orientation reduceOptions showUnfilled "
        "sizing text valueMode"
    ),
    "state-timeline": "alignValue legend mergeValues perPage rowHeight showValue timezone tooltip",
    "text": "code content mode",
    "geomap": "basemap controls layers tooltip view",
}
_CUSTOM: Final = {
    "timeseries": f"{_AXIS} drawStyle gradientMode insertNulls lineStyle pointSize showPoints spanNulls stacking",
    "table": "align cellOptions filterable inspect minWidth width",
    "barchart": f"{_AXIS} gradientMode",
    "state-timeline": _AXIS,
}
_TRANSFORMATIONS: Final = "filterByValue joinByField merge organize reduce sortBy"


def _unknown(found: Any, known: str) -> set[str]:
    return set(found) - set(known.split())


def _custom(config: dict[str, Any]) -> list[str]:
    """What a panel says of fields that only its own type knows."""
    overridden = [p["id"] for override in config["overrides"] for p in override["properties"]]
    return [*config["defaults"].get("custom", {}), *(name[7:] for name in overridden if name.startswith("custom."))]


def _strange(document: dict[str, Any]) -> list[tuple[str, set[str]]]:
    """Whatever of a dashboard is in no type, by where it stands."""
    found = [("dashboard", _unknown(document, _DASHBOARD))]
    found += [(v["name"], _unknown(v, _VARIABLE)) for v in document["templating"]["list"]]
    found += [(link["title"], _unknown(link, _LINK)) for link in document["links"]]
    for panel in document["panels"]:
        kind, title = panel["type"], panel["title"]
        if kind == "row":
            found.append((title, _unknown(panel, _ROW)))
            continue
        found += [
            (title, _unknown(panel, _PANEL)),
            (title, _unknown(panel["options"], _OPTIONS[kind])),
            (title, _unknown(_custom(panel["fieldConfig"]), _CUSTOM.get(kind, ""))),
            (title, _unknown((each["id"] for each in panel["transformations"]), _TRANSFORMATIONS)),
        ]
    return [(where, names) for where, names in found if names]


def test_dashboards_hold_only_what_both_grafanas_know() -> None:
    for language in LANGUAGES:
        for dashboard in dashboards(language):
            assert _strange(dashboard.json()) == [], dashboard.uid


def test_a_name_that_is_in_no_type_is_found() -> None:
    document = json.loads(json.dumps(dashboards("en")[0].json()))
    panel = next(panel for panel in document["panels"] if panel["type"] == "table")
    panel["options"]["showHeaders"] = True
    panel["fieldConfig"]["overrides"][0]["properties"].append({"id": "custom.minwidth", "value": 9})

    assert [names for _, names in _strange(document)] == [{"showHeaders"}, {"minwidth"}]
