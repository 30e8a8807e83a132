"""rtl_433: cheap radio sensors heard by a receiver on a stick, one JSON object a burst.

https://triq.org/rtl_433/OPERATION.html ; the WH51 soil probe: src/devices/fineoffset_wh51.c
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

_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "moisture": ("soil.moisture", ""),
    "ad_raw": ("soil.raw", ""),
    "humidity": ("air.humidity", ""),
    "pressure_hPa": ("air.pressure", "hPa"),
    "pressure_kPa": ("air.pressure", "kPa"),
    "light_lux": ("air.light", "lx"),
    "light_klx": ("air.light", "klx"),
    "rain_mm": ("rain.total", "mm"),
    "rain_in": ("rain.total", "in"),
    "battery_mV": ("health.voltage", "mV"),
    "battery_V": ("health.voltage", "V"),
    "rssi": ("health.signal", ""),
}
_DEGREES: Final = {"temperature_C": "C", "temperature_F": "F"}


def decode(topic: str, payload: bytes) -> list[Reading]:
    """`rtl_433/{host}/events`; `rssi` is in dB of the receiver's own scale, good for comparing only.

    A WH51 tells each 70 s, and seven times each 10 s after a jump; `battery_ok` is a share from 0 to 1.
    """
    document = json_object(payload)
    if "model" not in document:
        raise WireError(f"rtl_433 message on {topic[:80]!r} names no model; publish events, not states")
    known = dict(_FIELDS)
    place = "soil.temperature" if "moisture" in document and "humidity" not in document else "air.temperature"
    known |= {key: (place, unit) for key, unit in _DEGREES.items()}
    values = by_key(document, known) | _battery(document)
    device = "/".join(str(document[key]) for key in ("model", "channel", "id") if key in document)
    return [Reading(device, values, moment(document.get("time")))] if values else []


def _battery(document: Mapping[str, Any]) -> dict[str, float]:
    charged = document.get("battery_ok")
    return {"health.battery": 100.0 * charged} if isinstance(charged, int | float) and 0 <= charged <= 1 else {}


RTL_433: Final = Decoder(name="rtl_433", title="rtl_433", filters=("rtl_433/+/events",), decode=decode)
