"""`lorong store backup|restore`, as people use them."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from commons.clock import SystemClock
from commons.rows import Block
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from store.contract import Store

_T0 = 1_764_000_000_000_000_000


def _rows(measurement: str, count: int) -> Block:
    field = {"air": "humidity", "soil": "moisture", "rain": "depth", "harvest": "kg"}[measurement]
    return Block(measurement, [_T0 + i for i in range(count)], {}, {field: [float(i) for i in range(count)]})


def test_a_backup_goes_through_the_owner_and_comes_back_into_an_empty_store(
    lorong: Any, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([_rows("air", 3), _rows("harvest", 2)])

    made = lorong("store", "backup", "backups/2026-11-24")
    monkeypatch.setenv("LORONG_STORE__URL", f"duckdb:///{tmp_path}/empty.duckdb")
    back = lorong("store", "restore", "backups/2026-11-24")
    found = lorong("query", "harvest", "--start", "2025-11-01", "--form", "csv")

    assert made.code == back.code == 0, made.err + back.err
    assert "air: 3 rows\n" in made.out
    assert f"5 rows of store {store.id} are in 'backups/2026-11-24'" in made.out
    assert "harvest: 2 rows\n" in back.out
    assert "now has what is in 'backups/2026-11-24'" in back.out
    assert len(found.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["backup"], 2, "folder"),
        (["backup", "there"], 2, "'there' is there already; name a folder that is not"),
        (["backup", "a-file/deeper"], 1, "cannot be written (Not a directory); make room there or name another"),
        (["restore", "nowhere"], 2, "'nowhere' is no folder; name one that `lorong store backup` made"),
        (["restore", "a-file"], 2, "'a-file' is no folder"),
        (["restore", "there"], 1, "'there' holds no manifest.json; name a folder that `lorong store backup` made"),
    ],
)
def test_wrong_use_is_one_sentence(
    lorong: Any, store: Store, tmp_path: Path, words: list[str], code: int, complaint: str
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "a-file").touch()

    said = lorong("store", *words)

    assert said.code == code
    assert complaint in said.err
    assert len(said.err.splitlines()) == 1


def test_a_file_that_is_no_database_is_named_with_what_to_do(
    lorong: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.duckdb").write_bytes(b"no database" * 2_000)
    monkeypatch.setenv("LORONG_STORE__URL", f"duckdb:///{tmp_path}/bad.duckdb")

    said = lorong("store", "init")

    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "bad.duckdb' is damaged: " in said.err
    assert "put the file aside and restore a backup" in said.err


def test_rows_that_the_store_refuses_are_counted_and_named(
    lorong: Any, influx: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([_rows("air", 3), _rows("harvest", 2)])
    lorong("store", "backup", "made")
    settings = influx.settings(raw_retention_days=1)
    for name in ("url", "bucket_raw", "bucket_keep", "raw_retention_days"):
        monkeypatch.setenv(f"LORONG_STORE__{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LORONG_STORE__TOKEN", influx.token)

    back = lorong("store", "restore", "made")

    assert back.code == 1
    assert "everything is restored but what the store refused: 3 rows of air: " in back.err
    assert "retention" in back.err
    opened = open_store(settings, clock=SystemClock())
    assert opened.read(Query("harvest")).num_rows == 2
    opened.close()


def test_a_restore_that_is_killed_is_run_again_and_makes_the_same_store(
    lorong: Any, store: Store, tmp_path: Path
) -> None:
    kinds = ("air", "soil", "rain", "harvest")
    store.write([_rows(kind, 20_000) for kind in kinds])
    store.write([Block("ledger", [0], {"city": "makassar", "node": "n1", "box": "x"}, {"state": ['{"through":1}']})])
    assert lorong("store", "backup", "made").code == 0
    url = f"duckdb:///{tmp_path}/empty.duckdb"
    environ = {**os.environ, "LORONG_STORE__URL": url, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [*LORONG, "store", "restore", str(tmp_path / "made")]

    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline().endswith("20,000 rows\n")
        killed.send_signal(signal.SIGKILL)
    half = open_store(StoreSettings(url=url), clock=SystemClock())
    claims = half.read(Query("ledger")).num_rows
    stored = [half.read(Query(kind)).num_rows for kind in kinds]
    half.close()
    again = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    whole = open_store(StoreSettings(url=url), clock=SystemClock())
    assert claims == 0 or stored == [20_000] * len(kinds)
    assert again.returncode == 0, again.stderr
    assert [whole.read(Query(kind)).num_rows for kind in kinds] == [20_000] * len(kinds)
    assert whole.read(Query("ledger")).num_rows == 1
    whole.close()
