"""What a reader may choose above a dashboard, each choice narrowed by those before it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from commons.sites import Site
from deploy.dashboards import words
from deploy.dashboards.panels import SOURCE
from deploy.dashboards.query import among, equals, tag_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.catalogue import Label
    from deploy.dashboards.query import Condition
    from deploy.dashboards.words import Language

Json = dict[str, Any]

SITE: Final = Path(__file__).parents[1] / "sites" / "makassar"
IN_CITY: Final = equals("city", "$city")
_OF_LANES: Final = (IN_CITY, equals("level", "lane"))
_ON_LOAD: Final = 1  # Grafana asks when the dashboard is opened, so a pushed dashboard needs no stored choice
_ALPHABETICAL: Final = 1
_HIDDEN: Final = 2


def city(language: Language) -> Json:
    """The first choice of every dashboard."""
    return _asked(language, "city", tag_values("place", "city", equals("level", "lane")))


def kecamatan(language: Language) -> Json:
    """The kecamatan that have gardens."""
    return _many(language, "kecamatan", tag_values("place", "kecamatan", *_OF_LANES))


def lanes(language: Language) -> list[Json]:
    """Kecamatan, kelurahan and lane, each only where there are gardens; at first one lane, as its beds are many."""
    district, ward = among("kecamatan", "kecamatan"), among("kelurahan", "kelurahan")
    return [
        kecamatan(language),
        _many(language, "kelurahan", tag_values("place", "kelurahan", *_OF_LANES, district)),
        _many(language, "lane", tag_values("place", "lane", *_OF_LANES, district, ward), begin_with_all=False),
    ]


def places_of_level(language: Language) -> Json:
    """The places of the level chosen: `place` rows of lanes carry every level above them as a tag."""
    return _many(language, "place", tag_values("place", "$level", *_OF_LANES, among("kecamatan", "kecamatan")))


def commodity(language: Language, of: str, *where: Condition) -> Json:
    """The commodities that a measurement speaks of."""
    return _many(language, "commodity", tag_values(of, "commodity", IN_CITY, *where))


def market(language: Language) -> Json:
    """One market with prices: indices of different baskets are not to be compared.

    To begin with it is the one that the light pages begin with; where a city has no such market, the first.
    """
    first = str(Site(SITE).prices.get("index_market", ""))
    asked = _asked(language, "market", tag_values("price", "market", IN_CITY))
    return {**asked, "current": {"text": first, "value": first}}


def fixed(language: Language, name: str, options: Mapping[str, Label]) -> Json:
    """A choice among a few written here; the first is chosen to begin with."""
    found = [
        {"text": label[language], "value": value, "selected": index == 0}
        for index, (value, label) in enumerate(options.items())
    ]
    return {
        **_common(language, name),
        "type": "custom",
        "query": ",".join(f"{option['text']} : {option['value']}" for option in found),
        "options": found,
        "current": found[0],
        "multi": False,
        "includeAll": False,
    }


def constant(name: str, value: str) -> Json:
    """A value that addresses use and nobody chooses, least of all the link that somebody was sent."""
    return {
        "name": name,
        "label": name,
        "type": "constant",
        "query": value,
        "hide": _HIDDEN,
        "skipUrlSync": True,
        "current": {"text": value, "value": value, "selected": True},
        "options": [{"text": value, "value": value, "selected": True}],
    }


def _asked(language: Language, name: str, query: str) -> Json:
    """One value; without a stored choice Grafana takes the first."""
    return {
        **_common(language, name),
        "type": "query",
        "datasource": SOURCE,
        "query": query,
        "refresh": _ON_LOAD,
        "sort": _ALPHABETICAL,
        "regex": "",
        "options": [],
        "current": {"text": "", "value": ""},
        "multi": False,
        "includeAll": False,
    }


def _many(language: Language, name: str, query: str, *, begin_with_all: bool = True) -> Json:
    """Several values; "all" means all that the choices before leave, so it has no pattern of its own."""
    begin = {"text": ["All"], "value": ["$__all"]} if begin_with_all else {"text": [], "value": []}
    return {**_asked(language, name, query), "multi": True, "includeAll": begin_with_all, "current": begin}


def _common(language: Language, name: str) -> Json:
    return {"name": name, "label": words.NAMES[name][language], "hide": 0, "skipUrlSync": False}
