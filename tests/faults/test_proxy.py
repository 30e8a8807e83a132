"""The proxy of the tests does what it says, or a scenario would prove nothing."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from tests.faults.proxy import Proxy
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = SystemClock()


@contextmanager
def through_proxy() -> Iterator[tuple[Proxy, socket.socket, socket.socket]]:
    """A proxy with one connection through it: the client's end and the server's end."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        closing(Proxy(listener.getsockname()[1])) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), 20) as client,
    ):
        server, _ = listener.accept()
        server.settimeout(20)
        with server:
            yield proxy, client, server


def publish(number: int) -> bytes:
    """A PUBLISH packet of quality 1."""
    return b"\x32\x06\x00\x01t" + number.to_bytes(2, "big") + b"x"


def received(end: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += end.recv(size - len(data))
    return data


def has_ended(end: socket.socket) -> bool:
    try:
        return end.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_proxy_in_good_weather_carries_both_ways() -> None:
    with through_proxy() as (_, client, server):
        client.sendall(b"hello")
        assert received(server, 5) == b"hello"
        server.sendall(b"welcome")
        assert received(client, 7) == b"welcome"


def test_a_delay_is_at_least_as_long_as_it_says() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.delay = 0.3
        began = CLOCK.monotonic()
        client.sendall(b"late")
        assert received(server, 4) == b"late"
        assert CLOCK.monotonic() - began >= 0.3


def test_every_publish_is_repeated_and_nothing_else() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.copies = 3
        client.sendall(publish(1) + b"\xc0\x00" + publish(2)[:4])
        client.sendall(publish(2)[4:])
        assert received(server, 50) == 3 * publish(1) + b"\xc0\x00" + 3 * publish(2)
        assert proxy.counted.copied == 4


def test_shuffled_packets_all_come_in_another_order() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.shuffled = 8
        sent = [publish(number) for number in range(20)]
        client.sendall(b"".join(sent))
        data = received(server, 160)
        came = [data[i : i + 8] for i in range(0, 160, 8)]
        assert came != sent
        assert sorted(came) == sorted(sent)
        assert proxy.counted.shuffled > 0


def test_a_stalled_connection_is_open_and_silent_and_goes_on_later() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.stalled = True
        client.sendall(b"waiting")
        server.settimeout(0.3)
        with pytest.raises(TimeoutError):
            server.recv(1)
        proxy.weather.stalled = False
        server.settimeout(20)
        assert received(server, 7) == b"waiting"


def test_what_is_swallowed_never_comes_and_a_cut_ends_both() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.swallowing = True
        client.sendall(b"gone")
        wait_until(lambda: proxy.counted.swallowed == 4, "it is swallowed")
        proxy.cut()
        assert has_ended(client)
        assert has_ended(server)


def test_a_status_is_answered_in_the_servers_place() -> None:
    with through_proxy() as (proxy, _, server):
        proxy.weather.status = 503
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{proxy.port}/api", b"x" * 300_000)
        assert (refused.value.code, proxy.counted.refused) == (503, 1)
        refused.value.close()
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.recv(1)


def test_an_answer_is_cut_where_it_says() -> None:
    with through_proxy() as (proxy, client, server):
        proxy.weather.cut_after = 3
        server.sendall(b"answer")
        assert received(client, 3) == b"ans"
        assert has_ended(client)
