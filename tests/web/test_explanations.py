"""The page behind a computed value, and the ways to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from analytics.explain import Explainer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import Garden

SOIL = "/explain/soil_state?period=2026-11-24&place=saga&bed=b1"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["Masukan", "Cukupkah masukannya", "Rumus dengan angkanya", "Air untuk disiramkan"]),
        ("en", ["Inputs", "Are they enough", "The formula with its numbers", "Water to give"]),
    ],
)
def test_a_value_is_explained_in_both_languages(
    garden: Garden, store: Store, site: Site, visit: Callable[..., TestClient], language: str, words: list[str]
) -> None:
    garden.soil("saga", "b1", hours=9)
    garden.soil_state("saga", "b1", "dry", litres=25.0)

    page = visit(explain=Explainer(store, site)).get(f"{SOIL}&lang={language}")

    assert page.status_code == 200
    assert len(page.content) < 60_000
    assert all(word in page.text for word in words)
    assert "depletion = 10" in page.text


def test_a_value_is_explained_in_words_and_each_row_of_a_table_is_headed_by_its_first_cell(
    garden: Garden, store: Store, site: Site, visit: Callable[..., TestClient]
) -> None:
    garden.soil("saga", "b1", hours=9)
    garden.soil_state("saga", "b1", "good")

    page = visit(explain=Explainer(store, site)).get(SOIL).text

    assert '<th scope="col">Jam</th><th scope="col">Kelembapan tanah</th>' in page
    assert re.search(r'<tr><th scope="row">\d\d:\d\d</th><td>[\d,]+</td></tr>', page)
    assert "Kelengkapan: 80,0 %." in page
    assert "Syarat: paling sedikit 3 masukan dan 50 % dari yang diharapkan." in page
    assert "Tanda: SIMULASI." in page
    assert '<th scope="row">Keadaan tanah</th><td>cukup</td>' in page
    assert "AtLeast" not in page


def test_every_page_leads_to_the_explanations_of_its_numbers(
    full: Store, site: Site, visit: Callable[..., TestClient]
) -> None:
    client = visit(of=full, explain=Explainer(full, site))

    led = {
        path: re.findall(r'href="(/explain/[^"]+)"', client.get(path).text) for path in ("/", "/lanes/saga", "/prices")
    }

    assert {path: {link.split("?")[0].rsplit("/", 1)[-1] for link in links} for path, links in led.items()} == {
        "/": {"garden_harvest", "price_index"},
        "/lanes/saga": {"soil_state", "garden_harvest"},
        "/prices": {"price_index", "price_elementary", "ceiling_position"},
    }


def test_without_explanations_no_page_leads_there(full: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=full)

    assert not any("/explain/" in client.get(path).text for path in ("/", "/lanes/saga", "/prices"))
    assert client.get(SOIL).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/explain/soil_state?place=saga", 400),
        ("/explain/soil_state?period=now&place=saga", 400),
        ("/explain/soil_stat?period=2026-11-24&place=saga", 404),
        ("/explain/soil_state?period=2026-11-24&place=%3Cscript%3E", 404),
        ("/explain/soil_state?period=2026-11-24&place=saga&bed=b1&nosuch=1", 404),
    ],
)
def test_what_cannot_be_explained_is_answered_in_words(
    store: Store, site: Site, visit: Callable[..., TestClient], address: str, status: int
) -> None:
    page = visit(explain=Explainer(store, site)).get(address)

    assert page.status_code == status
    assert "<script>" not in page.text
