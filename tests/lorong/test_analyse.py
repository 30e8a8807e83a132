"""`lorong analyse` for a range of days, and several of it at once on one store."""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analytics.indicators import INDICATORS
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.clock import SystemClock
from commons.sites import Site
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.analytics.conftest import SITES, City, Days
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.contract import Store
    from tests.conftest import Influx
    from tests.lorong.conftest import Said

RANGE = ("--from", "2025-01-01", "--to", "2026-10-31")


def fill(store: Store) -> None:
    """Prices of ten months, soil of twenty days and a harvest."""
    city = City(store, Site(SITES / "makassar"))
    for number, commodity in enumerate(("telur-ayam-ras", "daging-ayam-ras")):
        months = Days().months("2025-01", [30_000 + 500 * number + 300 * (month % 4) for month in range(10)])
        city.prices("pasar-terong", commodity, months)
    for back in range(20):
        city.soil("saga", "b1", (date(2026, 10, 20) - timedelta(back)).isoformat(), 20.0 + back % 3)
    city.harvest("saga", "2026-10-20", "e1", commodity="kangkung", kg=2.5)


def values(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every value and every earlier one, without the moments and reasons of computing."""
    moments = ("computed_at", "replaced_at", "reason", "replaced_because")
    names = [name for each in INDICATORS for name in (each, f"{each}_history")]
    tables = {name: store.read(Query(name, quality="all")) for name in names}
    return {name: _without(table.to_pylist(), moments) for name, table in tables.items()}


def _without(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    found = [{key: value for key, value in row.items() if key not in names} for row in rows]
    return sorted(found, key=repr)


def alone() -> dict[str, list[dict[str, Any]]]:
    """What one runner makes of the same data in a store of its own."""
    store = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    fill(store)
    Runner(store, Site(SITES / "makassar"), SystemClock(), AnalyticsSettings()).run_due()
    found = values(store)
    store.close()
    return found


def at_once(tmp_path: Path, environ: dict[str, str]) -> list[tuple[int, str]]:
    """Two backfills and two runs of what is due, each a process of its own; how they ended."""
    started = [
        subprocess.Popen(
            [*LORONG, "analyse", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for words in (RANGE, ("--once",), RANGE, ("--once",))
    ]
    try:
        said = [process.communicate(timeout=300)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    return [(process.returncode, text) for process, text in zip(started, said, strict=True)]


def test_runners_at_once_on_one_duckdb_do_no_harm(store: Store, tmp_path: Path) -> None:
    fill(store)

    ended = at_once(tmp_path, {"LORONG_STORE__URL": f"duckdb:///{tmp_path}/lorong.duckdb"})

    assert [code for code, _ in ended] == [0] * 4, ended
    assert values(store) == alone()


@pytest.mark.influx
def test_runners_at_once_on_one_influxdb_do_no_harm(influx: Influx, tmp_path: Path) -> None:
    settings = influx.settings()
    store = open_store(settings, clock=SystemClock())
    fill(store)

    ended = at_once(
        tmp_path,
        {
            "LORONG_STORE__URL": settings.url,
            "LORONG_STORE__TOKEN": settings.token.reveal(),
            "LORONG_STORE__BUCKET_RAW": settings.bucket_raw,
            "LORONG_STORE__BUCKET_KEEP": settings.bucket_keep,
        },
    )

    assert [code for code, _ in ended] == [0] * 4, ended
    assert values(store) == alone()
    store.close()


def test_a_range_is_computed_once_and_asking_again_changes_nothing(store: Store, lorong: Callable[..., Said]) -> None:
    fill(store)

    first = lorong("analyse", "soil_state", "--from", "2026-10-01", "--to", "2026-10-10", "--log", "ERROR")
    again = lorong("analyse", "soil_state", "--from", "2026-10-01", "--to", "2026-10-10", "--log", "ERROR")

    assert (first.code, first.out) == (0, "10 values computed, 0 unchanged, 0 failed\n")
    assert (again.code, again.out) == (0, "0 values computed, 10 unchanged, 0 failed\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["soil_state"], "a range needs both ends"),
        (["--from", "2026-10-01"], "a range needs both ends"),
        (["--from", "2026-10-02", "--to", "2026-10-01"], "is after"),
        (["soil_stat", "--from", "2026-10-01", "--to", "2026-10-02"], "soil_state"),
    ],
)
def test_a_range_that_is_none_is_refused_with_the_remedy(
    store: Store, lorong: Callable[..., Said], words: list[str], complaint: str
) -> None:
    said = lorong("analyse", *words, "--log", "ERROR")

    assert said.code == 2
    assert complaint in said.err
