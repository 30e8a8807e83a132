"""systemd hears from a node as long as its loop comes by, and no longer when a driver hangs."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING

from commons.broker import BrokerSettings
from commons.sites import NodeEntry
from commons.topics import Address
from lorong.fleet import Fleet
from lorong.watchdog import Watchdog
from tests.flow.small_site import small_site
from tests.flow.waiting import MovedClock, wait_until
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = BrokerSettings(port=9)


def air_sensor(root: Path) -> Path:
    """A board with one; its temperature's file."""
    folder = root / "sys/class/hwmon/hwmon0"
    folder.mkdir(parents=True)
    (folder / "name").write_text("sht3x\n", "ascii")
    return folder / "temp1_input"


def test_a_node_that_works_tells_systemd_again_and_again(tmp_path: Path) -> None:
    air_sensor(tmp_path / "board").write_text("29870\n", "ascii")
    where = tmp_path / "notify"
    environ = {
        **os.environ,
        "NOTIFY_SOCKET": str(where),
        "WATCHDOG_USEC": "200000",
        "LORONG_NODE__LANE": "saga",
        "LORONG_NODE__NODE": "saga-n7",
        "LORONG_NODE__OPTIONS": f"root={tmp_path / 'board'}",
        "LORONG_BROKER__PORT": "9",
        "PYTHONPATH": str(ROOT),
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(where))
        ear.settimeout(60)
        with subprocess.Popen([*LORONG, "node", "run", "--data", "d"], cwd=tmp_path, env=environ) as node:
            heard = [ear.recv(100) for _ in range(3)]
            node.terminate()

    assert heard == [b"WATCHDOG=1"] * 3


def test_a_driver_that_never_returns_is_no_longer_well_and_one_that_works_is(tmp_path: Path) -> None:
    os.mkfifo(air_sensor(tmp_path / "hangs"))  # whoever reads it waits for somebody to write
    air_sensor(tmp_path / "works").write_text("29870\n", "ascii")
    site, clock = small_site(tmp_path / "site", recorded=0), MovedClock()
    fleets = {
        name: Fleet(
            [NodeEntry(Address("makassar", "saga", name), "linux_sysfs", "measured", {"root": str(tmp_path / name)})],
            site,
            tmp_path / "nodes",
            NOBODY,
            clock=clock,
            cadence_seconds=0.1,
        )
        for name in ("hangs", "works")
    }
    for fleet in fleets.values():
        fleet.start()
    before = [fleet.is_well for fleet in fleets.values()]

    clock.forward(400)
    wait_until(lambda: fleets["works"].is_well, "the loop that works comes by again")
    stuck = not fleets["hangs"].is_well
    hung = tmp_path / "hangs/sys/class/hwmon/hwmon0"
    (hung / "name").write_text("gone\n", "ascii")
    with (hung / "temp1_input").open("w", encoding="ascii") as pipe:
        pipe.write("29870\n")
    wait_until(lambda: fleets["hangs"].is_well, "it comes by again")
    for fleet in fleets.values():
        fleet.close()

    assert before == [True, True]
    assert stuck


def test_where_nobody_watches_nobody_is_told() -> None:
    Watchdog(MovedClock(), {}).is_well()
    Watchdog(MovedClock(), {"NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "1000000"}).is_well()
