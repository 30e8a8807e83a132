"""ESPHome: a topic a quantity, the payload a bare number.

https://esphome.io/components/mqtt.html : <prefix>/sensor/<object_id>/state
"""

from __future__ import annotations

from typing import Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import text
from ingest.decoders.names import field_of
from ingest.decoders.quantities import quantities

_TAIL: Final = 3  # sensor, the quantity, state


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`{device}/sensor/{quantity}/state`: what the quantity's name does not tell is passed over."""
    *device, kind, name, state = topic.split("/") if topic.count("/") >= _TAIL else ("", "", "", "")
    if kind != "sensor" or state != "state" or not device:
        raise WireError(f"topic {topic[:80]!r} is no ESPHome sensor's; {{device}}/sensor/{{quantity}}/state is")
    field = field_of(name)
    values = quantities([(field, text(payload), "")]) if field is not None else {}
    return [Reading("/".join(device), values)] if values else []


ESPHOME: Final = Decoder(name="esphome", title="ESPHome", filters=("+/sensor/+/state",), decode=decode)
