"""A real node process killed between driver, outbox, broker and `stored`, at every step: each row is stored once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.sites import Site
from ingest.ledger import Ledger
from store import open_store
from store.settings import StoreSettings
from tests.faults.dying import found as found_point
from tests.flow.collecting import collecting
from tests.flow.small_site import MAKASSAR, differences, produced, small_site, stored
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store.contract import Store

ROOT: Final = Path(__file__).resolve().parents[2]
CLOCK: Final = SystemClock()
STEPS: Final = (
    ("sensors.drivers.simulated:Simulated.read", "after", 2),  # read, and in nobody's hands but the agent's
    ("sensors.gathering:Gathering.commit", "before", 2),
    ("commons.outbox:Outbox.put", "before", 2),
    ("commons.packs:packed", "after", 2),
    ("commons.outbox_file:Written.by_commit", "before", 1),  # the commit is on the disk, and nobody knows of it
    ("commons.outbox:Outbox.put", "after", 2),
    ("sensors.gathering:Gathering.commit", "after", 2),
    ("commons.uplink:Uplink._publish", "before", 3),
    ("commons.uplink:Uplink._publish", "after", 3),
    ("commons.uplink:Uplink._confirmed", "before", 2),
    ("commons.uplink:Uplink._answered", "before", 1),
    ("commons.answers:parse", "after", 1),
    ("commons.outbox:Outbox.is_ours", "after", 1),
    ("commons.outbox:Outbox.stored", "before", 1),
    ("commons.outbox:Outbox.stored", "after", 1),
    ("commons.uplink:Uplink._want", "after", 1),
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A city with a lane and its node for each step."""
    lanes = [lane.slug for lane in Site(MAKASSAR).lanes.values()][: len(STEPS)]
    return small_site(tmp_path / "site", lanes=lanes, history_days=2, recorded=0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=CLOCK)
    yield opened
    opened.close()


def started(words: Sequence[object], port: int) -> subprocess.Popen[bytes]:
    """A command of Lorong as a process that ends with the tests."""
    leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
    environ = {**os.environ, "LORONG_BROKER__PORT": str(port)}
    return subprocess.Popen([*leash, sys.executable, "-m", *map(str, words)], cwd=ROOT, env=environ)


def is_drained(box: Path) -> bool:
    """Whether everything that was ever put in an outbox has left it."""
    with closing(sqlite3.connect(f"file:{box}?mode=ro", uri=True)) as db:
        ((put,),) = db.execute("SELECT value FROM fact WHERE name = 'seq'").fetchall()
        ((held,),) = db.execute("SELECT count(*) FROM pack").fetchall()
    return bool(put) and not held


@pytest.mark.parametrize("point", sorted({point for point, _, _ in STEPS}))
def test_every_step_is_still_there(point: str) -> None:
    assert found_point(point)


def test_a_node_killed_at_every_step_between_driver_and_store_loses_and_repeats_nothing(
    site: Site, store: Store, nats: Any, tmp_path: Path
) -> None:
    data, began_ms = tmp_path / "data", CLOCK.wall_ms()
    where = ["--city", site.folder, "--data", data, "--log", "ERROR"]
    boxes = {node: data / f"{node}.sqlite" for node in site.nodes}
    with collecting(store, BrokerSettings(port=nats.port), site, tmp_path / "collector", clock=CLOCK):
        for node, step in zip(site.nodes, STEPS, strict=True):
            dying = started(["tests.faults.dying", *step, "lorong", "node", "run", node, *where], nats.port)
            assert dying.wait(120) == -signal.SIGKILL, step
        living = started(["lorong", "simulate", *where], nats.port)
        wait_until(
            lambda: all(box.exists() and is_drained(box) for box in boxes.values()), "all is stored", seconds=120
        )
        living.send_signal(signal.SIGTERM)
        assert living.wait(60) == 0
        wait_until(lambda: all(map(is_drained, boxes.values())), "all is stored", seconds=1)

    ended_ms = CLOCK.wall_ms()
    expected = sum(
        (produced(site.nodes[node], site, box, began_ms=began_ms, ended_ms=ended_ms) for node, box in boxes.items()),
        Counter(),
    )
    assert expected.total() > 1_000
    assert differences(expected, stored(store)) == []
    accounts = [account for _, account in Ledger.load(store).accounts()]
    assert sum(account.stored for account in accounts) == expected.total()
    assert sum(account.clones + account.rejected + account.thinned for account in accounts) == 0
