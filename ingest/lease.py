"""One collector per session: a lock on the data folder, and a lease in the store against one elsewhere."""

from __future__ import annotations

import fcntl
import secrets
from typing import IO, TYPE_CHECKING

from commons.errors import LeaseHeldError
from commons.rows import Block

if TYPE_CHECKING:
    from pathlib import Path

    from commons.clock import Clock
    from commons.rows import Column
    from store.contract import Store


def identity(folder: Path) -> str:
    """The collector's own name, drawn once and kept in its folder: a secret, since whoever has it owns the session."""
    path = folder / "identity"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        drawn = path.with_suffix(".new")
        drawn.touch(mode=0o600)
        drawn.write_text(f"lorong-collector-{secrets.token_hex(12)}", "ascii")
        drawn.rename(path)
    return path.read_text("ascii").strip()


class FolderLock:
    """Held while the collector runs; the kernel lets go of it however the process dies.

    Args:
        folder: The collector's data folder.

    Raises:
        LeaseHeldError: Another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = (folder / "lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise LeaseHeldError(
                f"another collector works in {folder.name!r}; stop it or give another folder"
            ) from error

    def release(self) -> None:
        """Let another collector work here."""
        self._file.close()


class Lease:
    """The right to write to a store, renewed while the collector lives.

    Args:
        store: The store.
        holder: This collector's name; a lease it held before it died is its own still.
        seconds: How long the lease holds without renewal [s].
        clock: Whose wall time is compared with the lease's.
    """

    def __init__(self, store: Store, holder: str, *, seconds: float, clock: Clock) -> None:
        self._store, self._holder, self._seconds, self._clock = store, holder, seconds, clock
        self._renewed_ms = 0

    def take(self) -> None:
        """Take it, or take it over.

        Raises:
            LeaseHeldError: Another collector's still holds; the message says how long.
        """
        now = self._clock.wall_ms()
        for row in self._store.latest("lease", {"role": "collector"}).to_pylist():
            until = int(row["until"])
            if row["holder"] != self._holder and until > now:
                seconds = (until - now) / 1000
                raise LeaseHeldError(
                    f"another collector writes to this store (for {seconds:.0f} s more); stop it first"
                )
        self._write(now, now + int(self._seconds * 1000))

    def renew(self) -> None:
        """Take it again when a third of its time is over.

        Raises:
            LeaseHeldError: Another collector has taken it meanwhile.
        """
        if self._clock.wall_ms() - self._renewed_ms > self._seconds * 1000 / 3:
            self.take()

    def release(self) -> None:
        """Leave it to whoever comes next, at once."""
        self._write(self._clock.wall_ms(), 0)

    def _write(self, now_ms: int, until_ms: int) -> None:
        fields: dict[str, Column] = {"holder": [self._holder], "until": [float(until_ms)]}
        self._store.write([Block("lease", [0], {"role": "collector"}, fields)])
        self._renewed_ms = now_ms
