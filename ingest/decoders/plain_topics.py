"""Plain topics: a topic a quantity, its last part the quantity's name, the payload a bare number."""

from __future__ import annotations

from typing import Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import text
from ingest.decoders.names import field_of
from ingest.decoders.quantities import quantities


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`{anything}/{quantity}`, or with `/value` or `/state` behind it."""
    device, _, name = topic.removesuffix("/value").removesuffix("/state").rpartition("/")
    if not device:
        raise WireError(f"topic {topic[:80]!r} has no device before the quantity; {{device}}/{{quantity}} has")
    field = field_of(name)
    values = quantities([(field, text(payload), "")]) if field is not None else {}
    return [Reading(device, values)] if values else []


PLAIN_TOPICS: Final = Decoder(name="plain", title="Plain topics", filters=(), decode=decode)
