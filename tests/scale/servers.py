"""The three servers of deploy/cluster as they are shipped, on this machine, each of which a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.broker import BrokerSettings
from deploy.broker import certificates
from lorong.broker import nats_server
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
HOSTS: Final = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
_SHIPPED: Final = ROOT / "deploy" / "cluster"
_SETTLED_LOOKS: Final = 100  # two or three seconds of them
_START_SECONDS: Final = 60.0
_END_SECONDS: Final = 30.0


class ClusterServer:
    """One of the three, with the same data and ports each time it is started.

    Args:
        number: 1, 2 or 3.
        folder: Where its data, log and configuration go.
        ports: The port that takes the place of each that is shipped.
    """

    def __init__(self, number: int, folder: Path, ports: dict[str, int]) -> None:
        self.name = f"lorong-{number}"
        self._health = f"http://{HOSTS[number - 1]}:{ports['8222']}/healthz"
        self._config, self._log = folder / f"nats-{number}.conf", folder / f"nats-{number}.log"
        text = (_SHIPPED / self._config.name).read_text("utf-8")
        text = text.replace("/var/lib/lorong-broker", str(folder))
        text = text.replace("/etc/lorong/broker", str(folder / "broker"))
        text = text.replace('include "broker/nats-users.conf"', "")
        for shipped, port in ports.items():
            text = text.replace(f":{shipped}", f":{port}")
        self._config.write_text(text, "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_healthy(self) -> bool:
        """Whether it says that it has everything the others have."""
        try:
            with urllib.request.urlopen(self._health, timeout=2) as answer:  # noqa: S310  # always http
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text("utf-8")

    def start(self) -> None:
        """Start it, without waiting."""
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*leash, str(nats_server()), "-c", str(self._config)], stdout=log, stderr=log
            )

    def until_healthy(self) -> None:
        """Wait until it has caught up, and says so for a while: only then may another one die."""
        seen = 0

        def settled() -> bool:
            nonlocal seen
            seen = seen + 1 if self.is_healthy else 0
            return seen > _SETTLED_LOOKS

        wait_until(settled, f"{self.name} is healthy: {self.log[-2000:]}", seconds=_START_SECONDS)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL is a crash. Harmless to repeat."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_END_SECONDS)
            self._process = None


class Cluster:
    """Three servers that are one broker.

    Args:
        folder: Where their data goes.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        _certify(folder)
        ports = _free_ports("4222", "6222", "8222", "8883")
        self.servers = [ClusterServer(number, folder, ports) for number in (1, 2, 3)]
        self.settings = BrokerSettings(
            host=",".join(HOSTS),
            port=ports["8883"],
            tls=True,
            ca=str(folder / "broker-ca.crt"),
            keepalive_seconds=3,
        )


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that is complete when the block begins, and gone after it."""
    made = Cluster(folder)
    with ExitStack() as stack:
        for server in made.servers:
            stack.callback(server.stop, signal.SIGKILL)
            server.start()
        for server in made.servers:
            server.until_healthy()
        yield made


def _certify(folder: Path) -> None:
    """What `make secrets` makes, under the names that the shipped files give."""
    (folder / "broker").mkdir()
    authority = folder / "ca.key", folder / "broker-ca.crt"
    certificates.make_authority(*authority)
    server = folder / "broker" / "server.crt"
    certificates.make_server(server.with_suffix(".key"), server, HOSTS, authority=authority)


def _free_ports(*shipped: str) -> dict[str, int]:
    """For each port shipped one that is free on all three addresses."""
    found: dict[str, int] = {}
    with ExitStack() as stack:
        for name in shipped:
            port = 0
            for host in HOSTS:
                probe = stack.enter_context(socket.socket())
                probe.bind((host, port))
                port = probe.getsockname()[1]
            found[name] = port
    return found
