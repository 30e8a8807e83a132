"""A message on the wire and back: packs with columns, single readings, thinned notices; SenML is read too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from commons import readings
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.envelope import FROM_TOPIC, MAX_PAYLOAD_BYTES, digest_of, opened

if TYPE_CHECKING:
    from commons.rows import Block
    from commons.topics import Address

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "Message",
    "decode",
    "digest_of",
    "encode_pack",
    "encode_reading",
    "encode_thinned",
    "with_first",
]


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


def encode_pack(block: Block, box: str, seq: int, *, within_ms: int | None = None) -> bytes:
    """A pack without `first`, as the outbox keeps it; `with_first` completes it.

    Args:
        block: Rows whose times are whole milliseconds (an event's digits below are the collector's).
        box: The outbox's name.
        seq: The pack's number.
        within_ms: How far off the times may be either way, which makes every value suspect [ms]; None = they are right.
    """
    return orjson.dumps({"box": box, "seq": seq, **_document(block, within_ms)})


def encode_reading(block: Block, *, within_ms: int | None = None) -> bytes:
    """Rows of a device that has no outbox.

    Args:
        block: As in `encode_pack`.
        within_ms: As in `encode_pack`.
    """
    return orjson.dumps(_document(block, within_ms))


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
    of = opened(topic, payload)
    block = None if of.thinned else readings.block(of, arrival_ms=arrival_ms, retained=retained)
    return Message(of.address, of.known.name, block, of.box, of.seq, of.first, of.thinned, of.digest)


def _document(block: Block, within_ms: int | None) -> dict[str, Any]:
    """A block's columns: times in milliseconds, tags that the topic does not say, fields that have a value."""
    document: dict[str, Any] = {"t": [t // NANOSECONDS_PER_MILLISECOND for t in block.times]}
    if within_ms is not None:
        document["within"] = within_ms
    document.update({k: _scalar_or_column(v) for k, v in block.tags.items() if k not in FROM_TOPIC})
    document.update({k: v for k, v in block.fields.items() if any(x is not None for x in v)})
    return document


def _scalar_or_column(value: str | list[str]) -> str | list[str]:
    if isinstance(value, list) and len(set(value)) == 1:
        return value[0]
    return value
