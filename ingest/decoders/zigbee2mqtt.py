"""Zigbee2MQTT: one JSON object a device, degrees as the device was set, a time only where `last_seen` is switched on.

https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html ; devices/TS0601_soil.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import json_object
from ingest.decoders.moments import moment
from ingest.decoders.quantities import by_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS: Final = ("bridge", "availability", "set", "get")
_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "soil_moisture": ("soil.moisture", ""),
    "soil_temperature": ("soil.temperature", ""),
    "soil_fertility": ("soil.ec", ""),
    "humidity": ("air.humidity", ""),
    "pressure": ("air.pressure", "hPa"),
    "illuminance": ("air.light", "lx"),
    "illuminance_lux": ("air.light", "lx"),
    "battery": ("health.battery", ""),
    "voltage": ("health.voltage", "mV"),
}


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`zigbee2mqtt/{name}`; a temperature beside soil moisture alone is the soil's, beside humidity the air's."""
    base, _, device = topic.partition("/")
    if not device:
        raise WireError(f"topic {topic[:80]!r} names no Zigbee device; {base}/{{name}} does")
    if device.split("/")[0] == "bridge" or device.rsplit("/", 1)[-1] in _PARTS:
        return []
    document = json_object(payload)
    values = by_key(document, {**_FIELDS, "temperature": (_thermometer(document), _degrees(document))})
    time = moment(document.get("last_seen"))
    return [Reading(device, values, time)] if values else []


def _thermometer(document: Mapping[str, Any]) -> str:
    in_soil = "soil_moisture" in document and "humidity" not in document and "soil_temperature" not in document
    return "soil.temperature" if in_soil else "air.temperature"


def _degrees(document: Mapping[str, Any]) -> str:
    return str(document.get("temperature_unit") or "celsius")


ZIGBEE2MQTT: Final = Decoder(name="zigbee2mqtt", title="Zigbee2MQTT", filters=("zigbee2mqtt/#",), decode=decode)
