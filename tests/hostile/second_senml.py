"""SenML read a second time: records resolved one by one as RFC 8428 section 4.6 has it, then put into rows."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from tests.hostile.refusal import need

if TYPE_CHECKING:
    from commons.catalogue import Measurement

_KINDS: dict[str, tuple[type, ...]] = {
    "bn": (str,), "bt": (int, float), "bu": (str,), "bv": (int, float), "bs": (int, float), "bver": (int,),
    "n": (str,), "u": (str,), "v": (int, float), "vs": (str,), "vb": (bool,), "vd": (str,), "s": (int, float),
    "t": (int, float), "ut": (int, float),
}  # fmt: skip
_UNITS = {"%EL": "%", "%RH": "%", "l": "L"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:./_-]*")


def rows(records: list[Any], of: Measurement, *, now_ms: int, retained: bool) -> list[dict[str, Any]]:
    """The rows of a pack, each with `t` [ms] and the names of the values that are `undated`.

    Raises:
        RefusedError: It must be rejected.
    """
    need(0 < len(records) <= 50_000)
    base: dict[str, Any] = {}
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for record in records:
        need(isinstance(record, dict))
        need(not any(label.endswith("_") for label in record))
        need(all(type(record[label]) in kinds for label, kinds in _KINDS.items() if label in record))
        base |= {label: record[label] for label in ("bn", "bt", "bu", "bv", "bver") if label in record}
        need(base.get("bver", 10) == 10)
        if set(record) & {"n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"}:
            bed, name, value = _value(record, base, of)
            t, dated = _time(record, base, now_ms)
            need(dated or not retained)
            row = found.setdefault((t, bed), {"t": t, "undated": set()})
            need(row.get(name, value) == value)
            row[name] = value
            row["undated"] |= set() if dated else {name}
            if "bed" in of.tags:
                row["bed"] = bed
    need(found)
    return list(found.values())


def _value(record: dict[str, Any], base: dict[str, Any], of: Measurement) -> tuple[str, str, Any]:
    name = base.get("bn", "") + record.get("n", "")
    need(_NAME.fullmatch(name))
    *before, name = re.split("[:./]", name)
    need(name in of.fields and name != "node")
    known, given = of.fields[name], set(record) & {"v", "vs", "vb", "vd"}
    bed = before[-1] if before and "bed" in of.tags else ""
    if known.text:
        need(given == {"vs"})
        return bed, name, record["vs"]
    need(given == {"v"} or (not given and "bv" in base))
    unit = record.get("u", base.get("bu"))
    need(unit is None or _UNITS.get(unit, unit) == known.unit)
    value = float(record.get("v", 0)) + float(base.get("bv", 0))
    need(math.isfinite(value))
    return bed, name, value


def _time(record: dict[str, Any], base: dict[str, Any], now_ms: int) -> tuple[int, bool]:
    seconds = float(base.get("bt", 0)) + float(record.get("t", 0))
    dated = seconds >= 2**28
    seconds = seconds if dated else seconds + now_ms / 1000
    need(0 < seconds < 4_102_444_800)
    return round(seconds * 1000), dated
