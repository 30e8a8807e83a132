"""SenML (RFC 8428) of devices that know nothing of Lorong: their own names, base values, relative times.

Lorong's own SenML (`commons/senml.py`) names fields of one measurement; here a name is any word for a quantity.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from commons.errors import WireError
from ingest.decoders.decoder import Decoder, Reading
from ingest.decoders.documents import json_value
from ingest.decoders.moments import moment
from ingest.decoders.names import field_of
from ingest.decoders.quantities import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_RELATIVE: Final = 2**28  # smaller times are relative to now (RFC 8428, 4.5.3)
_RECORDS: Final = 50_000
_BASE: Final = ("bn", "bt", "bu", "bv")


def decode(topic: str, payload: bytes) -> list[Reading]:
    """Records of one device and moment together; a time relative to now is left to the moment of arrival."""
    records = json_value(payload)
    if not isinstance(records, list) or not 0 < len(records) <= _RECORDS:
        raise WireError(f"payload on {topic[:80]!r} is no SenML: an array of 1 to {_RECORDS} records is")
    found: dict[tuple[str, int | datetime | None], dict[str, float]] = defaultdict(dict)
    base: dict[str, Any] = {}
    for record in records:
        if not isinstance(record, dict):
            raise WireError(f"SenML record {str(record)[:40]!r} is no object; see RFC 8428")
        base |= {label: record[label] for label in _BASE if label in record}
        device, name = _named(str(base.get("bn", "")), str(record.get("n", "")))
        field = field_of(name)
        value = _value(field, record, base) if field else None
        if field is not None and value is not None:
            found[device or topic.rsplit("/", 1)[-1], _time(record, base)][field] = value
    return [Reading(device, values, time) for (device, time), values in found.items()]


def _named(base: str, name: str) -> tuple[str, str]:
    """The device and the quantity: the last part of the whole name is the quantity."""
    whole = base + name
    cut = max(whole.rfind(sign) for sign in ":/.")
    return whole[:cut].strip(":/.") if cut > 0 else "", whole[cut + 1 :]


def _value(field: str, record: Mapping[str, Any], base: Mapping[str, Any]) -> float | None:
    if "v" not in record and "bv" not in base:
        return None
    unit = str(record.get("u", base.get("bu", "")))
    parts = [quantity(field, said, unit) for said in (record.get("v", 0), base.get("bv")) if said is not None]
    numbers = [part for part in parts if part is not None]
    return sum(numbers) if numbers else None


def _time(record: Mapping[str, Any], base: Mapping[str, Any]) -> int | datetime | None:
    parts = base.get("bt", 0), record.get("t", 0)
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in parts):
        raise WireError(f"SenML time {str(parts)[:40]} is no number of seconds; see RFC 8428")
    seconds = float(sum(parts))
    return moment(seconds) if seconds >= _RELATIVE else None


SENML: Final = Decoder(name="senml", title="SenML", filters=("senml/#",), decode=decode)
