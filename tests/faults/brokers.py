"""A broker as a process with a folder of its own: it can be killed, lose its disk, and come back on the same port."""

from __future__ import annotations

import shutil
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.faults.processes import Process
from tests.flow.ports import free_port
from tests.flow.waiting import wait_until

_CONFIGURATIONS: Final = {
    "nats": """
server_name: lorong-faults
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}/disk" }}
mqtt {{ listen: "127.0.0.1:{port}", max_ack_pending: 20000, ack_wait: "{ack_wait}" }}
""",
    "mosquitto": """
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/disk/
autosave_interval 1
max_queued_messages 0
max_inflight_messages 1000
user root
""",
}
_PROGRAMS: Final = {"nats": "nats-server", "mosquitto": "mosquitto"}


class Broker:
    """A NATS server or a Mosquitto, started when it is made.

    Args:
        kind: "nats" or "mosquitto".
        folder: Where its configuration, its log and its disk are; made if need be.
        ack_wait: After how long NATS gives an unacknowledged message again.
    """

    def __init__(self, kind: str, folder: Path, *, ack_wait: str = "2s") -> None:
        self.kind, self.port, self.host = kind, free_port(), "127.0.0.1"
        self._disk = folder / "disk"
        self._disk.mkdir(parents=True)
        configuration = folder / "broker.conf"
        text = _CONFIGURATIONS[kind].format(folder=folder, port=self.port, ack_wait=ack_wait)
        configuration.write_text(text, "utf-8")
        program = find(kind)
        assert program is not None, f"no {kind} on this machine"
        self.process = Process(kind, [program, "-c", str(configuration)], folder)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.process.start()
        wait_until(lambda: self._listens or not self.process.lives, f"{self.kind} listens")
        assert self.process.lives, self.process.said

    def kill(self) -> None:
        """Kill it at once; its disk keeps what was written so far."""
        self.process.kill()

    def stop(self) -> None:
        """End it in order, if it runs."""
        if self.process.lives:
            self.process.end()

    def wipe(self) -> None:
        """Lose its disk; it must not be running."""
        assert not self.process.lives
        shutil.rmtree(self._disk)
        self._disk.mkdir()

    @property
    def _listens(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex((self.host, self.port)) == 0


def find(kind: str) -> str | None:
    """The broker's program on this machine, if there is one."""
    name = _PROGRAMS[kind]
    for place in (None, "/usr/sbin", str(Path(sys.executable).parent)):
        found = shutil.which(name, path=place)
        if found:
            return found
    return None
