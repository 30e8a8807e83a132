"""Every query of every dashboard with its variables filled in, so that tests can ask a real InfluxDB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deploy.dashboards import alerts, dashboards

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deploy.dashboards.words import Language

    Values = Mapping[str, str | Sequence[str]]

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SPECIAL: Final = re.compile(r"[\\^$*+?.()|\[\]{}/]")


@dataclass(frozen=True, slots=True)
class ExpandedQuery:
    """One query as it reaches InfluxDB.

    Args:
        dashboard: The dashboard's uid.
        panel: The title of the panel or annotation, or the name of the variable, that asks.
        query: InfluxQL without variables.
    """

    dashboard: str
    panel: str
    query: str


def expanded_queries(
    language: Language, values: Values, *, time_filter: str = "time > now() - 90d"
) -> list[ExpandedQuery]:
    """Every query of one language's dashboards: panels, variables and annotations.

    Args:
        language: "id" or "en".
        values: What stands for each variable; several values become (a|b|c), as Grafana writes them.
        time_filter: What stands for `$timeFilter`.

    Raises:
        KeyError: A query has a variable that stands in no value.
    """
    found = []
    for dashboard in dashboards(language):
        for panel, query, interval in _queries(dashboard.json()):
            filled = {**values, "timeFilter": time_filter, "__interval": interval}
            found.append(ExpandedQuery(dashboard.uid, panel, expanded(query, filled)))
    return found


def alert_queries() -> list[ExpandedQuery]:
    """The query of every alert rule; they have no variables."""
    return [ExpandedQuery("", rule.title.en, rule.query) for rule in alerts.RULES]


def expanded(query: str, values: Values) -> str:
    """A query with its variables filled in as Grafana does."""
    return _VARIABLE.sub(lambda found: _text(values[found.group(1) or found.group(2)]), query)


def _queries(dashboard: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Who asks, the query, and its narrowest step."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):  # a heading asks nothing
            yield panel["title"], target["query"], panel.get("interval", "1m")
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"], "1m"
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["target"]["query"], "1m"


def _text(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    return f"({'|'.join(_SPECIAL.sub(lambda sign: chr(92) + sign.group(), text) for text in value)})"
