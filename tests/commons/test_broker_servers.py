"""A cluster has no address of its own: whoever's server is away goes to another one."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

AWAY = "127.0.0.2, 127.0.0.3"


def test_the_one_server_that_lives_is_found_however_many_are_away(nats: Any) -> None:
    settings = BrokerSettings(host=f"{AWAY}, 127.0.0.1", port=nats.port)

    for _ in range(10):
        settings.dial().close()
        client = settings.client("finds-it", clean_session=True)
        settings.connect(client)
        client.disconnect()


def test_senders_spread_over_the_servers() -> None:
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stack.enter_context(socket.create_server(("127.0.0.2", first.getsockname()[1])))
        settings = BrokerSettings(host="127.0.0.1,127.0.0.2", port=first.getsockname()[1])

        met = {stack.enter_context(settings.dial()).getpeername()[0] for _ in range(64)}

    assert met == {"127.0.0.1", "127.0.0.2"}


def test_when_all_are_away_all_are_named() -> None:
    with pytest.raises(BrokerUnavailableError, match=r"no broker answers at 127\.0\.0\.2, 127\.0\.0\.3:9 "):
        BrokerSettings(host=AWAY, port=9).dial()


@pytest.mark.mosquitto
def test_a_broker_of_the_tests_keeps_what_it_has_whoever_runs_them(new_mosquitto: Callable[[], Any]) -> None:
    broker = new_mosquitto()
    broker.folder.chmod(0o700)  # nobody but its owner: a root's broker that steps down to another user loses its disk

    broker.stop()
    broker.start()

    assert (broker.folder / "mosquitto.db").exists()
    assert "Error" not in (broker.folder / "log").read_text("utf-8")
