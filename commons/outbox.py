"""Readings that are not yet in the store, on disk, in numbered packs."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from commons import outbox_file, wire
from commons.errors import LorongError, OutboxError
from commons.logs import Log
from commons.packs import Pack, between, notices, packed, renumbered, to_thin
from commons.topics import Address
from commons.undated import from_row as from_undated_row
from commons.undated import to_row as to_undated_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from commons.packs import Row
    from commons.rows import Block
    from commons.undated import Undated

_HELD: Final = "SELECT count(*), coalesce(sum(length(body)), 0), coalesce(sum(rows), 0) FROM pack"
_UNDATED_ROWS: Final = "SELECT coalesce(sum(rows), 0) FROM undated"
_ALL: Final = "SELECT seq, topic, body, rows, sample, digest FROM pack ORDER BY seq"
_SOME: Final = "SELECT seq, topic, body, digest FROM pack WHERE seq > ? ORDER BY seq LIMIT ?"
_OLDEST_SAMPLES: Final = "SELECT seq, length(body), rows FROM pack WHERE sample = 1 ORDER BY seq"
_KEEP: Final = "INSERT INTO pack (seq, topic, body, rows, sample, digest) VALUES (?, ?, ?, ?, ?, ?)"
_THINNED_TO: Final = 0.9  # of the limit
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})

log = Log("commons.outbox")


class Outbox:
    """One SQLite file: every `put` is one commit, and nothing leaves before the collector says that it is stored.

    What `put` returned for survives a power cut (`synchronous = FULL`: the log is on the disk), and a put that was torn
    is not there at all (each frame of the log carries a checksum). A file that is damaged nevertheless is set aside,
    and what can be read of it goes on in a new one under a new name. A new file, on a new card, is a new box.

    Safe to use from several threads.

    Args:
        path: The file; made when it is not there.
        limit_bytes: How much it may hold; beyond it the oldest samples are thinned, never events.

    Raises:
        OutboxError: The file cannot be opened or written; the message says which and what to do.
    """

    def __init__(self, path: Path, *, limit_bytes: int = 100_000_000) -> None:
        self.path, self.limit_bytes = path, limit_bytes
        self.depth = self.depth_rows = self.undated_rows = self._bytes = 0
        self._lock = threading.RLock()
        with self._failing("open"):
            self._begin(outbox_file.open_file(path))

    @property
    def box(self) -> str:
        """Its name: 128 bits in base32."""
        return str(self._facts["box"])

    @property
    def newest(self) -> int:
        """The number of the last pack ever put, 0 before the first."""
        return int(self._facts["seq"])

    @property
    def produced(self) -> int:
        """Rows ever put."""
        return int(self._facts["produced"])

    @property
    def thinned(self) -> int:
        """Rows that had to be dropped, each told of by a notice."""
        return int(self._facts["thinned"])

    @property
    def clones(self) -> int:
        """How often another outbox was found to use this one's name."""
        return int(self._facts["clones"])

    @property
    def set_aside(self) -> int:
        """How often the file was found broken, set aside and begun anew."""
        return int(self._facts["set_aside"])

    @property
    def right_ms(self) -> int:
        """The latest moment that `put` was told is right [ms since 1970 UTC], 0 before the first."""
        return int(self._facts["right_ms"])

    @property
    def bytes_written(self) -> int:
        """What was written to the disk for it since it was made: every page of every commit [By]."""
        return int(self._facts["bytes_written"]) + self._unnoted_bytes

    @property
    def senders(self) -> Sequence[Address]:
        """Everybody whose rows were ever put."""
        return tuple(self._senders)

    @property
    def is_crowded(self) -> bool:
        """More than half full: whoever can wait should."""
        return bool(self._bytes * 2 > self.limit_bytes)

    def put(
        self,
        address: Address,
        blocks: Sequence[Block],
        *,
        bookmarks: Mapping[str, str] = _NONE,
        thinned: Mapping[str, int] = _NONE,
        released: Sequence[int] = (),
        within_ms: int | None = None,
        right_ms: int = 0,
    ) -> int:
        """Keep rows, and where their drivers stand, in one commit.

        Args:
            address: Who took them; its lane becomes part of the topic.
            blocks: Rows in whole milliseconds; empty ones are left out.
            bookmarks: Each driver's bookmark by its name.
            thinned: Rows that had to be dropped before they came here, by measurement; notices tell of them.
            released: The numbers of undated rows that need not be kept any more.
            within_ms: How wrong the rows' times may be, which makes them suspect [ms]; None = they are right.
            right_ms: The present, where it is known to be right [ms since 1970 UTC].

        Returns:
            How many rows were kept.

        Raises:
            OutboxError: Nothing was kept.
        """
        with self._lock:
            packs = packed(address, blocks, self.box, after=self.newest, within_ms=within_ms)
            packs += notices(address, thinned, self.box, after=self.newest + len(packs))
            rows, dropped = sum(map(len, blocks)), sum(thinned.values())
            changes: dict[str, Any] = {"seq": self.newest + len(packs), "produced": self.produced + rows + dropped}
            changes |= {"thinned": self.thinned + dropped, "right_ms": max(self.right_ms, right_ms)}
            self._keep(packs, [address] if packs else [], changes, bookmarks, released)
            return rows

    def put_all(
        self, taken: Sequence[tuple[Address, Sequence[Block]]], *, bookmarks: Mapping[str, str], right_ms: int = 0
    ) -> int:
        """Keep the rows of several senders, and where their drivers stand, in one commit.

        Args:
            taken: Each sender with its rows, in whole milliseconds.
            bookmarks: Each driver's bookmark by its name.
            right_ms: The present, where it is known to be right [ms since 1970 UTC].

        Returns:
            How many rows were kept.

        Raises:
            OutboxError: Nothing was kept.
        """
        with self._lock:
            packs: list[Row] = []
            for address, blocks in taken:
                packs += packed(address, blocks, self.box, after=self.newest + len(packs))
            rows = sum(pack[3] for pack in packs)
            changes: dict[str, Any] = {"seq": self.newest + len(packs), "produced": self.produced + rows}
            changes["right_ms"] = max(self.right_ms, right_ms)
            self._keep(packs, [address for address, blocks in taken if any(map(len, blocks))], changes, bookmarks)
            return rows

    def keep_undated(self, rows: Sequence[Undated]) -> None:
        """Keep rows that cannot be dated yet, in one commit.

        Raises:
            OutboxError: Nothing was kept.
        """
        values = [to_undated_row(row) for row in rows]
        with self._lock:
            with self._changing({}):
                self._db.executemany("INSERT INTO undated VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            self.undated_rows += sum(len(row.block) for row in rows)

    def undated(self) -> list[Undated]:
        """The rows that wait to be dated, oldest first."""
        if not self.undated_rows:
            return []
        with self._lock, self._failing("read"):
            rows = self._db.execute("SELECT * FROM undated ORDER BY id").fetchall()
        return [from_undated_row(row) for row in rows]

    def bookmark(self, name: str) -> str | None:
        """Where a driver stood at its last commit."""
        with self._lock, self._failing("read"):
            row = self._db.execute("SELECT value FROM bookmark WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def bookmarks(self, prefix: str) -> dict[str, str]:
        """Every bookmark whose name begins so."""
        with self._lock, self._failing("read"):
            rows = self._db.execute(
                "SELECT name, value FROM bookmark WHERE substr(name, 1, ?) = ?", [len(prefix), prefix]
            )
            return dict(rows.fetchall())

    def forget(self, bookmarks: Sequence[str]) -> None:
        """Let go of bookmarks that nobody will ask for again, in one commit."""
        with self._lock, self._changing({}):
            self._db.executemany("DELETE FROM bookmark WHERE name = ?", [(name,) for name in bookmarks])

    def first(self) -> int:
        """The number of the oldest pack still held; the next one to come when none is."""
        with self._lock, self._failing("read"):
            row = self._db.execute("SELECT min(seq) FROM pack").fetchone()
        return self.newest + 1 if row[0] is None else int(row[0])

    def packs(self, after: int, *, limit: int) -> list[Pack]:
        """The oldest packs with a number above `after`, in order."""
        with self._lock, self._failing("read"):
            rows = self._db.execute(_SOME, [after, limit]).fetchall()
            for seq, _, body, digest in rows:
                if not outbox_file.is_whole(seq, body, digest):
                    raise outbox_file.broken(f"pack {seq} is not what was put")
        return [Pack(seq, topic, body) for seq, topic, body, _ in rows]

    def is_ours(self, seq: int, digest: str) -> bool | None:
        """Whether a pack of this number and digest is one of this outbox; None where it is held no more.

        A pack that was thinned is known by the digest it had, and by its notice's; the newest that was ever said to be
        stored is remembered when it is gone.
        """
        with self._lock, self._failing("read"):
            row = self._db.execute("SELECT digest, body FROM pack WHERE seq = ?", [seq]).fetchone()
        if row is not None:
            return digest in (row[0], wire.digest_of(row[1]))
        known, _, known_digest = str(self._facts["verified"]).partition(" ")
        if known == str(seq):
            return digest == known_digest
        return False if seq > self.newest else None

    def stored(
        self, through: int, *, lost: Sequence[tuple[int, int]] = (), newest: tuple[int, str] | None = None
    ) -> int:
        """Forget every pack up to and with this number: the collector says that they are in the store.

        Args:
            through: The number.
            lost: Ranges of numbers below it that the collector never had; they are kept.
            newest: Number and digest of the newest pack that is stored, remembered to know it by.

        Returns:
            How many packs were forgotten.
        """
        forgotten = 0
        with self._lock:
            for first, last in between(lost, through):
                held = self._read_one(f"{_HELD} WHERE seq BETWEEN ? AND ?", [first, last])
                if held[0]:
                    with self._changing({"verified": "{} {}".format(*newest)} if newest else {}):
                        self._db.execute("DELETE FROM pack WHERE seq BETWEEN ? AND ?", [first, last])
                    self._hold_more(-held[0], -held[1], -held[2])
                    forgotten += int(held[0])
        return forgotten

    def rename(self) -> None:
        """Draw another name and number all that is held anew, in one commit: another outbox uses the present one."""
        with self._lock:
            box = outbox_file.draw()
            with self._changing({"box": box, "seq": self.depth, "clones": self.clones + 1, "verified": ""}):
                packs = list(renumbered(self._db.execute(_ALL).fetchall(), box))
                self._db.execute("DELETE FROM pack")
                self._db.executemany(_KEEP, packs)
            self.depth, self._bytes, self.depth_rows = self._read_one(_HELD)

    def close(self) -> None:
        """Let go of the file; harmless to repeat."""
        with self._lock:
            self._db.close()

    def _begin(self, db: sqlite3.Connection) -> None:
        """Know what the file says of itself."""
        self._db = db
        self._facts: dict[str, Any] = dict(db.execute("SELECT name, value FROM fact"))
        senders = db.execute("SELECT city, lane, node FROM sender")
        self._senders = dict.fromkeys(Address(*row) for row in senders)
        self.depth, self._bytes, self.depth_rows = db.execute(_HELD).fetchone()
        (self.undated_rows,) = db.execute(_UNDATED_ROWS).fetchone()
        self._written, self._unnoted_bytes = outbox_file.Written(db, self.path), 0

    def _keep(
        self,
        packs: Sequence[Row],
        senders: Sequence[Address],
        changes: Mapping[str, Any],
        bookmarks: Mapping[str, str],
        released: Sequence[int] = (),
    ) -> None:
        """One commit of packs and all that belongs to them."""
        new = [address for address in senders if address not in self._senders]
        with self._changing(changes):
            self._db.executemany(_KEEP, packs)
            self._db.executemany("INSERT OR REPLACE INTO bookmark VALUES (?, ?)", bookmarks.items())
            self._db.executemany("DELETE FROM undated WHERE id = ?", [(number,) for number in released])
            self._db.executemany(
                "INSERT OR IGNORE INTO sender VALUES (?, ?, ?)",
                [(address.city, address.lane, address.node) for address in new],
            )
        self._senders.update(dict.fromkeys(new))
        if released:
            (self.undated_rows,) = self._read_one(_UNDATED_ROWS)
        self._hold_more(len(packs), sum(len(pack[2]) for pack in packs), sum(pack[3] for pack in packs))
        if self._bytes > self.limit_bytes:
            self._thin()

    def _hold_more(self, packs: int, size: int, rows: int) -> None:
        self.depth, self._bytes, self.depth_rows = self.depth + packs, self._bytes + size, self.depth_rows + rows

    def _thin(self) -> None:
        """Drop the oldest samples until a tenth of the room is free; a notice with the count stays in their place."""
        with suppress(OutboxError):  # the rows are kept already; a full disk is met at the next put
            with self._failing("read"):
                oldest = self._db.execute(_OLDEST_SAMPLES).fetchall()
            places, dropped, freed = to_thin(oldest, self.box, size=self._bytes - self.limit_bytes * _THINNED_TO)
            with self._changing({"thinned": self.thinned + dropped}):
                self._db.executemany("UPDATE pack SET body = ?, sample = 0 WHERE seq = ?", places)
            self._hold_more(0, -freed, 0)

    def _read_one(self, query: str, values: Sequence[object] = ()) -> Any:  # noqa: ANN401  # a row is what was asked
        with self._failing("read"):
            return self._db.execute(query, values).fetchone()

    @contextmanager
    def _changing(self, facts: Mapping[str, Any]) -> Iterator[None]:
        """One commit, with what it changes in the facts; in memory they change only when it is done."""
        facts = facts and {**facts, "bytes_written": self.bytes_written}
        with self._failing("write"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                changed = [(value, name) for name, value in facts.items() if value != self._facts[name]]
                self._db.executemany("UPDATE fact SET value = ? WHERE name = ?", changed)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self._written.make_room()
                raise
        self._facts.update(facts)
        self._unnoted_bytes = (0 if facts else self._unnoted_bytes) + self._written.by_commit()

    @contextmanager
    def _failing(self, verb: str) -> Iterator[None]:
        try:
            yield
        except LorongError:
            raise
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.Error) and outbox_file.is_broken(error) and verb != "open":
                self._mend(error)
            raise OutboxError(
                f"cannot {verb} the outbox {self.path.name!r}: {error}; check the disk it is on"
            ) from error

    def _mend(self, error: sqlite3.Error) -> None:
        """Go on in a new file; what was just tried is tried again by whoever asked."""
        self._db.close()
        try:
            self._begin(outbox_file.set_aside(self.path, reason=str(error)))
        except (sqlite3.Error, OSError) as worse:
            raise OutboxError(
                f"the outbox {self.path.name!r} is broken ({error}) and cannot be begun anew: {worse}; mend its disk"
            ) from worse
