"""A backup made while the store is at work, and what a restore makes of it."""

from __future__ import annotations

import itertools
import json
import random
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commons.catalogue import measurements
from commons.clock import SystemClock
from commons.errors import StoreError, StoreUnavailableError
from commons.rows import Block
from store import open_store
from store.backup import NOT_KEPT, backup, pages
from store.contract import Query
from store.restore import restore
from store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from store.contract import Store

_T0 = 1_764_000_000_000_000_000
_SECRET = "lorong-collector-0badc0ffee"  # noqa: S105  # what must not be found
_TEXTS = ('say "b", it\'s b', "end\\", "new\nline", "kebun é☃𝄞", "=1+1", "", "null")


def _quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture
def other(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> Iterator[Store]:
    """An empty store of the other make, to restore into."""
    is_influx = "influxdb" in request.node.name
    if not is_influx and "socket" not in request.node.name:
        settings = StoreSettings(url=f"duckdb:///{tmp_path}/other.duckdb")
    elif is_influx:
        settings = StoreSettings(url=f"duckdb:///{tmp_path}/from-influx.duckdb")
    else:
        settings = request.getfixturevalue("influx").settings()
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()


def _some_of_everything() -> list[Block]:
    """Rows of every measurement, with every column, some of them missing."""
    rng = random.Random(4)
    blocks = []
    for of in measurements().values():
        rows = 40
        times = sorted(_T0 + rng.randrange(20) for _ in range(rows))
        tags: dict[str, str | list[str]] = {tag: [f"{tag}-{rng.choice(_TEXTS)}" for _ in times] for tag in of.tags}
        fields: dict[str, Any] = {}
        for name, text in of.columns.items():
            whole = [rng.choice(_TEXTS) if text else rng.uniform(-1e6, 1e6) for _ in times]
            fields[name] = [None if rng.random() < 0.3 else value for value in whole]
        blocks.append(Block(of.name, times, tags, fields))
    said = Block("ledger", [0], {"city": "makassar", "node": "n1", "box": "x"}, {"state": ['{"through":811}']})
    lease = Block("lease", [0], {"role": "collector"}, {"holder": [_SECRET], "until": [9e12]})
    return [*(block for block in blocks if block.measurement not in NOT_KEPT | {"ledger"}), said, lease]


def _everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every measurement that a backup keeps, in one order."""
    kept = [name for name in measurements() if name not in NOT_KEPT]
    found = {name: pa.concat_tables([store.read(Query(name, quality="all"))]).to_pylist() for name in kept}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def _same_but_for_what_a_restore_changes(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    changed = {"touched": ("at", "time"), "ledger": ("store",)}
    return {
        name: [{k: v for k, v in row.items() if k not in changed.get(name, ())} for row in rows]
        for name, rows in found.items()
    }


def _damaged(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (folder / name).write_bytes(change((folder / name).read_bytes()))


def test_a_restored_store_has_every_row_as_it_was_whatever_the_two_are_made_of(
    store: Store, other: Store, tmp_path: Path
) -> None:
    store.write(_some_of_everything())
    before = _same_but_for_what_a_restore_changes(_everything(store))

    made = backup(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)
    for _ in range(2):
        assert restore(other, tmp_path / "backup", clock=SystemClock(), say=_quiet) == {}

        after = _everything(other)
        assert _same_but_for_what_a_restore_changes(after) == before
    assert made.rows == sum(map(len, before.values()))
    assert not (tmp_path / "backup.partial").exists()


def test_a_restored_store_keeps_its_own_name_and_its_ledger_speaks_of_it(
    store: Store, other: Store, tmp_path: Path
) -> None:
    store.write(_some_of_everything())
    now_ms = SystemClock().wall_ms()
    backup(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)
    name = other.id
    other.write([Block("lease", [0], {"role": "collector"}, {"holder": ["who works here"], "until": [9e12]})])

    restore(other, tmp_path / "backup", clock=SystemClock(), say=_quiet)

    assert other.id == name != store.id
    assert other.latest("ledger")["store"].to_pylist() == [name]
    assert other.latest("lease").select(["holder", "until"]).to_pylist() == [{"holder": "", "until": 0.0}]
    assert min(other.read(Query("touched"))["at"].to_pylist()) >= now_ms


def test_a_restore_that_adds_nothing_to_the_ledger_leaves_the_collector_alone(store: Store, tmp_path: Path) -> None:
    store.write(_some_of_everything())
    backup(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)

    restore(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)

    assert store.latest("lease")["until"].to_pylist() == [9e12]


def test_no_secret_is_in_a_backup(store: Store, tmp_path: Path) -> None:
    store.write(_some_of_everything())

    backup(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)

    texts = [(tmp_path / "backup" / "manifest.json").read_text("utf-8")]
    texts += [str(pq.read_table(path).to_pylist()) for path in (tmp_path / "backup").glob("*.parquet")]
    assert not [text for text in texts if _SECRET in text or "token-of-the-tests" in text]


def test_what_the_ledger_of_a_backup_claims_is_in_the_backup(store: Store, tmp_path: Path) -> None:
    stop, box = threading.Event(), {"city": "makassar", "node": "n1", "box": "x"}

    def write() -> None:
        for seq in itertools.count(1):
            rows = Block("air", [_T0 + seq], {"node": "n1"}, {"humidity": [float(seq)]})
            mark = Block("touched", [_T0], {"city": "makassar", "of": "air", "place": "saga"}, {"at": [float(seq)]})
            store.write([mark, rows, Block("ledger", [0], dict(box), {"state": [str(seq)]})])
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for attempt in range(5):
            backup(store, tmp_path / f"backup-{attempt}", clock=SystemClock(), say=_quiet)
    finally:
        stop.set()
        writer.join()

    claims = 0
    for attempt in range(5):
        folder = tmp_path / f"backup-{attempt}"
        if (folder / "ledger.parquet").exists():
            claims += 1
            (through,) = (int(text) for text in pq.read_table(folder / "ledger.parquet")["state"].to_pylist())
            (touched,) = pq.read_table(folder / "touched.parquet")["at"].to_pylist()
            stored = pq.read_table(folder / "air.parquet")["humidity"].to_pylist()
            assert stored[:through] == [float(seq) for seq in range(1, through + 1)]
            assert touched >= max(stored)
    assert claims >= 4


def test_a_restore_into_a_store_in_use_deletes_nothing_and_leaves_its_own_ledger(store: Store, tmp_path: Path) -> None:
    def said(box: str, state: str, of: str | None) -> Block:
        return Block("ledger", [0], {"city": "makassar", "node": "n1", "box": box}, {"state": [state], "store": [of]})

    def humidity(time: int, value: float) -> Block:
        return Block("air", [time], {"node": "n1"}, {"humidity": [value]})

    name = store.id
    store.write([humidity(_T0, 1.0), said("x", "old x", name), said("y", "old y", None), said("w", "old w", "gone")])
    backup(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)
    store.write(
        [humidity(_T0 + 1, 2.0), said("x", "new x", name), said("y", "false y", "another"), said("z", "new z", name)]
    )

    restore(store, tmp_path / "backup", clock=SystemClock(), say=_quiet)

    assert store.read(Query("air"))["humidity"].to_pylist() == [1.0, 2.0]
    rows = {row["box"]: (row["state"], row["store"]) for row in store.latest("ledger").to_pylist()}
    assert rows == {"x": ("new x", name), "y": ("old y", name), "z": ("new z", name), "w": ("old w", "gone")}


def test_rows_that_share_one_time_are_all_read_however_many_they_are(store: Store) -> None:
    beds = [f"b{i}" for i in range(25)]
    for step in range(3):
        store.write([Block("soil", [_T0 + step] * 25, {"bed": beds}, {"moisture": [float(step)] * 25})])

    found = list(pages(store, "soil", rows=10))

    assert sorted(bed for page in found for bed in page["bed"].to_pylist()) == sorted(3 * beds)
    assert [value for page in found for value in page["moisture"].to_pylist()] == [0.0] * 25 + [1.0] * 25 + [2.0] * 25


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A good backup of a DuckDB file."""
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    store.write([Block("air", [_T0, _T0 + 1], {"node": "n1"}, {"humidity": [1.0, 2.0]})])
    backup(store, tmp_path / "made", clock=SystemClock(), say=_quiet)
    store.close()
    return tmp_path / "made"


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("air.parquet", lambda body: body[:-1], r"air\.parquet is not what was written; use another backup"),
        ("air.parquet", lambda body: body[:50] + b"?" + body[51:], r"air\.parquet is not what was written"),
        ("manifest.json", lambda body: body[:-40], r"manifest\.json is not what was written"),
        ("manifest.json", lambda body: body.replace(b'"rows": 2', b'"rows": 3'), r"manifest\.json is not what was"),
        ("manifest.json", lambda _: b"[]", r"manifest\.json is not what was written"),
        ("manifest.json", lambda _: b'{"format": "x"}', r"manifest\.json is not what was written"),
        ("manifest.json", lambda _: b'{"format": 9, "lorong": "7.0"}', "format 9 .* knows 1; use Lorong 7.0 or later"),
    ],
)
def test_a_damaged_backup_is_named_and_nothing_of_it_is_restored(
    made: Path, file: str, change: Callable[[bytes], bytes], words: str
) -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    name = store.id
    _damaged(made, file, change)

    with pytest.raises(StoreError, match=f"backup 'made' .*{words}"):
        restore(store, made, clock=SystemClock(), say=_quiet)

    assert store.read(Query("air")).num_rows == 0
    assert store.id == name
    store.close()


@pytest.mark.parametrize(
    ("file", "words"),
    [("air.parquet", r"lacks air\.parquet; use another"), ("manifest.json", r"holds no manifest\.json; name a folder")],
)
def test_a_backup_with_a_file_missing_is_named(made: Path, file: str, words: str) -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    (made / file).unlink()

    with pytest.raises(StoreError, match=words):
        restore(store, made, clock=SystemClock(), say=_quiet)

    store.close()


def test_a_backup_of_a_later_lorong_is_refused_before_anything_is_written(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    monkeypatch.setattr("store.restore.measurements", lambda: {k: v for k, v in measurements().items() if k != "air"})

    with pytest.raises(StoreError, match=r"holds air\.time, which this Lorong does not know; use Lorong"):
        restore(store, made, clock=SystemClock(), say=_quiet)

    store.close()


def test_a_backup_of_a_store_that_goes_away_is_never_taken_for_whole(tmp_path: Path) -> None:
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    store.write([Block("air", [_T0], {"node": "n1"}, {"humidity": [1.0]})])

    with pytest.raises(StoreUnavailableError):
        backup(store, tmp_path / "half", clock=SystemClock(), say=lambda _: store.close())

    assert not (tmp_path / "half").exists()
    with pytest.raises(StoreError, match=r"holds no manifest\.json"):
        restore(store, tmp_path / "half.partial", clock=SystemClock(), say=_quiet)


def test_a_manifest_says_when_and_of_which_store(made: Path) -> None:
    said = json.loads((made / "manifest.json").read_text("utf-8"))

    assert said["begun"] <= said["ended"]
    assert len(said["store"]) > 8
    assert said["parts"]["air"]["rows"] == 2
