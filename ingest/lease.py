"""One collector per session: a lock on the data folder, and a lease in the store against one elsewhere."""

from __future__ import annotations

import fcntl
from hashlib import blake2b
from typing import IO, TYPE_CHECKING

from commons.errors import LeaseHeldError, SettingsError, StoreRejectedError, StoreUnavailableError
from commons.rows import Block

if TYPE_CHECKING:
    from pathlib import Path

    from commons.clock import Clock
    from commons.rows import Column
    from store.contract import Store


class FolderLock:
    """Held while the collector runs; the kernel lets go of it however the process dies.

    Args:
        folder: The collector's data folder.

    Raises:
        LeaseHeldError: Another process holds it.
        SettingsError: The folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = (folder / "lock").open("w", encoding="ascii")
        except OSError as error:
            raise _unwritable(folder, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            if not isinstance(error, BlockingIOError):
                raise _unwritable(folder, error) from error
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
        holder: This collector's secret name; the store has a digest of it. A lease it held before it died is its own.
        seconds: How long the lease holds without renewal [s].
        clock: Whose wall time is compared with the lease's.
    """

    def __init__(self, store: Store, holder: str, *, seconds: float, clock: Clock) -> None:
        self._store, self._seconds, self._clock = store, seconds, clock
        self._holder = blake2b(holder.encode(), digest_size=8).hexdigest()
        self._renewed_ms = self._until_ms = 0

    def take(self) -> None:
        """Take it, or take it over.

        Raises:
            LeaseHeldError: Another collector's still holds; the message says how long.
        """
        now = self._clock.wall_ms()
        holder, until = self._held()
        if holder not in ("", self._holder) and until > now:
            seconds = (until - now) / 1000
            raise LeaseHeldError(f"another collector writes to this store (for {seconds:.0f} s more); stop it first")
        self._write(now, now + int(self._seconds * 1000))

    def check(self) -> None:
        """Make sure that the store is the one that the lease was taken in.

        Raises:
            LeaseHeldError: Another collector has taken it meanwhile.
            StoreUnavailableError: The lease is gone or an older one: the store was wiped, exchanged or restored.
        """
        holder, until = self._held()
        if holder not in ("", self._holder):
            raise LeaseHeldError("another collector has taken over this store; this one stops")
        if (holder, until) != (self._holder, self._until_ms):
            raise StoreUnavailableError("the store is not the one it was; its ledger is read again")

    def renew(self) -> None:
        """Lengthen it when a third of its time is over.

        Raises:
            LeaseHeldError: Another collector has taken it meanwhile.
            StoreUnavailableError: As `check` says.
        """
        now = self._clock.wall_ms()
        if not 0 <= now - self._renewed_ms <= self._seconds * 1000 / 3:
            self.check()
            self._write(now, now + int(self._seconds * 1000))

    def release(self) -> None:
        """Leave it to whoever comes next, at once; unless somebody has it already."""
        if self._held() == (self._holder, self._until_ms):
            self._write(self._clock.wall_ms(), 0)

    def _held(self) -> tuple[str, int]:
        """Who holds it, and until when [ms since 1970 UTC]; nobody where there is none."""
        for row in self._store.latest("lease", {"role": "collector"}).to_pylist():
            return str(row["holder"] or ""), int(row["until"])
        return "", 0

    def _write(self, now_ms: int, until_ms: int) -> None:
        fields: dict[str, Column] = {"holder": [self._holder], "until": [float(until_ms)]}
        try:
            self._store.write([Block("lease", [0], {"role": "collector"}, fields)])
        except StoreRejectedError as error:
            raise StoreUnavailableError(
                f"the store refuses the collector's lease: {error.reason}; see its log"
            ) from error
        self._renewed_ms, self._until_ms = now_ms, until_ms


def _unwritable(folder: Path, error: OSError) -> SettingsError:
    return SettingsError(f"the collector cannot work in {folder.name!r} ({error.strerror}); give a folder it may write")
