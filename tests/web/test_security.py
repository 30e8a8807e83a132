"""Headers: nothing from elsewhere, nothing framed or guessed, and open data for other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/measurements", "/static/style.css", "/healthz"])
def test_every_answer_carries_them(path: str, visit: Callable[..., TestClient]) -> None:
    headers = visit().get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_open_data_may_be_read_by_other_pages_and_pages_may_not(visit: Callable[..., TestClient]) -> None:
    client = visit()

    assert client.get("/api/v1/measurements").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers


def test_style_is_kept_for_long_under_an_address_of_its_content(visit: Callable[..., TestClient]) -> None:
    client = visit()
    style = client.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    answer = client.get(style)

    assert style.startswith("/static/style.css?v=")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_files_outside_the_static_folder_are_not_given(visit: Callable[..., TestClient]) -> None:
    assert visit().get("/static/%2e%2e/app.py").status_code == 404


def test_the_language_cookie_is_not_for_scripts(visit: Callable[..., TestClient]) -> None:
    cookie = visit().get("/?lang=en").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_pages_travel_packed(visit: Callable[..., TestClient]) -> None:
    answer = visit().get("/", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"


def test_a_shared_cache_gives_nobody_the_language_of_another(visit: Callable[..., TestClient]) -> None:
    client = visit()

    chosen, plain = client.get("/?lang=en"), visit().get("/", headers={"Accept-Language": "en", "Host": "evil.example"})

    assert "Cookie" in plain.headers["vary"]
    assert plain.headers["cache-control"] == "no-cache"
    assert chosen.headers["cache-control"] == "private, no-cache"
    assert "evil" not in plain.text + str(plain.headers)


def test_a_page_may_use_nothing_of_the_phone(visit: Callable[..., TestClient]) -> None:
    headers = visit().get("/").headers

    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert visit().get("/api/v1/measurements").headers["cross-origin-resource-policy"] == "cross-origin"
