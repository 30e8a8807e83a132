"""How a DuckDB file of an earlier layout becomes one of today's: one numbered step a layout, each a transaction."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from commons.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    Step = Callable[[duckdb.DuckDBPyConnection], None]

_LAYOUT_COLUMNS: Final = "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name = 'layout'"


def due_steps(con: duckdb.DuckDBPyConnection) -> list[Step]:
    """What is to be done to a file before it is used; each step in a transaction of its own.

    A column that only the catalogue has gained needs no step here: `duck_layout.prepare` adds it.

    Args:
        con: A connection.

    Raises:
        StoreError: The file is of a later layout; it is left as it is.
    """
    found = _layout(con)
    if found is None:
        return [_begin]
    number, wrote = found
    if number > VERSION:
        remedy = f"use Lorong {wrote} or later" if wrote else "use the Lorong that wrote it"
        raise StoreError(f"the DuckDB file has layout {number} and this Lorong knows {VERSION}; {remedy}")
    return [partial(_migrate, number=later) for later in range(number + 1, VERSION + 1)]


def _layout(con: duckdb.DuckDBPyConnection) -> tuple[int, str] | None:
    """The file's layout, and the Lorong that brought it there if it says so; None for a new file."""
    columns = {name for (name,) in con.execute(_LAYOUT_COLUMNS).fetchall()}
    if not columns:
        return None
    lorong = "lorong" if "lorong" in columns else "NULL"
    found = con.execute(f"SELECT version, {lorong} FROM layout ORDER BY version DESC LIMIT 1").fetchone()  # noqa: S608  # ours
    return None if found is None else (int(found[0]), str(found[1] or ""))


def _begin(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE IF NOT EXISTS layout (version INTEGER, lorong VARCHAR)")
    _enter(con, VERSION)


def _migrate(con: duckdb.DuckDBPyConnection, *, number: int) -> None:
    """Bring a file from the layout before to this one."""
    _STEPS[number](con)
    _enter(con, number)


def _enter(con: duckdb.DuckDBPyConnection, number: int) -> None:
    con.execute("INSERT INTO layout (version, lorong) VALUES (?, ?)", [number, version("lorong")])


def _to_2(con: duckdb.DuckDBPyConnection) -> None:
    """Say which Lorong brought the file to its layout, so that an earlier one can name it."""
    con.execute("ALTER TABLE layout ADD COLUMN lorong VARCHAR")


_STEPS: Final[dict[int, Step]] = {2: _to_2}
VERSION: Final = max(_STEPS)
