"""What there is to take pictures of: the light pages, found by their links, and the dashboards."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from deploy.dashboards import dashboards
from deploy.dashboards.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK: Final = re.compile(r'href="(/[^"#]*)"')
_NO_PAGE: Final = re.compile(r"^/(static|api/)|\.(md|csv|xlsx|geojson|png|svg|json|webmanifest|js)\b|^/language")
_MOST: Final = 60
_EACH: Final = 2  # pages of one kind, such as lanes
_ROW: Final = 38  # of Grafana's grid, with its gap [px]
_HEAD: Final = 200  # [px]
_PHONE: Final = 768  # below it Grafana stacks its panels [px]


def web_pages(web: str) -> list[str]:
    """Paths of the light pages, a few of each kind, in the order in which a reader who follows links meets them.

    Args:
        web: Where the pages are.
    """
    waiting, found, kinds = ["/"], list[str](), dict[str, int]()
    while waiting and len(found) < _MOST:
        path = waiting.pop(0)
        kind = _kind(path)
        if path in found or kinds.get(kind, 0) >= _EACH:
            continue
        text = _html(web, path)
        if text:
            found.append(path)
            kinds[kind] = kinds.get(kind, 0) + 1
            links = (link.replace("&amp;", "&") for link in _LINK.findall(text))
            waiting += [link for link in links if not _NO_PAGE.search(link) and "lang=" not in link]
    return found


def dashboard_pages(width: int) -> Iterator[tuple[str, str, int]]:
    """Name, path and height [px] of every dashboard in both languages at a width [px]."""
    for language in LANGUAGES:
        for dashboard in dashboards(language):
            grids: list[dict[str, Any]] = [panel["gridPos"] for panel in dashboard.json()["panels"]]
            wide = max(grid["y"] + grid["h"] for grid in grids)
            rows = sum(grid["h"] for grid in grids) if width < _PHONE else wide
            yield f"{dashboard.slug}-{language}", f"/d/{dashboard.uid}?kiosk", _ROW * rows + _HEAD


def _kind(path: str) -> str:
    """Pages of one kind begin alike; those of a single part are told apart by what their query names."""
    split = urllib.parse.urlsplit(path)
    first, *more = split.path.split("/")[1:]
    return first if more else "/".join([first, *sorted(urllib.parse.parse_qs(split.query))])


def _html(web: str, path: str) -> str:
    """A page's HTML; nothing where it is something else.

    Raises:
        SystemExit: A link leads to a page that fails.
    """
    try:
        with closing(urllib.request.urlopen(f"{web}{path}")) as answer:  # noqa: S310  # the address given
            is_page = answer.headers.get_content_type() == "text/html"
            return answer.read().decode() if is_page else ""
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path} answers {error.code}, and a page links to it") from error
