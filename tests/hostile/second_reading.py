"""What a message says, read a second time and as simply as can be, to compare the collector's reading with."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from commons import catalogue
from tests.hostile import second_senml
from tests.hostile.refusal import RefusedError, need

if TYPE_CHECKING:
    from commons.catalogue import Measurement

Row = dict[str, Any]
"""One row: `time` [ns], and every tag and value that is there."""

MOST_BYTES = 262_144
MOST_BROADCAST = 2**20
MOST_ROWS = 20_000
LONGEST_TAG = 200
LATEST_MS = 4_102_444_800_000
ENVELOPE = ("box", "seq", "first", "t", "within", "thinned")
ORIGINS = ("measured", "typed", "simulated", "recorded")
FROM_TOPIC = ("city", "lane", "node")
SLUG = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True)
class Said:
    """What a message says.

    Args:
        measurement: As its topic names it.
        rows: Its rows, quality columns included.
        box: Its outbox; None without one.
        seq: Its number; 0 without a box.
        first: The oldest its outbox holds; 0 without a box.
        thinned: How many rows a notice stands for.
    """

    measurement: str
    rows: list[Row] = field(default_factory=list)
    box: str | None = None
    seq: int = 0
    first: int = 0
    thinned: int = 0


def read(topic: str, payload: bytes, *, now_ms: int, retained: bool = False) -> Said:
    """Read a message.

    Raises:
        RefusedError: It must be rejected.
    """
    address, of = _route(topic)
    document = _parse(payload)
    if isinstance(document, list):
        rows = second_senml.rows(document, of, now_ms=now_ms, retained=retained)
        return Said(of.name, [_row(row, of, address) for row in rows])
    need(isinstance(document, dict))
    box, seq, first = _numbered(document)
    if "thinned" in document:
        thinned = document["thinned"]
        need(box is not None and type(thinned) is int and 0 < thinned < 2**53)
        return Said(of.name, [], box, seq, first, thinned)
    return Said(of.name, [_row(row, of, address) for row in _rows(document, of, now_ms, retained)], box, seq, first)


def _route(topic: str) -> tuple[Row, Measurement]:
    parts = topic.split("/")
    need(len(parts) == 7 and parts[:3] == ["lorong", "v1", "up"])
    address = dict(zip(FROM_TOPIC, parts[3:6], strict=True))
    need(all(0 < len(part) <= 64 and set(part) <= SLUG for part in address.values()))
    of = catalogue.measurements().get(parts[6])
    if of is None or of.kind not in ("sample", "event") or not ("node" in of.tags or "node" in of.fields):
        raise RefusedError
    need("lane" in of.tags or address["lane"] == "kota")
    return address, of


def _parse(payload: bytes) -> Any:
    need(len(payload) <= MOST_BYTES)

    def finite(text: str) -> float:
        number = float(text)
        need(math.isfinite(number))
        return number

    def whole(text: str) -> int:
        number = int(text)
        need(abs(number) <= 1.797e308)
        return number

    def constant(_: str) -> None:
        raise RefusedError

    try:
        document = json.loads(payload.decode(), parse_float=finite, parse_int=whole, parse_constant=constant)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise RefusedError from None
    return document


def _numbered(document: Row) -> tuple[str | None, int, int]:
    box = document.get("box")
    if box is None:
        return None, 0, 0
    seq, first = document.get("seq"), document.get("first", 1)
    need(isinstance(box, str) and 0 < len(box) <= 32 and box.isascii() and box.isalnum())
    if not (type(seq) is int and type(first) is int and 1 <= first <= seq < 2**53):
        raise RefusedError
    return box, seq, first


def _rows(document: Row, of: Measurement, now_ms: int, retained: bool) -> list[Row]:  # noqa: FBT001  # as it came
    columns = {name: value for name, value in document.items() if name not in ENVELOPE}
    need(set(columns) <= {*of.tags, *of.fields} - {*FROM_TOPIC})
    need(set(columns) & set(of.fields))
    dated = document.get("t") is not None
    need(dated or not retained)
    times = document["t"] if dated else now_ms
    times = times if isinstance(times, list) else [times]
    need(0 < len(times) <= MOST_ROWS and all(type(t) is int and 0 < t < LATEST_MS for t in times))
    for value in columns.values():
        need(not isinstance(value, list) or len(value) == len(times))
        need(not isinstance(value, str) or len(value) * len(times) <= MOST_BROADCAST)
    within = document.get("within")
    need(within is None or (type(within) is int and 0 <= within < LATEST_MS))
    undated = frozenset() if dated and within is None else frozenset(columns)
    rows = []
    for i, t in enumerate(times):
        row = {name: value[i] if isinstance(value, list) else value for name, value in columns.items()}
        rows.append({"t": t, "undated": undated, **row})
    return rows


def _row(row: Row, of: Measurement, address: Row) -> Row:
    """One row with everything that follows from it."""
    t, undated = row.pop("t"), row.pop("undated")
    found: Row = {}
    for tag in of.tags:
        default = "measured" if tag == "origin" else "" if tag in of.optional else None
        value = address.get(tag, row.get(tag, default))
        need(isinstance(value, str) and (value or tag in of.optional) and len(value) <= LONGEST_TAG)
        need(tag != "origin" or value in ORIGINS)
        found[tag] = value
    for name in set(row) - set(of.tags):
        found |= _checked(name, row[name], of, dated=name not in undated)
    if "nothing" in of.fields and not found["commodity"]:
        need(found.get("nothing") == 1)
    time = t * 1_000_000
    if of.kind == "event":
        time += _event(found, time, of, address)
    return {"time": time, **{name: value for name, value in found.items() if value is not None}}


def _checked(name: str, value: Any, of: Measurement, *, dated: bool) -> Row:
    """One value where the gross range test puts it."""
    known = of.fields[name]
    if known.text:
        need(value is None or isinstance(value, str))
        return {name: value}
    need(value is None or type(value) in (int, float))
    number = None if value is None else float(value)
    if f"{name}_flag" not in of.columns:
        return {name: number}
    if number is None:
        return {}
    found: Row = {name: number} if dated else {name: number, f"{name}_flag": 3.0}
    if known.fail is not None:
        low, high = known.suspect or known.fail
        if not known.fail[0] <= number <= known.fail[1]:
            found |= {name: None, f"{name}_failed": number}
        elif not low <= number <= high:
            found[f"{name}_flag"] = 3.0
    return found


def _event(found: Row, time: int, of: Measurement, address: Row) -> int:
    """Complete an event; the digits of its time below the millisecond."""
    version, void = found.get("version"), found.get("void")
    version = 1.0 if version is None else version
    need(version == int(version) and 1 <= version <= 1e9)
    need(void is None or void in (0.0, 1.0))
    natural = "\0".join([of.name, *(found[tag] for tag in of.tags), str(time)])
    entry = found.get("entry") or blake2b(natural.encode(), digest_size=10).hexdigest()
    found |= {"entry": entry, "version": version, "node": address["node"]}
    digest = blake2b(f"{entry}\0{int(version)}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 1_000_000
