"""One measurement in a DuckDB file: how its rows get in."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np
import pyarrow as pa

from store.duck_layout import quoted
from store.frames import frame, repeats

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from commons.catalogue import Measurement
    from commons.rows import Block
    from store.series import Key

_NEVER: Final = np.iinfo(np.int64).min
_IDENTITY: Final = ("series", "time")


class DuckTable:
    """Writes the rows of one measurement; one thread at a time.

    A row newer than all others of its series is simply appended. Only the rest is looked for in the file and merged.

    Args:
        of: The measurement.
    """

    def __init__(self, of: Measurement) -> None:
        self._of = of
        self._numbers: dict[Key, int] = {}
        self._newest: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._is_known = False

    def put(self, con: duckdb.DuckDBPyConnection, blocks: Sequence[Block]) -> None:
        """Write checked blocks, later ones over earlier ones.

        Args:
            con: A connection in a transaction; where that is rolled back, `forget`.
            blocks: Blocks of this measurement, each with at least one row.
        """
        if not self._is_known:
            self._know(con)
        known = len(self._numbers)
        rows = frame(blocks, self._of, self._number)
        self._add_series(con, known)
        if len(rows.column_names) == len(_IDENTITY):
            return
        series, times = _identity(rows)
        if repeats(series, times):
            rows = _put_together(con, rows)
            series, times = _identity(rows)
        fresh = times > self._newest[series]
        self._run(con, rows, ~fresh, self._merge_query(rows.column_names))
        self._run(con, rows, fresh, self._append_query(rows.column_names))
        np.maximum.at(self._newest, series, times)

    def forget(self) -> None:
        """Drop what was learnt, to be read again from the file."""
        self._is_known = False

    def _know(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read every series and the time of its newest row."""
        tags = ", ".join(["series", *quoted(*self._of.tags)])
        found = con.execute(f'SELECT {tags} FROM series."{self._of.name}"').fetchall()  # noqa: S608  # catalogue names
        self._numbers = {tuple(tag or "" for tag in tags): number for number, *tags in found}
        self._newest = np.full(len(found), _NEVER)
        query = f'SELECT series, epoch_ns(max(time)) FROM readings."{self._of.name}" GROUP BY series'  # noqa: S608  # same
        for series, time in con.execute(query).fetchall():
            self._newest[series] = time
        self._is_known = True

    def _number(self, key: Key) -> int:
        """The number of a series; a new series takes the next."""
        return self._numbers.setdefault(key, len(self._numbers))

    def _add_series(self, con: duckdb.DuckDBPyConnection, known: int) -> None:
        """Write down the series that were numbered just now."""
        new = list(self._numbers)[known:] if len(self._numbers) > known else []
        if new:
            columns = {
                tag: pa.array(values, pa.string())
                for tag, values in zip(self._of.tags, zip(*new, strict=True), strict=True)
            }
            rows = pa.table({"series": pa.array(range(known, len(self._numbers)), pa.int32()), **columns})
            names = ", ".join(quoted(*rows.column_names))
            with _registered(con, rows):
                con.execute(f'INSERT INTO series."{self._of.name}" ({names}) SELECT {names} FROM rows')  # noqa: S608  # same
            self._newest = np.concatenate([self._newest, np.full(len(new), _NEVER)])

    def _run(self, con: duckdb.DuckDBPyConnection, rows: pa.Table, mask: npt.NDArray[np.bool_], query: str) -> None:
        if mask.any():
            with _registered(con, rows if mask.all() else rows.filter(pa.array(mask))):
                con.execute(query)

    def _append_query(self, columns: Sequence[str]) -> str:
        names = ", ".join(quoted(*columns))
        return f'INSERT INTO readings."{self._of.name}" ({names}) SELECT {names} FROM rows'  # noqa: S608  # catalogue names

    def _merge_query(self, columns: Sequence[str]) -> str:
        """A null leaves what is there."""
        names = quoted(*columns)
        kept = ", ".join(f"{name} = coalesce(rows.{name}, old.{name})" for name in names[len(_IDENTITY) :])
        return (
            f'MERGE INTO readings."{self._of.name}" AS old USING rows'  # noqa: S608  # names from the catalogue
            " ON old.series = rows.series AND old.time = rows.time"
            f" WHEN MATCHED THEN UPDATE SET {kept}"
            f" WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join(f'rows.{name}' for name in names)})"
        )


def _identity(rows: pa.Table) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    return rows["series"].to_numpy(), rows["time"].cast(pa.int64()).to_numpy()


def _put_together(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> pa.Table:
    """One row for each (series, time): of each field the last value that is there."""
    fields = [name for name in rows.column_names if name not in _IDENTITY]
    last = ", ".join(f'last("{name}" ORDER BY place) FILTER ("{name}" IS NOT NULL) AS "{name}"' for name in fields)
    placed = rows.append_column("place", pa.array(range(rows.num_rows), pa.int64()))
    query = f"SELECT series, time, {last} FROM rows GROUP BY series, time"  # noqa: S608  # names from the catalogue
    with _registered(con, placed):
        return con.sql(query).to_arrow_table()


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[None]:
    """An Arrow table as `rows` in SQL."""
    con.register("rows", rows)
    try:
        yield
    finally:
        with suppress(duckdb.TransactionException):  # the transaction failed already, and says why
            con.unregister("rows")
