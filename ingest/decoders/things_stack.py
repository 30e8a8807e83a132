"""The Things Stack v3: LoRaWAN uplinks as JSON, the payload decoded by a formatter or in the probe's own bytes.

https://www.thethingsindustries.com/docs/integrations/data-formats/
"""

from __future__ import annotations

from typing import Final

from commons.errors import WireError
from ingest.decoders.chirpstack import strongest
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import inner, json_object
from ingest.decoders.lora_payloads import from_bytes, from_object
from ingest.decoders.moments import moment


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`v3/{application}@{tenant}/devices/{device}/up`.

    The stack leaves out what is zero, so a value that is not there is taken from the bytes where they are a known
    probe's, and is missing otherwise.
    """
    document = json_object(payload)
    device = inner(document, "end_device_ids").get("device_id")
    if not isinstance(device, str) or not device:
        raise WireError(f"uplink on {topic[:80]!r} has no end_device_ids.device_id; subscribe to devices/+/up")
    uplink = inner(document, "uplink_message")
    values = from_bytes(uplink.get("frm_payload")) | from_object(inner(uplink, "decoded_payload"))
    values |= strongest(uplink.get("rx_metadata")) if values else {}
    time = moment(uplink.get("received_at") or document.get("received_at"))
    return [Reading(device, values, time)] if values else []


THINGS_STACK: Final = Decoder(
    name="things_stack", title="The Things Stack v3", filters=("v3/+/devices/+/up",), decode=decode
)
