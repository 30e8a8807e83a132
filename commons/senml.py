"""SenML (RFC 8428) read as rows: base fields resolved, records of one moment put together."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import UnknownNameError, WireError
from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.catalogue import Measurement
    from commons.rows import Column

_ABSOLUTE_SECONDS: Final = 2**28  # RFC 8428 section 4.5.3: smaller times are relative to now
_LATEST_SECONDS: Final = 4_102_444_800  # the year 2100
_VERSION: Final = 10
_MAX_RECORDS: Final = 50_000
_SUSPECT: Final = 3.0
_NUMBER: Final = (int, float)
_LABELS: Final[dict[str, tuple[type, ...]]] = {
    "bn": (str,),
    "bt": _NUMBER,
    "bu": (str,),
    "bv": _NUMBER,
    "bs": _NUMBER,
    "bver": (int,),
    "n": (str,),
    "u": (str,),
    "v": _NUMBER,
    "vs": (str,),
    "vb": (bool,),
    "vd": (str,),
    "s": _NUMBER,
    "t": _NUMBER,
    "ut": _NUMBER,
}
_BASE: Final = ("bn", "bt", "bu", "bv", "bver")
_OWN: Final = frozenset({"n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"})
_VALUES: Final = ("v", "vs", "vb", "vd")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]*")
_UNITS: Final = {"%RH": "%", "%EL": "%", "l": "L"}

Row = dict[str, float | str]


def block(records: list[Any], known: Measurement, *, arrival_ms: int, retained: bool = False) -> Block:
    """Rows of one measurement from SenML records.

    The last part of a record's name (after `/`, `:` or `.`) is the field; the part before it is the bed, where the
    measurement has beds. Records of the same bed and moment are one row. A time that is not there, or below 2^28, is
    relative to arrival: its numbers are flagged suspect, as those of a pack without `t` are.

    Args:
        records: The decoded JSON array.
        known: The topic's measurement.
        arrival_ms: When the message came [ms since 1970 UTC].
        retained: Whether the broker kept it for us; then its arrival says nothing.

    Raises:
        WireError: A record breaks RFC 8428, carries a unit that is not the catalogue's, or contradicts another.
        UnknownNameError: A record names a field the measurement does not have.
    """
    if not 0 < len(records) <= _MAX_RECORDS:
        raise WireError(f"SenML pack has {len(records)} records; send 1 to {_MAX_RECORDS}")
    rows: dict[tuple[int, str], Row] = {}
    base: dict[str, Any] = {}
    for record in records:
        _check(record)
        base.update({label: record[label] for label in _BASE if label in record})
        if base.get("bver", _VERSION) != _VERSION:
            raise WireError(f"SenML version {base['bver']!r} is not {_VERSION}; send RFC 8428")
        if _OWN.isdisjoint(record):
            continue
        bed, field, value = _value(record, base, known)
        time, dated = _time_ns(record, base, arrival_ms)
        if retained and not dated:
            raise WireError("retained SenML has no absolute time; what a broker kept says nothing of now")
        row = rows.setdefault((time, bed), {})
        if row.setdefault(field, value) != value:
            raise WireError(f"{field} stands twice in one moment of a SenML pack; send one value, or two times")
        if not dated and f"{field}_flag" in known.columns:
            row[f"{field}_flag"] = _SUSPECT
    return _assemble(rows, known)


def _check(record: object) -> None:
    """What RFC 8428 section 4 says of every record: known labels are of their type, none must be understood."""
    if not isinstance(record, dict):
        raise WireError(f"SenML record {str(record)[:40]!r} is no object; see RFC 8428")
    for label, value in record.items():
        if label.endswith("_"):
            raise WireError(f"SenML label {label[:40]!r} must be understood and is not; leave it out")
        if label in _LABELS and type(value) not in _LABELS[label]:
            raise WireError(f"SenML {label} {str(value)[:40]!r} is a {type(value).__name__}; see RFC 8428 section 5")


def _value(record: dict[str, Any], base: Mapping[str, Any], known: Measurement) -> tuple[str, str, float | str]:
    """The bed, the field and the value of a record."""
    name = base.get("bn", "") + record.get("n", "")
    if not _NAME.fullmatch(name):
        raise WireError(f"SenML name {name[:60]!r} is none; use A-Z a-z 0-9 - : . / _ (RFC 8428 section 4.5.1)")
    *before, field = name.replace(":", "/").replace(".", "/").split("/")
    if field not in known.fields or field == "node":
        raise UnknownNameError(f"field of {known.name}", field[:60], known.fields)
    bed = before[-1] if before and "bed" in known.tags else ""
    given = [label for label in _VALUES if label in record]
    if known.fields[field].text:
        if given != ["vs"]:
            raise WireError(f"{field} is no text; send it as vs")
        return bed, field, record["vs"]
    if given != ["v"] and (given or "bv" not in base):
        raise WireError(f"{field} is no number; send it as v")
    unit = record.get("u", base.get("bu"))
    if unit is not None and _UNITS.get(unit, unit) != known.fields[field].unit:
        raise WireError(f"{field} is in {unit[:20]!r}; send it in {known.fields[field].unit}")
    value = float(record.get("v", 0)) + float(base.get("bv", 0))
    if not math.isfinite(value):
        raise WireError(f"{field} is no finite number with its base value; send smaller ones")
    return bed, field, value


def _time_ns(record: dict[str, Any], base: Mapping[str, Any], arrival_ms: int) -> tuple[int, bool]:
    """The time of a record [ns], and whether it says so itself."""
    seconds = float(base.get("bt", 0)) + float(record.get("t", 0))
    dated = seconds >= _ABSOLUTE_SECONDS
    if not dated:
        seconds += arrival_ms / 1000
    if not 0 < seconds < _LATEST_SECONDS:
        raise WireError(f"SenML time {seconds!r} is not between 1970 and 2100")
    return round(seconds * 1000) * NANOSECONDS_PER_MILLISECOND, dated


def _assemble(rows: Mapping[tuple[int, str], Row], known: Measurement) -> Block:
    if not rows:
        raise WireError("SenML pack has no value; send at least one v or vs")
    if "bed" in known.tags and "bed" not in known.optional and any(not bed for _, bed in rows):
        raise WireError(f"{known.name} record names no bed; send names like b1/{next(iter(known.fields))}")
    names = [name for name in (*known.fields, *known.columns) if any(name in row for row in rows.values())]
    fields: dict[str, Column] = {}
    for name in dict.fromkeys(names):
        fields[name] = [row.get(name) for row in rows.values()]  # type: ignore[assignment]  # one field is of one type
    tags: dict[str, str | list[str]] = {"bed": [bed for _, bed in rows]} if "bed" in known.tags else {}
    return Block(known.name, [time for time, _ in rows], tags, fields)
