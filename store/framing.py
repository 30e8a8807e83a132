"""What a store's owner and its clients say to each other: a JSON header, then an Arrow table."""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import orjson
import pyarrow as pa

from commons.errors import LorongError, StoreError, StoreRejectedError, StoreUnavailableError, UnknownNameError
from commons.rows import Block
from store.contract import Query

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from store.plan import Plan

Header = dict[str, Any]
_SIZES: Final = struct.Struct(">IQ")  # bytes of the header, bytes of the table
_LONGEST_ADDRESS: Final = 100  # bytes: the kernel takes 108


def send(peer: socket.socket, header: Header, table: pa.Table | None = None) -> None:
    """Send one message.

    Raises:
        OSError: The peer is gone.
    """
    body = b"" if table is None else _packed(table)
    head = orjson.dumps(header)
    peer.sendall(_SIZES.pack(len(head), len(body)) + head)
    if body:  # to send nothing is an error where the peer has answered and gone
        peer.sendall(body)


def receive(peer: socket.socket) -> tuple[Header, pa.Table | None]:
    """Wait for one message.

    Raises:
        OSError: The peer is gone, before or within the message.
    """
    head, body = _SIZES.unpack(_exactly(peer, _SIZES.size))
    header: Header = orjson.loads(_exactly(peer, head))
    return header, pa.ipc.open_stream(_exactly(peer, body)).read_all() if body else None


def pack_blocks(blocks: Sequence[Block]) -> list[Header]:
    """Checked blocks as JSON."""
    return [{"measurement": b.measurement, "times": b.times, "tags": b.tags, "fields": b.fields} for b in blocks]


def unpack_blocks(packed: list[Header]) -> list[Block]:
    """Blocks from JSON."""
    return [Block(**block) for block in packed]


def pack_query(wanted: Plan) -> Header:
    """A query as JSON, within the numbers and texts that JSON can hold."""
    asked = {field.name: getattr(wanted.query, field.name) for field in fields(wanted.query)}
    return {**asked, "start": wanted.start, "stop": wanted.last + 1, "where": dict(wanted.where)}


def unpack_query(packed: Header) -> Query:
    """A query from JSON."""
    return Query(**{**packed, "fields": tuple(packed["fields"]), "by": tuple(packed["by"])})


def pack_error(error: LorongError) -> Header:
    """An error with all it knows."""
    if isinstance(error, UnknownNameError):
        return {"error": "unknown", "kind": error.kind, "name": error.name, "known": error.near}
    if isinstance(error, StoreRejectedError):
        return {"error": "rejected", "reason": error.reason, "rows": error.rows, "reasons": error.reasons}
    return {"error": "unavailable" if isinstance(error, StoreUnavailableError) else "store", "text": str(error)}


def unpack_error(packed: Header) -> LorongError:
    """The error itself."""
    match packed:
        case {"error": "unknown", "kind": kind, "name": name, "known": known}:
            return UnknownNameError(kind, name, known)
        case {"error": "rejected", "reason": reason, "rows": rows, "reasons": reasons}:
            return StoreRejectedError(reason, [(block, row) for block, row in rows], reasons)
        case {"error": "unavailable", "text": text}:
            return StoreUnavailableError(text)
    return StoreError(str(packed.get("text")))


@contextmanager
def address(path: Path) -> Iterator[str]:
    """A socket's path as the kernel takes it, however long the folder's is."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _packed(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def _exactly(peer: socket.socket, size: int) -> memoryview:
    """So many bytes, no fewer."""
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = peer.recv_into(view[got:])
        if not count:
            raise ConnectionError("the other side hung up")
        got += count
    return view
