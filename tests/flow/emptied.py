"""A DuckDB in memory that many tests have one after the other: to make its tables takes a sixth of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.duck_layout import quoted

if TYPE_CHECKING:
    from store.duck import DuckStore

_FILLED = "SELECT schema_name, table_name FROM duckdb_tables() WHERE estimated_size > 0"
_KEPT = ("layout", "store")


def empty(store: DuckStore) -> None:
    """Take every row away, but the store's own name.

    Args:
        store: The store; nobody uses it now.
    """
    for schema, table in store._con.execute(_FILLED).fetchall():
        if table not in _KEPT:
            place = ".".join(quoted(schema, table))
            store._con.execute(f"CREATE OR REPLACE TABLE {place} AS SELECT * FROM {place} LIMIT 0")  # noqa: S608  # catalogue names
    for known in store._tables.values():
        known.forget()
