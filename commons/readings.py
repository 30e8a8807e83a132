"""A message's columns as rows: read by the catalogue, completed by the topic."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from commons import catalogue, senml
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.envelope import FROM_TOPIC
from commons.errors import UnknownNameError, WireError
from commons.rows import Block, event_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from commons.catalogue import Measurement
    from commons.envelope import Envelope
    from commons.rows import Column, NumberColumn, TextColumn
    from commons.topics import Address

_ENVELOPE: Final = frozenset({"box", "seq", "first", "t", "within", "thinned"})
_ORIGINS: Final = frozenset({"measured", "typed", "simulated", "recorded"})
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100
_SUSPECT: Final = 3.0
_ROWS: Final = 20_000  # more than a pack with honest times can hold: rows cost far more memory than their bytes
_TAG: Final = 200  # characters: what is remembered by tag stays small
_BROADCAST: Final = 2**20  # a text that stands for all rows may become so many characters
_NUMBERS: Final = frozenset({"box", "seq", "first"})


def block(envelope: Envelope, *, arrival_ms: int, retained: bool = False) -> Block:
    """The rows of one message that is no notice of thinning.

    Args:
        envelope: The message.
        arrival_ms: When it came [ms since 1970 UTC], used for readings without a time.
        retained: Whether the broker kept it for us; a retained message without a time says nothing.

    Raises:
        WireError: It will never decode; the sentence says why.
        UnknownNameError: It names a tag or field that the catalogue does not have.
    """
    document, known = envelope.document, envelope.known
    if isinstance(document, list):
        read = senml.block(document, known, arrival_ms=arrival_ms, retained=retained)
        return _completed(read.times, {**read.tags, **envelope.tags}, read.fields, envelope)
    times, dated = _times(document.get("t"), now=None if retained else arrival_ms)
    tags, fields = _columns(document, known, len(times))
    if _is_uncertain(document) or not dated:
        fields.update({f"{k}_flag": _suspect(v) for k, v in list(fields.items()) if f"{k}_flag" in known.columns})
    tags.update(envelope.tags)
    return _completed(times, tags, fields, envelope)


def shape(envelope: Envelope) -> tuple[str, ...] | None:
    """What single readings must have in common to be read `together`; None for anything else."""
    document, known = envelope.document, envelope.known
    if envelope.rows != 1 or known.kind != "sample" or type(document) is not dict or "t" not in document:
        return None
    if "within" in document:
        return None
    return (known.name, *document)


def together(envelopes: Sequence[Envelope]) -> Block:
    """Many single readings of one shape as one block: a column at a time, so that they cost little more than a pack.

    Raises:
        WireError: One of them will never decode; read by itself, it says why.
        UnknownNameError: They name a tag or field that the catalogue does not have.
    """
    first = envelopes[0]
    documents = [envelope.document for envelope in envelopes]
    columns = {name: _column(name, documents) for name in first.document if name not in _NUMBERS}
    times, _ = _times(columns["t"], now=None)
    tags, fields = _columns(columns, first.known, len(times))
    tags.update({name: [envelope.tags[name] for envelope in envelopes] for name in first.tags})
    return _completed(times, tags, fields, first)


def _column(name: str, documents: Sequence[Mapping[str, Any]]) -> list[Any]:
    """One value a document: a scalar, or a column of one."""
    column = [document[name] for document in documents]
    if list not in set(map(type, column)):
        return column
    if set(map(type, column)) != {list} or set(map(len, column)) != {1}:
        raise WireError(f"{name} has not one value in each reading; each is read by itself")
    return list(chain.from_iterable(column))


def _columns(
    document: Mapping[str, Any], known: Measurement, rows: int
) -> tuple[dict[str, str | list[str]], dict[str, Column]]:
    """Tags and fields of a document."""
    readers = _readers(known.name)
    tags: dict[str, str | list[str]] = {}
    fields: dict[str, Column] = {}
    for name, value in document.items():
        if name in readers:
            reader = readers[name]
            if reader is None:
                tags[name] = _tag(name, value, rows)
            else:
                fields[name] = reader(name, value, rows)
        elif name not in _ENVELOPE:
            raise UnknownNameError(f"tag or field of {known.name}", name, readers)
    if not fields:
        raise WireError(f"{known.name} reading has no field; send at least one of {', '.join(known.fields)}")
    return tags, fields


@lru_cache
def _readers(measurement: str) -> Mapping[str, Callable[[str, Any, int], Column] | None]:
    """How each column that may be sent is read; None for a tag."""
    of = catalogue.measurement(measurement)
    fields = {name: _texts if field.text else _numbers for name, field in of.fields.items()}
    return {name: reader for name, reader in {**dict.fromkeys(of.tags), **fields}.items() if name not in FROM_TOPIC}


def _times(value: object, *, now: int | None) -> tuple[list[int], bool]:
    """Times in nanoseconds, and whether the sender gave them; without `now` it must."""
    if value is None:
        if now is None:
            raise WireError("retained reading has no time `t`; what a broker kept says nothing of now")
        return [now * NANOSECONDS_PER_MILLISECOND], False
    times: list[Any] = value if isinstance(value, list) else [value]
    if not 0 < len(times) <= _ROWS:
        raise WireError(f"pack has {len(times)} times; send 1 to {_ROWS}, one a row")
    if set(map(type, times)) != {int} or min(times) <= 0 or max(times) >= _LATEST_MS:
        wrong = next(t for t in times if type(t) is not int or not 0 < t < _LATEST_MS)
        raise WireError(f"time {str(wrong)[:40]!r} is not whole milliseconds since 1970 UTC before 2100")
    return [t * NANOSECONDS_PER_MILLISECOND for t in times], True


def _suspect(column: Column) -> NumberColumn:
    return [None if value is None else _SUSPECT for value in column]


def _is_uncertain(document: Mapping[str, Any]) -> bool:
    """Whether the sender could not know the times better than within some milliseconds."""
    within = document.get("within")
    if within is not None and not (type(within) is int and 0 <= within < _LATEST_MS):
        raise WireError(f"within {str(within)[:40]!r} is no whole number of milliseconds; say how wrong `t` may be")
    return within is not None


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
    column: list[Any] = value if isinstance(value, list) else rows * [_short(name, value, rows)]
    if set(map(type, column)) - {str, type(None)}:
        wrong = next(x for x in column if type(x) not in (str, type(None)))
        raise WireError(f"{name} {str(wrong)[:40]!r} is a {type(wrong).__name__}; send a text or null")
    if len(column) != rows:
        raise WireError(f"{name} has {len(column)} values for {rows} times; send one a row")
    return column


def _tag(name: str, value: object, rows: int) -> str | list[str]:
    if isinstance(value, str):
        _short(name, value, rows)
        return value
    column = _texts(name, value, rows)
    if None in column:
        raise WireError(f"tag {name} is null in some row; a row's identity needs a text")
    return [text or "" for text in column]


def _short(name: str, value: object, rows: int) -> object:
    """A text that stands for all rows, unless it would grow beyond what a message may be."""
    if isinstance(value, str) and len(value) * rows > _BROADCAST:
        raise WireError(f"{name} of {len(value)} characters for {rows} rows is too much; send smaller packs")
    return value


def _completed(
    times: list[int], tags: dict[str, str | list[str]], fields: Mapping[str, Column], envelope: Envelope
) -> Block:
    """The block with every tag, and an event's own digits of time."""
    known = envelope.known
    tags.setdefault("origin", "measured")
    if len(tags) < len(known.tags):
        missing = [name for name in known.tags if name not in tags]
        nameless = known.optional and "nothing" not in fields
        if any(name not in known.optional or (nameless and name == "commodity") for name in missing):
            raise WireError(f"{known.name} reading lacks the tag {' and '.join(missing)}; send it")
        tags.update(dict.fromkeys(missing, ""))
    _named(tags, known)
    if "commodity" in known.optional:
        _of_something(tags["commodity"], fields, len(times))
    read = Block(known.name, times, tags, fields)
    return read if known.kind == "sample" else _event(read, known, envelope.address)


def _named(tags: Mapping[str, str | list[str]], known: Measurement) -> None:
    """An empty text is no identity, a long one neither, and an origin is one of four words."""
    for name, value in tags.items():
        texts = set(value) if type(value) is list else {value}  # of thousands of rows a few are another's
        if "" in texts and name not in known.optional:
            raise WireError(f"tag {name} of {known.name} is empty; a row's identity needs a text")
        longest: int = max(map(len, texts))
        if longest > _TAG:
            raise WireError(f"tag {name} of {longest} characters is too long; send at most {_TAG}")
    origin = tags["origin"]
    if not _ORIGINS.issuperset([origin] if isinstance(origin, str) else origin):
        raise WireError(f"origin {str(origin)[:40]!r} is not one of {', '.join(sorted(_ORIGINS))}; send one of them")


def _of_something(commodity: str | list[str], fields: Mapping[str, Column], rows: int) -> None:
    """Only a report that there was nothing may leave out what it is of."""
    names = rows * [commodity] if isinstance(commodity, str) else commodity
    if any(
        not name and nothing != 1 for name, nothing in zip(names, fields.get("nothing", rows * [None]), strict=True)
    ):
        raise WireError(
            "harvest without a commodity does not say that there was nothing; send commodity, or nothing = 1"
        )


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
