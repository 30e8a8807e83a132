"""Scenario 13: the store wiped, or restored from yesterday's backup, behind a collector that was away or at work."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from ingest.ledger import Ledger
from store import open_store
from store.restore import restore
from store.settings import StoreSettings
from tests.faults.outboxes import held, packs, readings
from tests.faults.places import STORES, on
from tests.faults.processes import Process
from tests.flow.small_site import stored
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Found, Rig

    Wipe = Callable[[], None]

NODE = "saga-s1"


@pytest.fixture
def wipe(rig: Rig, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Wipe:
    """Loses everything the store has; the command line of this test means that store."""
    settings = rig.store
    texts = {"url": settings.url, "org": settings.org, "token": settings.token.reveal()}
    for name, text in {**texts, "bucket_raw": settings.bucket_raw, "bucket_keep": settings.bucket_keep}.items():
        monkeypatch.setenv(f"LORONG_STORE__{name.upper()}", text)

    def now() -> None:
        if settings.url.startswith("influxdb"):
            request.getfixturevalue("influx").wipe(settings)
        for ending in ("", ".wal"):
            Path(settings.url.removeprefix("duckdb:///") + ending).unlink(missing_ok=True)

    return now


def _store(rig: Rig, *words: str) -> str:
    """Use `lorong store ...`; what it says."""
    command = Process("command", ["lorong", "store", *words], rig.folder).start()
    assert command.until_it_ends() == 0, command.said
    return command.said


def _reads_on(rig: Rig, more: int = 50) -> None:
    before = readings(rig.nodes[NODE])
    wait_until(lambda: readings(rig.nodes[NODE]) >= before + more, "the node reads on")


def _is_told(rig: Rig, more: int = 40) -> None:
    """Wait until the node has been told that so many more packs are stored, and holds them no longer."""

    def oldest() -> int:
        return min(held(rig.nodes[NODE]), default=0)

    before = oldest()
    wait_until(lambda: oldest() >= before + more, "the node is told what is stored")


def _through(folder: Path) -> int:
    """Up to which pack of the node a backup has everything."""
    with closing(open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())) as store:
        restore(store, folder, clock=SystemClock(), say=lambda _: None)
        (account,) = (account for _, account in Ledger.load(store).accounts())
        return account.through


def _lost(rig: Rig, found: Found, kept: list[int], *, named_too: bool = False) -> set[int]:
    """The packs that the ledger names lost, once it is seen to be right.

    Args:
        rig: Whose node it is.
        found: What the scenario came to.
        kept: The packs that the node held when the store lost them.
        named_too: Whether packs may be named lost that are there.
    """
    orders = rig.nodes[NODE]
    produced = packs(orders, readings(orders))
    with rig.opened() as store:
        there = stored(store)
    (account,) = found.accounts.values()
    lost = {seq for first, last in account.lost for seq in range(first, last + 1)}
    absent = {seq for seq, rows in produced.items() if rows - there}
    assert there <= sum(produced.values(), Counter()), "rows that nobody took"
    assert (account.missing, account.through) == ([], max(produced)), "something is still asked for"
    assert not absent - lost, "the ledger claims what is not there"
    assert not absent & set(kept), "what the node held was not sent again"
    assert named_too or lost == absent, "the ledger has lost what is there"
    return lost


@on(*STORES)
def test_a_wiped_store_gets_what_senders_still_hold_and_names_the_rest_lost(rig: Rig, wipe: Wipe) -> None:
    collector, node = rig.collector(), rig.node(NODE, period_ms=20)
    _is_told(rig)
    collector.kill()
    _reads_on(rig)
    node.kill()
    kept = held(rig.nodes[NODE])
    wipe()
    rig.node(NODE)
    rig.collector()
    _reads_on(rig)
    rig.mended()
    found = rig.recover("store wiped")

    assert len(kept) > 40
    assert len(_lost(rig, found, kept)) > 20


@on(*STORES)
def test_a_store_restored_from_yesterday_gets_what_senders_still_hold_and_names_the_rest_lost(
    rig: Rig, wipe: Wipe
) -> None:
    collector, node = rig.collector(), rig.node(NODE, period_ms=20)
    _is_told(rig)
    _store(rig, "backup", str(rig.folder / "yesterday"))
    _is_told(rig, 200)
    collector.kill()
    _reads_on(rig)
    node.kill()
    kept = held(rig.nodes[NODE])
    wipe()
    _store(rig, "restore", str(rig.folder / "yesterday"))
    rig.node(NODE)
    rig.collector()
    _reads_on(rig)
    rig.mended()
    found = rig.recover("store restored from yesterday's backup")

    lost = _lost(rig, found, kept, named_too=True)  # what came while the backup was made is in it, and named lost
    assert len(lost) > 20
    assert min(lost) == _through(rig.folder / "yesterday") + 1


@on(*STORES, quick=2)
def test_a_store_wiped_and_made_again_under_a_collector_at_work_gets_what_senders_still_hold(
    rig: Rig, wipe: Wipe
) -> None:
    # Nothing but an answer that is due makes this collector look at its store.
    rig.collector(answer_seconds=2, lease_seconds=90, report_seconds=90)
    node = rig.node(NODE, period_ms=20)
    _is_told(rig)
    _reads_on(rig, 20)
    node.pause()
    kept = held(rig.nodes[NODE])
    wipe()
    if rig.store.url.startswith("influxdb"):
        _store(rig, "init")
    node.resume()
    _reads_on(rig, 150)
    rig.mended()
    found = rig.recover("store wiped under a collector at work")

    assert len(kept) > 5
    _lost(rig, found, kept)


@on(*STORES[1:], quick=0)
def test_a_store_restored_under_a_collector_at_work_gets_what_senders_still_hold(rig: Rig, wipe: Wipe) -> None:
    rig.collector(answer_seconds=2)
    node = rig.node(NODE, period_ms=20)
    _is_told(rig)
    _store(rig, "backup", str(rig.folder / "yesterday"))
    _is_told(rig, 200)
    node.pause()
    kept = held(rig.nodes[NODE])
    wipe()
    _store(rig, "restore", str(rig.folder / "yesterday"))
    node.resume()
    _reads_on(rig, 150)
    rig.mended()
    found = rig.recover("store restored under a collector at work")

    # Of a box that sent before the collector had read the restored ledger, what was restored is named lost as well.
    assert len(_lost(rig, found, kept, named_too=True)) > 20


@on(*STORES[:1])
def test_a_backup_restored_over_a_store_at_work_costs_nothing(rig: Rig, wipe: Wipe) -> None:
    rig.collector()
    rig.node(NODE, period_ms=20)
    _is_told(rig)
    _store(rig, "backup", str(rig.folder / "yesterday"))
    _is_told(rig)
    _store(rig, "restore", str(rig.folder / "yesterday"))
    _reads_on(rig)
    rig.mended()
    found = rig.recover("backup restored over a store at work")

    assert found.faults == []


@on(*STORES)
def test_an_answer_of_the_former_store_that_the_broker_kept_deletes_nothing(rig: Rig, wipe: Wipe) -> None:
    collector = rig.collector(answer_seconds=2)
    node = rig.node(NODE, period_ms=20)
    _is_told(rig)
    _reads_on(rig, 20)
    node.pause()
    kept = held(rig.nodes[NODE])
    collector.end()  # it answers all that it has stored, and the broker keeps the answers
    node.kill()
    wipe()
    rig.node(NODE)
    _reads_on(rig, 100)
    rig.collector(data="elsewhere")  # on a new machine: what the broker keeps for the former one, nobody will ask for
    rig.mended()
    found = rig.recover("answers of a former store")

    assert len(kept) > 5
    _lost(rig, found, kept)
