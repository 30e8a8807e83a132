"""axe-core over every page in a real Chromium, both languages, a phone's width and a desk's: no violation."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import pytest

from analytics.explain import Explainer
from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.settings import Secret
from commons.sites import Site
from ingest.rejects import Reject, Rejects
from lorong.rejects import RejectsDesk
from tests.web.conftest import _TABLES, _TOML, NOW, StandingClock
from tests.web.serving import serving
from tests.web.test_browser import chromium
from tests.web.test_explanations import SOIL
from tests.web.test_hostile_names import FILES, OTHERS, ROUTES
from tests.web.test_operator import PASSWORD
from tests.web.test_pages import PAGES
from web.operator import hashed
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from store.contract import Store

__all__ = ["chromium"]

pytestmark = pytest.mark.chromium

WIDTHS: Final = (320, 1280)
CHECKED: Final = (*PAGES, "/lanes/saga/card", "/cards", "/cards?place=mariso", "/diary/saga", "/nothing", SOIL)
NO_PAGES: Final = (*OTHERS, *FILES, "/api/v1/read", "/api/v1/latest", "/lanes/{lane}/week.png")
_RUN: Final = """
const done = arguments[0];
document.querySelectorAll('details').forEach(part => part.open = true);
axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations), error => done(String(error)));
"""


@pytest.fixture(scope="module")
def address(full: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("axe") / "makassar"
    folder.mkdir()
    for name, text in {"site.toml": _TOML, **_TABLES}.items():
        (folder / name).write_text(text, "utf-8")
    settings = WebSettings(
        address="https://kebun.example.id", requests_burst=10_000, operator_hash=Secret(hashed(PASSWORD))
    )
    kept = Rejects(tmp_path_factory.mktemp("rejects"))
    kept.add([Reject(0, "some/topic" * 9, b'{"t": 1}' * 99, "odd")] * 2)
    desk = RejectsDesk(kept.folder, BrokerSettings(port=1), clock=SystemClock())
    site = Site(folder)
    with serving(full, site, StandingClock(NOW), settings, explain=Explainer(full, site), rejects=desk) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core as one script; the pages' policy lets nothing in, so the browser's own door is used."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def complaints(chromium: Chrome, axe: str, url: str) -> list[str]:
    """What axe finds on a page, everything folded opened: rule, where, and what is wrong."""
    chromium.get(url)
    chromium.execute_script(axe)
    found: list[dict[str, Any]] = chromium.execute_async_script(_RUN)
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", CHECKED)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    path: str, width: int, address: str, axe: str, chromium: Chrome
) -> None:
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    for lang in ("id", "en"):
        url = f"{address}{path}{'&' if '?' in path else '?'}lang={lang}"

        assert complaints(chromium, axe, url) == []
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_operators_pages_are_no_worse(address: str, axe: str, chromium: Chrome) -> None:
    for width in WIDTHS:
        screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        chromium.delete_all_cookies()
        assert complaints(chromium, axe, f"{address}/rejects") == []

        chromium.find_element("id", "password").send_keys(PASSWORD)
        chromium.find_element("css selector", "form.enter button").click()

        assert len(chromium.find_elements("css selector", "input[type=checkbox]")) == 2
        assert complaints(chromium, axe, f"{address}/rejects?lang=en") == []
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= width


def test_no_page_is_left_out() -> None:
    known = [re.compile(re.sub(r"\{\w+\}", r"[^/]+", route) + r"(\?.*)?") for route in ROUTES - {*NO_PAGES}]

    assert [route.pattern for route in known if not any(route.fullmatch(path) for path in CHECKED)] == []


def test_axe_would_find_what_is_wrong(address: str, axe: str, chromium: Chrome) -> None:
    chromium.get(f"{address}/")
    chromium.execute_script("document.documentElement.removeAttribute('lang')")
    chromium.execute_script("document.querySelector('h1').style.cssText = 'color: #eee; background: #fff'")
    chromium.execute_script(axe)

    assert {rule["id"] for rule in chromium.execute_async_script(_RUN)} >= {"html-has-lang", "color-contrast"}
