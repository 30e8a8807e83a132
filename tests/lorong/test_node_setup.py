"""`lorong node setup`: a board's files and a real Modbus server are found and said, and the node reads them."""

from __future__ import annotations

import io
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lorong.settings import load
from sensors.drivers import build_drivers
from tests.flow.small_site import small_site
from tests.sensors.modbus_line import modbus_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from commons.sites import Site

JOINED = """# makassar.saga-n7, and nobody else
[broker]
host = "broker.example"
password = "secret-word"

[node]
city = "makassar"
lane = "saga"
node = "saga-n7"
driver = "simulated"
options = "seed=7"
"""
FILES = {
    "sys/class/hwmon/hwmon0": {"name": "cpu_thermal", "temp1_input": "61000"},
    "sys/class/hwmon/hwmon1": {"name": "sht3x", "temp1_input": "29870", "humidity1_input": "71020"},
    "sys/bus/iio/devices/iio:device0": {
        "name": "ads1115",
        "in_voltage_scale": "1",
        "in_voltage0_raw": "2155",
        "in_voltage1_raw": "540",  # an input with nothing on it floats
    },
    "sys/bus/w1/devices/28-0316a2795bff": {"temperature": "27062"},
    "sys/bus/w1/devices/w1_bus_master1": {"w1_master_slave_count": "1"},
}
SEVEN_IN_ONE = {0: [495, 324, 4, 55, 1, 2, 3], 0x07D0: [1, 1]}
ES107 = {0: [495, 324, 40, 55, 1, 2, 3, 4, 5], 0x0064: [2, 3]}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


@pytest.fixture
def board(tmp_path: Path) -> Callable[..., Path]:
    """A board's files, with serial ports by name."""

    def make(files: dict[str, dict[str, str]], **ports: str) -> Path:
        root = tmp_path / "board"
        (root / "dev" / "serial" / "by-id").mkdir(parents=True)
        for folder, contents in files.items():
            (root / folder).mkdir(parents=True)
            for name, text in contents.items():
                (root / folder / name).write_text(f"{text}\n", "ascii")
        for name, port in ports.items():
            (root / "dev" / name).symlink_to(port)
            (root / "dev" / "serial" / "by-id" / f"usb-{name}").symlink_to(root / "dev" / name)
        return root

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "lorong.toml").write_text(JOINED, "utf-8")
    return tmp_path / "lorong.toml"


def test_what_is_connected_is_said_and_written_and_the_node_reads_it(
    lorong: Any, site: Site, board: Any, settings: Path
) -> None:
    with modbus_line({1: SEVEN_IN_ONE, 2: {**SEVEN_IN_ONE, 0x07D0: [2, 1]}}) as port:
        root = board(FILES, ttyUSB0=port)
        said = lorong("node", "setup", "--settings", settings, "--root", root, "--city", site.folder)
        entry = load(settings, {}).node.entry()
        blocks = [b for d in build_drivers(entry, site).values() for b in d.read(1_795_492_800_000, None).blocks]

    serial = f"{root}/dev/serial/by-id/usb-ttyUSB0"
    assert said.code == 0, said.err
    assert [line.partition(" (JXCT")[0] for line in said.out.splitlines() if line.startswith("found: ")] == [
        "found: air sensor sht3x",
        "found: thermometer 28-0316a2795bff (1-wire)",
        "found: moisture probe on channel 0 (2155 mV)",
        f"found: Modbus probe at address 1 on {serial}, 4800 Bd: generic 7-in-1",
        f"found: Modbus probe at address 2 on {serial}, 4800 Bd: generic 7-in-1",
    ]
    assert "reads: air: temperature 29.87, humidity 71.02" in said.out
    assert "reads: soil b1: moisture 49.5, temperature 32.4, ec 4.0, ph 5.5" in said.out
    assert (entry.driver, entry.options["linux_sysfs.thermometers"]) == (
        "linux_sysfs+modbus_soil",
        "b1:28-0316a2795bff",
    )
    assert entry.options["modbus_soil.probes"] == "b1:1,b2:2"
    assert [block.measurement for block in blocks] == ["air", "soil", "soil"]
    assert load(settings, {}).broker.password.reveal() == "secret-word"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert "secret-word" not in said.out + said.err


@pytest.mark.parametrize(
    ("registers", "family"),
    [(ES107, "es107"), ({0: [3240, 495, 4], 0x0200: [2, 3]}, "s101990667"), ({0: [495, 324]}, "sen0600")],
)
def test_a_family_of_probes_is_known_by_where_it_keeps_its_address(
    lorong: Any, site: Site, board: Any, settings: Path, registers: dict[int, list[int]], family: str
) -> None:
    with modbus_line({2: registers}) as port:
        root = board({}, ttyUSB0=port)
        lorong("node", "setup", "--settings", settings, "--root", root, "--city", site.folder)

    options = load(settings, {}).node.entry().options
    assert (options["family"], options["probes"]) == (family, "b1:2")


def test_a_board_with_nothing_on_it_keeps_its_settings(lorong: Any, site: Site, board: Any, settings: Path) -> None:
    root = board({"sys/class/hwmon/hwmon0": {"name": "cpu_thermal", "temp1_input": "61000"}})

    said = lorong("node", "setup", "--settings", settings, "--root", root, "--city", site.folder)

    assert (said.code, settings.read_text("utf-8")) == (2, JOINED)
    assert "found: nothing that Lorong knows" in said.out
    assert "check wiring and overlays" in said.err


def test_a_second_setup_takes_in_what_was_added(lorong: Any, site: Site, board: Any, settings: Path) -> None:
    words = ("node", "setup", "--settings", settings, "--root", board(FILES), "--city", site.folder)
    lorong(*words)
    added = settings.parent / "board/sys/bus/w1/devices/28-0416b1c3d4ee"
    added.mkdir()
    (added / "temperature").write_text("26000\n", "ascii")

    lorong(*words)

    assert load(settings, {}).node.entry().options["thermometers"] == "b1:28-0316a2795bff,b2:28-0416b1c3d4ee"


def test_a_board_that_has_not_joined_is_asked_for_its_line(
    lorong: Any, board: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("not what the QR code says\n"))

    said = lorong("node", "setup", "--settings", tmp_path / "new.toml", "--root", board(FILES))

    assert (said.code, (tmp_path / "new.toml").exists()) == (2, False)
    assert "that is no line of `lorong node add`" in said.err
