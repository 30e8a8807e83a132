"""What the registers of RS485 soil probes hold, family by family."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.errors import SensorError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIGN: Final = 0x8000


@dataclass(frozen=True, slots=True)
class Register:
    """One value of a probe.

    Args:
        offset: Its place behind the first register that is read.
        scale: What a count of 1 is in the catalogue's unit.
        signed: Whether it counts below zero.
    """

    offset: int
    scale: float
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Probes that answer alike.

    Args:
        title: Whose they are, with the datasheet.
        baud: The speed they are sold with [Bd], 8 bits, no parity, one stop bit.
        count: How many registers are read, from the first on (function 3).
        registers: By field of `soil`.
        own: The register in which a probe keeps its own address, by which `lorong node setup` knows the family; None
            where no datasheet that was read names it.
    """

    title: str
    baud: int
    count: int
    registers: Mapping[str, Register]
    own: int | None = None


_MOIST_FIRST: Final = {"moisture": Register(0, 0.1), "temperature": Register(1, 0.1, signed=True)}

FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "7in1": Family(
            "generic 7-in-1 (JXCT, CWT, Renke; myduino Industrial-Soil-Sensor-RS485)",
            4800,
            4,
            {**_MOIST_FIRST, "ec": Register(2, 1.0), "ph": Register(3, 0.1)},
            own=0x07D0,
        ),
        "es107": Family(
            "womaster ES107-Soil (product page)",
            9600,
            4,
            {**_MOIST_FIRST, "ec": Register(2, 0.1), "ph": Register(3, 0.1)},
            own=0x0064,
        ),
        "s101990667": Family(
            "Seeed 101990667, womaster ES103 (manual, page 8): temperature stands first",
            9600,
            3,
            {"temperature": Register(0, 0.01, signed=True), "moisture": Register(1, 0.01), "ec": Register(2, 1.0)},
            own=0x0200,
        ),
        "sen0600": Family("DFRobot SEN0600 and SEN0601 (wiki)", 9600, 2, _MOIST_FIRST),
    }
)
"""Nitrogen, phosphorus and potassium of such probes are computed from conductivity: they are no measurements, and are
not read. That leaves the DFRobot SEN0605, which has nothing else, without a place here."""


def parse(family: Family, registers: Sequence[int]) -> dict[str, float]:
    """What a probe's registers say, by field of `soil`.

    Args:
        family: What they mean.
        registers: As they were read, 16 bits each.

    Raises:
        SensorError: There are too few.

    Examples:
        >>> parse(FAMILIES["7in1"], [495, 324, 4, 55])
        {'moisture': 49.5, 'temperature': 32.4, 'ec': 4.0, 'ph': 5.5}
        >>> parse(FAMILIES["sen0600"], [300, 0xFFFB])
        {'moisture': 30.0, 'temperature': -0.5}
    """
    if len(registers) < family.count:
        raise SensorError(f"probe sent {len(registers)} of {family.count} registers; check its family and its wiring")
    return {field: _value(registers[at.offset], at) for field, at in family.registers.items()}


def _value(count: int, at: Register) -> float:
    number = count - 2 * _SIGN if at.signed and count >= _SIGN else count
    return round(number * at.scale, 3)
