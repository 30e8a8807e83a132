"""What LoRaWAN probes say, decoded by the network server or in their own bytes.

Dragino LSE01: lorawan-devices vendor/dragino/lse01-codec.yaml. Milesight EM500-SMTC: SensorDecoders EM500_Series.
SenseCAP S210x: its decoder's measurement ids.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import TYPE_CHECKING, Any, Final

from ingest.decoders.names import field_of
from ingest.decoders.quantities import quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEYS: Final[Mapping[str, str]] = {
    "water_soil_f": "soil.moisture",
    "temp_soil_f": "soil.temperature",
    "conduct_soil_f": "soil.ec",
    "temp_ds18b20": "air.temperature",
    "tempc_ds18b20": "air.temperature",
    "bat": "health.voltage",
    "batv": "health.voltage",
    "temperature": "soil.temperature",
}
_PROBE_ABSENT: Final = ("0.00", "0.0", 0.0)  # of the outdoor thermometer that the LSE01 may have, and mostly has not
_VOLTS: Final = 20  # a "battery" above this is in per cent, or in millivolts
_LSE01_BYTES: Final = 11
SENSECAP_IDS: Final[Mapping[str, str]] = {
    "4097": "air.temperature",
    "4098": "air.humidity",
    "4099": "air.light",
    "4101": "air.pressure",
    "4102": "soil.temperature",
    "4103": "soil.moisture",
    "4108": "soil.ec",
    "4110": "soil.moisture",
}
SENSECAP_UNITS: Final[Mapping[str, str]] = {"4101": "Pa", "4108": "dS/m"}


def from_object(said: Mapping[str, Any]) -> dict[str, float]:
    """The values of a payload that the network server has decoded; texts with units are read too.

    Args:
        said: `object` of ChirpStack, `decoded_payload` of The Things Stack.

    Raises:
        WireError: A value is no number, or in another unit.
    """
    if isinstance(said.get("messages"), list):
        return quantities(_sensecap(said["messages"]))
    return quantities((field, value, "") for field, value in _named(said))


def from_bytes(payload: object) -> dict[str, float]:
    """The values of a probe's own bytes in base64; none where they are no known probe's.

    Examples:
        >>> from_bytes("zikA8QelCZtuKJA=")["soil.moisture"]
        19.57
        >>> from_bytes("AXVkA2cZAQRocwV/8AA=")["soil.ec"]
        240.0
    """
    try:
        raw = base64.b64decode(str(payload or ""), validate=True)
    except binascii.Error:
        return {}
    if raw[:2] == b"\x01\x75" or raw[:2] in (b"\x03\x67", b"\x04\x68", b"\x05\x7f"):
        return _em500(raw)
    return _lse01(raw) if len(raw) == _LSE01_BYTES else {}


def _named(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in said.items():
        field = _KEYS.get(key.lower()) or field_of(key)
        if field is None or isinstance(value, dict | list | bool):
            continue
        if key.lower().endswith("ds18b20") and value in _PROBE_ABSENT:
            continue
        if field == "health.voltage" and isinstance(value, int | float) and value > _VOLTS:
            field = "health.battery"
        yield field, value


def _sensecap(messages: list[Any]) -> Iterator[tuple[str, Any, str]]:
    """SenseCAP's own decoder gives a list of measurements; older ones a list of such lists."""
    flat = [one for group in messages for one in (group if isinstance(group, list) else [group])]
    for one in flat:
        number = str(one.get("measurementId", "")) if isinstance(one, dict) else ""
        if number in SENSECAP_IDS and not isinstance(one.get("measurementValue"), list | dict):
            yield SENSECAP_IDS[number], one.get("measurementValue"), SENSECAP_UNITS.get(number, "")


def _lse01(raw: bytes) -> dict[str, float]:
    """Battery [mV, 14 bits], outdoor degrees /10, moisture /100, soil degrees /100, conductivity [uS/cm], flags."""
    battery, outdoor, moisture, degrees, conductivity = struct.unpack(">HhHhH", raw[:10])
    values = {
        "health.voltage": (battery & 0x3FFF) / 1000,
        "soil.moisture": moisture / 100,
        "soil.temperature": degrees / 100,
        "soil.ec": float(conductivity),
    }
    return values | ({"air.temperature": outdoor / 10} if outdoor else {})


def _em500(raw: bytes) -> dict[str, float]:
    """Channel, type, value, again and again; history behind channel 32 is not read."""
    values: dict[str, float] = {}
    at = 0
    while at + 2 <= len(raw):
        field, size, form, by = _EM500.get(raw[at : at + 2], ("", 0, "", 1.0))
        if not field or at + 2 + size > len(raw):
            break
        values[field] = struct.unpack(form, raw[at + 2 : at + 2 + size])[0] / by
        at += 2 + size
    return values


_EM500: Final[Mapping[bytes, tuple[str, int, str, float]]] = {
    b"\x01\x75": ("health.battery", 1, "<B", 1.0),
    b"\x03\x67": ("soil.temperature", 2, "<h", 10.0),
    b"\x04\x68": ("soil.moisture", 1, "<B", 2.0),
    b"\x04\xca": ("soil.moisture", 2, "<H", 100.0),
    b"\x05\x7f": ("soil.ec", 2, "<H", 1.0),
}
