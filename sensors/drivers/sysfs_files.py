"""The kernel's sensor files: finding them, reading them, and telling a value from an error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from commons.errors import SensorError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MILLI: Final = 1000.0
_POWER_ON: Final = 85.0  # what a DS18B20 holds before its first conversion
_NO_POWER: Final = 127.94  # what it shows when the wire gives too little
_NEAR: Final = 0.005


def find(root: Path, pattern: str, names: Sequence[str]) -> list[Path]:
    """The device folders below a root whose `name` file says one of the names, in the names' order.

    A device whose `name` cannot be read is none of ours.
    """
    found = []
    for folder in sorted(root.glob(pattern)):
        try:
            name = (folder / "name").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if name in names:
            found.append((names.index(name), folder))
    return [folder for _, folder in sorted(found)]


def read_text(path: Path) -> str:
    """What a file says, without blanks around it.

    Raises:
        SensorError: It cannot be read, or is empty.
    """
    try:
        text = path.read_text("utf-8", errors="replace").strip()
    except OSError as error:
        raise SensorError(f"{path} cannot be read ({error.strerror}); check the wiring") from error
    if not text:
        raise SensorError(f"{path} is empty, the device was still converting; it is asked again")
    return text


def has_channel(device: Path, stem: str) -> bool:
    """Whether a device offers a channel, ready or raw."""
    return any((device / f"{stem}_{kind}").exists() for kind in ("input", "raw"))


def read_channel(device: Path, stem: str) -> float:
    """A channel's value in the kernel's unit: as it is, or (raw + offset) x scale.

    A scale that the channel does not have itself is the device's for all channels of the kind (`in_voltage_scale`).

    Raises:
        SensorError: A file of it cannot be read, is empty, or is no number.
    """
    ready = device / f"{stem}_input"
    if ready.exists():
        return _number_in(ready)
    scale, offset = (_own_or_shared(device, stem, kind) for kind in ("scale", "offset"))
    shift = _number_in(offset) if offset.exists() else 0.0
    return (_number_in(device / f"{stem}_raw") + shift) * _number_in(scale)


def read_w1(device: Path) -> float:
    """The temperature of a 1-wire probe [°C].

    Raises:
        SensorError: It gives none, or an error value.
    """
    path = device / "temperature"
    if path.exists():
        return parse_w1_temperature(read_text(path), path)
    path = device / "w1_slave"
    return parse_w1_slave(read_text(path), path)


def parse_number(text: str, path: Path) -> float:
    """A number.

    Raises:
        SensorError: It is none, or not finite.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SensorError(f"{path} says {text[:40]!r}, which is no number; check the device")
    return value


def parse_w1_temperature(text: str, path: Path) -> float:
    """The temperature a DS18B20 gives in thousandths [°C].

    Raises:
        SensorError: It is no number, or one of the two that mean a failed conversion.
    """
    value = parse_number(text, path) / _MILLI
    if abs(value - _POWER_ON) < _NEAR:
        raise SensorError(f"{path} says 85.000 °C, what the probe holds at power-on; check its power and pull-up")
    if abs(value - _NO_POWER) < _NEAR:
        raise SensorError(f"{path} says {value:.2f} °C, which means too little power; use three wires")
    return value


def parse_w1_slave(text: str, path: Path) -> float:
    """The temperature in the older two-line file [°C]: the first ends in YES, the second in t=thousandths.

    Raises:
        SensorError: The checksum failed, or there is no usable temperature.
    """
    check, _, rest = text.partition("\n")
    _, found, value = rest.partition("t=")
    if not check.endswith("YES") or not found:
        raise SensorError(f"{path} says {text[:80]!r}, its checksum failed; check the wire's length and pull-up")
    return parse_w1_temperature(value.strip(), path)


def _number_in(path: Path) -> float:
    return parse_number(read_text(path), path)


def _own_or_shared(device: Path, stem: str, kind: str) -> Path:
    own = device / f"{stem}_{kind}"
    return own if own.exists() else device / f"{stem.rstrip('0123456789')}_{kind}"
