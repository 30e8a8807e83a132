"""Ecowitt: one web form with every sensor of a gateway, in feet and degrees Fahrenheit, over MQTT or pushed by HTTP.

Custom upload, "Ecowitt" protocol; the GW3000 publishes the same form over MQTT. PASSKEY is a secret.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import form
from ingest.decoders.moments import moment
from ingest.decoders.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_KEYS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (r"soilmoisture(\d+)", "soil", "soil.moisture", ""),
    (r"soilad(\d+)", "soil", "soil.raw", ""),
    (r"soilec(\d+)", "soil", "soil.ec", ""),
    (r"tf_ch(\d+)", "probe", "soil.temperature", "F"),
    (r"tempf", "", "air.temperature", "F"),
    (r"humidity", "", "air.humidity", ""),
    (r"baromabsin", "", "air.pressure", "inHg"),
    (r"temp(\d+)f", "air", "air.temperature", "F"),
    (r"humidity(\d+)", "air", "air.humidity", ""),
    (r"yearlyrainin", "", "rain.total", "in"),
    (r"soilbatt(\d+)", "soil", "health.voltage", ""),
)
"""Of each key: what the number behind it counts, the field, the unit. Indoor sensors tell nothing of a lane.

Rain is the year's counter; solar radiation [W/m2] is no light [lx], and no factor between them holds.
"""
_KNOWN: Final = tuple((re.compile(key), kind, field, unit) for key, kind, field, unit in _KEYS)
_SOIL: Final = ("soil", "probe")


def decode(topic: str, payload: bytes) -> list[Reading]:
    """The form's sensors, one reading each: soil probes as probes of the gateway, air sensors 1 to 8 as devices.

    Air has no bed that tells two sensors of one node apart, so `{gateway}/air1` wants a row of its own.
    """
    said = form(payload)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for key, value in said.items():
        sensor, field, unit = _meaning(key)
        number = quantity(field, value, unit) if field else None
        if number is not None:
            found[sensor][field] = number
    if not found and not {"PASSKEY", "stationtype"} & set(said):
        raise WireError(f"form on {topic[:80]!r} has no field of an Ecowitt gateway; send its custom upload there")
    return list(_readings(topic.rsplit("/", 1)[-1], found, said))


def _readings(gateway: str, found: Mapping[str, Mapping[str, float]], said: Mapping[str, str]) -> Iterable[Reading]:
    time = moment(said["dateutc"] + "Z") if said.get("dateutc") else None
    for sensor, values in found.items():
        is_soil = sensor.startswith(_SOIL)
        device = gateway if is_soil or not sensor else f"{gateway}/{sensor}"
        yield Reading(device, dict(values), time, sensor if is_soil else "")


def _meaning(key: str) -> tuple[str, str, str]:
    for pattern, kind, field, unit in _KNOWN:
        if match := pattern.fullmatch(key):
            return kind + (match[1] if match.groups() else ""), field, unit
    return "", "", ""


ECOWITT: Final = Decoder(
    name="ecowitt", title="Ecowitt", filters=("ecowitt/#",), decode=decode, secret=("PASSKEY", "passkey")
)
