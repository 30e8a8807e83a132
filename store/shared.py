"""One DuckDB file for many processes: who comes first owns it, the others ask the owner."""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from commons.errors import StoreUnavailableError
from store.client import StoreClient
from store.duck import DuckStore
from store.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from commons.clock import Clock
    from commons.rows import Block
    from store.contract import Query

_PAUSE_SECONDS: Final = 0.05


class SharedDuckStore:
    """The contract on a file, whoever owns it.

    The owner holds a lock on `<file>.lock` and answers on `<file>.sock`. Should it die, a call of another process says
    unavailable, and that process's next call becomes the owner or finds the new one.

    Args:
        path: The DuckDB file; its folder is made if need be.
        clock: What waiting is measured with.
        memory_mb: DuckDB's memory limit [MB].
        timeout_seconds: How long to wait for an owner's answer [s].

    Raises:
        StoreUnavailableError: The file cannot be opened, or its owner does not answer.
    """

    def __init__(self, path: Path, *, clock: Clock, memory_mb: int, timeout_seconds: float) -> None:
        self._path, self._clock = path.absolute(), clock
        self._memory_mb, self._timeout = memory_mb, timeout_seconds
        self._lock = threading.Lock()
        self._store: DuckStore | StoreClient | None = None
        self._held = ExitStack()
        self._closed = False
        self._inode: int | None = None
        self._reach()

    @property
    def id(self) -> str:
        """The store's own name."""
        with self._reached() as store:
            return store.id

    def write(self, batch: Sequence[Block]) -> None:
        """Write every row."""
        with self._reached() as store:
            store.write(batch)

    def read(self, query: Query) -> pa.Table:
        """Rows in time order, or their windows."""
        with self._reached() as store:
            return store.read(query)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        """The newest row of each series."""
        with self._reached() as store:
            return store.latest(measurement, where)

    def close(self) -> None:
        """Let go of the file, so that another process may own it."""
        with self._lock:
            self._closed = True
            self._drop()

    @contextmanager
    def _reached(self) -> Iterator[DuckStore | StoreClient]:
        """The store as it can be had now; one that no longer works is let go."""
        store = self._reach()
        try:
            yield store
        except StoreUnavailableError:
            with self._lock:
                if store is self._store and not store.works():
                    self._drop()
            raise

    def _reach(self) -> DuckStore | StoreClient:
        with self._lock:
            if self._closed:
                raise StoreUnavailableError(f"store {str(self._path)!r} is closed; open it again")
            if isinstance(self._store, DuckStore) and _inode(self._path) != self._inode:
                self._drop()
                raise StoreUnavailableError(f"store {str(self._path)!r} is another file now; the next call opens it")
            if self._store is None:
                self._store = self._own_or_ask()
            return self._store

    def _own_or_ask(self) -> DuckStore | StoreClient:
        deadline = self._clock.monotonic() + self._timeout
        while True:
            lock = _locked(_beside(self._path, ".lock"))
            if lock is not None:
                return self._own(lock)
            try:
                return StoreClient(_beside(self._path, ".sock"), timeout_seconds=self._timeout)
            except StoreUnavailableError:
                if self._clock.monotonic() > deadline:
                    raise
            self._clock.sleep(_PAUSE_SECONDS)

    def _own(self, lock: int) -> DuckStore:
        """Open the file and answer for it; let go in the reverse order."""
        with ExitStack() as held:
            held.callback(os.close, lock)
            store = DuckStore(self._path, memory_mb=self._memory_mb)
            held.callback(store.close)
            self._inode = _inode(self._path)
            held.callback(Service(_beside(self._path, ".sock"), store).close)
            self._held = held.pop_all()
        return store

    def _drop(self) -> None:
        self._store = None
        self._held.close()


def _beside(path: Path, ending: str) -> Path:
    """The file that stands beside a DuckDB file."""
    return path.with_name(path.name + ending)


def _inode(path: Path) -> int | None:
    """Which file it is; None if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _locked(path: Path) -> int | None:
    """A descriptor that holds the lock; None if somebody else does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnavailableError(f"{str(path)!r} cannot be made ({error.strerror}); check its folder") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock
