"""A message on the wire and back: packs with columns, single readings, thinned notices; SenML is read too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons import catalogue, senml
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import UnknownNameError, WireError
from commons.rows import Block, event_time
from commons.topics import Address, parse_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from commons.catalogue import Measurement
    from commons.rows import Column, NumberColumn, TextColumn

MAX_PAYLOAD_BYTES: Final = 256 * 1024
_FROM_TOPIC: Final = ("city", "lane", "node")
_ENVELOPE: Final = frozenset({"box", "seq", "first", "t", "thinned"})
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100
_SUSPECT: Final = 3.0
_FIRST: Final = b'{"first":'
_SENDERS: Final = 16_384  # topics whose meaning is remembered: those of a city


@dataclass(frozen=True, slots=True)
class Message:
    """What a payload said.

    Args:
        address: The sender, as the topic names it.
        measurement: As the topic names it.
        block: Its rows; None for a thinned notice.
        box: The outbox it came from; None for devices without one.
        seq: Its number in the outbox, from 1; 0 without a box.
        first: The oldest number the outbox still holds; 0 without a box.
        thinned: How many rows the outbox had to drop from this pack.
        digest: Of the payload without `first`: the same pack sent again has the same.
    """

    address: Address
    measurement: str
    block: Block | None
    box: str | None = None
    seq: int = 0
    first: int = 0
    thinned: int = 0
    digest: str = ""

    @property
    def rows(self) -> int:
        """How many rows the sender counts for it."""
        return len(self.block) if self.block is not None else self.thinned


def encode_pack(block: Block, box: str, seq: int) -> bytes:
    """A pack without `first`, as the outbox keeps it; `with_first` completes it.

    Args:
        block: Rows whose times are whole milliseconds (an event's digits below are the collector's).
        box: The outbox's name.
        seq: The pack's number.
    """
    document: dict[str, Any] = {"box": box, "seq": seq, "t": [t // NANOSECONDS_PER_MILLISECOND for t in block.times]}
    document.update({k: _scalar_or_column(v) for k, v in block.tags.items() if k not in _FROM_TOPIC})
    document.update({k: v for k, v in block.fields.items() if any(x is not None for x in v)})
    return orjson.dumps(document)


def encode_thinned(box: str, seq: int, rows: int) -> bytes:
    """The notice that stays where a pack was thinned away."""
    return orjson.dumps({"box": box, "seq": seq, "thinned": rows})


def with_first(body: bytes, first: int) -> bytes:
    """A kept pack with the oldest number still held, as it goes on the wire."""
    return b'{"first":%d,' % first + body[1:]


def decode(topic: str, payload: bytes, *, arrival_ms: int, retained: bool = False) -> Message:
    """Read one message.

    Args:
        topic: Where it came from.
        payload: JSON: a pack, one reading, a thinned notice or SenML.
        arrival_ms: When it came [ms since 1970 UTC], used for readings without a time.
        retained: Whether the broker kept it for us; a retained message without a time says nothing.

    Raises:
        WireError: It will never decode; the sentence says why.
        UnknownNameError: It names a measurement, tag or field that the catalogue does not have.
    """
    address, known, tags = _route(topic)
    document = _parse(payload)
    if isinstance(document, list):
        read = senml.block(document, known, arrival_ms=arrival_ms)
        return Message(address, known.name, _completed(read.times, {**read.tags, **tags}, read.fields, known, address))
    box, seq, first = _envelope(document)
    digest = digest_of(payload) if box else ""
    if "thinned" in document:
        return Message(address, known.name, None, box, seq, first, _thinned(document, box), digest)
    block = _block(document, known, address, tags, now=None if retained else arrival_ms)
    return Message(address, known.name, block, box, seq, first, 0, digest)


def sender(topic: str) -> Address | None:
    """Who sent a message that does not decode, if its topic says so."""
    try:
        return parse_up(topic)[0]
    except WireError:
        return None


def digest_of(payload: bytes) -> str:
    """What tells one pack from another under the same number: 16 hexadecimal digits.

    Args:
        payload: A pack as it is kept or as it travels: `first` makes no difference.
    """
    if payload.startswith(_FIRST):
        content = payload[payload.find(b",") :]
    elif _FIRST[1:] in payload:
        content = _without_first(payload)
    else:
        content = b"," + payload[1:]
    return blake2b(content, digest_size=8).hexdigest()


def _without_first(payload: bytes) -> bytes:
    """For senders that write `first` elsewhere."""
    try:
        document = _parse(payload)
    except WireError:
        return payload
    if isinstance(document, dict):
        document.pop("first", None)
    return b"," + orjson.dumps(document)[1:]


def rows_claimed(payload: bytes) -> tuple[str | None, int, int, int]:
    """What a payload that does not decode says of itself: box, seq, first and how many rows it counts as."""
    try:
        document = _parse(payload)
        if isinstance(document, list):
            return None, 0, 0, max(1, len(document))
        box, seq, first = _envelope(document)
    except WireError:
        return None, 0, 0, 1
    times = document.get("t")
    return box, seq, first, max(1, len(times)) if isinstance(times, list) else 1


def _parse(payload: bytes) -> dict[str, Any] | list[Any]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError(f"payload of {len(payload)} bytes is over {MAX_PAYLOAD_BYTES}; send smaller packs")
    try:
        document = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise WireError(f"payload is not JSON: {error}; send a JSON object or SenML") from error
    except RecursionError as error:
        raise WireError("payload is nested too deep; send flat columns") from error
    if not isinstance(document, dict | list):
        raise WireError(f"payload is a JSON {type(document).__name__}; send an object or SenML")
    return document


def _envelope(document: dict[str, Any]) -> tuple[str | None, int, int]:
    box = document.get("box")
    if box is None:
        return None, 0, 0
    seq, first = document.get("seq"), document.get("first", 1)
    if not (isinstance(box, str) and box.isascii() and box.isalnum() and len(box) <= 32):  # noqa: PLR2004  # 128 bits in base32 are 26
        raise WireError(f"box {str(box)[:40]!r} is no outbox name; send 128 bits in base32")
    if not (type(seq) is int and 1 <= seq < 2**53):
        raise WireError(f"seq {str(seq)[:40]!r} is no pack number; count packs from 1")
    if not (type(first) is int and 1 <= first <= seq):
        raise WireError(f"first {str(first)[:40]!r} is not between 1 and seq {seq}; name the oldest pack still held")
    return box, seq, first


def _thinned(document: dict[str, Any], box: str | None) -> int:
    rows = document["thinned"]
    if box is None or not (type(rows) is int and 0 < rows < 2**53):
        raise WireError(f"thinned {str(rows)[:40]!r} is no count of rows in a pack; send box, seq and a whole number")
    return rows


@lru_cache(maxsize=_SENDERS)
def _route(topic: str) -> tuple[Address, Measurement, Mapping[str, str]]:
    """Who sends what, and the tags that the topic says."""
    address, name = parse_up(topic)
    known = catalogue.measurement(name)
    if known.kind not in ("sample", "event") or "node" not in (*known.tags, *known.fields):
        raise WireError(f"{name} cannot be sent; only samples and events of nodes can")
    return address, known, {name: getattr(address, name) for name in _FROM_TOPIC if name in known.tags}


@lru_cache
def _readers(measurement: str) -> Mapping[str, Callable[[str, Any, int], Column] | None]:
    """How each column that may be sent is read; None for a tag."""
    of = catalogue.measurement(measurement)
    fields = {name: _texts if field.text else _numbers for name, field in of.fields.items()}
    return {name: reader for name, reader in {**dict.fromkeys(of.tags), **fields}.items() if name not in _FROM_TOPIC}


def _block(
    document: dict[str, Any], known: Measurement, address: Address, from_topic: Mapping[str, str], *, now: int | None
) -> Block:
    times, dated = _times(document.get("t"), now=now)
    readers, count = _readers(known.name), len(times)
    tags: dict[str, str | list[str]] = {}
    fields: dict[str, Column] = {}
    for name, value in document.items():
        if name in readers:
            reader = readers[name]
            if reader is None:
                tags[name] = value if isinstance(value, str) else _tag(name, value, count)
            else:
                fields[name] = reader(name, value, count)
        elif name not in _ENVELOPE:
            raise UnknownNameError(f"tag or field of {known.name}", name, readers)
    if not fields:
        raise WireError(f"{known.name} reading has no field; send at least one of {', '.join(known.fields)}")
    if not dated:
        fields.update({f"{name}_flag": [_SUSPECT] for name in list(fields) if f"{name}_flag" in known.columns})
    tags.update(from_topic)
    return _completed(times, tags, fields, known, address)


def _times(value: object, *, now: int | None) -> tuple[list[int], bool]:
    """Times in nanoseconds, and whether the sender gave them; without `now` it must."""
    if value is None:
        if now is None:
            raise WireError("retained reading has no time `t`; what a broker kept says nothing of now")
        return [now * NANOSECONDS_PER_MILLISECOND], False
    times: list[Any] = value if isinstance(value, list) else [value]
    if not times:
        raise WireError("pack has no times; send one `t` a row")
    if set(map(type, times)) != {int} or min(times) <= 0 or max(times) >= _LATEST_MS:
        wrong = next(t for t in times if type(t) is not int or not 0 < t < _LATEST_MS)
        raise WireError(f"time {str(wrong)[:40]!r} is not whole milliseconds since 1970 UTC before 2100")
    return [t * NANOSECONDS_PER_MILLISECOND for t in times], True


def _numbers(name: str, value: object, rows: int) -> NumberColumn:
    column: list[Any] = value if isinstance(value, list) else rows * [value]
    kinds = set(map(type, column))
    if kinds - {float, int, type(None)}:
        wrong = next(x for x in column if type(x) not in (float, int, type(None)))
        raise WireError(f"{name} {str(wrong)[:40]!r} is a {type(wrong).__name__}; send a JSON number or null")
    if len(column) != rows:
        raise WireError(f"{name} has {len(column)} values for {rows} times; send one a row")
    return column if int not in kinds else [None if x is None else float(x) for x in column]


def _texts(name: str, value: object, rows: int) -> TextColumn:
    column: list[Any] = value if isinstance(value, list) else rows * [value]
    if set(map(type, column)) - {str, type(None)}:
        wrong = next(x for x in column if type(x) not in (str, type(None)))
        raise WireError(f"{name} {str(wrong)[:40]!r} is a {type(wrong).__name__}; send a text or null")
    if len(column) != rows:
        raise WireError(f"{name} has {len(column)} values for {rows} times; send one a row")
    return column


def _tag(name: str, value: object, rows: int) -> list[str]:
    column = _texts(name, value, rows)
    if None in column:
        raise WireError(f"tag {name} is null in some row; a row's identity needs a text")
    return [text or "" for text in column]


def _completed(
    times: list[int],
    tags: dict[str, str | list[str]],
    fields: Mapping[str, Column],
    known: Measurement,
    address: Address,
) -> Block:
    """The block with every tag, and an event's own digits of time."""
    tags.setdefault("origin", "measured")
    if len(tags) < len(known.tags):
        missing = [name for name in known.tags if name not in tags]
        nameless = known.optional and "nothing" not in fields
        if any(name not in known.optional or (nameless and name == "commodity") for name in missing):
            raise WireError(f"{known.name} reading lacks the tag {' and '.join(missing)}; send it")
        tags.update(dict.fromkeys(missing, ""))
    block = Block(known.name, times, tags, fields)
    return block if known.kind == "sample" else _event(block, known, address)


def _event(block: Block, known: Measurement, address: Address) -> Block:
    """Entry, version and node filled in, and the time's lowest digits a hash of entry and version."""
    count = len(block)
    versions = block.fields.get("version", [None] * count)
    entries = block.fields.get("entry", [None] * count)
    named = [str(e) if e else _natural_entry(block, known, i) for i, e in enumerate(entries)]
    numbered = [1.0 if v is None else _whole("version", v, known) for v in versions]
    for void in block.fields.get("void", []):
        _whole("void", 0.0 if void is None else void, known)
    times = [
        event_time(t // NANOSECONDS_PER_MILLISECOND, entry=e, version=int(v))
        for t, e, v in zip(block.times, named, numbered, strict=True)
    ]
    extra: dict[str, Column] = {
        "entry": named,
        "version": numbered,
        "node": [address.node] * count,
    }
    return Block(block.measurement, times, block.tags, {**block.fields, **extra})


def _whole(name: str, value: float | str, known: Measurement) -> float:
    """A number that says which entry counts: no check can set it aside later."""
    low, high = known.fields[name].fail or (0.0, 0.0)
    if not (isinstance(value, float) and value.is_integer() and low <= value <= high):
        raise WireError(f"{name} {str(value)[:40]!r} is no whole number from {low:.0f} to {high:.0f}; send one")
    return value


def _natural_entry(block: Block, known: Measurement, row: int) -> str:
    """The id of an entry whose sender drew none: what it is of and when, so that sending twice is once."""
    of = [block.measurement, *(block.tag(tag)[row] for tag in known.tags), str(block.times[row])]
    return blake2b("\0".join(of).encode(), digest_size=10).hexdigest()


def _scalar_or_column(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list) and len(set(value)) == 1:
        return value[0]
    return value
