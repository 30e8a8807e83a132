"""RS485 soil probes: moisture, temperature, conductivity and acidity over Modbus RTU.

The probes' registers stand in `modbus_probes.py`. https://modbus.org/docs/Modbus_over_serial_line_V1_02.pdf
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pymodbus import ModbusException
from pymodbus.client import ModbusSerialClient

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError, UnknownNameError
from commons.logs import Log
from commons.rows import Block
from sensors.drivers.driver import Reading
from sensors.drivers.modbus_probes import FAMILIES, parse
from sensors.faults import Faults
from sensors.options import read_number, read_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver
    from sensors.drivers.modbus_probes import Family

_TIMEOUT_SECONDS: Final = 1.0  # they answer within 0.3 s
_RETRIES: Final = 2
_ADDRESSES: Final = range(1, 248)


class ModbusSoil:
    """The probes of one pair of wires.

    A probe that does not answer is said once and left out; only when none answers does the look fail. The port is
    opened anew for each look, so that an adapter that was pulled out and put back works again.

    Args:
        port: The serial port, such as `/dev/ttyUSB0`.
        family: What the probes' registers mean.
        baud: The speed [Bd].
        probes: The probes' addresses by bed.
        origin: The rows' origin.
    """

    def __init__(self, port: str, family: Family, *, baud: int, probes: Mapping[str, int], origin: str) -> None:
        self._port, self._family, self._baud = port, family, baud
        self._probes, self._origin = probes, origin
        self._faults = Faults(Log("sensors.modbus_soil"), "probe")

    def read(self, now_ms: int, bookmark: str | None) -> Reading:  # noqa: ARG002 - knows only the present
        """One row of soil for each bed whose probe answers."""
        client = ModbusSerialClient(self._port, baudrate=self._baud, timeout=_TIMEOUT_SECONDS, retries=_RETRIES)
        try:
            if not client.connect():
                raise SensorError(f"serial port {self._port} cannot be opened; check the adapter and its rights")
            values = self._ask_all(client)
        finally:
            client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it without types
        fields = {name: [found.get(name) for found in values.values()] for name in self._family.registers}
        times = [now_ms * NANOSECONDS_PER_MILLISECOND] * len(values)
        return Reading([Block("soil", times, {"bed": [*values], "origin": self._origin}, fields)])

    def _ask_all(self, client: ModbusSerialClient) -> dict[str, dict[str, float]]:
        values: dict[str, dict[str, float]] = {}
        last: SensorError | None = None
        for bed, address in self._probes.items():
            try:
                values[bed] = self._ask(client, bed, address)
            except SensorError as error:
                last = error
                self._faults.fails(bed, error)
            else:
                self._faults.works(bed)
        if not values and last is not None:
            raise last
        return values

    def _ask(self, client: ModbusSerialClient, bed: str, address: int) -> dict[str, float]:
        try:
            answer = client.read_holding_registers(0, count=self._family.count, device_id=address)
        except ModbusException as error:
            raise SensorError(
                f"probe of bed {bed!r} (address {address}) does not answer on {self._port}; check power and wires A, B"
            ) from error
        if answer.isError():
            raise SensorError(f"probe of bed {bed!r} (address {address}) refuses: {answer}; check its family")
        return parse(self._family, answer.registers)


def build(entry: NodeEntry, site: Site) -> Driver:
    """The probes on one serial port.

    Options: `port`, `family` (`7in1`, `es107`, `s101990667` or `sen0600`), `probes` (bed:address, such as
    `b1:1,b2:2`), `baud` (the family's own when left out).

    Raises:
        SiteError: A probe is not written so, or its bed is none of the lane's.
        UnknownNameError: An option or the family is not known.
    """
    options = read_options(entry, required=("port", "family", "probes"), optional={"baud": ""})
    family = FAMILIES.get(options["family"])
    if family is None:
        raise UnknownNameError("family of soil probes", options["family"], FAMILIES)
    baud = read_number(entry, options, "baud") if options["baud"] else family.baud
    probes = dict(_probe(text, entry, site) for text in options["probes"].split(","))
    return ModbusSoil(options["port"], family, baud=baud, probes=probes, origin=entry.origin)


def _probe(text: str, entry: NodeEntry, site: Site) -> tuple[str, int]:
    bed, _, address = text.partition(":")
    lane = entry.address.lane
    if not address.isdecimal() or int(address) not in _ADDRESSES:
        raise SiteError(f"node {entry.address.node!r}: probe {text!r} is not bed:address from 1 to 247; write b1:1")
    if (lane, bed) not in site.beds:
        raise SiteError(f"node {entry.address.node!r}: lane {lane!r} has no bed {bed!r}; add it to beds.csv")
    return bed, int(address)
