"""The outbox's file: its tables and their version, and what is saved out of a broken one."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons import wire
from commons.errors import OutboxError, WireError
from commons.logs import Log
from commons.packs import renumbered
from commons.topics import parse_up

if TYPE_CHECKING:
    from pathlib import Path

    from commons.packs import Row

SCHEMA: Final = 2
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS pack (
    seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL, rows INTEGER NOT NULL, sample INTEGER NOT NULL,
    digest TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS bookmark (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sender (
    city TEXT NOT NULL, lane TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (city, lane, node)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS undated (
    id INTEGER PRIMARY KEY, city TEXT NOT NULL, lane TEXT NOT NULL, node TEXT NOT NULL, boot TEXT NOT NULL,
    wall_ms INTEGER NOT NULL, monotonic REAL NOT NULL, measurement TEXT NOT NULL, rows INTEGER NOT NULL,
    body BLOB NOT NULL);
"""
_NUMBERS: Final = ("seq", "produced", "thinned", "bytes_written", "clones", "set_aside", "right_ms")
_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BASIC_CODE: Final = 0xFF
_LOG_BYTES: Final = 1_000_000  # how long SQLite's log may grow before its pages go into the file
_FRAME_BYTES: Final = 24
_BLOCK_BYTES: Final = 4096

log = Log("commons.outbox")


class Written:
    """What goes to the disk for a file: its log's growth, and the pages that a long log brings into it.

    Args:
        db: The file, open.
        path: Where it is.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._log = db, path.with_name(f"{path.name}-wal")
        self._size = self._log.stat().st_size if self._log.exists() else 0

    def by_commit(self) -> int:
        """What the last commit wrote [By]; called after each, it also keeps the log short."""
        with suppress(sqlite3.Error, OSError):
            size = self._log.stat().st_size
            before, self._size = self._size, size
            # A disk takes whole blocks, and the one that the log ended in once more.
            blocks = (size - 1) // _BLOCK_BYTES - before // _BLOCK_BYTES + 1 if size > before else 0
            return blocks * _BLOCK_BYTES + (self._into_file(size) if size > _LOG_BYTES else 0)
        return 0

    def make_room(self) -> None:
        """A full disk may hold a long log of what is no longer held: bring it into the file, if that can be done."""
        with suppress(sqlite3.Error, OSError):
            self._into_file(self._log.stat().st_size)

    def _into_file(self, size: int) -> int:
        pages, page = (int(self._db.execute(f"PRAGMA {of}").fetchone()[0]) for of in ("page_count", "page_size"))
        is_busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            return 0
        self._size = 0
        return min(pages, size // (page + _FRAME_BYTES)) * page


def draw() -> str:
    """A name for an outbox: 128 random bits in base32."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def is_broken(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is damaged."""
    return (getattr(error, "sqlite_errorcode", 0) & _BASIC_CODE) in _BROKEN


def broken(reason: str) -> sqlite3.DatabaseError:
    """The error that says so of damage which SQLite does not see."""
    error = sqlite3.DatabaseError(reason)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_whole(seq: int, body: bytes, digest: str) -> bool:
    """Whether a pack's body is still what was put; a notice of thinning has its pack's digest."""
    try:
        document = orjson.loads(body)
        return document["seq"] == seq and (not digest or "thinned" in document or wire.digest_of(body) == digest)
    except (TypeError, ValueError, KeyError):
        return False


def open_file(path: Path) -> sqlite3.Connection:
    """Open an outbox's file, made when it is not there, migrated when it is older, saved what can be when it is broken.

    Raises:
        OutboxError: It was made by a later version.
        sqlite3.Error: It cannot be opened.
        OSError: Its folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _put_in_place(path)
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        if not is_broken(error):
            raise
        return set_aside(path, reason=str(error))


def set_aside(path: Path, *, reason: str) -> sqlite3.Connection:
    """Begin a file anew with what can be read from a broken one, which stays beside it.

    The new file has a name of its own as an outbox, and new numbers: nobody can tell which the broken one had given.
    A kill at any moment leaves either the broken file, to be saved from again, or a whole new one.
    """
    begun = path.with_name(f"{path.name}.salvaging")
    for leftover in _files(begun):
        leftover.unlink(missing_ok=True)
    with closing(_connected(path)) as old, closing(_opened(begun)) as new:
        packs, damaged = _save(old, new)
    begun.rename(_salvaged(path))
    kept = _put_in_place(path)
    log.error(
        "outbox is broken: set aside, and what could be read from it goes on in a new one; check the disk",
        outbox=path.name,
        reason=reason,
        aside=kept,
        packs=packs,
        damaged=damaged,
    )
    return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    db = _connected(path)
    try:
        schema = _schema(db, path)
        _check(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        _migrate(db, schema)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise broken(found)


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def _schema(db: sqlite3.Connection, path: Path) -> int:
    """The version of the file's tables; 0 in a new one."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'fact'").fetchone() is None:
        return 0
    found = db.execute("SELECT value FROM fact WHERE name = 'schema'").fetchone()
    schema = int(found[0]) if found else 0
    if schema > SCHEMA:
        raise OutboxError(
            f"the outbox {path.name!r} is of version {schema}, made by a later Lorong than this one, "
            f"which reads up to {SCHEMA}; install that one again"
        )
    return schema


def _migrate(db: sqlite3.Connection, schema: int) -> None:
    """Bring tables up to the present version, in one commit."""
    if schema == SCHEMA:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        if schema == 1:
            db.execute("ALTER TABLE pack ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
        for statement in filter(str.strip, _TABLES.split(";")):
            db.execute(statement)
        db.executemany("INSERT OR IGNORE INTO fact VALUES (?, 0)", [(name,) for name in _NUMBERS])
        db.execute("INSERT OR IGNORE INTO fact VALUES ('box', ?), ('verified', '')", [draw()])
        for seq, topic, body in db.execute("SELECT seq, topic, body FROM pack WHERE digest = ''").fetchall():
            db.execute("UPDATE pack SET digest = ? WHERE seq = ?", [wire.digest_of(body), seq])
            _know_sender(db, topic)
        db.execute("INSERT OR REPLACE INTO fact VALUES ('schema', ?)", [SCHEMA])
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _know_sender(db: sqlite3.Connection, topic: str) -> None:
    with suppress(WireError):
        address, _ = parse_up(topic)
        db.execute("INSERT OR IGNORE INTO sender VALUES (?, ?, ?)", [address.city, address.lane, address.node])


def _save(old: sqlite3.Connection, new: sqlite3.Connection) -> tuple[int, int]:
    """Copy what can be read; how many packs, and how many of them are notices for packs whose content is damaged."""
    found = [(row, _checked(row)) for row in _readable(old, "pack", "seq")]
    packs = [kept for _, kept in found if kept is not None]
    damaged = [kept for row, kept in found if kept is not None and kept[2] != row[2]]
    facts = {name: value for name, value in _readable(old, "fact", "name") if type(value) is int}
    new.execute("BEGIN IMMEDIATE")
    box = new.execute("SELECT value FROM fact WHERE name = 'box'").fetchone()[0]
    facts["seq"] = len(packs)
    facts["set_aside"] = facts.get("set_aside", 0) + 1
    facts["thinned"] = facts.get("thinned", 0) + sum(row[3] for row in damaged)
    for name in _NUMBERS:
        new.execute("UPDATE fact SET value = ? WHERE name = ?", [facts.get(name, 0), name])
    new.executemany("INSERT INTO pack VALUES (?, ?, ?, ?, ?, ?)", renumbered(packs, box))
    for table, key in (("bookmark", "name"), ("undated", "id")):
        for row in _readable(old, table, key):
            new.execute(f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608  # our own names
    for row in packs:
        _know_sender(new, row[1])
    new.execute("COMMIT")
    return len(packs), len(damaged)


def _readable(old: sqlite3.Connection, table: str, key: str) -> list[tuple[Any, ...]]:
    """A table's rows in order, each once: from the first up to what cannot be read, and from the last down to it."""
    found: dict[Any, tuple[Any, ...]] = {}
    for direction in ("ASC", "DESC"):
        with suppress(sqlite3.Error):
            for row in old.execute(f"SELECT * FROM {table} ORDER BY {key} {direction}"):  # noqa: S608  # our own names
                found.setdefault(row[0], row)
            break
    return sorted(found.values(), key=lambda row: row[0])


def _checked(row: tuple[Any, ...]) -> Row | None:
    """A pack's row if its body is what was put, a notice in its place if it is not, None if it is no pack at all."""
    seq, topic, body, rows, sample, *rest = row
    digest = rest[0] if rest else ""
    if is_whole(seq, body, digest):
        return (seq, topic, body, rows, sample, digest)
    if not (isinstance(topic, str) and isinstance(rows, int) and rows > 0):
        return None
    return (seq, topic, wire.encode_thinned("", seq, rows), rows, 0, "")


def _put_in_place(path: Path) -> str:
    """Finish what `set_aside` began; the name under which the broken file is kept, empty where nothing was begun."""
    salvaged = _salvaged(path)
    if not salvaged.exists():
        return ""
    number, aside = 1, path.with_name(f"{path.name}.corrupt")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{number}")
    for old, kept in zip(_files(path), _files(aside), strict=True):
        if old.exists():
            old.rename(kept)
    salvaged.rename(path)
    return aside.name


def _salvaged(path: Path) -> Path:
    return path.with_name(f"{path.name}.salvaged")


def _files(path: Path) -> list[Path]:
    """A database's files, the log before the main one."""
    return [path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"), path]
