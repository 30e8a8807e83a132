"""QR cards: what the code says, who gets one, how they come out of a printer."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
import segno

from commons.sites import Site
from tests.web.conftest import _TABLES, _TOML, NOW, StandingClock
from tests.web.serving import serving
from tests.web.test_browser import chromium
from tests.web.test_pages import said
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome
    from starlette.testclient import TestClient

    from store.contract import Store

__all__ = ["chromium"]

PUBLIC = WebSettings(address="https://kebun.example.id")
POINTS_PER_MM = 72 / 25.4


def modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules of a code, as its strokes draw them, from the upper left corner of the code."""
    found: set[tuple[int, int]] = set()
    x = y = 0.0
    for verb, numbers in re.findall(r"([Mmh])([-\d. ]*)", svg.partition(' d="')[2].partition('"')[0]):
        values = [float(number) for number in numbers.split()]
        if verb == "M":
            x, y = values
        elif verb == "m":
            x, y = x + values[0], y + values[1]
        else:
            found |= {(round(x + step), int(y)) for step in range(round(values[0]))}
            x += values[0]
    left, top = min(at for at, _ in found), min(at for _, at in found)
    return {(across - left, down - top) for across, down in found}


def test_the_code_opens_the_lane(full: Store, visit: Callable[..., TestClient]) -> None:
    html = visit(of=full, settings=PUBLIC).get("/lanes/saga/card").text

    wanted = segno.make_qr("https://kebun.example.id/lanes/saga", error="m").matrix
    dark = {(across, down) for down, row in enumerate(wanted) for across, module in enumerate(row) if module}
    assert modules(html.partition('class="code"')[2]) == dark


def test_a_card_names_programme_lane_and_address_in_words(visit: Callable[..., TestClient]) -> None:
    client = visit(settings=PUBLIC)

    indonesian, english = said(client.get("/lanes/saga/card").text), said(client.get("/lanes/saga/card?lang=en").text)

    assert "Urban Farming Makassar Lorong Saga Mariso, Kota Makassar" in indonesian
    assert "Makassar Urban Farming Lorong Saga" in english
    for page in (indonesian, english):
        assert "https://kebun.example.id /lanes/saga" in page


def test_without_an_address_there_is_no_code_and_what_to_set_is_said(visit: Callable[..., TestClient]) -> None:
    for path in ("/lanes/saga/card", "/cards?place=mariso"):
        html = visit().get(path, headers={"Host": "evil.example"}).text

        assert "Isi address di bagian [web]" in html
        assert 'class="qr"' not in html
        assert "evil" not in html


def test_a_sheet_holds_the_lanes_of_its_district_and_no_other(visit: Callable[..., TestClient]) -> None:
    client = visit(settings=PUBLIC)

    district, village = client.get("/cards?place=tallo").text, client.get("/cards?place=tallo-suangga").text

    assert "<script>alert" not in district
    for html in (district, village):
        assert re.findall(r"<span>(/lanes/\w+)</span>", html) == ["/lanes/agatis"]
        assert html.count('class="qr"') == 1


def test_the_office_chooses_among_districts_with_lanes(visit: Callable[..., TestClient]) -> None:
    html = visit().get("/cards").text

    linked = re.findall(r'href="/cards\?place=([a-z-]+)"', html)
    assert linked == ["mariso", "tallo", "mariso-mariso", "tallo-suangga"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cards?place=nowhere", 404),
        ("/cards?place=makassar", 404),  # a whole city is no sheet
        ("/lanes/nowhere/card", 404),
        ("/lanes/saga/card?paper=a0", 400),
    ],
)
def test_what_is_not_printed_is_refused(path: str, status: int, visit: Callable[..., TestClient]) -> None:
    assert visit().get(path).status_code == status


@pytest.fixture(scope="module")
def address(full: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cards") / "makassar"
    folder.mkdir()
    lanes = [f"l{i},Lorong {i},mariso-mariso,-5.1,119.4,simulated\n" for i in range(8)]
    tables = {**_TABLES, "lanes.csv": _TABLES["lanes.csv"] + "".join(lanes)}
    for name, text in {"site.toml": _TOML, **tables}.items():
        (folder / name).write_text(text, "utf-8")
    with serving(full, Site(folder), StandingClock(NOW), PUBLIC) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.chromium
@pytest.mark.parametrize(
    ("path", "sheets", "paper"),
    [
        ("/lanes/saga/card", 1, (105, 148)),
        ("/lanes/saga/card?paper=a5&lang=en", 1, (148, 210)),
        ("/cards?place=mariso", 3, (210, 297)),  # nine cards
    ],
)
def test_a_card_comes_out_of_the_printer_on_its_paper(
    path: str, sheets: int, paper: tuple[int, int], address: str, chromium: Chrome
) -> None:
    chromium.get(f"{address}{path}")

    printed = chromium.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", base64.b64decode(printed["data"]))
    assert len(boxes) == sheets
    for box in boxes:
        for size, wanted in zip(box, paper, strict=True):
            assert float(size) == pytest.approx(wanted * POINTS_PER_MM, abs=1.0)
