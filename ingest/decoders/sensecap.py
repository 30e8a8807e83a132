"""SenseCAP open stream: a topic a measurement, whose number says what it is.

https://sensecap-docs.seeed.cc/open_stream.html ; the shape of the payload is unverified
"""

from __future__ import annotations

from typing import Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import json_object
from ingest.decoders.lora_payloads import SENSECAP_IDS, SENSECAP_UNITS
from ingest.decoders.moments import moment
from ingest.decoders.quantities import quantities

_PARTS: Final = 6


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`/device_sensor_data/{organisation}/{device}/{channel}/{reserved}/{measurement}`."""
    parts = topic.strip("/").split("/")
    if len(parts) != _PARTS or parts[0] != "device_sensor_data":
        raise WireError(f"topic {topic[:80]!r} is no SenseCAP stream; /device_sensor_data/... with six parts is")
    document = json_object(payload)
    field = SENSECAP_IDS.get(parts[5])
    values = quantities([(field, document.get("value"), SENSECAP_UNITS.get(parts[5], ""))]) if field else {}
    return [Reading(parts[2], values, moment(document.get("timestamp")))] if values else []


SENSECAP: Final = Decoder(name="sensecap", title="SenseCAP", filters=("/device_sensor_data/#",), decode=decode)
