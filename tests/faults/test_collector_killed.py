"""Scenario 1: the collector killed between receive, write and acknowledge, at every point of its loop."""

from __future__ import annotations

import json
import signal
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.device import Device
from tests.faults.dying import found as found_point
from tests.faults.places import ALL, BROKERS, STORES, on
from tests.faults.rig import LISTENS
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.processes import Process
    from tests.faults.rig import Death, Rig

STEPS: Final = {
    "ingest.subscription:Subscription.take": ("after",),
    "ingest.batch:Batch.take": ("after",),
    "ingest.batch:Batch.close": ("after",),
    "ingest.rejects:Rejects.add": ("before", "after"),
    "ingest.ledger:Ledger.settle": ("before",),
    "ingest.subscription:Subscription.acknowledge": ("before", "after"),
    "ingest.subscription:Subscription.publish_all": ("before", "after"),
    "ingest.lease:Lease.renew": ("after",),
}
WRITES: Final = {
    "duckdb": ("store.duck:DuckStore.write", "before", "after"),
    "influxdb": ("store.influx:InfluxStore.write", "before", "after"),
}
_FIRST_BATCH: Final = (3, 4, 5, 6)  # rows and the ledger behind them; the writes before are the lease and the places
_PATIENCE_SECONDS: Final = 8.0


@pytest.mark.parametrize("point", [*STEPS, *(point for point, *_ in WRITES.values())])
def test_every_named_step_of_the_loop_is_still_there(point: str) -> None:
    assert found_point(point)


@on(*BROKERS, *STORES[1:], ALL[3], quick=1)
def test_a_collector_killed_at_the_named_steps_of_its_loop_loses_nothing_and_counts_nothing_twice(rig: Rig) -> None:
    kind = rig.store.url.partition(":")[0]
    write, *moments = WRITES[kind]
    deaths: list[Death] = [(write, moment, nth) for nth in _FIRST_BATCH for moment in moments]
    deaths += [(point, moment, 2) for point, moments in STEPS.items() for moment in moments]
    assert killed(rig, deaths, "collector killed at its steps") == []


@on(*ALL, quick=0)
@pytest.mark.timeout(900)
def test_a_collector_killed_around_every_call_of_its_loop_loses_nothing_and_counts_nothing_twice(rig: Rig) -> None:
    calls = calls_of_the_loop(rig)
    assert set(STEPS) <= set(calls)
    random = Random(7)
    deaths: list[Death] = [
        (point, moment, random.randint(1, min(count, 6)))
        for point, count in calls.items()
        for moment in ("before", "after")
    ]
    assert killed(rig, deaths, "collector killed around every call") == []


def calls_of_the_loop(rig: Rig) -> dict[str, int]:
    """What the collector's loop calls in a healthy run, and how often."""
    file = rig.folder / "points.json"
    collector = rig.collector(points=file)
    rig.node("saga-s0", count=40, refused_every=7).until_it_ends()
    assert collector.end() == 0
    found: dict[str, int] = json.loads(file.read_text("utf-8"))
    return found


def killed(rig: Rig, deaths: Iterable[Death], scenario: str) -> list[str]:
    """One collector after another that dies at its point, then one that lives; what was not kept."""
    rig.collector().end()  # from now on the broker keeps for its session what a device sends
    rig.node(refused_every=7)
    device = Device(rig.broker.port)
    for death in deaths:
        collector = rig.collector(dies=death)
        assert ended(collector) == -signal.SIGKILL, f"{death} was never reached:\n{collector.said[-1500:]}"
    rig.mended()
    rig.collector()
    found = rig.recover(scenario, besides=device.stop())
    return found.faults


def ended(collector: Process) -> int:
    """How the collector ended by itself; one that lives on has its point on the way out, and is asked to go."""
    wait_until(lambda: not collector.lives or LISTENS in collector.said, "the collector listens or dies")
    try:
        wait_until(lambda: not collector.lives, "the collector dies", seconds=_PATIENCE_SECONDS)
    except pytest.fail.Exception:
        collector.signal(signal.SIGTERM)
    return collector.until_it_ends(seconds=30)
