"""What a message says of itself before its rows are read: sender, outbox, number, digest."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from commons import catalogue
from commons.errors import WireError
from commons.topics import OFFICE_LANE, Address, parse_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.catalogue import Measurement

FROM_TOPIC: Final = ("city", "lane", "node")
MAX_PAYLOAD_BYTES: Final = 256 * 1024
_SENDERS: Final = 16_384  # topics whose meaning is remembered: those of a city
_FIRST: Final = b'{"first":'


class Envelope(NamedTuple):
    """A message whose rows are still to be read.

    Args:
        address: The sender, as the topic names it.
        known: The topic's measurement.
        tags: The tags that the topic says.
        document: The decoded JSON: an object, or an array of SenML.
        rows: How many rows the sender counts for it.
        box: The outbox it came from; None for devices without one.
        seq: Its number in the outbox, from 1; 0 without a box.
        first: The oldest number the outbox still holds; 0 without a box.
        thinned: How many rows the outbox had to drop from this pack.
        digest: Of the payload without `first`: the same pack sent again has the same.
    """

    address: Address
    known: Measurement
    tags: Mapping[str, str]
    document: Any
    rows: int
    box: str | None = None
    seq: int = 0
    first: int = 0
    thinned: int = 0
    digest: str = ""


def opened(topic: str, payload: bytes) -> Envelope:
    """Read everything but the rows.

    Args:
        topic: Where it came from.
        payload: JSON.

    Raises:
        WireError: It will never decode; the sentence says why.
        UnknownNameError: It names a measurement that the catalogue does not have.
    """
    address, known, tags = _route(topic)
    document = _parse(payload)
    if isinstance(document, list):
        return Envelope(address, known, tags, document, _rows(document))
    rows = _rows(document)
    box, seq, first = _numbered(document)
    if box is None:
        if "thinned" in document:
            raise WireError("thinned notice has no box; only an outbox can say what it had to drop")
        return Envelope(address, known, tags, document, rows)
    thinned = _thinned(document) if "thinned" in document else 0
    return Envelope(address, known, tags, document, thinned or rows, box, seq, first, thinned, digest_of(payload))


def claimed(topic: str, payload: bytes) -> Envelope | None:
    """What a payload that does not decode says of itself all the same; None where that names no outbox."""
    try:
        address = parse_up(topic)[0]
        document = _parse(payload)
        if isinstance(document, list):
            return None
        box, seq, first = _numbered(document)
    except WireError:
        return None
    if box is None:
        return None
    known = catalogue.measurement("health")  # a name that is known: nothing is read by it
    return Envelope(address, known, {}, document, _rows(document), box, seq, first, 0, digest_of(payload))


def rows_claimed(payload: bytes) -> int:
    """How many rows a payload that does not decode counts as."""
    try:
        return _rows(_parse(payload))
    except WireError:
        return 1


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
        if isinstance(document, dict):
            document.pop("first", None)
        return b"," + orjson.dumps(document)[1:]
    except (WireError, TypeError):  # orjson reads deeper than it writes
        return payload


@lru_cache(maxsize=_SENDERS)
def _route(topic: str) -> tuple[Address, Measurement, Mapping[str, str]]:
    """Who sends what, and the tags that the topic says."""
    address, name = parse_up(topic)
    known = catalogue.measurement(name)
    if known.kind not in ("sample", "event") or "node" not in (*known.tags, *known.fields):
        raise WireError(f"{name} cannot be sent; only samples and events of nodes can")
    if "lane" not in known.tags and address.lane != OFFICE_LANE:
        raise WireError(f"{name} of lane {address.lane!r} is of the whole city; send it under the lane {OFFICE_LANE!r}")
    return address, known, {name: getattr(address, name) for name in FROM_TOPIC if name in known.tags}


def _parse(payload: bytes) -> dict[str, Any] | list[Any]:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise WireError(f"payload of {len(payload)} bytes is over {MAX_PAYLOAD_BYTES}; send smaller packs")
    try:
        document: dict[str, Any] | list[Any] = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise WireError(f"payload is not JSON: {error}; send a JSON object or SenML") from error
    except RecursionError as error:
        raise WireError("payload is nested too deep; send flat columns") from error
    if type(document) not in (dict, list):
        raise WireError(f"payload is a JSON {type(document).__name__}; send an object or SenML")
    return document


def _rows(document: dict[str, Any] | list[Any]) -> int:
    """How many rows a document counts as: its times, or the records of SenML; never none."""
    times = document.get("t") if type(document) is dict else document
    return len(times) or 1 if type(times) is list else 1


def _numbered(document: dict[str, Any]) -> tuple[str | None, int, int]:
    """Box, seq and first."""
    box = document.get("box")
    if box is None:
        return None, 0, 0
    seq, first = document.get("seq"), document.get("first", 1)
    if not (type(box) is str and box.isascii() and box.isalnum() and len(box) <= 32):  # noqa: PLR2004  # 128 bits in base32 are 26
        raise WireError(f"box {str(box)[:40]!r} is no outbox name; send 128 bits in base32")
    if not (type(seq) is int and 1 <= seq < 2**53):
        raise WireError(f"seq {str(seq)[:40]!r} is no pack number; count packs from 1")
    if not (type(first) is int and 1 <= first <= seq):
        raise WireError(f"first {str(first)[:40]!r} is not between 1 and seq {seq}; name the oldest pack still held")
    return box, seq, first


def _thinned(document: dict[str, Any]) -> int:
    rows: Any = document["thinned"]
    if not (type(rows) is int and 0 < rows < 2**53):
        raise WireError(f"thinned {str(rows)[:40]!r} is no count of rows in a pack; send a whole number above 0")
    return rows
