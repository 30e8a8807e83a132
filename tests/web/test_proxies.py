"""Behind a proxy: the visitor's own address and scheme, but only where the proxy is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from commons.errors import SettingsError
from web.proxies import BehindProxies
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Callable


def seen(peer: str, forwarded: list[str], trusted: tuple[str, ...] = ("10.0.0.0/24", "::1")) -> str:
    """The address that the application sees."""
    found: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    headers = [("X-Forwarded-For", text) for text in forwarded]
    client = TestClient(BehindProxies(app, trusted=trusted), client=(peer, 1))
    client.get("/", headers=headers)
    client.close()
    return found[-1]


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.5", ["1.1.1.1", "198.51.100.1, 10.0.0.9"], "198.51.100.1"),
        ("10.0.0.5", ["2001:db8::9"], "2001:db8::9"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", [" , ,"], "10.0.0.5"),
        ("10.0.0.5", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.5", ["[2001:db8::9]:4711"], "2001:db8::9"),
        ("10.0.0.5", ["unknown", "_x"], "10.0.0.5"),
        ("::1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.1.5", ["198.51.100.1"], "10.0.1.5"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(peer: str, forwarded: list[str], visitor: str) -> None:
    assert seen(peer, forwarded) == visitor


def test_over_tls_browsers_are_told_to_stay_there(visit: Callable[..., TestClient]) -> None:
    client = visit(address="127.0.0.1")
    told = {"X-Forwarded-Proto": "https"}

    assert client.get("/", headers=told).headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in client.get("/").headers
    assert "Secure" in client.get("/?lang=en", headers=told).headers["set-cookie"]


def test_a_stranger_cannot_say_that_it_is_tls(visit: Callable[..., TestClient]) -> None:
    answer = visit(address="203.0.113.7").get("/", headers={"X-Forwarded-Proto": "https"})

    assert "strict-transport-security" not in answer.headers


def test_settings_that_name_no_network_are_refused(visit: Callable[..., TestClient]) -> None:
    with pytest.raises(SettingsError, match=r"web.trusted_proxies has '10.0.0.1/8', which is no address or network"):
        visit(settings=WebSettings(trusted_proxies=("10.0.0.1/8",))).get("/")


def test_only_the_names_it_is_reached_by_are_answered(visit: Callable[..., TestClient]) -> None:
    client = visit(settings=WebSettings(hosts=("kebun.example.id",)))

    statuses = {
        name: client.get("/sources", headers={"Host": name}).status_code
        for name in (
            "kebun.example.id",
            "kebun.example.id:8080",
            "127.0.0.1:8000",
            "evil.example",
            "www.kebun.example.id",
        )
    }
    assert statuses == {
        "kebun.example.id": 200,
        "kebun.example.id:8080": 200,
        "127.0.0.1:8000": 200,
        "evil.example": 400,
        "www.kebun.example.id": 400,
    }
