"""SenML (RFC 8428) read as rows: base fields resolved, records of one moment put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import UnknownNameError, WireError
from commons.rows import Block

if TYPE_CHECKING:
    from commons.catalogue import Measurement
    from commons.rows import Column

_ABSOLUTE_SECONDS: Final = 2**28  # RFC 8428 section 4.5.3: smaller times are relative to now
_LATEST_SECONDS: Final = 4_102_444_800  # the year 2100
_VERSION: Final = 10
_MAX_RECORDS: Final = 50_000
_UNITS: Final = {
    "%RH": "%",
    "Cel": "Cel",
    "%": "%",
    "lx": "lx",
    "hPa": "hPa",
    "mm": "mm",
    "kg": "kg",
    "%EL": "%",
    "l": "L",
}


def block(records: list[Any], known: Measurement, *, arrival_ms: int) -> Block:
    """Rows of one measurement from SenML records.

    The last part of a record's name (after `/`, `:` or `.`) is the field; the part before it, if any, is the bed.
    Records of the same bed and moment are one row. A time that is not there, or below 2^28, is relative to arrival.

    Args:
        records: The decoded JSON array.
        known: The topic's measurement.
        arrival_ms: When the message came [ms since 1970 UTC].

    Raises:
        WireError: A record breaks RFC 8428 or carries a unit that is not the catalogue's.
        UnknownNameError: A record names a field the measurement does not have.
    """
    if not 0 < len(records) <= _MAX_RECORDS:
        raise WireError(f"SenML pack has {len(records)} records; send 1 to {_MAX_RECORDS}")
    rows: dict[tuple[int, str], dict[str, float | str]] = {}
    base: dict[str, Any] = {}
    for record in records:
        if not isinstance(record, dict):
            raise WireError(f"SenML record {str(record)[:60]!r} is no object; see RFC 8428")
        base.update({key: record[key] for key in ("bn", "bt", "bu", "bv", "bver") if key in record})
        if base.get("bver", _VERSION) != _VERSION:
            raise WireError(f"SenML version {base['bver']!r} is not {_VERSION}; send RFC 8428")
        if "n" in record or "v" in record or "vs" in record:
            bed, field, value = _value(record, base, known)
            rows.setdefault((_time_ns(record, base, arrival_ms), bed), {})[field] = value
    return _assemble(rows, known)


def _value(record: dict[str, Any], base: dict[str, Any], known: Measurement) -> tuple[str, str, float | str]:
    name = f"{base.get('bn', '')}{record.get('n', '')}"
    *before, field = name.replace(":", "/").replace(".", "/").split("/")
    if field not in known.fields:
        raise UnknownNameError(f"field of {known.name}", field, known.fields)
    unit = record.get("u", base.get("bu"))
    wanted = known.fields[field]
    if unit is not None and not wanted.text and _UNITS.get(str(unit), str(unit)) != wanted.unit:
        raise WireError(f"{field} is in {str(unit)[:20]!r}; send it in {wanted.unit}")
    value: Any = record.get("vs") if wanted.text else record.get("v", 0 if "bv" in base else None)
    if wanted.text:
        if not isinstance(value, str):
            raise WireError(f"{field} {str(value)[:40]!r} is no text; send it as vs")
        return before[-1] if before else "", field, value
    if type(value) not in (int, float) or type(base.get("bv", 0)) not in (int, float):
        raise WireError(f"{field} {str(value)[:40]!r} is no number; send it as v")
    return before[-1] if before else "", field, float(value) + float(base.get("bv", 0))


def _time_ns(record: dict[str, Any], base: dict[str, Any], arrival_ms: int) -> int:
    parts: tuple[Any, Any] = (base.get("bt", 0), record.get("t", 0))
    if any(type(part) not in (int, float) for part in parts):
        raise WireError(f"SenML time {parts!r:.60} is no number of seconds; see RFC 8428")
    seconds: float = parts[0] + parts[1]
    if seconds < _ABSOLUTE_SECONDS:
        seconds += arrival_ms / 1000
    if not 0 < seconds < _LATEST_SECONDS:
        raise WireError(f"SenML time {seconds!r} is not between 1970 and 2100")
    return round(seconds * 1000) * NANOSECONDS_PER_MILLISECOND


def _assemble(rows: dict[tuple[int, str], dict[str, float | str]], known: Measurement) -> Block:
    if not rows:
        raise WireError("SenML pack has no value; send at least one v or vs")
    names = [name for name in known.fields if any(name in row for row in rows.values())]
    fields: dict[str, Column] = {}
    for name in names:
        fields[name] = [row.get(name) for row in rows.values()]  # type: ignore[assignment]  # one field is of one type
    tags: dict[str, str | list[str]] = {"bed": [bed for _, bed in rows]} if "bed" in known.tags else {}
    return Block(known.name, [time for time, _ in rows], tags, fields)
