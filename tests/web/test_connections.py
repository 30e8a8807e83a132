"""A real server and rude clients: slow, many, huge, crooked; everybody else is served."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from tests.flow.waiting import wait_until
from tests.web.serving import Stuck, listen, request, serving, talk
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.sites import Site
    from store.contract import Store
    from tests.web.conftest import Garden, StandingClock


@pytest.fixture
def port(full: Store, site: Site, clock: StandingClock) -> Iterator[int]:
    with serving(full, site, clock, WebSettings(requests_burst=10_000)) as port:
        yield port


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_nobody_learns_which_server_it_is(port: int) -> None:
    head = talk(port, request()).partition(b"\r\n\r\n")[0].lower()

    assert b"\r\nserver:" not in head
    assert b"uvicorn" not in head


@pytest.mark.parametrize("part", [b"", b"GET /sources HTTP/1.1\r\nHost: x\r\nX-Slow: "])
@pytest.mark.parametrize("first", [b"", b"GET /sources HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_whoever_never_finishes_a_request_is_let_go(
    first: bytes, part: bytes, full: Store, site: Site, clock: StandingClock
) -> None:
    with (
        serving(full, site, clock, WebSettings(ask_seconds=0.3)) as port,
        closing(socket.create_connection(("127.0.0.1", port), 30)) as slow,
    ):
        slow.sendall(first + part)
        heard = listen(slow)  # ends only when the server closes

    assert bool(heard) is bool(first)


def test_more_connections_than_are_served_are_told_so_or_closed(full: Store, site: Site, clock: StandingClock) -> None:
    with serving(full, site, clock, WebSettings(connections=5)) as port, ExitStack() as opened:
        idle = [opened.enter_context(closing(socket.create_connection(("127.0.0.1", port), 30))) for _ in range(8)]

        assert status(talk(port, request())) == 503
        idle += [opened.enter_context(closing(socket.create_connection(("127.0.0.1", port), 30))) for _ in range(4)]
        assert listen(idle[-1]) == b""
        for peer in idle:
            peer.close()
        wait_until(lambda: talk(port, request())[9:12] == b"200", "it serves again")


def test_a_slow_question_keeps_no_page_waiting(store: Store, site: Site, clock: StandingClock) -> None:
    stuck = Stuck(store)
    settings = WebSettings(api_at_once=2, api_seconds=60.0, requests_burst=10_000)
    with serving(stuck, site, clock, settings) as port, ExitStack() as opened:
        asking = [opened.enter_context(closing(socket.create_connection(("127.0.0.1", port), 30))) for _ in range(4)]
        for peer in asking:
            peer.sendall(request("/api/v1/read?measurement=soil"))
        wait_until(lambda: stuck.asked == 2, "two questions are under way")

        refused = talk(port, request("/api/v1/latest?measurement=soil"))
        assert status(talk(port, request("/sources"))) == 200
        assert status(refused) == 503
        assert b"the API is answering as many as it can" in refused
        assert stuck.asked == 2
        stuck.go.set()
        assert [status(listen(peer)) for peer in asking] == [200] * 4


def test_a_question_that_takes_too_long_is_answered_in_a_sentence(
    store: Store, site: Site, clock: StandingClock
) -> None:
    stuck = Stuck(store)
    with serving(stuck, site, clock, WebSettings(api_at_once=1, api_seconds=0.2)) as port:
        answer = talk(port, request("/api/v1/read?measurement=soil"))
        stuck.go.set()

    assert status(answer) == 503
    assert b"the answer takes over 0.2 s; ask for a shorter span, fewer places or a lower limit" in answer


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (request("/" + "a" * 600), 414),
        (request("/?place=" + "a" * 3000), 414),
        (request(headers=["Cookie: lang=" + "a" * 9000]), 431),
        (request(headers=["Cookie: " + "lang=id; " * 4000]), 431),
        (request(headers=["Content-Length: 100000"]), 413),
        (request(headers=["Content-Length: 99999999999999999999"]), 413),
        (request(method="POST", headers=["Content-Length: 9000"]), 413),
        (request("/static/../settings.py"), 404),
        (request("/static/..%2f..%2fapp.py"), 404),
        (request("/static/%2e%2e%2fapp.py"), 404),
        (request("/static//etc/passwd"), 404),
        (request("/static/..%5capp.py"), 404),
        (request("/static/%00"), 404),
        (request("//evil.example/%2e%2e"), 404),
        (request("/lanes/%00"), 404),
        (request("/lanes/%ff%fe"), 404),
        (request("/lanes/..%2f"), 404),
        (request("/prices?market=%00"), 404),
        (request("http://evil.example/"), 404),
        (request(method="OPTIONS"), 405),
        (request(method="TRACE"), 405),
        (request(method="BREW"), 405),
        (request(method="CONNECT"), 405),
        (request("/api/v1/measurements", method="OPTIONS"), 405),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404),
    ],
)
def test_a_crooked_request_is_refused_and_the_next_is_served(message: bytes, code: int, port: int) -> None:
    answer = talk(port, message)

    assert status(answer) == code
    assert b"Traceback" not in answer
    assert status(talk(port, request())) == 200


@pytest.mark.parametrize("path", ["/", "/lanes/saga", "/api/v1/read?measurement=soil&limit=3", "/healthz", "/metrics"])
def test_head_is_get_without_the_body(path: str, port: int) -> None:
    head, _, body = talk(port, request(path, method="HEAD")).partition(b"\r\n\r\n")

    assert status(head) == 200
    assert body == b""


@pytest.mark.parametrize("path", ["/prices/", "/static", "/lanes/saga/", "/api/v1/read/"])
def test_no_answer_leads_to_where_the_host_header_says(path: str, port: int) -> None:
    answer = talk(port, request(path, host="evil.example"))

    assert status(answer) == 404
    assert b"evil.example" not in answer


def test_somebody_who_stops_reading_is_let_go(garden: Garden, site: Site, clock: StandingClock) -> None:
    """A large answer, of which nothing is read: the server gives it up and is free for others."""
    garden.soil("saga", "b1", hours=60_000)
    settings = WebSettings(api_at_once=1, requests_burst=10_000, read_seconds=2.0)
    with serving(garden.store, site, clock, settings) as port, ExitStack() as opened:
        for _ in range(2):
            peer = opened.enter_context(closing(socket.socket()))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", port))
            peer.sendall(request("/api/v1/read?measurement=soil&limit=60000"))

        path = "/api/v1/read?measurement=soil&limit=1"
        wait_until(lambda: talk(port, request(path))[9:12] == b"503", "the API is full")
        wait_until(lambda: talk(port, request(path))[9:12] == b"200", "those who do not read are gone")
