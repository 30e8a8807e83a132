"""A city of hostile names, walked page by page and answer by answer: nothing runs, nothing breaks, nothing is lost."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from selenium.common.exceptions import NoAlertPresentException

from commons.catalogue import measurement
from diary import assets
from store import open_store
from store.settings import StoreSettings
from tests.flow.chromium import console
from tests.web.conftest import NOW, StandingClock
from tests.web.hostile_city import NAMES, TEXTS, fill, hostile_site
from tests.web.serving import request, serving, talk
from tests.web.test_browser import chromium
from web.app import create_app
from web.exports import FORMS
from web.public import is_by_day, readable
from web.settings import WebSettings
from web.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from commons.sites import Site
    from store.contract import Store

__all__ = ["chromium"]

GENEROUS = WebSettings(address="https://kebun.example.id", requests_per_second=1e6, requests_burst=10**6, api_at_once=8)
PAGES = (
    *(
        "/",
        "/prices",
        "/health",
        "/quality",
        "/sources",
        "/api",
        "/office",
        "/map",
        "/map?level=kelurahan&figure=dry",
        "/map?figure=none",
        "/map?level=none",
        "/brief",
        "/data",
        "/nothing",
        "/lanes/l",
        "/prices?market=none",
        "/?place=none",
        "/cards",
        "/cards?place=none",
    ),
    *(f"/lanes/l{number}" for number in range(len(NAMES))),
    *(f"/lanes/l{number}/card" for number in range(len(NAMES))),
    *(f"/diary/l{number}" for number in range(len(NAMES))),
    *(f"/cards?place=k{number}" for number in range(len(NAMES))),
    *(f"/?place=k{number}" for number in range(len(NAMES))),
    *(f"/prices?market={market}" for market in ("bandung", "m0", "m1", "m2")),
)
OTHERS = (
    "/api/v1/openapi.json",
    "/sources/SOURCES.md",
    "/healthz",
    "/metrics",
    "/api/v1/measurements",
    "/api/v1/indicators",
)
FILES = ("/api/v1/map.geojson", *(f"/api/v1/tables/{name}.{form}" for name in TABLES for form in FORMS))
ROUTES = {
    *(
        "/",
        "/lanes/{lane}",
        "/lanes/{lane}/card",
        "/lanes/{lane}/week.png",
        "/cards",
        "/prices",
        "/health",
        "/quality",
        "/api",
        "/sources",
        "/office",
        "/map",
        "/brief",
        "/data",
        *FILES,
        *OTHERS,
        "/api/v1/read",
        "/api/v1/latest",
    ),
}
TAGS = frozenset(
    re.findall(
        r"\w+",
        "a article b body br caption circle code dd desc details div dl dt footer g h1 h2 h3 head header html img li"
        " link main meta nav p path pattern rect section small span strong summary svg symbol table tbody td text tfoot"
        " th thead title tr ul use wbr",
    )
)
OF_DIARY = TAGS | {"button", "fieldset", "form", "input", "label", "legend", "option", "script", "select", "template"}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
HIDDEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f\\u200b\\u202a-\\u202e\\u2066-\\u2069\\ufeff]")


class Answer(NamedTuple):
    status: int
    kind: str
    text: str


class City(NamedTuple):
    store: Store
    site: Site
    port: int
    heard: dict[str, Answer]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    site = hostile_site(tmp_path_factory.mktemp("hostile") / "makassar")
    store = open_store(StoreSettings(url="duckdb://memory"), clock=StandingClock(NOW))
    fill(store, site)
    with serving(store, site, StandingClock(NOW), GENEROUS) as port:
        yield City(store, site, port, {})
    store.close()


def asked(city: City, path: str) -> Answer:
    """What the web answers; nothing in the city changes, so each address is asked once."""
    if path not in city.heard:
        city.heard[path] = _asked(city, path)
    return city.heard[path]


def _asked(city: City, path: str) -> Answer:
    link = http.client.HTTPConnection("127.0.0.1", city.port, timeout=60)
    try:
        link.request("GET", path)
        found = link.getresponse()
        return Answer(found.status, found.headers["Content-Type"], found.read().decode("utf-8"))
    finally:
        link.close()


class Markup(HTMLParser):
    """What a browser would find in a page that may run or load something."""

    def __init__(self, html: str, tags: frozenset[str] = TAGS) -> None:
        super().__init__()
        self._tags = tags
        self.strange: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.strange += [tag] * (tag not in self._tags)
        for name, value in attrs:
            runs = name.startswith("on") or name in ("style", "srcdoc")
            leads = name in ("href", "src", "action") and not re.match(r"[/#?][^/\\]|[/#]$", value or "")
            self.strange += [f"{tag} {name}={value}"] * (runs or leads)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_walk_goes_everywhere(city: City) -> None:
    app = create_app(city.store, city.site, clock=StandingClock(NOW))

    routers = [route.original_router for route in app.routes if hasattr(route, "original_router")]
    inner = {route.path for router in routers for route in router.routes}
    assert {f"/api/v1{path}" if f"/api/v1{path}" in ROUTES else path for path in inner} == ROUTES - {
        "/api/v1/openapi.json"
    }
    others = {getattr(route, "path", "") for route in app.routes} - {""}
    assert others == {"/api/v1/openapi.json", "/static", "/diary/{lane}", assets.mounted().path}


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_hostile_names_is_words_and_nothing_else(path: str, lang: str, city: City) -> None:
    page = asked(city, f"{path}{'&' if '?' in path else '?'}lang={lang}")

    assert page.status == (404 if path.endswith(("none", "/nothing", "/l")) else 200)
    found = Markup(page.text, OF_DIARY if path.startswith("/diary/") else TAGS)
    assert [what for what in found.strange if what != "link href=data:,"] == []
    assert HIDDEN.findall(page.text) == []


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_hostile_name_is_shown_as_it_is_written(number: int, city: City) -> None:
    assert NAMES[number] in Markup(asked(city, f"/lanes/l{number}?lang=id").text).words
    assert NAMES[number] in Markup(asked(city, f"/?place=k{number}&lang=id").text).words
    assert NAMES[number] in Markup(asked(city, "/sources?lang=id").text).words


def test_a_lane_of_any_name_has_its_picture(city: City) -> None:
    for number in range(len(NAMES)):
        answer = talk(city.port, request(f"/lanes/l{number}/week.png"))

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"\x89PNG" in answer


@pytest.mark.parametrize("path", OTHERS)
def test_what_is_no_page_is_not_taken_for_one(path: str, city: City) -> None:
    answer = asked(city, path)

    assert answer.status == 200
    assert answer.kind.startswith(("text/plain", "application/json"))


def addresses() -> list[str]:
    """Every measurement that can be read, by both addresses."""
    names = [m.name for m in readable()]
    return [f"/api/v1/read?limit=100000&measurement={name}" for name in names] + [
        f"/api/v1/latest?measurement={name}" for name in names if not is_by_day(measurement(name))
    ]


@pytest.mark.parametrize("address", addresses())
def test_json_holds_texts_and_csv_holds_no_formula_and_both_the_same_numbers(address: str, city: City) -> None:
    data, table = asked(city, address), asked(city, f"{address}&format=csv")

    assert (data.status, table.status) == (200, 200)
    assert data.kind == "application/json"
    assert table.kind.startswith("text/csv")
    rows: list[dict[str, Any]] = json.loads(data.text)["rows"]
    header, *lines = csv.reader(io.StringIO(table.text, newline=""))
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for cell, (name, value) in zip(line, row.items(), strict=True):
            assert name in header
            if isinstance(value, float):
                assert float(cell) == value
            else:
                assert not cell.startswith(FORMULA), (name, cell)
                assert cell.replace("'", "") == (value or "").replace("'", "")


@pytest.mark.parametrize("address", [file for file in FILES if file.endswith(".csv")])
def test_no_table_of_the_pages_holds_a_formula(address: str, city: City) -> None:
    answer = asked(city, address)

    assert answer.status == 200
    cells = [cell for line in csv.reader(io.StringIO(answer.text, newline="")) for cell in line]
    assert [cell for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-[\d.e-]+", cell)] == []


def test_the_walk_met_the_hostile_texts_and_numbers_below_zero(city: City) -> None:
    prices = asked(city, "/api/v1/latest?measurement=price&format=json").text
    air = asked(city, "/api/v1/read?measurement=air&format=csv").text

    quotes = {row["quote"] for row in json.loads(prices)["rows"]}
    assert set(TEXTS) <= quotes
    assert ",-3.5," in air
    assert ",'-3.5" not in air


@pytest.mark.chromium
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_browser_runs_nothing_of_it_and_has_nothing_to_say(lang: str, city: City, chromium: Chrome) -> None:
    chromium.set_window_size(400, 800)
    for path in [path for path in PAGES if not path.endswith(("none", "/nothing", "/l"))]:
        chromium.get(f"http://127.0.0.1:{city.port}{path}{'&' if '?' in path else '?'}lang={lang}")

        with pytest.raises(NoAlertPresentException):
            chromium.switch_to.alert.accept()
        assert [line["message"] for line in console(chromium)] == []
        own = 2 if path.startswith("/diary/") else 0
        assert chromium.execute_script("return document.scripts.length") == own
        assert chromium.title != "owned"
        width = chromium.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, path
