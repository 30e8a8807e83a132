"""Every page in a real Chromium, in both languages: its console has nothing to say, least of all of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commons.sites import Site
from tests.flow.chromium import chromium as opened
from tests.flow.chromium import console
from tests.web.conftest import _TABLES, _TOML, NOW, StandingClock
from tests.web.serving import serving
from tests.web.test_pages import PAGES
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from store.contract import Store

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chrome]:
    with opened() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(full: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser") / "makassar"
    folder.mkdir()
    for name, text in {"site.toml": _TOML, **_TABLES}.items():
        (folder / name).write_text(text, "utf-8")
    with serving(full, Site(folder), StandingClock(NOW), WebSettings(requests_burst=10_000)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/lanes/sagaa"])
def test_a_page_loads_without_a_word_in_the_console(path: str, lang: str, address: str, chromium: Chrome) -> None:
    chromium.get(f"{address}{path}?lang={lang}")

    told = [line["message"] for line in console(chromium) if "status of 404" not in line["message"]]
    assert told == []
    assert chromium.find_element("tag name", "h1").text
    assert chromium.execute_script("return document.styleSheets[0].cssRules.length") > 20
    width = chromium.execute_script("return getComputedStyle(document.body).maxWidth + document.scripts.length")
    assert width.endswith("0")


def test_what_a_page_would_run_or_load_from_elsewhere_is_stopped(address: str, chromium: Chrome) -> None:
    chromium.get(f"{address}/sources")
    console(chromium)

    chromium.execute_script("""
      const put = (tag, name, value) => {
        const e = document.createElement(tag); e.setAttribute(name, value); document.body.append(e)};
      put('script', 'src', '/static/style.css');
      put('iframe', 'src', '/');
      put('p', 'style', 'color:red');
      put('img', 'src', 'http://192.0.2.1/x.png');
      put('link', 'rel', 'stylesheet');
      document.body.lastChild.href = 'http://192.0.2.1/x.css';
    """)

    told = " ".join(line["message"] for line in console(chromium))
    assert told.count("Content Security Policy") >= 5
