"""Sensors that the Linux kernel reads: air from IIO and hwmon, soil from 1-wire and analogue probes.

The files and their units are those of the kernel's documentation (`sysfs-bus-iio`, `hwmon/sht3x`, `w1_therm`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError
from commons.logs import Log
from commons.rows import Block
from commons.sites.calibrations import of_probe, read_calibrations
from sensors.drivers.driver import Reading
from sensors.drivers.moisture_probe import MoistureProbe, parse_probe
from sensors.drivers.sysfs_files import find, has_channel, read_channel, read_w1
from sensors.faults import Faults
from sensors.options import read_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

_IIO: Final = "sys/bus/iio/devices/iio:device*"
_HWMON: Final = "sys/class/hwmon/hwmon*"
_ONE_WIRE: Final = "sys/bus/w1/devices"
_AIR_DEVICES: Final = "sht3x,sts3x,bme280,bmp280,bh1750"
_CONVERTERS: Final = ("ads1115", "ads1015")
_CHANNELS: Final = {
    _HWMON: (("temperature", "temp1", 0.001), ("humidity", "humidity1", 0.001)),
    _IIO: (
        ("temperature", "in_temp", 0.001),
        ("humidity", "in_humidityrelative", 0.001),
        ("pressure", "in_pressure", 10.0),
        ("light", "in_illuminance", 1.0),
    ),
}
"""Field, channel, and what turns the kernel's milli-degrees, milli-percent, kilopascal and lux into ours."""

_PLACES: Final = 3
_SOIL_FIELDS: Final = ("moisture", "temperature", "raw")


class LinuxSysfs:
    """Air and soil sensors of a board.

    Devices are found by their `name` files, hwmon before IIO; where two offer the same quantity, the first that
    answers counts, so that an SHT3x goes before a BME280, which warms itself. A device that fails is said once and
    left out; only when none answers does the look fail.

    Args:
        root: Where `sys` is, `/` on a board.
        names: The air sensors to look for, the best first.
        thermometers: The 1-wire id of the thermometer in each bed.
        probes: The moisture probes.
        origin: The rows' origin.
    """

    def __init__(
        self,
        root: Path,
        *,
        names: Sequence[str],
        thermometers: Mapping[str, str],
        probes: Sequence[MoistureProbe],
        origin: str,
    ) -> None:
        self._root, self._names = root, names
        self._thermometers, self._probes, self._origin = thermometers, probes, origin
        self._faults = Faults(Log("sensors.linux_sysfs"), "device")

    def read(self, now_ms: int, bookmark: str | None) -> Reading:  # noqa: ARG002 - knows only the present
        """One row of air, and one of soil for each bed that has a sensor."""
        failed: list[SensorError] = []
        air = self._air(failed)
        soil = self._soil(failed, now_ms)
        if not air and not soil:
            raise failed[0] if failed else self._nothing()
        return Reading([*_air_block(now_ms, air, self._origin), *_soil_block(now_ms, soil, self._origin)])

    def _air(self, failed: list[SensorError]) -> dict[str, float]:
        values: dict[str, float] = {}
        for pattern, channels in _CHANNELS.items():
            for device in find(self._root, pattern, self._names):
                for field, stem, factor in channels:
                    if field not in values and has_channel(device, stem):
                        read = partial(read_channel, device, stem)
                        value = self._ask(f"{device.name}/{stem}", read, failed)
                        values.update({} if value is None else {field: round(value * factor, _PLACES)})
        return values

    def _soil(self, failed: list[SensorError], now_ms: int) -> dict[str, dict[str, float]]:
        values: dict[str, dict[str, float]] = {}
        for bed, name in self._thermometers.items():
            found_c = self._ask(name, partial(read_w1, self._root / _ONE_WIRE / name), failed)
            if found_c is not None:
                values.setdefault(bed, {})["temperature"] = found_c
        for probe in self._probes:
            millivolts = self._ask(f"moisture of {probe.bed}", partial(self._millivolts, probe, now_ms), failed)
            if millivolts is not None:
                moisture = round(probe.moisture(millivolts, now_ms), _PLACES)
                values.setdefault(probe.bed, {}).update(moisture=moisture, raw=round(millivolts, _PLACES))
        return values

    def _millivolts(self, probe: MoistureProbe, now_ms: int) -> float:
        """What a probe shows [mV], if it is within its calibration."""
        converters = find(self._root, _IIO, _CONVERTERS)
        if not converters:
            raise SensorError(f"no converter called {' or '.join(_CONVERTERS)} is there; check the wiring and overlay")
        millivolts = read_channel(converters[0], f"in_voltage{probe.channel}")
        probe.moisture(millivolts, now_ms)
        return millivolts

    def _ask(self, name: str, read: Callable[[], float], failed: list[SensorError]) -> float | None:
        """A device's value, or None and one more failure."""
        try:
            value = read()
        except SensorError as error:
            failed.append(error)
            self._faults.fails(name, error)
            return None
        self._faults.works(name)
        return value

    def _nothing(self) -> SensorError:
        names = ", ".join(self._names)
        return SensorError(f"no device called {names} under {self._root / 'sys'}; check the wiring and the overlay")


def build(entry: NodeEntry, site: Site) -> Driver:
    """The sensors of a board.

    Options: `thermometers` (such as `b1:28-0316a2795bff,b2:28-0416b1c3d4ee`), `probes` (moisture probes as
    bed:channel:dry mV:wet mV, such as `b1:0:2850:1460`; the site's calibrations.csv goes before it, from its days on),
    `names` (the air sensors to look for), `root` (where `sys` is, default `/`).

    Raises:
        SiteError: A thermometer or probe is not written so, or its bed is none of the lane's.
        UnknownNameError: An option is not known.
    """
    options = read_options(entry, optional={"thermometers": "", "probes": "", "names": _AIR_DEVICES, "root": "/"})
    thermometers = {}
    for pair in filter(None, options["thermometers"].split(",")):
        bed, colon, name = pair.partition(":")
        if not (bed and colon and name):
            raise SiteError(
                f"node {entry.address.node!r}: thermometer {pair!r} is not bed:id; write b1:28-0316a2795bff"
            )
        thermometers[bed] = name
    return LinuxSysfs(
        site.folder / options["root"],
        names=options["names"].split(","),
        thermometers=thermometers,
        probes=[_probe(text, entry, site) for text in filter(None, options["probes"].split(","))],
        origin=entry.origin,
    )


def _probe(text: str, entry: NodeEntry, site: Site) -> MoistureProbe:
    lane, name = entry.address.lane, text.partition(":")[0]
    bed = site.beds.get((lane, name))
    if bed is None:
        raise SiteError(f"node {entry.address.node!r}: lane {lane!r} has no bed {name!r}; add it to beds.csv")
    dated = of_probe(read_calibrations(site), entry.address.node, name)
    try:
        return parse_probe(text, saturation_pct=bed.saturation_pct, dated=dated)
    except ValueError as error:
        raise SiteError(f"node {entry.address.node!r}: probe {error}; write b1:0:2850:1460") from None


def _air_block(now_ms: int, values: Mapping[str, float], origin: str) -> list[Block]:
    if not values:
        return []
    fields = {name: [value] for name, value in values.items()}
    return [Block("air", [now_ms * NANOSECONDS_PER_MILLISECOND], {"origin": origin}, fields)]


def _soil_block(now_ms: int, values: Mapping[str, Mapping[str, float]], origin: str) -> list[Block]:
    if not values:
        return []
    fields = {name: [found.get(name) for found in values.values()] for name in _SOIL_FIELDS}
    times = [now_ms * NANOSECONDS_PER_MILLISECOND] * len(values)
    return [Block("soil", times, {"bed": [*values], "origin": origin}, fields)]
