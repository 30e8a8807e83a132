"""The office's pages in a real Chromium: at three widths, in both languages, and the brief on one sheet of A4."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.print_page_options import PrintOptions

from store import open_store
from store.settings import StoreSettings
from tests.flow.chromium import console
from tests.web.conftest import NOW, StandingClock
from tests.web.office_city import crowded, fill, office_site
from tests.web.serving import serving
from tests.web.test_axe import axe, complaints
from tests.web.test_browser import chromium
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

__all__ = ["axe", "chromium"]

pytestmark = pytest.mark.chromium
PAGES = ("/office", "/map", "/map?level=kelurahan&figure=dry", "/brief", "/data")
WIDTHS = (320, 400, 1280)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=StandingClock(NOW))
    site = office_site(tmp_path_factory.mktemp("office") / "makassar")
    crowded(fill(store))
    with serving(store, site, StandingClock(NOW), WebSettings(requests_burst=10**6, keep_seconds=1e6)) as port:
        yield f"http://127.0.0.1:{port}"
    store.close()


def narrow(chromium: Chrome, width: int) -> None:
    """A page so wide: a window is never narrower than its browser likes."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 800}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_every_width_in_both_languages_and_neither_console_nor_axe_complains(
    path: str, address: str, axe: str, chromium: Chrome
) -> None:
    for lang in ("id", "en"):
        for width in WIDTHS:
            narrow(chromium, width)
            chromium.get(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")

            assert [line["message"] for line in console(chromium)] == []
            wide = chromium.execute_script("return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (path, lang, width)
            assert chromium.execute_script("return document.styleSheets[1].cssRules.length") > 20
        assert complaints(chromium, axe, chromium.current_url) == []


def test_a_map_is_painted_by_class_and_its_numbers_are_readable(address: str, chromium: Chrome) -> None:
    narrow(chromium, 400)
    chromium.get(f"{address}/map")

    painted = chromium.execute_script(
        "return [...document.querySelectorAll('.map .areas path')].map(e => getComputedStyle(e).fill)"
    )
    assert len(painted) == 5
    assert len(set(painted)) == 5
    assert all("url(" in fill for fill in painted)
    sizes = chromium.execute_script(
        "return [...document.querySelectorAll('.map .sign')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 12


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_brief_prints_on_one_page_of_a4(lang: str, address: str, chromium: Chrome) -> None:
    narrow(chromium, 1280)
    chromium.get(f"{address}/brief?lang={lang}")
    options = PrintOptions()
    options.page_width, options.page_height = 21.0, 29.7

    pdf = base64.b64decode(chromium.print_page(options))

    assert pages(pdf) == 1


def pages(pdf: bytes) -> int:
    """How many pages a PDF has, its packed objects unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    unpacked = [zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"\x78"]
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in (pdf, *unpacked))
