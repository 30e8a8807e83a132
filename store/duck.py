"""DuckDB in a file or in memory: the embedded default, owned by one process."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import duckdb

from commons.catalogue import measurements
from commons.errors import StoreUnavailableError
from commons.rows import Block
from store.checks import check
from store.contract import Query
from store.duck_layout import prepare, quoted
from store.duck_migrations import due_steps
from store.duck_table import DuckTable
from store.plan import BAD, Plan, plan
from store.windows import dated, window_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from store.contract import Window

_DAMAGED: Final = ("Corrupt", "not a valid DuckDB", "Could not read enough bytes")
_CONFIG: Final = {"threads": "2", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


class DuckStore:
    """A DuckDB database as a store.

    One thread writes at a time, each batch as one transaction; readers have connections of their own and see whole
    batches.

    Args:
        path: The file; None keeps everything in memory.
        memory_mb: DuckDB's memory limit [MB].

    Raises:
        StoreUnavailableError: The file cannot be opened.
        StoreError: The file is of a later version, or its columns are of other types.
    """

    def __init__(self, path: Path | None, *, memory_mb: int) -> None:
        self._name = ":memory:" if path is None else str(path)
        self._lock = threading.Lock()
        self._tables = {name: DuckTable(of) for name, of in measurements().items()}
        with self._complaints():
            self._con = duckdb.connect(self._name, config={**_CONFIG, "memory_limit": f"{memory_mb}MB"})
            self._writer = self._con.cursor()
        try:
            with self._complaints():
                steps = due_steps(self._writer)
            for step in (*steps, prepare):
                with self._transaction(self._tables.values()) as con:
                    step(con)
            self._own_name()
        except BaseException:
            self.close()
            raise

    @property
    def id(self) -> str:
        """The store's own name, drawn when the file was made or restored."""
        return self._own_name()

    def write(self, batch: Sequence[Block]) -> None:
        """Write every row, as one transaction."""
        checked = check(batch)
        blocks: dict[str, list[Block]] = defaultdict(list)
        for block in checked.blocks:
            if len(block):
                blocks[block.measurement].append(block)
        if blocks:
            with self._lock, self._transaction([self._tables[name] for name in blocks]) as con:
                for name, same in blocks.items():
                    self._tables[name].put(con, same)
        checked.conclude()

    def read(self, query: Query) -> pa.Table:
        """Rows in time order, or their windows."""
        wanted = plan(query)
        if wanted.is_empty:
            return wanted.schema.empty_table()
        return self._rows(wanted) if query.window is None else self._windows(wanted, query.window)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        """The newest row of each series."""
        wanted = plan(Query(measurement, where=where or {}))
        if wanted.is_empty:
            return wanted.schema.empty_table()
        rows, values = _selection(wanted)
        query = (
            f"WITH here AS ({rows}), newest AS (SELECT series, max(time) AS time FROM here GROUP BY series)"  # noqa: S608  # catalogue names
            f" SELECT {_names(wanted)} FROM here SEMI JOIN newest USING (series, time) ORDER BY time, series"
        )
        with self._reader() as con:
            return con.sql(query, params=values).to_arrow_table().cast(wanted.schema)

    def close(self) -> None:
        """Let go of the file; what was written is in it."""
        with self._lock, suppress(duckdb.Error):
            self._writer.close()
            self._con.close()

    def works(self) -> bool:
        """Whether it can still be asked: after some errors of the disk DuckDB answers nothing until it is reopened."""
        try:
            with self._reader() as con:
                con.execute("SELECT 1 FROM layout")
        except StoreUnavailableError:
            return False
        return True

    def _rows(self, wanted: Plan) -> pa.Table:
        rows, values = _selection(wanted)
        order = "time DESC, series" if wanted.query.newest_first else "time, series"
        limit = "" if wanted.query.limit is None else f" LIMIT {int(wanted.query.limit)}"
        query = f"SELECT {_names(wanted)} FROM ({rows}) ORDER BY {order}{limit}"  # noqa: S608  # catalogue names
        with self._reader() as con:
            return con.sql(query, params=values).to_arrow_table().cast(wanted.schema)

    def _windows(self, wanted: Plan, window: Window) -> pa.Table:
        rows, values = _selection(wanted)
        ends = f"SELECT epoch_ns(min(time)), epoch_ns(max(time)) FROM ({rows})"  # noqa: S608  # catalogue names
        with self._reader() as con:
            first, last = con.execute(ends, values).fetchall()[0]
            if first is None:
                return wanted.schema.empty_table()
            query = window_query(wanted, rows, window=window, span=(first, last))
            return dated(wanted, con.sql(query, params=values).to_arrow_table(), window=window)

    def _own_name(self) -> str:
        """The id in the file, drawn if it has none."""
        found = self.latest("store")["store_id"].to_pylist()
        if not found:
            found = [uuid4().hex]
            self.write([Block("store", [0], {}, {"store_id": list(found)})])
        return str(found[0])

    @contextmanager
    def _transaction(self, tables: Iterable[DuckTable]) -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing; after nothing, the tables forget what they learnt on the way."""
        with self._complaints():
            self._writer.begin()
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                for table in tables:
                    table.forget()
                with suppress(duckdb.Error):
                    self._writer.rollback()
                raise

    @contextmanager
    def _reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._complaints(), self._con.cursor() as con:
            yield con

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        """DuckDB's errors as the contract's."""
        try:
            yield
        except duckdb.Error as error:  # all of them: damage to the file comes as the bare root of their tree
            reason = str(error).splitlines()[0]
            if any(words in reason for words in _DAMAGED):
                raise StoreUnavailableError(
                    f"DuckDB {self._name!r} is damaged: {reason}; stop Lorong, put the file aside and restore a backup"
                ) from error
            raise StoreUnavailableError(
                f"DuckDB {self._name!r} cannot do it now: {reason}; check the disk and its room, then try again"
            ) from error


def _names(wanted: Plan) -> str:
    return ", ".join(quoted(*wanted.schema.names))


def _selection(wanted: Plan) -> tuple[str, list[str]]:
    """SQL of the rows of a plan, bad values null, and the values of its marks."""
    fields = [
        f'CASE WHEN "{wanted.flags[name]}" = {BAD} THEN NULL ELSE "{name}" END AS "{name}"'
        if name in wanted.flags
        else f'"{name}"'
        for name in wanted.fields
    ]
    conditions = [f"time >= make_timestamp_ns({wanted.start})", f"time <= make_timestamp_ns({wanted.last})"]
    if wanted.must_be_empty is not None:
        conditions.append(f"\"{wanted.must_be_empty}\" = ''")
    conditions += [f'"{tag}" IN ({", ".join("?" * len(values))})' for tag, values in wanted.where.items()]
    columns = ", ".join(["time", *quoted(*wanted.of.tags), *fields, "series"])
    rows = f'SELECT {columns} FROM main."{wanted.of.name}" WHERE {" AND ".join(conditions)}'  # noqa: S608  # catalogue
    some = " OR ".join(f'"{name}" IS NOT NULL' for name in wanted.fields)
    return f"SELECT * FROM ({rows}) WHERE {some}", [value for values in wanted.where.values() for value in values]  # noqa: S608
