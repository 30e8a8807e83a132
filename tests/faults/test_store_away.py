"""Scenario 4: the store away for a day, then slow; answering errors, not answering, and closing mid-answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.outboxes import held, readings
from tests.faults.places import STORES, on
from tests.faults.store_door import door_of
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from tests.faults.rig import Rig

_MINUTE_MS = 60_000
_DAY = 1_440  # readings
_ONLY_INFLUX = STORES[1:]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request may take two seconds, so that a silent store is soon found out."""
    monkeypatch.setenv("LORONG_STORE__TIMEOUT_SECONDS", "2")


def _readings(rig: Rig) -> int:
    """How many readings the node has taken."""
    return readings(rig.nodes["saga-s1"])


@on(*STORES)
def test_a_store_that_is_away_for_a_day_and_then_slow_gets_everything(rig: Rig) -> None:
    with door_of(rig) as door:
        collector = rig.collector(store=door.store)
        rig.node(period_ms=_MINUTE_MS, speed=12_000.0, count=_DAY + 400)
        wait_until(lambda: _readings(rig) > 100, "the node has read for a while")
        before = _readings(rig)
        door.shut()
        wait_until(lambda: _readings(rig) >= before + _DAY, "a day has passed on the node's clock")
        collector.until_it_says("collector waits", times=2)
        rig.mended()
        door.open()
        with door.slow():
            waiting = len(held(rig.nodes["saga-s1"]))
            wait_until(lambda: len(held(rig.nodes["saga-s1"])) < waiting / 2, "half of it is stored, slowly")
        found = rig.recover("store away for a day, then slow")

    assert found.faults == []


@on(*_ONLY_INFLUX)
def test_a_store_that_answers_with_errors_is_asked_again_until_it_does_its_work(rig: Rig) -> None:
    with door_of(rig) as door:
        collector = rig.collector(store=door.store)
        rig.node(refused_every=7)
        for status in (500, 503, 429, 401, 404):
            door.proxy.weather.status = status
            collector.until_it_says(f"answered {status} ")
            door.proxy.weather.status = 0
            times = collector.said.count("collector listens")
            collector.until_it_says("collector listens", times=times + 1)
        rig.mended()
        found = rig.recover("store answers 500, 503, 429, 401, 404")

    assert found.faults == []
    assert found.line.produced > 0


@on(*_ONLY_INFLUX, quick=0)
def test_a_store_that_does_not_answer_or_hangs_up_within_its_answer_is_asked_again(rig: Rig) -> None:
    with door_of(rig) as door:
        collector = rig.collector(store=door.store)
        rig.node()
        for after in (1, 20, 60, 150):
            door.proxy.weather.cut_after = after
            wait_until(lambda: door.proxy.weather.cut_after == 0, "an answer was cut")
        waits = collector.said.count("collector waits")
        door.proxy.weather.stalled = True
        collector.until_it_says("collector waits", times=waits + 1)
        door.proxy.weather.stalled = False
        rig.mended()
        found = rig.recover("store times out, and closes within its answer")

    assert found.faults == []


@on(*STORES[:1])
def test_the_owner_of_the_file_may_be_killed_and_the_collector_takes_its_place(rig: Rig) -> None:
    owner = rig.store_owner()
    collector = rig.collector()
    rig.node(count=300, period_ms=10)
    for _ in range(2):
        wait_until(lambda: _readings(rig) > 20, "the node has read for a while")
        owner.kill()
        collector.until_it_says("collector waits")
    rig.mended()
    found = rig.recover("owner of the DuckDB file killed")

    assert found.faults == []
