"""DuckDB's own part of the contract: power cuts, full disks, catalogues that grow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from commons.errors import StoreError, StoreUnavailableError
from commons.rows import Block
from store.contract import Query
from store.duck import DuckStore

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = 1000
_WRITER = """
import sys
from pathlib import Path
from commons.rows import Block
from store.duck import DuckStore
store = DuckStore(Path(sys.argv[1]), memory_mb=256)
for batch in range(10_000):
    times = [batch * 1000 + i for i in range(1000)]
    rows = Block("air", times, {"node": [f"n{i % 7}" for i in times]}, {"humidity": [float(batch)] * 1000})
    store.write([rows, Block("ledger", [0], {"box": "x"}, {"state": [str(batch)]})])
    print(batch, flush=True)
"""
_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from commons.errors import StoreUnavailableError
from commons.rows import Block
from store.contract import Query
from store.duck import DuckStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = DuckStore(Path(sys.argv[1]), memory_mb=256)
size = sum(Path(sys.argv[1] + ending).stat().st_size for ending in ("", ".wal") if Path(sys.argv[1] + ending).exists())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1_000_000, resource.RLIM_INFINITY))
batch = 0
def rows():
    times = [batch * 20_000 + i for i in range(20_000)]
    return Block("air", times, {"node": f"n{batch}"}, {"humidity": [(i * 0.37) % 100 for i in times]})
try:
    while batch < 100:
        store.write([rows()])
        batch += 1
    sys.exit("the disk was never full")
except StoreUnavailableError as error:
    print(error)
assert store.works()
assert store.read(Query("air")).num_rows == batch * 20_000
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.write([rows()])
store.write([rows()])
assert store.read(Query("air")).num_rows == (batch + 1) * 20_000
assert store.latest("air").num_rows == batch + 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lorong.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[DuckStore]:
    opened = DuckStore(path, memory_mb=256)
    yield opened
    opened.close()


def _run(script: str, path: Path) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script, str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ, text=True)


def _humidity(times: list[int], values: list[float | None]) -> Block:
    return Block("air", times, {"node": "n1"}, {"humidity": values})


@pytest.mark.parametrize("after", [1, 37])
def test_what_was_written_survives_a_kill(path: Path, after: int) -> None:
    with _run(_WRITER, path) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < after:
            pass
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout if line.endswith("\n")]

    store = DuckStore(path, memory_mb=256)
    batches = set(store.read(Query("air"))["humidity"].to_pylist())
    rows = store.read(Query("air")).num_rows
    ledger = store.latest("ledger")["state"].to_pylist()
    store.close()
    assert rows == len(batches) * _ROWS
    assert ledger == [str(len(batches) - 1)]
    assert len(batches) > max([after, *told])


def test_a_full_disk_says_so_and_leaves_nothing_half_done(path: Path) -> None:
    with _run(_FULL_DISK, path) as full:
        text, _ = full.communicate()

    assert full.returncode == 0, text
    assert "check the disk and its room" in text


def test_a_reopened_file_still_knows_what_it_has(path: Path) -> None:
    first = DuckStore(path, memory_mb=256)
    first.write([_humidity([5, 10], [50.0, 60.0])])
    name = first.id
    first.close()

    second = DuckStore(path, memory_mb=256)
    second.write([_humidity([5, 7, 10, 11], [51.0, 52.0, None, 53.0])])

    assert second.read(Query("air"))["humidity"].to_pylist() == [51.0, 52.0, 60.0, 53.0]
    assert second.id == name
    second.close()


def test_a_wiped_file_has_another_name(path: Path) -> None:
    first = DuckStore(path, memory_mb=256)
    name = first.id
    first.close()
    path.unlink()

    second = DuckStore(path, memory_mb=256)

    assert second.id != name
    second.close()


def test_a_field_that_the_catalogue_gained_is_added(path: Path) -> None:
    store = DuckStore(path, memory_mb=256)
    store.write([Block("air", [1], {"node": "n1"}, {"humidity": [50.0], "light": [7.0]})])
    store.close()
    with duckdb.connect(str(path)) as older:
        older.execute("DROP VIEW main.air")
        older.execute("ALTER TABLE readings.air DROP COLUMN light")
        older.execute("ALTER TABLE series.air DROP COLUMN lane")

    newer = DuckStore(path, memory_mb=256)
    before = newer.read(Query("air", fields=("humidity", "light"))).to_pylist()
    newer.write([Block("air", [1, 2], {"node": "n1"}, {"light": [8.0, 9.0]})])

    assert [(row["humidity"], row["light"], row["lane"]) for row in before] == [(50.0, None, "")]
    assert newer.read(Query("air"))["light"].to_pylist() == [8.0, 9.0]
    assert newer.read(Query("air"))["humidity"].to_pylist() == [50.0, None]
    newer.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ALTER TABLE readings.air ALTER light TYPE VARCHAR", "air.light is VARCHAR in the file and DOUBLE"),
        ("UPDATE layout SET version = 99, lorong = '7.5'", "layout 99 and .* knows 2; use Lorong 7.5 or later"),
        ("UPDATE layout SET version = 99; ALTER TABLE layout DROP lorong", "use the Lorong that wrote it"),
    ],
)
def test_a_file_that_cannot_be_understood_is_left_alone(path: Path, change: str, message: str) -> None:
    DuckStore(path, memory_mb=256).close()
    with duckdb.connect(str(path)) as other:
        other.execute("DROP VIEW main.air")
        other.execute(change)

    with pytest.raises(StoreError, match=message):
        DuckStore(path, memory_mb=256)


def test_a_file_that_is_no_database_is_unavailable(path: Path) -> None:
    path.write_text("this is no database, however long one looks at it" * 100)

    with pytest.raises(StoreUnavailableError, match=r"lorong\.duckdb"):
        DuckStore(path, memory_mb=256)


@pytest.mark.parametrize("damage", [5_000, 20_000, -20_000])
def test_a_damaged_file_says_so_and_what_to_do(path: Path, damage: int) -> None:
    store = DuckStore(path, memory_mb=256)
    for day in range(20):
        store.write([_humidity([day * 5000 + i for i in range(5000)], [(i * day * 0.37) % 100 for i in range(5000)])])
    store.close()
    body = bytearray(path.read_bytes())
    body[damage] ^= 0xFF
    path.write_bytes(body)

    with pytest.raises(StoreUnavailableError, match=r"is damaged: .* put the file aside and restore a backup"):
        DuckStore(path, memory_mb=256).read(Query("air"))


def test_anybody_can_read_the_file_with_duckdb_alone(path: Path) -> None:
    store = DuckStore(path, memory_mb=256)
    store.write([Block("air", [1_000], {"city": "makassar", "node": "n1"}, {"humidity": [50.0]})])
    store.close()

    with duckdb.connect(str(path), read_only=True) as other:
        found = other.sql("SELECT epoch_ns(time), city, node, humidity FROM air").fetchall()

    assert found == [(1_000, "makassar", "n1", 50.0)]


def test_readers_see_whole_batches_while_another_thread_writes(store: DuckStore) -> None:
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(store.read(Query("air")).num_rows)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for batch in range(20):
        store.write([_humidity([batch * _ROWS + i for i in range(_ROWS)], [1.0] * _ROWS)])
    done.set()
    for reader in readers:
        reader.join()

    assert store.read(Query("air")).num_rows == 20 * _ROWS
    assert seen
    assert {rows % _ROWS for rows in seen} == {0}


def test_a_thousand_new_series_are_written_at_once(store: DuckStore) -> None:
    nodes = [f"n{i}" for i in range(1000)]
    for _ in range(2):
        store.write([Block("air", [1] * 1000, {"city": ["a", "b"] * 500, "node": nodes}, {"light": [1.0] * 1000})])

    assert store.latest("air").num_rows == 1000


def test_the_store_in_memory_forgets(store: DuckStore) -> None:
    memory = DuckStore(None, memory_mb=256)
    memory.write([_humidity([1], [50.0])])

    assert memory.read(Query("air"))["time"].cast(pa.int64()).to_pylist() == [1]
    assert store.read(Query("air")).num_rows == 0
    memory.close()


def test_a_closed_store_is_unavailable(store: DuckStore) -> None:
    store.close()
    store.close()

    with pytest.raises(StoreUnavailableError):
        store.read(Query("air"))
    with pytest.raises(StoreUnavailableError):
        store.write([_humidity([1], [50.0])])
    assert not store.works()
