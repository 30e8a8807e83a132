"""Nothing that anybody can ask of the web writes to the store, whatever the method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.routing import Mount, Route

from tests.flow.passing import Passing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.testclient import TestClient

    from commons.rows import Block
    from store.contract import Store

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
QUERIES = {"/api/v1/read": "?measurement=soil", "/api/v1/latest": "?measurement=soil"}


class Sealed(Passing):
    """A store that counts every attempt to write."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.writes = 0

    def write(self, batch: Sequence[Block]) -> None:
        self.writes += 1 + len(batch)


def paths(client: TestClient) -> list[str]:
    """Every address of the application, its blanks filled in."""
    app: Any = client.app
    found: list[str] = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        inside = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if isinstance(route, Mount):
            found.append(f"{route.path}/style.css")
        elif isinstance(route, Route):
            found.append(route.path.replace("{lane}", "saga"))
        elif inside:
            waiting += inside
    return sorted(set(found))


@pytest.fixture
def sealed(full: Store) -> Sealed:
    return Sealed(full)


def test_every_route_is_walked(sealed: Sealed, visit: Callable[..., TestClient]) -> None:
    assert {
        "/",
        "/lanes/saga",
        "/api/v1/read",
        "/healthz",
        "/metrics",
        "/static/style.css",
        "/sources/SOURCES.md",
    } <= set(paths(visit(of=sealed)))


def test_no_route_and_no_method_writes(sealed: Sealed, visit: Callable[..., TestClient]) -> None:
    client = visit(of=sealed)
    refused: dict[str, set[int]] = {}
    for number, path in enumerate(paths(client)):
        for method in METHODS:
            answer = visit(beside=client, address=f"203.0.{number}.{METHODS.index(method)}").request(
                method, path + QUERIES.get(path, ""), content=b"" if method == "GET" else b"kg=1"
            )
            refused.setdefault(method, set()).add(answer.status_code)

    assert sealed.writes == 0
    assert refused.pop("GET") == refused.pop("HEAD") == {200}
    assert all(statuses == {405} for statuses in refused.values())


@pytest.mark.parametrize("path", ["/entries/saga", "/entries", "/api/v1/entries", "/lanes/saga"])
def test_entry_is_closed_unless_it_is_asked_for(path: str, sealed: Sealed, visit: Callable[..., TestClient]) -> None:
    answer = visit(of=sealed).post(path, json={"kind": "harvest", "code": "x"})

    assert answer.status_code in (404, 405)
    assert sealed.writes == 0
