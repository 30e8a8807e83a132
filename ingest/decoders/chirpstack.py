"""ChirpStack v4: LoRaWAN uplinks as JSON, the payload decoded by a codec or in the probe's own bytes.

https://www.chirpstack.io/docs/chirpstack/integrations/events.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import inner, json_object
from ingest.decoders.lora_payloads import from_bytes, from_object
from ingest.decoders.moments import moment
from ingest.decoders.quantities import quantities

if TYPE_CHECKING:
    from collections.abc import Mapping


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`application/{id}/device/{devEUI}/event/up`; the device is its EUI in small letters."""
    document = json_object(payload)
    device = inner(document, "deviceInfo").get("devEui")
    if not isinstance(device, str) or not device:
        raise WireError(f"ChirpStack message on {topic[:80]!r} has no deviceInfo.devEui; subscribe to event/up")
    said = document.get("object")
    values = from_bytes(document.get("data")) | (from_object(said) if isinstance(said, dict) else {})
    values |= strongest(document.get("rxInfo")) if values else {}
    return [Reading(device.lower(), values, moment(document.get("time")))] if values else []


def strongest(receivers: object) -> Mapping[str, float]:
    """The signal at the gateway that heard the device best."""
    heard: list[Any] = receivers if isinstance(receivers, list) else []
    levels = [one.get("rssi") for one in heard if isinstance(one, dict)]
    numbers = [level for level in levels if isinstance(level, int | float) and not isinstance(level, bool)]
    return quantities([("health.signal", max(numbers), "")]) if numbers else {}


CHIRPSTACK: Final = Decoder(
    name="chirpstack", title="ChirpStack v4", filters=("application/+/device/+/event/up",), decode=decode
)
