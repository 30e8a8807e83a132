"""What is answered when there is no such page, and when the store is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store


@pytest.mark.parametrize("path", ["/nothing", "/lanes/nowhere", "/prices?market=moon", "/?place=moon"])
@pytest.mark.parametrize(("lang", "words"), [("id", "Tidak ditemukan"), ("en", "Not found")])
def test_no_such_page_is_said_in_both_languages(
    path: str, lang: str, words: str, visit: Callable[..., TestClient]
) -> None:
    page = visit().get(path, headers={"Cookie": f"lang={lang}"})

    assert page.status_code == 404
    assert f"<h1>{words}</h1>" in page.text


def test_a_misspelt_lane_offers_the_near_ones(visit: Callable[..., TestClient]) -> None:
    page = visit().get("/lanes/sagaa")

    assert page.status_code == 404
    assert '<a href="/lanes/saga">Lorong Saga</a>' in page.text


@pytest.mark.parametrize("path", ["/", "/lanes/saga", "/prices", "/health"])
@pytest.mark.parametrize(("lang", "words"), [("id", "Data sedang tidak dapat dibaca"), ("en", "Data cannot be read")])
def test_a_store_that_is_away_is_said_in_both_languages(
    path: str, lang: str, words: str, away: Store, visit: Callable[..., TestClient]
) -> None:
    page = visit(of=away).get(path, headers={"Cookie": f"lang={lang}"})

    assert page.status_code == 503
    assert words in page.text
    assert "wifi-password" not in page.text


def test_the_store_is_asked_again_as_soon_as_it_is_back(
    away: Store, store: Store, visit: Callable[..., TestClient]
) -> None:
    client = visit(of=away)
    assert client.get("/").status_code == 503

    away.read, away.latest = store.read, store.latest  # type: ignore[method-assign]  # it comes back

    assert client.get("/").status_code == 200


def test_the_api_says_so_in_json(away: Store, visit: Callable[..., TestClient]) -> None:
    client = visit(of=away)

    absent, gone = client.get("/api/v1/read?measurement=soil"), client.get("/api/v1/rea")

    assert (absent.status_code, absent.json()) == (503, {"error": "the store is away; try again in a minute"})
    assert (gone.status_code, gone.json()) == (
        404,
        {"error": "'/api/v1/rea': Not Found; see /api/v1/openapi.json"},
    )


def test_pages_need_no_store_to_name_their_sources(away: Store, visit: Callable[..., TestClient]) -> None:
    assert visit(of=away).get("/sources").status_code == 200


def test_a_page_takes_no_posts(visit: Callable[..., TestClient]) -> None:
    answer = visit().post("/prices")

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
