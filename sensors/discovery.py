"""What is connected to a board: the kernel's sensor files, and Modbus probes that answer on its serial ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pymodbus import ModbusException
from pymodbus.client import ModbusSerialClient

from commons.errors import SensorError
from sensors.drivers.modbus_probes import FAMILIES
from sensors.drivers.sysfs_files import find, has_channel, read_channel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AIR: Final = ("sht3x", "sts3x", "bme280", "bmp280", "bh1750")
_CONVERTERS: Final = ("ads1115", "ads1015")
_IIO: Final = "sys/bus/iio/devices/iio:device*"
_HWMON: Final = "sys/class/hwmon/hwmon*"
_PORTS: Final = ("dev/serial/by-id/*", "dev/ttyUSB*", "dev/ttyACM*")
_CHANNELS: Final = range(4)
_SOIL_MV: Final = (1200.0, 3100.0)
"""What a capacitive probe shows between water and air, with some to spare; an open input floats near 500 mV."""
_BAUDS: Final = (4800, 9600, 2400)
_ADDRESSES: Final = range(1, 5)
_TIMEOUT_SECONDS: Final = 0.3  # they answer sooner
_FEW, _MANY = 2, 4


@dataclass(frozen=True, slots=True)
class ModbusProbe:
    """A probe that answered.

    Args:
        port: Where.
        baud: At which speed [Bd].
        address: Its address.
        family: Whose it is, a key of `FAMILIES`; empty where it is of none that is known.
    """

    port: str
    baud: int
    address: int
    family: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is connected.

    Args:
        air: Names of air sensors, as the kernel has them.
        thermometers: Ids of 1-wire thermometers.
        analogue: Channel and voltage [mV] of a converter's inputs that look like moisture probes.
        scales: Whether there is an HX711.
        modbus: Probes on serial ports.
    """

    air: Sequence[str]
    thermometers: Sequence[str]
    analogue: Sequence[tuple[int, float]]
    scales: bool
    modbus: Sequence[ModbusProbe]

    def lines(self) -> list[str]:
        """What to say of it, a line each."""
        return [
            *(f"air sensor {name}" for name in self.air),
            *(f"thermometer {name} (1-wire)" for name in self.thermometers),
            *(f"moisture probe on channel {channel} ({millivolts:.0f} mV)" for channel, millivolts in self.analogue),
            *(["scales (hx711)"] if self.scales else []),
            *(_line(probe) for probe in self.modbus),
        ]


def look(root: Path, ports: Sequence[str] = ()) -> Found:
    """Look at everything once.

    Args:
        root: Where `sys` and `dev` are, `/` on a board.
        ports: Serial ports beside those that adapters on USB make.
    """
    devices = [*find(root, _HWMON, AIR), *find(root, _IIO, AIR)]
    return Found(
        air=list(dict.fromkeys((device / "name").read_text("utf-8").strip() for device in devices)),
        thermometers=sorted(path.name for path in root.glob("sys/bus/w1/devices/28-*")),
        analogue=_analogue(root),
        scales=bool(find(root, _IIO, ("hx711",))),
        modbus=[probe for port in [*_ports(root), *ports] for probe in probes_on(port)],
    )


def probes_on(port: str) -> list[ModbusProbe]:
    """The Modbus probes on a serial port: the first speed at which any answers is the line's.

    A port that cannot be opened, or on which nothing speaks Modbus, has none.
    """
    for baud in _BAUDS:
        client = ModbusSerialClient(port, baudrate=baud, timeout=_TIMEOUT_SECONDS, retries=0)
        try:
            if not client.connect():
                return []
            answered = [address for address in _ADDRESSES if _reads(client, address, 0, _FEW) is not None]
            if answered:
                return [ModbusProbe(port, baud, address, _family(client, address)) for address in answered]
        finally:
            client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it without types
    return []


def _analogue(root: Path) -> list[tuple[int, float]]:
    found = []
    for device in find(root, _IIO, _CONVERTERS)[:1]:  # as the driver reads the first one
        for channel in _CHANNELS:
            stem = f"in_voltage{channel}"
            if has_channel(device, stem):
                try:
                    millivolts = read_channel(device, stem)
                except SensorError:
                    continue
                if _SOIL_MV[0] <= millivolts <= _SOIL_MV[1]:
                    found.append((channel, millivolts))
    return found


def _ports(root: Path) -> list[str]:
    """Serial ports, each once: by the adapter's own name where it has one, which stays when another is plugged in."""
    found: dict[Path, str] = {}
    for pattern in _PORTS:
        for path in sorted(root.glob(pattern)):
            found.setdefault(path.resolve(), str(path))
    return list(found.values())


def _family(client: ModbusSerialClient, address: int) -> str:
    """By the register that holds the probe's own address; those with two registers only are known by that."""
    for name, family in FAMILIES.items():
        if family.own is not None and _reads(client, address, family.own, 1) == [address]:
            return name
    return "" if _reads(client, address, 0, _MANY) is not None else "sen0600"


def _reads(client: ModbusSerialClient, address: int, first: int, count: int) -> list[int] | None:
    try:
        answer = client.read_holding_registers(first, count=count, device_id=address)
    except ModbusException:
        return None
    return None if answer.isError() else list(answer.registers)


def _line(probe: ModbusProbe) -> str:
    whose = FAMILIES[probe.family].title if probe.family else "of no family that is known"
    return f"Modbus probe at address {probe.address} on {probe.port}, {probe.baud} Bd: {whose}"
