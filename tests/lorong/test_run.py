"""`lorong run` as people use it: it answers while it runs, and however it ends, no row is lost and none is twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from commons.sites import Site
from store import open_store
from store.settings import StoreSettings
from tests.flow.small_site import MAKASSAR, Row, differences, produced, small_site, stored
from tests.flow.waiting import wait_until
from tests.lorong.running import LORONG, ROOT, Run, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLOCK = SystemClock()
RECORDING = "recordings/kolkata.csv.gz"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts runs on a site, all in one data folder; whatever still runs is killed in the end."""
    runs: list[Run] = []

    def started(site: Site, *words: str) -> Run:
        runs.append(Run(site.folder, tmp_path / "data", words))
        return runs[-1]

    yield started
    for run in runs:
        if not run.has_ended:
            run.stop(signal.SIGKILL)


def get(address: str) -> str:
    """A page, which must be there."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310  # the address of a run that we started
        assert answer.status == 200
        text: str = answer.read().decode()
        return text


def in_store(data: Path) -> Counter[Row]:
    store = open_store(StoreSettings(url=f"duckdb:///{data / 'lorong.duckdb'}"), clock=CLOCK)
    found = stored(store)
    store.close()
    return found


def by_drivers(site: Site, data: Path, began_ms: int) -> Counter[Row]:
    """What the site's nodes have produced since the beginning, by drivers that nobody interrupted."""
    rows: Counter[Row] = Counter()
    for name, node in site.nodes.items():
        outbox = data / "nodes" / f"{name}.sqlite"
        rows += produced(node, site, outbox, began_ms=began_ms, ended_ms=CLOCK.wall_ms())
    return rows


def waiting(data: Path) -> int:
    """How many packs wait in the outboxes of a data folder."""
    packs = 0
    for path in (data / "nodes").glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as box, suppress(sqlite3.OperationalError):
            packs += box.execute("SELECT count(*) FROM pack").fetchone()[0]
    return packs


def with_late_recordings(site: Site, count: int) -> Site:
    """The site with nodes whose recordings are not there yet, so that each new start has something new to read."""
    with (site.folder / "nodes.csv").open("a", encoding="utf-8") as table:
        for number in range(count):
            options = f"file=recordings/late{number}.csv.gz;series=1;bed=r1"
            table.write(f"late{number},saga,recording,recorded,{options}\n")
    return Site(site.folder)


def assert_all_is_stored(run: Run, site: Site, data: Path, began_ms: int) -> None:
    """Nothing lost, nothing twice, and the summary says so."""
    expected = by_drivers(site, data, began_ms)
    assert differences(expected, in_store(data)) == []
    figures = run.summary
    assert (figures["produced"], figures["stored"]) == (expected.total(), expected.total())
    assert (figures["rejected"], figures["thinned"], figures["missing"]) == (0, 0, 0)


def test_a_run_answers_in_both_languages_and_its_summary_accounts_for_every_row(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    site, began_ms = small_site(tmp_path / "site"), CLOCK.wall_ms()

    run = start(site, "--for", "12")
    address = run.address
    run.wait_for("indicator values computed")
    for path in ("/", "/health", "/lanes/saga"):
        for language in ("id", "en"):
            assert f'<html lang="{language}"' in get(f"{address}{path}?lang={language}")
    header, *rows = get(f"{address}/api/v1/read?measurement=soil&lane=saga&start=-2d&format=csv").splitlines()

    assert (header.split(",")[0], len(rows) > 100) == ("time", True)
    assert run.end() == 0, run.output
    assert_all_is_stored(run, site, tmp_path / "data", began_ms)
    assert (run.summary["lanes"], run.summary["indicators"] > 0) == (2, True)


def test_sigterm_while_history_loads_loses_nothing_and_a_restart_goes_on_from_there(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    site, data, began_ms = small_site(tmp_path / "site", history_days=30), tmp_path / "data", CLOCK.wall_ms()

    first = start(site)
    wait_until(lambda: waiting(data), "rows are under way")
    assert first.stop() == 0, first.output
    assert_all_is_stored(first, site, data, began_ms)

    second = start(site)
    second.wait_for("history is in")
    assert second.stop() == 0, second.output
    assert_all_is_stored(second, site, data, began_ms)
    assert second.summary["produced"] > 10_000


def test_a_run_killed_at_ten_random_moments_loses_no_row_and_stores_none_twice(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed of the moments: {seed}")  # noqa: T201  # pytest shows it where the test fails
    moments = random.Random(seed)
    site, data = with_late_recordings(small_site(tmp_path / "site", history_days=30), 10), tmp_path / "data"
    began_ms, caught = CLOCK.wall_ms(), 0

    for round_ in range(10):
        shutil.copy(MAKASSAR / RECORDING, site.folder / f"recordings/late{round_}.csv.gz")
        run = start(site)
        if round_ % 3:  # two of three while rows flow, the third at any moment of the start
            run.wait_for("is open")
        time.sleep(moments.uniform(0.0, 0.6 if round_ % 3 else 3.0))
        assert run.stop(signal.SIGKILL) == -signal.SIGKILL, run.output
        caught += waiting(data) > 0

    last = start(site)
    last.wait_for("history is in")
    assert last.stop() == 0, last.output
    assert caught > 4  # so many times rows were on their way
    assert_all_is_stored(last, site, data, began_ms)


def test_the_broker_dies_with_a_run_that_is_killed(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start(small_site(tmp_path / "site", recorded=0))
    run.wait_for("is open")
    children = run.children()
    assert any(b"nats.conf" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children)

    run.stop(signal.SIGKILL)

    wait_until(lambda: not any(map(is_alive, children)), "the broker is gone")


def test_a_second_run_on_the_same_folder_says_that_another_works_there(
    start: Callable[..., Run], tmp_path: Path
) -> None:
    site = small_site(tmp_path / "site", recorded=0)
    first = start(site)
    first.wait_for("is open")

    second = lorong_run(site, tmp_path / "data", "0")

    assert second.returncode == 1
    assert second.stderr == "lorong: another collector works in 'data'; stop it or give another folder\n"
    assert first.stop() == 0


def test_a_port_that_is_taken_is_wrong_use_and_says_which(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        run = lorong_run(small_site(tmp_path / "site", recorded=0), tmp_path / "data", port)

    assert run.returncode == 2
    assert run.stderr.startswith(f"lorong: port {port} on 127.0.0.1 is not free (")
    assert run.stderr.endswith("; give another with --port\n")
    assert run.stderr.count("\n") == 1


def lorong_run(site: Site, data: Path, port: str) -> subprocess.CompletedProcess[str]:
    """A run that is expected to end by itself."""
    words = ["run", "--city", str(site.folder), "--data", str(data), "--port", port]
    return subprocess.run([*LORONG, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
