"""Readings that are not yet in the store, on disk, in numbered packs."""

from __future__ import annotations

import base64
import secrets
import sqlite3
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons import catalogue, wire
from commons.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from commons.rows import Block
    from commons.topics import Address

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS pack (
    seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL, rows INTEGER NOT NULL, sample INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bookmark (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""
_HELD: Final = "SELECT count(*), coalesce(sum(length(body)), 0), coalesce(sum(rows), 0) FROM pack"
_OLDEST_SAMPLES: Final = "SELECT seq, length(body), rows FROM pack WHERE sample = 1 ORDER BY seq"
_ROWS_PER_PACK: Final = 600
_BYTES_PER_PACK: Final = 200_000


@dataclass(frozen=True, slots=True)
class Pack:
    """One message as it is kept: everything but `first`, which is known when it is sent."""

    seq: int
    topic: str
    body: bytes


class Outbox:
    """One SQLite file: every `put` is one commit, and nothing leaves before the collector says that it is stored.

    Safe to use from several threads.

    Args:
        path: The file; made when it is not there.
        limit_bytes: How much it may hold; beyond it the oldest samples are thinned, never events.

    Raises:
        OutboxError: The file cannot be opened or written; the message says which and what to do.
    """

    def __init__(self, path: Path, *, limit_bytes: int = 100_000_000) -> None:
        self.path, self.limit_bytes = path, limit_bytes
        self._lock = threading.RLock()
        with self._failing("open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self._db.execute("INSERT OR IGNORE INTO fact VALUES ('schema', 1), ('seq', 0), ('produced', 0)")
            self._db.execute(
                "INSERT OR IGNORE INTO fact VALUES ('thinned', 0), ('bytes_written', 0), ('box', ?)", [_draw()]
            )
            rows = self._db.execute("SELECT name, value FROM fact").fetchall()
            held = self._db.execute("SELECT count(*), coalesce(sum(length(body)), 0), coalesce(sum(rows), 0) FROM pack")
            self.depth, self._bytes, self.depth_rows = held.fetchone()
        known = dict(rows)
        self.box: str = known["box"]
        self.produced: int = known["produced"]
        self.thinned: int = known["thinned"]
        self.bytes_written: int = known["bytes_written"]
        self._seq: int = known["seq"]

    @property
    def is_crowded(self) -> bool:
        """More than half full: whoever can wait should."""
        return bool(self._bytes * 2 > self.limit_bytes)

    @property
    def newest(self) -> int:
        """The number of the last pack ever put, 0 before the first."""
        return self._seq

    def put(self, address: Address, blocks: Sequence[Block], *, bookmark: tuple[str, str] | None = None) -> int:
        """Keep rows, and where their driver stands, in one commit.

        Args:
            address: Who took them; its lane becomes part of the topic.
            blocks: Rows in whole milliseconds; empty ones are left out.
            bookmark: A driver's name and its bookmark.

        Returns:
            How many rows were kept.

        Raises:
            OutboxError: Nothing was kept.
        """
        with self._lock:
            packs = self._packed(address, blocks)
            rows, size = sum(p[3] for p in packs), sum(len(p[2]) for p in packs)
            with self._failing("write"), self._transaction():
                self._db.executemany("INSERT INTO pack VALUES (?, ?, ?, ?, ?)", packs)
                if bookmark is not None:
                    self._db.execute("INSERT OR REPLACE INTO bookmark VALUES (?, ?)", bookmark)
                self._add("seq", len(packs))
                self._add("produced", rows)
                self._add("bytes_written", size)
            self._seq += len(packs)
            self.produced += rows
            self.bytes_written += size
            self.depth, self._bytes, self.depth_rows = (
                self.depth + len(packs),
                self._bytes + size,
                self.depth_rows + rows,
            )
            if self._bytes > self.limit_bytes:
                self._thin()
            return rows

    def bookmark(self, name: str) -> str | None:
        """Where a driver stood at its last commit."""
        with self._lock, self._failing("read"):
            row = self._db.execute("SELECT value FROM bookmark WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def first(self) -> int:
        """The number of the oldest pack still held; the next one to come when none is."""
        with self._lock, self._failing("read"):
            row = self._db.execute("SELECT min(seq) FROM pack").fetchone()
        return self._seq + 1 if row[0] is None else int(row[0])

    def packs(self, after: int, *, limit: int) -> list[Pack]:
        """The oldest packs with a number above `after`, in order."""
        with self._lock, self._failing("read"):
            rows = self._db.execute(
                "SELECT seq, topic, body FROM pack WHERE seq > ? ORDER BY seq LIMIT ?", [after, limit]
            ).fetchall()
        return [Pack(*row) for row in rows]

    def stored(self, through: int) -> int:
        """Forget every pack up to and with this number: the collector says that they are in the store.

        Returns:
            How many packs were forgotten.
        """
        with self._lock, self._failing("write"):
            held = self._db.execute(
                "SELECT count(*), coalesce(sum(length(body)), 0), coalesce(sum(rows), 0) FROM pack WHERE seq <= ?",
                [through],
            ).fetchone()
            if held[0]:
                self._db.execute("DELETE FROM pack WHERE seq <= ?", [through])
                self.depth, self._bytes = self.depth - held[0], self._bytes - held[1]
                self.depth_rows -= held[2]
            return int(held[0])

    def close(self) -> None:
        """Let go of the file; harmless to repeat."""
        with self._lock:
            self._db.close()

    def _packed(self, address: Address, blocks: Sequence[Block]) -> list[tuple[int, str, bytes, int, int]]:
        packs: list[tuple[int, str, bytes, int, int]] = []
        for block in blocks:
            sample = catalogue.measurement(block.measurement).kind == "sample"
            waiting = list(_parts(block, _ROWS_PER_PACK))
            while waiting:
                part = waiting.pop(0)
                seq = self._seq + len(packs) + 1
                body = wire.encode_pack(part, self.box, seq)
                if len(body) > _BYTES_PER_PACK and len(part) > 1:
                    waiting[:0] = _parts(part, (len(part) + 1) // 2)
                else:
                    packs.append((seq, address.up(block.measurement), body, len(part), int(sample)))
        return packs

    def _thin(self) -> None:
        """Drop the oldest samples until a tenth of the room is free; a notice with the count stays in their place."""
        with self._failing("write"), self._transaction():
            oldest = self._db.execute(
                "SELECT seq, length(body), rows FROM pack WHERE sample = 1 ORDER BY seq"
            ).fetchall()
            dropped = freed = 0
            for seq, size, rows in oldest:
                if self._bytes - freed <= self.limit_bytes * 0.9:
                    break
                notice = wire.encode_thinned(self.box, seq, rows)
                self._db.execute("UPDATE pack SET body = ?, sample = 0 WHERE seq = ?", [notice, seq])
                dropped, freed = dropped + rows, freed + size - len(notice)
            self._add("thinned", dropped)
        self.thinned += dropped
        self._bytes -= freed

    def _add(self, fact: str, amount: int) -> None:
        self._db.execute("UPDATE fact SET value = value + ? WHERE name = ?", [amount, fact])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _failing(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise OutboxError(
                f"cannot {verb} the outbox {self.path.name!r}: {error}; check the disk it is on"
            ) from error


def _draw() -> str:
    """128 random bits in base32."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def _parts(block: Block, rows: int) -> Iterator[Block]:
    """The block in pieces of so many rows; nothing where it is empty."""
    if 0 < len(block) <= rows:
        yield block
        return
    for start in range(0, len(block), rows):
        yield block.take(list(range(start, min(start + rows, len(block)))))
