"""Tasmota: a JSON object a probe, local time without a zone, degrees as the device was set.

https://tasmota.github.io/docs/MQTT/ ; docs/DS18x20.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import inner, json_object
from ingest.decoders.moments import moment
from ingest.decoders.quantities import quantities

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_SOIL: Final = ("DS18",)  # the waterproof probe on a cable; a node's row may say otherwise
_BROKEN: Final = frozenset({-127.0, 85.0})  # a DS18B20 without an answer, and one that has only just been switched on
_AIR: Final = {"Humidity": "air.humidity", "Pressure": "air.pressure", "Illuminance": "air.light"}
_PLACE: Final = 1  # of the device's own name in the topic


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`tele/{device}/SENSOR`: one reading a probe; what has no probe's shape is passed over."""
    document = json_object(payload)
    parts = topic.split("/")
    if len(parts) <= _PLACE + 1:
        raise WireError(f"topic {topic[:80]!r} names no Tasmota device; tele/{{device}}/SENSOR does")
    device = "/".join(parts[_PLACE:-1])
    time = moment(document.get("Time"))
    units = str(document.get("TempUnit", "C")), str(document.get("PressureUnit", "hPa"))
    return [Reading(device, values, time, probe) for probe, values in _probes(document, units) if values]


def _probes(document: dict[str, Any], units: tuple[str, str]) -> Iterator[tuple[str, dict[str, float]]]:
    for name, said in document.items():
        if not isinstance(said, dict):
            continue
        nested = {key: inner(said, key) for key in said if isinstance(said[key], dict)}
        for key, probe in (nested or {name: said}).items():
            yield key, _values(name, probe, units)


def _values(kind: str, probe: dict[str, Any], units: tuple[str, str]) -> dict[str, float]:
    if kind == "ANALOG":
        return _analog(probe, units[0])
    is_ds = kind.startswith(_IN_SOIL)
    found: list[tuple[str, object, str]] = []
    if "Temperature" in probe and not (is_ds and probe["Temperature"] in _BROKEN):
        found.append(("soil.temperature" if is_ds else "air.temperature", probe["Temperature"], units[0]))
    found += [(field, probe[key], units[1] if key == "Pressure" else "") for key, field in _AIR.items() if key in probe]
    if "Moisture" in probe:
        found.append(("soil.moisture", probe["Moisture"], ""))
    return quantities(found)


def _analog(probe: dict[str, Any], degrees: str) -> dict[str, float]:
    """A0 is the bare converter: 10 bits on an ESP8266, 12 on an ESP32; it becomes moisture by calibration only."""
    raw = probe.get("A0", probe.get("A1"))
    found = [("soil.raw", raw, "")] if raw is not None else []
    found += [("air.temperature", probe["Temperature"], degrees)] if "Temperature" in probe else []
    return quantities(found)


TASMOTA: Final = Decoder(name="tasmota", title="Tasmota", filters=("tele/+/SENSOR",), decode=decode)
