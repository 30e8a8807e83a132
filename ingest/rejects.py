"""Messages and rows that will never be stored, kept on disk with the reason, to be replayed after a fix."""

from __future__ import annotations

import base64
import json
import os
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from commons.errors import StoreUnavailableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reject:
    """One message, or one row of it, and why it was refused.

    Args:
        at_ms: When [ms since 1970 UTC].
        topic: Where it came from.
        payload: Its bytes.
        reason: One sentence.
        rows: How many rows it counts as.
    """

    at_ms: int
    topic: str
    payload: bytes
    reason: str
    rows: int = 1

    @property
    def unboxed(self) -> bytes:
        """What to send to have it judged anew: with its outbox's numbers the ledger would take it for a repeat."""
        try:
            document = orjson.loads(self.payload)
            if not isinstance(document, dict):
                return self.payload
            return orjson.dumps({key: value for key, value in document.items() if key not in ("box", "seq", "first")})
        except (orjson.JSONDecodeError, TypeError):  # orjson reads deeper than it writes
            return self.payload

    def line(self) -> str:
        """One line of JSON; bytes that are no UTF-8 travel as base64."""
        record: dict[str, Any] = {"at": self.at_ms, "topic": self.topic, "reason": self.reason, "rows": self.rows}
        try:
            record["payload"] = self.payload.decode()
        except UnicodeDecodeError:
            record["payload_base64"] = base64.b64encode(self.payload).decode()
        return json.dumps(record, ensure_ascii=True)


def parse(line: str) -> Reject:
    """A reject from its line."""
    record = json.loads(line)
    payload = record["payload"].encode() if "payload" in record else base64.b64decode(record["payload_base64"])
    return Reject(record["at"], record["topic"], payload, record["reason"], record["rows"])


class Rejects:
    """A folder with one file of JSON lines a day (UTC).

    Args:
        folder: Made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, rejects: Sequence[Reject]) -> None:
        """Keep them; on disk, flushed, when this returns.

        Raises:
            StoreUnavailableError: The disk does not take them.
        """
        if not rejects:
            return
        try:
            self._append(rejects)
        except OSError as error:
            raise StoreUnavailableError(
                f"rejects cannot be kept in {self.folder.name!r} ({error.strerror}); check the disk and its room"
            ) from error

    def _append(self, rejects: Sequence[Reject]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        day = datetime.fromtimestamp(rejects[0].at_ms / 1000, UTC).date().isoformat()
        lines = "".join(f"{reject.line()}\n" for reject in rejects).encode()
        with (self.folder / f"{day}.jsonl").open(
            "a+b", buffering=0
        ) as file:  # a buffer would be tried again by `close`
            size = file.seek(0, os.SEEK_END)
            left = b"\n" * _is_torn(file) + lines
            try:
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), size)  # a full disk may have taken half a line; all of it is tried again
                raise

    def all(self) -> Iterator[tuple[str, Reject]]:
        """Every reject with its name `day:line`, oldest first; a line torn by a power cut is passed over."""
        for path in sorted(self.folder.glob("*.jsonl")):
            for name, line in _lines(path):
                yield name, parse(line)

    def newest(self, count: int) -> list[tuple[str, Reject]]:
        """The newest with their names, the newest first; no more of them is in memory at once."""
        found: list[tuple[str, Reject]] = []
        for path in sorted(self.folder.glob("*.jsonl"), reverse=True):
            last = deque(_lines(path), maxlen=count - len(found))
            found += [(name, parse(line)) for name, line in reversed(last)]
            if len(found) == count:
                break
        return found

    def named(self, names: Sequence[str]) -> list[Reject]:
        """Rejects by name.

        Raises:
            UnknownNameError: One of them is not there.
        """
        wanted = set(names)
        days = {self.folder / f"{name.partition(':')[0]}.jsonl" for name in wanted}
        paths = [path for path in self.folder.glob("*.jsonl") if path in days]
        found = {name: parse(line) for path in paths for name, line in _lines(path) if name in wanted}
        for name in names:
            if name not in found:
                raise UnknownNameError("reject", name, found)
        return [found[name] for name in names]


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """A day's whole lines with their names."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.rstrip("\n").endswith("}"):
                yield f"{path.stem}:{number}", line


def _is_torn(file: BinaryIO) -> bool:
    """Whether a power cut left a last line without its end."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
