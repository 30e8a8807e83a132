"""The embedded broker asks for no password, and so answers nobody outside this machine."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from pathlib import Path

import pytest

from commons.clock import SystemClock
from commons.errors import SettingsError
from lorong.broker import EmbeddedBroker

EVERYWHERE = "0.0.0.0"  # noqa: S104  # what is refused


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.1.5", "::", "broker.example", "localhost.example", ""])
def test_it_listens_nowhere_but_on_this_machine(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="asks for no password"):
        EmbeddedBroker(tmp_path, clock=SystemClock(), host=host)

    assert list(tmp_path.iterdir()) == []


def test_all_its_ports_are_open_to_this_machine_only(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path, clock=SystemClock())
    try:
        addresses = listening(broker._process.pid)
    finally:
        broker.stop()

    assert addresses == {"127.0.0.1"}


def listening(pid: int) -> set[str]:
    """The addresses that a process listens on, as Linux tells them."""
    sockets = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it opens and closes files while it is looked at
            sockets.add(str(path.readlink()))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text("ascii").splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in sockets:
                packed = bytes.fromhex(cells[1].partition(":")[0])
                found.add(str(ipaddress.ip_address(packed[::-1] if table == "tcp" else packed)))
    return found
