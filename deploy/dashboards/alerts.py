"""Alert rules: when Grafana calls somebody. They exist once, in both languages; whom it calls is the site's affair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from commons.catalogue import Label
from commons.marks import ALL_FOODS
from deploy.dashboards.panels import SOURCE
from deploy.dashboards.query import Rows, equals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.dashboards.dashboard import Dashboard

Json = dict[str, Any]

FOLDER: Final = "Lorong (Alarm)"
_GROUP: Final = "lorong"
_EVERY: Final = "5m"
_EXPRESSION: Final[Json] = {"type": "__expr__", "uid": "__expr__"}
_HOUR: Final = 3_600  # [s]
_DAY: Final = 24  # [h]
_SILENT_DAYS: Final = 7
_WEEK: Final = 7 * _DAY  # [h]
_TWO_MONTHS: Final = 62 * _DAY  # [h]
_AWAY_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert rule; each series of its query is an alarm of its own.

    Args:
        slug: Its name in its uid, which is fixed for ever: silences and contact points hold it.
        title: What people read.
        summary: What is the matter, with Grafana's labels of the series.
        query: InfluxQL; the last value of each series counts.
        test: Grafana's name of a comparison, "gt" or "lt".
        limit: What that value is compared with; the alarm rings where it holds.
        hours: How far back the query looks [h].
        lasting: How long it must hold before anybody is called.
        dashboard: The slug of the dashboard that shows it.
        measurement: Whose panel on it.
        severity: "warning" or "critical".
        silence: What it means when nothing comes back, or the store does not answer.
    """

    slug: str
    title: Label
    summary: Label
    query: str
    test: Literal["gt", "lt"]
    limit: float
    hours: int
    lasting: str
    dashboard: str
    measurement: str
    severity: Literal["warning", "critical"] = "warning"
    silence: Literal["OK", "Alerting"] = "OK"


_DRY: Final = Rows("soil_state", (), ("city", "lane", "bed"))
_NODES: Final = Rows("node_completeness", (), ("city", "lane", "node"))
_CEILING: Final = Rows("ceiling_position", (), ("city", "market", "commodity", "level"))
_ALPS: Final = Rows("price_alarm", (equals("alarm", "alps"),), ("city", "market", "commodity"))
_INDEX: Final = Rows("price_index", (equals("basket", ALL_FOODS),), ("city", "market"))
_COLLECTOR: Final = Rows("collector", (), ("city",))

RULES: Final = (
    Rule(
        "soil-dry",
        Label("Tanah terlalu kering", "Soil too dry"),
        Label(
            "Petak {{ $labels.bed }} di {{ $labels.lane }} kering kemarin dan hari ini.",
            "Bed {{ $labels.bed }} in {{ $labels.lane }} was dry yesterday and is today.",
        ),
        _DRY.most_since(2 * _DAY, "state_code"),
        "lt",
        1,
        2 * _DAY,
        "30m",
        "garden",
        "soil_state",
    ),
    Rule(
        "node-silent",
        Label("Alat diam", "Node silent"),
        Label(
            "Alat {{ $labels.node }} di {{ $labels.lane }} tidak terdengar sejak sehari atau lebih.",
            "Node {{ $labels.node }} in {{ $labels.lane }} has not been heard for a day or more.",
        ),
        _NODES.each_day(_SILENT_DAYS, "silent_hours", missing=_DAY),
        "gt",
        23,
        _SILENT_DAYS * _DAY,
        "2h",  # after midnight a day has no row until its first hour is computed
        "garden",
        "node_completeness",
    ),
    Rule(
        "ceiling-broken",
        Label("Harga di atas batas", "Price above its ceiling"),
        Label(
            "{{ $labels.commodity }} di {{ $labels.market }} di atas batas resmi ({{ $labels.level }}).",
            "{{ $labels.commodity }} in {{ $labels.market }} is above the official limit ({{ $labels.level }}).",
        ),
        _CEILING.since(_WEEK, "state_code"),
        "gt",
        0,
        _WEEK,
        "0s",
        "prices",
        "ceiling_position",
    ),
    Rule(
        "alps-alert",
        Label("ALPS waspada", "ALPS alert"),
        Label(
            "{{ $labels.commodity }} di {{ $labels.market }}: ALPS waspada atau krisis.",
            "{{ $labels.commodity }} in {{ $labels.market }}: ALPS says alert or crisis.",
        ),
        _ALPS.since(_TWO_MONTHS, "phase_code"),
        "gt",
        1,
        _TWO_MONTHS,
        "0s",
        "prices",
        "price_alarm",
    ),
    Rule(
        "index-coverage",
        Label("Indeks kurang lengkap", "Index coverage low"),
        Label(
            "Indeks {{ $labels.market }}: lebih dari 10 % bobotnya ditaksir; di atas 30 % tidak diterbitkan.",
            "Index of {{ $labels.market }}: over 10 % of its weight is imputed; over 30 % it is not published.",
        ),
        _INDEX.since(_TWO_MONTHS, "coverage"),
        "lt",
        0.9,
        _TWO_MONTHS,
        "0s",
        "prices",
        "price_index",
    ),
    Rule(
        "store-away",
        Label("Gudang data tidak menjawab", "Store away"),
        Label(
            "Gudang data tidak menjawab, atau pengumpul tidak menulis apa pun selama 15 menit.",
            "The store does not answer, or no collector has written anything for 15 minutes.",
        ),
        _COLLECTOR.heard_since(_AWAY_MINUTES, "stored"),
        "lt",
        0,
        1,
        "5m",
        "pipeline",
        "collector",
        severity="critical",
        silence="Alerting",
    ),
)


def provisioned(dashboards: list[Dashboard]) -> Json:
    """The rules as Grafana's provisioning file: one group in a folder of its own, no contact point.

    Args:
        dashboards: Those that alarms lead to.
    """
    rules = [_rule(rule, dashboards) for rule in RULES]
    group = {"orgId": 1, "name": _GROUP, "folder": FOLDER, "interval": _EVERY, "rules": rules}
    return {"apiVersion": 1, "groups": [group]}


def _rule(rule: Rule, dashboards: list[Dashboard]) -> Json:
    uid, panel = _shown(rule, dashboards)
    return {
        "uid": f"lorong-{rule.slug}",
        "title": f"{rule.title.id} / {rule.title.en}",
        "condition": "C",
        "data": list(_steps(rule)),
        "noDataState": rule.silence,
        "execErrState": rule.silence,  # where the store is away, one alarm says so and not six
        "for": rule.lasting,
        "annotations": {
            "summary": _escaped(f"{rule.summary.id} / {rule.summary.en}"),
            "__dashboardUid__": uid,
            "__panelId__": str(panel),
        },
        "labels": {"programme": _GROUP, "severity": rule.severity},
        "isPaused": False,
    }


def _steps(rule: Rule) -> Iterator[Json]:
    """Ask, keep the last value of each series, test it."""
    ask = {"rawQuery": True, "query": rule.query, "resultFormat": "time_series", "datasource": SOURCE}
    last = {"type": "reduce", "expression": "A", "reducer": "last", "settings": {"mode": "dropNN"}}
    compared = {"evaluator": {"type": rule.test, "params": [rule.limit]}}
    test = {"type": "threshold", "expression": "B", "conditions": [compared]}
    for name, source, model in (("A", SOURCE, ask), ("B", _EXPRESSION, last), ("C", _EXPRESSION, test)):
        yield {
            "refId": name,
            "datasourceUid": source["uid"],
            "relativeTimeRange": {"from": rule.hours * _HOUR, "to": 0},
            "model": {"refId": name, "datasource": source, "intervalMs": 60_000, "maxDataPoints": 43_200, **model},
        }


def _escaped(text: str) -> str:
    """A provisioning file's dollar begins a variable of the environment."""
    return text.replace("$", "$$")


def _shown(rule: Rule, dashboards: list[Dashboard]) -> tuple[str, int]:
    """The dashboard's uid, and the number of its first panel that shows the measurement."""
    dashboard = next(found for found in dashboards if found.slug == rule.dashboard)
    of = f'."{rule.measurement}"'
    return dashboard.uid, next(
        number
        for number, panel in enumerate(dashboard.panels, start=1)
        if any(of in target.query for target in panel.targets)
    )
