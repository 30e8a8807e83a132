"""sensor.community airRohr: a JSON list of names and texts, pushed by HTTP.

https://sensor.community ; luftdaten firmware, "own API"
"""

from __future__ import annotations

from typing import Any, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import json_object
from ingest.decoders.quantities import quantities

_ENDINGS: Final = {
    "temperature": ("air.temperature", "C"),
    "humidity": ("air.humidity", ""),
    "pressure": ("air.pressure", "Pa"),
}
_EXACT: Final = {"signal": ("health.signal", "")}


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`sensordatavalues`: `BME280_temperature`, `SHT3X_humidity` and the like; dust is not kept."""
    document = json_object(payload)
    said = document.get("sensordatavalues")
    if not isinstance(said, list):
        raise WireError(f"message on {topic[:80]!r} has no sensordatavalues; set the device's own API to Lorong")
    device = str(document.get("esp8266id") or document.get("espid") or topic.rsplit("/", 1)[-1])
    values = quantities(found for one in said if isinstance(one, dict) for found in _known(one))
    return [Reading(device, values)] if values else []


def _known(one: dict[str, Any]) -> list[tuple[str, object, str]]:
    name = str(one.get("value_type", ""))
    field, unit = _EXACT.get(name) or _ENDINGS.get(name.rsplit("_", 1)[-1].lower(), ("", ""))
    return [(field, one.get("value"), unit)] if field else []


AIRROHR: Final = Decoder(name="airrohr", title="sensor.community airRohr", filters=("airrohr/+",), decode=decode)
