"""A dashboard as a value, and the JSON that Grafana 11 and 12 read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deploy.dashboards import links, variables, words
from deploy.dashboards.panels import SOURCE, Panel, placed

if TYPE_CHECKING:
    from commons.catalogue import Label
    from deploy.dashboards.words import Language

Json = dict[str, Any]

SCHEMA_VERSION: Final = 39  # Grafana 11.0's; later ones raise it by themselves
TAG: Final = "lorong"


@dataclass(frozen=True, slots=True)
class Annotation:
    """Moments marked on every chart of a dashboard.

    Args:
        name: What people switch on and off.
        query: InfluxQL whose rows are the moments.
        text: The column that is shown.
        color: Of its marks.
    """

    name: str
    query: str
    text: str
    color: str = "green"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard in one language.

    Args:
        slug: Its name in file names, and with the language in its uid.
        language: "id" or "en".
        title: What people read.
        description: What it is for.
        variables: What a reader may choose, as Grafana's JSON.
        panels: What is shown, from left to right and then downwards.
        since: The time range to begin with, such as "now-7d".
        refresh: How often it is asked again, such as "15m".
        annotations: Moments marked on its charts.
        page: The path of the light page that shows the same.
    """

    slug: str
    language: Language
    title: Label
    description: Label
    variables: tuple[Json, ...]
    panels: tuple[Panel, ...]
    since: str
    refresh: str
    annotations: tuple[Annotation, ...] = ()
    page: str = "/"

    @property
    def uid(self) -> str:
        """Its name in addresses, fixed for ever: bookmarks and alerts hold it."""
        return f"{TAG}-{self.slug}-{self.language}"

    def json(self, web: str = links.WEB) -> Json:
        """What Grafana stores.

        Args:
            web: Where the light pages are, for readers' browsers.
        """
        return {
            "uid": self.uid,
            "title": self.title[self.language],
            "description": self.description[self.language],
            "tags": [TAG, f"{TAG}-{self.language}"],
            "schemaVersion": SCHEMA_VERSION,
            "editable": True,
            "graphTooltip": 1,
            "timezone": "",  # Grafana's own default, which is to be the city's: days begin at its midnight
            "time": {"from": self.since, "to": "now"},
            "refresh": self.refresh,
            "templating": {"list": [*self.variables, variables.constant(links.WEB_VARIABLE, web)]},
            "annotations": {"list": [_annotation(annotation) for annotation in self.annotations]},
            "links": [self._sisters(), self._light_page(), self._other_language()],
            "panels": placed(self.panels),
        }

    def _sisters(self) -> Json:
        """A list of the dashboards of the same language."""
        return {
            "type": "dashboards",
            "title": words.OTHERS[self.language],
            "tags": [f"{TAG}-{self.language}"],
            "url": "",
            "icon": "external link",
            "tooltip": "",
            "asDropdown": True,
            "targetBlank": False,
            "includeVars": False,
            "keepTime": False,
        }

    def _light_page(self) -> Json:
        """The page of the same that a cheap phone reads."""
        return _link(words.WEB_PAGE[self.language], links.page(self.page, self.language))

    def _other_language(self) -> Json:
        """The same page in the other language, with the choices made."""
        other = next(language for language in words.LANGUAGES if language != self.language)
        title, url = words.OTHER_LANGUAGE[self.language], f"/d/{TAG}-{self.slug}-{other}"
        return {**_link(title, url), "includeVars": True, "keepTime": True}


def _link(title: str, url: str) -> Json:
    return {
        "type": "link",
        "title": title,
        "url": url,
        "tags": [],
        "icon": "external link",
        "tooltip": "",
        "asDropdown": False,
        "targetBlank": False,
        "includeVars": False,
        "keepTime": False,
    }


def _annotation(annotation: Annotation) -> Json:
    target = {
        "refId": "Anno",
        "query": annotation.query,
        "rawQuery": True,
        "queryType": "tags",
        "fromAnnotations": True,
        "textColumn": annotation.text,
    }
    return {
        "name": annotation.name,
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": annotation.color,
        "target": target,
    }
