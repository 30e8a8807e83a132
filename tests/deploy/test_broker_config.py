"""Both broker configurations are started for real, and every user may do what its part needs and no more."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from commons.broker import BrokerSettings
from commons.settings import Secret
from deploy import secrets
from lorong.broker import nats_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BROKER = Path(__file__).parents[2] / "deploy" / "broker"
_UP = "lorong/v1/up/makassar/saga/saga-n1/soil"
_DOWN = "lorong/v1/down/makassar/saga/saga-n1/stored/box"
_SECONDS = 15.0


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _filled(path: Path, changes: dict[str, str]) -> str:
    """A configuration with its addresses and folders replaced; each must be in it."""
    text = path.read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as lines, subprocess.Popen(command, stdout=lines, stderr=lines) as process:
        try:
            deadline = time.monotonic() + _SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            assert process.poll() is None, log.read_text("utf-8")
            yield
        finally:
            process.terminate()


class Broker:
    """A started broker, its port for health checks (NATS only), and the passwords of its users."""

    def __init__(self, port: int, http: int, folder: Path) -> None:
        self.port, self.http, self._folder = port, http, folder

    def settings(self, user: str, password: str | None = None) -> BrokerSettings:
        drawn = self._folder / f"broker-{user}-password"
        known = drawn.read_text("utf-8").strip() if password is None else password
        return BrokerSettings(port=self.port, username=user, password=Secret(known))


@contextmanager
def _nats(folder: Path) -> Iterator[Broker]:
    port, http = _free_port(), _free_port()
    changes = {
        "127.0.0.1:4222": "127.0.0.1:-1",
        "127.0.0.1:8222": f"127.0.0.1:{http}",
        "0.0.0.0:1883": f"127.0.0.1:{port}",
        '"/data"': f'"{folder / "data"}"',
    }
    (folder / "nats.conf").write_text(_filled(_BROKER / "nats.conf", changes), "utf-8")
    with _running([str(nats_server()), "-c", str(folder / "nats.conf")], port, folder / "log"):
        yield Broker(port, http, folder)


@contextmanager
def _mosquitto(folder: Path, binary: str) -> Iterator[Broker]:
    port = _free_port()
    shutil.copy(_BROKER / "mosquitto.acl", folder / "lorong.acl")
    shutil.copy(folder / "mosquitto-passwords", folder / "lorong-passwords")
    changes = {
        "listener 1883": f"listener {port} 127.0.0.1",
        "/etc/mosquitto/": f"{folder}/",
        "/var/lib/mosquitto/": f"{folder}/",
    }
    text = _filled(_BROKER / "mosquitto.conf", changes) + f"user {getpass.getuser()}\n"
    (folder / "mosquitto.conf").write_text(text, "utf-8")
    with _running([binary, "-c", str(folder / "mosquitto.conf")], port, folder / "log"):
        yield Broker(port, 0, folder)


@pytest.fixture(scope="module", params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: Callable[[str, str], str]
) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp(str(request.param))
    secrets.make(folder)
    is_nats = request.param == "nats"
    with _nats(folder) if is_nats else _mosquitto(folder, program("mosquitto", "mosquitto")) as started:
        yield started


class Peer:
    """An MQTT client that remembers what arrived and how its requests were answered."""

    def __init__(self, settings: BrokerSettings, name: str, *, clean: bool = True) -> None:
        self.arrived: list[tuple[str, bytes]] = []
        self.welcome: Any = None
        self.subscribed: list[Any] = []
        self._changed = threading.Condition()
        self._client = settings.client(name, clean_session=clean)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._answered
        self._client.on_message = self._message
        settings.connect(self._client)
        self._client.loop_start()
        assert self.until(lambda: self.welcome is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str) -> bool:
        """Whether the broker agrees."""
        before = len(self.subscribed)
        self._client.subscribe(topic, qos=1)
        assert self.until(lambda: len(self.subscribed) > before)
        return not self.subscribed[-1].is_failure

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(_SECONDS)

    def until(self, ready: Any) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(ready, _SECONDS))

    def _connected(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        with self._changed:
            self.welcome = reason
            self._changed.notify_all()

    def _answered(self, _client: Any, _data: Any, _mid: Any, reasons: Any, _properties: Any) -> None:
        with self._changed:
            self.subscribed += reasons
            self._changed.notify_all()

    def _message(self, _client: Any, _data: Any, message: Any) -> None:
        with self._changed:
            self.arrived.append((message.topic, message.payload))
            self._changed.notify_all()


@pytest.mark.parametrize("sender", ["nodes", "web"])
def test_a_reading_reaches_the_collector_and_its_answer_the_sender(broker: Broker, sender: str) -> None:
    with (
        Peer(broker.settings("collector"), f"collector-of-{sender}") as collector,
        Peer(broker.settings(sender), f"{sender}-1") as node,
    ):
        assert collector.subscribe("lorong/v1/up/#")
        assert node.subscribe("lorong/v1/down/makassar/+/saga-n1/stored/box")

        node.publish(_UP, b"reading")
        assert collector.until(lambda: (_UP, b"reading") in collector.arrived)
        collector.publish(_DOWN, b"stored", retain=True)
        assert node.until(lambda: (_DOWN, b"stored") in node.arrived)


def test_the_collectors_heartbeat_comes_back_beside_its_readings(broker: Broker) -> None:
    with Peer(broker.settings("collector"), "collector-heart") as collector:
        assert collector.subscribe("lorong/v1/up/#")
        assert collector.subscribe("lorong/v1/heartbeat/makassar")

        collector.publish("lorong/v1/heartbeat/makassar", b"{}")

        assert collector.until(lambda: ("lorong/v1/heartbeat/makassar", b"{}") in collector.arrived)


@pytest.mark.parametrize("user", ["nodes", "web"])
def test_a_sender_reads_no_readings_and_answers_nobody(broker: Broker, user: str) -> None:
    with (
        Peer(broker.settings("collector"), f"collector-against-{user}") as collector,
        Peer(broker.settings(user), f"listener-{user}") as listener,
        Peer(broker.settings(user), f"forger-{user}") as forger,
        Peer(broker.settings(user), f"honest-{user}") as honest,
    ):
        listener.subscribe("lorong/v1/up/#")
        listener.subscribe("lorong/v1/down/+/+/+/stored/+")
        collector.subscribe("lorong/v1/up/#")

        forger.publish(_DOWN, b"forged")
        honest.publish(_UP, b"reading")
        assert collector.until(lambda: (_UP, b"reading") in collector.arrived)
        collector.publish(_DOWN, b"true")
        assert listener.until(lambda: (_DOWN, b"true") in listener.arrived)

    heard = {payload for _, payload in listener.arrived}
    assert not heard & {b"forged", b"reading"}


def test_the_collector_cannot_pretend_to_be_a_node(broker: Broker) -> None:
    with (
        Peer(broker.settings("collector"), "collector-forger") as forger,
        Peer(broker.settings("collector"), "collector-reader") as reader,
        Peer(broker.settings("nodes"), "node-after") as node,
    ):
        reader.subscribe("lorong/v1/up/#")

        forger.publish(_UP, b"forged by the collector")
        node.publish(_UP, b"after it")

        assert reader.until(lambda: (_UP, b"after it") in reader.arrived)
        assert (_UP, b"forged by the collector") not in reader.arrived


@pytest.mark.parametrize("user", ["collector", "nodes", "nobody", ""])
def test_a_wrong_password_and_no_name_are_refused(broker: Broker, user: str) -> None:
    with Peer(broker.settings(user, "wrong"), "stranger") as stranger:
        assert stranger.welcome.is_failure


def test_a_collector_that_is_away_gets_more_than_a_broker_keeps_by_default(broker: Broker) -> None:
    count = 2_500
    with Peer(broker.settings("collector"), "collector-away", clean=False) as collector:
        assert collector.subscribe("lorong/v1/up/makassar/away/#")
    with Peer(broker.settings("nodes"), "node-meanwhile") as node:
        for number in range(count):
            node._client.publish("lorong/v1/up/makassar/away/n1/soil", f"{number}", qos=1)
        node.publish("lorong/v1/up/makassar/away/n1/soil", b"last")

    with Peer(broker.settings("collector"), "collector-away", clean=False) as collector:
        assert collector.until(lambda: len(collector.arrived) > count)

    assert [payload for _, payload in collector.arrived] == [*(str(n).encode() for n in range(count)), b"last"]


def test_nats_answers_the_health_check_of_compose(tmp_path: Path) -> None:
    secrets.make(tmp_path)

    with _nats(tmp_path) as broker:
        answer = urllib.request.urlopen(f"http://127.0.0.1:{broker.http}/healthz", timeout=_SECONDS)
        with answer:
            assert b'"ok"' in answer.read()
