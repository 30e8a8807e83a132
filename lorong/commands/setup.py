"""`lorong node setup`: finds what is connected, says so, and writes the node's settings."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from commons.errors import SensorError, SettingsError, UsageError
from commons.sites import NodeEntry
from deploy.broker.files import put
from lorong.commands.members import join
from lorong.settings import load, site
from sensors.discovery import look
from sensors.drivers import build_drivers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from commons.sites import Site
    from sensors.discovery import Found, ModbusProbe
    from sensors.drivers.driver import Reading

_UNCALIBRATED: Final = "2850:1460"  # mV of a common probe in air and in water, until `lorong calibrate` says better


def setup(
    *, settings: Path = Path("lorong.toml"), root: Path = Path("/"), city: str = "", ports: tuple[str, ...] = ()
) -> None:
    """Find what is connected, say so, and write it into the node's settings; without any, ask for the join code first.

    Parameters
    ----------
    settings
        The node's settings file.
    root
        Where sys and dev are.
    city
        A site that comes with Lorong, or the path of a site folder; else the settings'.
    ports
        Serial ports to ask beside those of USB adapters, such as /dev/serial0.
    """
    if not settings.exists():
        join(settings=settings)
    node = load(settings).node
    entry, place = node.entry(), site(city or node.city)
    found = look(root, ports)
    print("\n".join(f"found: {line}" for line in found.lines()) or "found: nothing that Lorong knows")
    beds = [bed.slug for bed in place.beds_of(entry.address.lane)]
    options = dict(_options(found, beds, root))
    if not options:
        raise UsageError(f"nothing to read; {settings} stays as it is: check wiring and overlays (docs/pi.md)")
    written = NodeEntry(entry.address, "+".join(options), entry.origin, _flat(options))
    _show(written, place)
    put(settings, _rewritten(settings, written), mode=0o600)
    print(f"{settings} is written; run the node with: lorong node run --settings {settings}")


def _options(found: Found, beds: Sequence[str], root: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """By driver, its options; what is in the ground goes into the lane's beds in the order in which it was found."""
    soil = {
        "thermometers": _in_beds(found.thermometers, beds),
        "probes": _in_beds([f"{channel}:{_UNCALIBRATED}" for channel, _ in found.analogue], beds),
    }
    if found.air or any(soil.values()):
        elsewhere = {} if root == Path("/") else {"root": str(root.resolve())}
        yield "linux_sysfs", {**{name: text for name, text in soil.items() if text}, **elsewhere}
    line = _one_line(found.modbus)
    if line:
        first = line[0]
        probes = _in_beds([str(probe.address) for probe in line], beds)
        yield "modbus_soil", {"port": first.port, "family": first.family, "baud": str(first.baud), "probes": probes}
    if found.scales:
        print("scales are a node of their own (docs/devices.md): they are looked at every two seconds")


def _one_line(probes: Sequence[ModbusProbe]) -> list[ModbusProbe]:
    """The probes of one port and family, for a node reads one line; the others are said."""
    known = [probe for probe in probes if probe.family]
    line = [probe for probe in known if (probe.port, probe.family) == (known[0].port, known[0].family)]
    for probe in probes:
        if probe not in line:
            print(f"left out: address {probe.address} on {probe.port}; a node reads one port and one known family")
    return line


def _in_beds(sensors: Sequence[str], beds: Sequence[str]) -> str:
    """Sensors as `bed:sensor,bed:sensor`, each in a bed that somebody chose, or the next one."""
    placed = []
    for sensor, bed in zip(sensors, beds, strict=False):
        asked = input(f"bed of {sensor} [{bed}]: ").strip() if sys.stdin.isatty() else ""
        placed.append(f"{asked or bed}:{sensor}")
    for sensor in sensors[len(beds) :]:
        print(f"left out: {sensor}; the lane has {len(beds)} beds, add one to beds.csv")
    return ",".join(placed)


def _flat(options: dict[str, dict[str, str]]) -> dict[str, str]:
    """Options as a node has them: with the driver's name before each where there are several."""
    if len(options) == 1:
        return dict(next(iter(options.values())))
    return {f"{driver}.{name}": value for driver, own in options.items() for name, value in own.items()}


def _show(entry: NodeEntry, place: Site) -> None:
    """Read everything once, and say what it says."""
    for name, driver in build_drivers(entry, place).items():
        try:
            reading = driver.read(SystemClock().wall_ms(), None)
        except SensorError as error:
            print(f"reads nothing of {name} yet: {error}")
        else:
            print("\n".join(f"reads: {line}" for line in _values(reading)))


def _values(reading: Reading) -> Iterator[str]:
    for block in reading.blocks:
        for row in block.rows():
            fields = ", ".join(f"{name} {row[name]}" for name in block.fields if row[name] is not None)
            yield f"{block.measurement} {row.get('bed', '')}".strip() + f": {fields}"


def _rewritten(settings: Path, entry: NodeEntry) -> str:
    """The file with the node's driver and options in place of those that it had."""
    new = {"driver": entry.driver, "options": ";".join(f"{key}={value}" for key, value in entry.options.items())}
    lines, section = [], ""
    for line in settings.read_text("utf-8").splitlines():
        section = line.strip() if line.startswith("[") else section
        if section == "[node]" and line.partition("=")[0].strip() in new:
            continue
        lines.append(line)
        if line.strip() == "[node]":
            lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in new.items()]
    text = "\n".join([*lines, ""])
    if {name: tomllib.loads(text).get("node", {}).get(name) for name in new} != new:
        raise SettingsError(f"{settings} has no section [node] on a line of its own; add it")
    return text
