"""A broker with the configuration that is shipped: only ports and folders are this test's own."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from commons.broker import BrokerSettings
from commons.settings import Secret
from commons.sites import Site
from deploy import secrets
from deploy.broker.registry import Registry
from deploy.broker.reload import reload_broker
from deploy.broker.users import name_of
from lorong.broker import nats_server
from tests.flow.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.topics import Address

CONFIGURATIONS = Path(__file__).parents[2] / "deploy" / "broker"
MAKASSAR = Site(CONFIGURATIONS.parent / "sites" / "makassar")
SECONDS = 20.0


@dataclass
class Shipped:
    """A started broker.

    Args:
        kind: nats or mosquitto.
        folder: The secrets, and its configuration beside them.
        port: Where it listens, over TLS.
        http: Where it answers health checks (NATS).
        native: Where it speaks NATS's own protocol (NATS).
    """

    kind: str
    folder: Path
    port: int
    http: int
    native: int

    @property
    def registry(self) -> Registry:
        """The nodes that it lets in."""
        return Registry(self.folder, [MAKASSAR])

    @property
    def ca(self) -> str:
        """The file of the authority that vouches for it."""
        return str(self.folder / "broker-ca.crt")

    @property
    def pid_file(self) -> Path:
        """Where it wrote its process number."""
        return self.folder / "pid"

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def settings(self, username: str, password: str) -> BrokerSettings:
        """How somebody logs in."""
        return BrokerSettings(port=self.port, tls=True, ca=self.ca, username=username, password=Secret(password))

    def role(self, role: str) -> BrokerSettings:
        """How a part of Lorong logs in."""
        return self.settings(role, (self.folder / f"broker-{role}-password").read_text("utf-8").strip())

    def node(self, node: Address) -> BrokerSettings:
        """How a node logs in; its password is drawn here, and the broker told."""
        password = self.registry.put(node)
        self.reload()
        return self.settings(name_of(node), password.reveal())

    def reload(self) -> None:
        """Let it read its files anew, and wait until it has said so."""
        words = {"nats": "Reloaded server configuration", "mosquitto": "Reloading config"}[self.kind]
        before = self.log.count(words)
        assert reload_broker(self.pid_file)
        deadline = time.monotonic() + SECONDS
        while self.log.count(words) == before:
            assert time.monotonic() < deadline, self.log[-2000:]
            time.sleep(0.01)


@contextmanager
def shipped(kind: str, folder: Path, binary: str = "", *, without: str = "") -> Iterator[Shipped]:
    """Start a broker as it is shipped; it ends with the block.

    Args:
        kind: nats or mosquitto.
        folder: Where the secrets go.
        binary: The program, where it is not the one that Lorong finds.
        without: A line of the configuration to leave out, to see what it is there for.
    """
    secrets.make(folder, ["127.0.0.1"])
    broker = Shipped(kind, folder, *(free_port() for _ in range(3)))
    config = folder / f"{kind}.conf"
    text = (_nats if kind == "nats" else _mosquitto)(broker)
    assert without in text
    config.write_text(text.replace(without, "") if without else text, "utf-8")
    command = [str(nats_server()), "-c", str(config), "-P", str(broker.pid_file)]
    if kind == "mosquitto":
        command = [binary, "-c", str(config)]
    leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
    with (folder / "log").open("wb") as log, subprocess.Popen([*leash, *command], stdout=log, stderr=log) as process:
        try:
            _await(broker, process)
            yield broker
        finally:
            process.send_signal(signal.SIGTERM)


def _nats(broker: Shipped) -> str:
    return _filled(
        "nats.conf",
        {
            "127.0.0.1:4222": f"127.0.0.1:{broker.native}",
            "127.0.0.1:8222": f"127.0.0.1:{broker.http}",
            "0.0.0.0:8883": f"127.0.0.1:{broker.port}",
            "/var/lib/lorong-broker": f"{broker.folder / 'data'}",
            "/etc/lorong/broker/": f"{broker.folder / 'broker'}/",
        },
    )


def _mosquitto(broker: Shipped) -> str:
    return (
        _filled(
            "mosquitto.conf",
            {
                "listener 8883": f"listener {broker.port} 127.0.0.1",
                "/etc/lorong/broker/": f"{broker.folder / 'broker'}/",
                "/run/mosquitto/mosquitto.pid": str(broker.pid_file),
                "/var/lib/mosquitto/": f"{broker.folder}/",
            },
        )
        + f"user {getpass.getuser()}\n"
    )


def _filled(name: str, changes: dict[str, str]) -> str:
    """A configuration with its addresses and folders replaced; each must be in it."""
    text = (CONFIGURATIONS / name).read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def _await(broker: Shipped, process: subprocess.Popen[bytes]) -> None:
    """Until it is up; a port that answers is not enough, for a broker that is told to reload too early dies of it."""
    words = {"nats": "Server is ready", "mosquitto": " running"}[broker.kind]
    deadline = time.monotonic() + SECONDS
    while words not in broker.log:
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(broker.log)
        time.sleep(0.02)
