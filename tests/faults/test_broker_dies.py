"""Scenario 3: the broker killed, killed with its disk, and absent for hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.places import ALL, BROKERS, STORES, on
from tests.faults.rig import CLOCK

if TYPE_CHECKING:
    from tests.faults.rig import Rig


@on(*ALL)
def test_a_broker_killed_again_and_again_loses_nothing(rig: Rig) -> None:
    rig.collector()
    rig.node(refused_every=9)
    rig.node("sydney-s1", lane="sydney", seed=8)
    for seconds in (1.7, 0.9, 2.3):
        CLOCK.sleep(seconds)
        rig.broker.kill()
        CLOCK.sleep(0.5)
        rig.broker.start()
    rig.mended()
    assert rig.recover("broker killed -9 three times").faults == []


@on(BROKERS[1], BROKERS[0], STORES[1], ALL[3])
def test_a_broker_that_loses_its_disk_and_what_it_has_taken_loses_nothing(rig: Rig) -> None:
    rig.node(refused_every=9)
    collector = rig.collector()
    CLOCK.sleep(1.5)
    assert collector.end() == 0
    CLOCK.sleep(2)  # the broker takes what nobody reads, and confirms it
    rig.broker.kill()
    rig.broker.wipe()
    rig.broker.start()
    rig.collector()
    CLOCK.sleep(1)
    rig.broker.kill()
    rig.broker.wipe()
    rig.broker.start()
    rig.mended()
    assert rig.recover("broker killed -9 and its disk wiped").faults == []


@on(*ALL, quick=0)
def test_a_broker_away_for_a_day_finds_the_day_in_the_outboxes(rig: Rig) -> None:
    rig.collector()
    for node, lane in (("saga-s1", "saga"), ("sydney-s1", "sydney")):  # a quarter of an hour in an eighth of a second
        rig.node(node, lane=lane, began_ms=CLOCK.wall_ms(), period_ms=900_000, speed=7_200, rows=8)
    CLOCK.sleep(2)
    rig.broker.kill()
    CLOCK.sleep(12)  # a day on the nodes' clock
    rig.broker.start()
    rig.mended()
    assert rig.recover("broker away for 24 simulated hours").faults == []
