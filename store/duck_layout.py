"""The tables of a DuckDB file, made from the catalogue and widened when the catalogue grows.

For each measurement there are `series.<name>`, which numbers each combination of tags, `readings.<name>` with the
rows, and the view `<name>` that joins them for everybody who reads.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from commons.catalogue import Measurement, measurements
from commons.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

Columns = dict[str, str]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Bring a file to the catalogue's shape.

    Args:
        con: A connection in a transaction.

    Raises:
        StoreError: The file has another type for a column.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS series")
    con.execute("CREATE SCHEMA IF NOT EXISTS readings")
    there: dict[tuple[str, str], Columns] = defaultdict(dict)
    query = "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    for schema, table, column, kind in con.execute(query).fetchall():
        there[schema, table][column] = kind
    for of in measurements().values():
        _prepare(con, of, there)


def _prepare(con: duckdb.DuckDBPyConnection, of: Measurement, there: Mapping[tuple[str, str], Columns]) -> None:
    tags = dict.fromkeys(of.tags, "VARCHAR")
    fields = {name: "VARCHAR" if text else "DOUBLE" for name, text in of.columns.items()}
    changed = [
        _widen(con, ("series", of.name), {"series": "INTEGER", **tags}, there),
        _widen(con, ("readings", of.name), {"series": "INTEGER", "time": "TIMESTAMP_NS", **fields}, there),
    ]
    if any(changed):
        columns = ["time", *(f"coalesce({tag}, '') AS {tag}" for tag in quoted(*tags)), *quoted(*fields), "series"]
        con.execute(
            f'CREATE OR REPLACE VIEW main."{of.name}" AS SELECT {", ".join(columns)}'  # noqa: S608  # catalogue names
            f' FROM readings."{of.name}" JOIN series."{of.name}" USING (series)'
        )


def _widen(
    con: duckdb.DuckDBPyConnection,
    place: tuple[str, str],
    wanted: Columns,
    there: Mapping[tuple[str, str], Columns],
) -> bool:
    """Make a table or add its missing columns; whether anything had to be done."""
    schema, table = place
    found = there.get(place)
    if found is None:
        columns = ", ".join(f'"{column}" {kind}' for column, kind in wanted.items())
        con.execute(f'CREATE TABLE {schema}."{table}" ({columns})')
        return True
    for column, kind in wanted.items():
        if column not in found:
            con.execute(f'ALTER TABLE {schema}."{table}" ADD COLUMN "{column}" {kind}')
        elif found[column] != kind:
            raise StoreError(
                f"{table}.{column} is {found[column]} in the file and {kind} in the catalogue; give the new kind of"
                " value another name"
            )
    return not wanted.keys() <= found.keys()


def quoted(*names: str) -> list[str]:
    """Names as SQL writes them."""
    return [f'"{name}"' for name in names]
