"""Copy a store that is at work into a folder: a Parquet file for each measurement, and a manifest.

The order of reading makes the copy consistent, on a store that can be read at one moment and on one that cannot. The
ledger comes first: what it says is stored was stored then, and is found by every later reading. Indicators come before
the rows that they are made of, and the marks of touched days last: a value that a later row changes is due again.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from commons.catalogue import measurements
from commons.errors import StoreError
from store.contract import Query
from store.manifest import Manifest, Part, part_of, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commons.clock import Clock
    from store.contract import Store

# The store's own id; the collector's lease, which names its secret client id; what jobs remember: after a restore all
# is computed anew.
NOT_KEPT: Final = frozenset({"store", "lease", "job"})
_PAGE_ROWS: Final = 50_000
_SAY_ROWS: Final = 1_000_000


def backup(store: Store, folder: Path, *, clock: Clock, say: Callable[[str], None]) -> Manifest:
    """Copy a store, which may be written meanwhile.

    Args:
        store: What is copied.
        folder: A folder that is not there yet; until all is on disk it has the ending `.partial`.
        clock: When it is.
        say: Tells the person at the terminal one line.

    Raises:
        StoreUnavailableError: The store is away; nothing was kept.
        StoreError: The folder cannot be written.
    """
    partial = folder.with_name(folder.name + ".partial")
    with _writing(folder):
        partial.mkdir(parents=True, exist_ok=True)
        for left in partial.glob("*.parquet"):  # by a backup that was killed
            left.unlink()
        begun, name = _now(clock), store.id
        parts: dict[str, Part] = {}
        for measurement in _order():
            part = _copy(store, measurement, partial, say)
            if part is not None:
                parts[measurement] = part
        manifest = Manifest(store=name, lorong=version("lorong"), begun=begun, ended=_now(clock), parts=parts)
        save(manifest, partial)
        _make_durable(partial)
        partial.rename(folder)
        _sync(folder.absolute().parent)
    return manifest


def pages(store: Store, measurement: str, *, rows: int = _PAGE_ROWS) -> Iterator[pa.Table]:
    """Every row of a measurement with all its columns, in time order, a bounded number at a time.

    Args:
        store: What is read.
        measurement: Its name.
        rows: How many at a time; more where more have one and the same time.
    """
    start, size = None, rows
    while True:
        page = store.read(Query(measurement, start=start, limit=size, quality="all"))
        if page.num_rows < size:
            if page.num_rows:
                yield page
            return
        last = page["time"][-1]
        whole = page.filter(pc.less(page["time"], last))  # more rows of the last time may follow
        if whole.num_rows:
            yield whole
            start, size = last.value, rows
        else:
            size *= 2


def _order() -> list[str]:
    names = [name for name in measurements() if name not in NOT_KEPT]
    return sorted(names, key=_rank)


def _rank(name: str) -> int:
    first, last = {"ledger": 0}, {"touched": 3}
    return (first | last).get(name, 1 if measurements()[name].kind == "indicator" else 2)


def _copy(store: Store, measurement: str, folder: Path, say: Callable[[str], None]) -> Part | None:
    """Write the rows of a measurement to its file; nothing where it has none."""
    path = folder / f"{measurement}.parquet"
    writer: pq.ParquetWriter | None = None
    rows, said = 0, 0
    try:
        for page in pages(store, measurement):
            writer = writer or pq.ParquetWriter(path, page.schema, compression="zstd")
            writer.write_table(page)
            rows += page.num_rows
            if rows - said >= _SAY_ROWS:
                say(f"{measurement}: {rows:,} rows so far")
                said = rows
    finally:
        if writer is not None:
            writer.close()
    if not rows:
        return None
    say(f"{measurement}: {rows:,} rows")
    return part_of(path, rows=rows)


def _now(clock: Clock) -> str:
    return datetime.fromtimestamp(clock.wall_ms() / 1000, UTC).isoformat(timespec="seconds")


def _make_durable(folder: Path) -> None:
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except StoreError:  # one of them is a ConnectionError, and so an OSError
        raise
    except OSError as error:
        raise StoreError(
            f"backup {str(folder)!r} cannot be written ({error.strerror or error}); make room there or name another"
        ) from error
