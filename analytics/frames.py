"""Between the store's tables and blocks and the frames that methods work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from commons.catalogue import measurement
from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from commons.rows import NumberColumn, TextColumn

Row = dict[str, Any]


def frame(*tables: pa.Table) -> pd.DataFrame:
    """Tables of one query, read in pieces, as one frame; texts that are not there are empty."""
    read: pd.DataFrame = pd.concat([table.to_pandas() for table in tables], ignore_index=True)
    texts = read.select_dtypes(include=["object", "str"]).columns
    if read.empty:  # an Arrow text without any chunk cannot be merged by
        return read.assign(**{name: pd.Series([], dtype="str") for name in texts})
    return read.assign(**{name: read[name].fillna("") for name in texts})


def rows(table: pa.Table) -> list[Row]:
    """Each row as a dictionary, `time` in nanoseconds since 1970 UTC, None where nothing is there."""
    times = table.column("time").cast("int64").to_pylist()
    return [{**row, "time": time} for row, time in zip(table.drop_columns("time").to_pylist(), times, strict=True)]


def groups(values: pd.DataFrame, by: str | list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    """The rows of each key, in the order of the keys; a key is what it is, where pandas' types only say "hashable"."""
    yield from values.groupby(by, sort=True)


def records(values: pd.DataFrame) -> list[Row]:
    """Each row of a frame as a dictionary of plain Python values, None where nothing is there."""
    columns = {name: _plain(values[name]) for name in values.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def block(name: str, found: Sequence[Mapping[str, Any]]) -> Block:
    """Rows of one measurement as a block; what the catalogue does not know of them is left out."""
    of = measurement(name)
    return Block(
        name,
        [row["time"] for row in found],
        {tag: [row[tag] for row in found] for tag in of.tags},
        {key: _column([row.get(key) for row in found], text=text) for key, text in of.columns.items()},
    )


def _column(values: list[Any], *, text: bool) -> NumberColumn | TextColumn:
    if text:
        return [None if value is None else str(value) for value in values]
    return [None if value is None else float(value) for value in values]


def _plain(column: pd.Series[Any]) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [None if missing else day for day, missing in zip(column.dt.date, column.isna(), strict=True)]
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
