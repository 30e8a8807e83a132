"""Where numbers and names lead: to the page that explains a value, to the garden of a lane, to the light pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deploy.dashboards import words
from deploy.dashboards.panels import Link

if TYPE_CHECKING:
    from deploy.dashboards.query import Rows
    from deploy.dashboards.words import Language

WEB: Final = "http://127.0.0.1:8000"
"""Where the light pages are: docker compose's and `make run`'s own address."""
WEB_VARIABLE: Final = "web"
_MOMENT: Final = "${__value.time}"


def explained(rows: Rows, language: Language, *, table: bool = False) -> Link | None:
    """Where an indicator's value is explained; None for what is not computed.

    Args:
        rows: What is shown.
        language: The page's.
        table: The tags that stay apart are columns of a table, not labels of a series.
    """
    if rows.about.kind != "indicator":
        return None
    fixed = {each.name: each.value for each in rows.where if each.value is not None and each.name != "city"}
    period = fixed.pop("period", None)
    source = "__data.fields" if table else "__field.labels"
    apart = {tag: f"${{{source}.{tag}:percentencode}}" for tag in rows.by if tag != "city"}
    tags = [f"{name}={value}" for name, value in {**fixed, **apart}.items() if name in rows.about.tags]
    moment = f"period={_MOMENT}" + (f"/{period}" if period else "")
    query = "&".join([moment, *tags, f"lang={language}"])
    return Link(words.EXPLAINED[language], f"${{{WEB_VARIABLE}}}/explain/{rows.measurement}?{query}")


def garden(language: Language) -> Link:
    """The garden dashboard of the lane in a table's cell."""
    return Link(words.GARDEN[language], f"/d/lorong-garden-{language}?var-lane=${{__value.raw:percentencode}}")


def page(path: str, language: Language) -> str:
    """The address of a light page, for a dashboard's link."""
    return f"${{{WEB_VARIABLE}}}{path}?lang={language}"
