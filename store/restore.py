"""Put a backup into a store, empty or in use.

Rows of the backup go over those that are there; nothing is deleted. What the store's own ledger says stays, since it is
newer; of other outboxes the backup's is taken, last of all, so that it never speaks of rows that are not yet there. The
id stays too: under it nobody was ever told more than that. (A wiped store has a new one already, and a backup none.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from commons.catalogue import measurements
from commons.errors import StoreError, StoreRejectedError
from commons.rows import Block
from commons.touched import made_anew
from store.contract import Query
from store.manifest import Manifest, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from commons.clock import Clock
    from commons.rows import Column
    from store.contract import Store

_BATCH_ROWS: Final = 20_000
_BOX: Final = ("city", "node", "box")


def restore(store: Store, folder: Path, *, clock: Clock, say: Callable[[str], None]) -> Mapping[str, tuple[int, str]]:
    """Put a backup into a store; harmless to repeat.

    Args:
        store: Where to.
        folder: What `backup` made.
        clock: When it is: every restored day counts as touched now, so that indicators are computed anew.
        say: Tells the person at the terminal one line.

    Returns:
        For each measurement of which rows were refused: how many, and the store's reason for the first.

    Raises:
        StoreUnavailableError: The store is away; run it again.
        StoreError: The backup is none, damaged, or holds what this Lorong does not know; nothing was written.
    """
    manifest = load(folder)
    for name in manifest.parts:
        _check_known(folder, manifest, name)
    refused: dict[str, tuple[int, str]] = {}
    for name in sorted(manifest.parts.keys() - {"ledger"}, key=_rank):
        count, reason = _put(store, folder, manifest, name, now_ms=clock.wall_ms())
        if count:
            refused[name] = (count, reason)
        say(f"{name}: {manifest.parts[name].rows:,} rows")
    if "ledger" in manifest.parts:
        _add_accounts(store, folder / manifest.parts["ledger"].file, manifest.store)
    return refused


def _rank(name: str) -> tuple[bool, str]:
    """Marks of touched days follow the rows that they speak of."""
    return name == "touched", name


def _check_known(folder: Path, manifest: Manifest, name: str) -> None:
    of = measurements().get(name)
    try:
        found = pq.read_schema(folder / manifest.parts[name].file)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"backup {folder.name!r}: {name} cannot be read ({error}); use another backup") from error
    known = {} if of is None else {"time": None, **dict.fromkeys(of.tags), **of.columns}
    strange = [column for column in found.names if column not in known]
    if strange:
        raise StoreError(
            f"backup {folder.name!r} holds {name}.{strange[0]}, which this Lorong does not know; use Lorong"
            f" {manifest.lorong} or later"
        )


def _put(store: Store, folder: Path, manifest: Manifest, name: str, *, now_ms: int) -> tuple[int, str]:
    """Write the rows of a measurement; how many the store refused, and why."""
    refused, reason = 0, ""
    for block in _blocks(folder / manifest.parts[name].file, name):
        try:
            store.write([_made_anew(block, now_ms) if name == "touched" else block])
        except StoreRejectedError as error:
            refused, reason = refused + len(error.rows), reason or error.reason
    return refused, reason


def _made_anew(marks: Block, now_ms: int) -> Block:
    """The same days, touched now."""
    times = [made_anew(time, now_ms) for time in marks.times]
    return Block(marks.measurement, times, marks.tags, {"at": [float(now_ms)] * len(marks)})


def _blocks(path: Path, name: str) -> Iterator[Block]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            yield _block(batch, name)


def _block(rows: pa.RecordBatch | pa.Table, name: str) -> Block:
    tags: dict[str, Any] = {}
    fields: dict[str, Column] = {}
    for column in rows.schema.names:
        if column in measurements()[name].tags:
            tags[column] = rows[column].to_pylist()
        elif column != "time" and rows[column].null_count < rows.num_rows:
            fields[column] = rows[column].to_pylist()
    return Block(name, rows["time"].cast(pa.int64()).to_pylist(), tags, fields)


def _add_accounts(store: Store, ledger: Path, of: str) -> None:
    """Say of the outboxes that the store does not know what the backup says, and let a collector at work read it."""
    name = store.id
    known = _accounts(_block(store.read(Query("ledger")), "ledger"), name)
    said = {key: state for block in _blocks(ledger, "ledger") for key, state in _accounts(block, of).items()}
    new = {key: state for key, state in said.items() if key not in known}
    if new:
        tags: dict[str, Any] = {tag: [key[i] for key in new] for i, tag in enumerate(_BOX)}
        fields: dict[str, Column] = {"state": list(new.values()), "store": [name] * len(new)}
        free: dict[str, Column] = {"holder": [""], "until": [0.0]}  # who held it reads the ledger and takes it again
        lease = Block("lease", [0], {"role": "collector"}, free)
        store.write([Block("ledger", [0] * len(new), tags, fields), lease])


def _accounts(ledger: Block, store_id: str) -> dict[tuple[str, ...], str]:
    """What is said of each outbox, but for what is said of another store: who wrote that had not noticed a wipe."""
    return {
        tuple(str(row[name]) for name in _BOX): str(row["state"])
        for row in ledger.rows()
        if row.get("store") in (None, store_id)
    }
