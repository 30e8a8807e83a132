"""A DuckDB file that an earlier Lorong wrote is opened, migrated and kept."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import duckdb
import pytest

from commons.errors import StoreUnavailableError
from commons.rows import Block
from store import duck_migrations
from store.contract import Query
from store.duck import DuckStore

if TYPE_CHECKING:
    from pathlib import Path

# What Lorong wrote at layout 1, with a catalogue that knew neither lanes nor light.
_LAYOUT_1 = """
CREATE SCHEMA series;
CREATE SCHEMA readings;
CREATE TABLE layout (version INTEGER);
INSERT INTO layout VALUES (1);
CREATE TABLE series.air ("series" INTEGER, "city" VARCHAR, "node" VARCHAR);
CREATE TABLE readings.air ("series" INTEGER, "time" TIMESTAMP_NS, "temperature" DOUBLE, "humidity" DOUBLE);
CREATE OR REPLACE VIEW main."air" AS SELECT "time", coalesce("city", '') AS "city", coalesce("node", '') AS "node",
    "temperature", "humidity", "series" FROM readings."air" JOIN series."air" USING (series);
INSERT INTO series.air VALUES (0, 'makassar', 'n1'), (1, 'makassar', 'n2');
INSERT INTO readings.air SELECT i % 2, make_timestamp_ns(1000 + i), i, 2.0 * i FROM range(500) AS r(i);
CREATE TABLE series.store ("series" INTEGER);
CREATE TABLE readings.store ("series" INTEGER, "time" TIMESTAMP_NS, "store_id" VARCHAR);
CREATE OR REPLACE VIEW main."store" AS SELECT "time", "store_id", "series"
    FROM readings."store" JOIN series."store" USING (series);
INSERT INTO series.store VALUES (0);
INSERT INTO readings.store VALUES (0, make_timestamp_ns(0), 'the-name-it-always-had');
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file at layout 1 with 500 rows of two nodes."""
    made = tmp_path / "lorong.duckdb"
    with duckdb.connect(str(made)) as con:
        con.execute(_LAYOUT_1)
    return made


def _layouts(path: Path) -> list[tuple[int, str | None]]:
    with duckdb.connect(str(path)) as con:
        found = con.execute("SELECT * FROM layout ORDER BY version").fetchall()
    return [(number, (*lorong, None)[0]) for number, *lorong in found]


def test_a_file_of_layout_1_is_brought_to_todays_and_keeps_every_row_and_its_name(path: Path) -> None:
    for _ in range(2):
        store = DuckStore(path, memory_mb=256)
        rows = store.read(Query("air", fields=("temperature", "humidity", "light")))

        assert rows["temperature"].to_pylist() == [float(i) for i in range(500)]
        assert rows["humidity"].to_pylist() == [2.0 * i for i in range(500)]
        assert set(rows["lane"].to_pylist()) == {""}
        assert rows["light"].null_count == 500
        assert store.id == "the-name-it-always-had"
        store.close()
        assert _layouts(path) == [(1, None), (2, version("lorong"))]


def test_a_migrated_file_takes_what_only_todays_catalogue_knows(path: Path) -> None:
    store = DuckStore(path, memory_mb=256)
    store.write([Block("air", [1000, 9000], {"city": "makassar", "node": "n1"}, {"light": [5.0, 6.0]})])
    store.write([Block("air", [1000], {"city": "makassar", "lane": "saga", "node": "n1"}, {"light": [7.0]})])

    merged = store.read(Query("air", where={"node": "n1"}, stop=1001)).to_pylist()
    assert [(row["lane"], row["humidity"], row["light"]) for row in merged] == [("", 0.0, 5.0), ("saga", None, 7.0)]
    assert store.read(Query("air")).num_rows == 502
    store.close()


def test_a_step_that_fails_leaves_the_file_at_the_layout_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("DROP VIEW main.air")
        con.execute("ALTER TABLE readings.air DROP COLUMN humidity")
        raise duckdb.IOException("the disk is full")

    with monkeypatch.context() as later:
        later.setattr(duck_migrations, "VERSION", 3)
        later.setitem(duck_migrations._STEPS, 3, half)
        with pytest.raises(StoreUnavailableError, match="the disk is full"):
            DuckStore(path, memory_mb=256)

    assert _layouts(path) == [(1, None), (2, version("lorong"))]
    store = DuckStore(path, memory_mb=256)
    assert store.read(Query("air"))["humidity"].to_pylist() == [2.0 * i for i in range(500)]
    store.close()
