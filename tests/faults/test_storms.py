"""Scenario 9: every message ten times, a collector restarted every second, and a thousand nodes back at once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.faults.crowd import CrowdOrders
from tests.faults.device import Device
from tests.faults.places import ALL, on
from tests.faults.proxy import Proxy
from tests.faults.rig import CLOCK

if TYPE_CHECKING:
    from tests.faults.rig import Rig

_TIMES = 10


@on(*ALL, quick=2)
def test_every_message_ten_times_is_stored_once_and_counted_ten_times(rig: Rig) -> None:
    with closing(Proxy(rig.broker.port)) as proxy:
        proxy.weather.copies = _TIMES
        rig.collector()
        rig.mended()
        rig.node(count=100, refused_every=9, port=proxy.port)
        found = rig.recover("every message ten times")

    assert found.faults == []
    assert found.total("duplicate") == (_TIMES - 1) * found.line.produced
    counted = {name: found.total(name) for name in ("stored", "rejected", "thinned", "duplicate")}
    assert found.reported == {**counted, "received": _TIMES * found.line.produced}


@on(*ALL, quick=0)
def test_a_collector_restarted_every_second_loses_nothing(rig: Rig) -> None:
    rig.collector().end()  # from now on the broker keeps for its session what a device sends
    rig.node(refused_every=9)
    device = Device(rig.broker.port)
    for number in range(10):
        collector = rig.collector()
        CLOCK.sleep(0.6)
        if number % 2:
            collector.kill()
        else:
            assert collector.end() == 0
    rig.mended()
    rig.collector()
    assert rig.recover("collector restarted every second", besides=device.stop()).faults == []


@pytest.mark.timeout(900)
@on(*ALL, quick=0)
def test_a_thousand_nodes_that_come_back_at_once_lose_nothing(rig: Rig) -> None:
    rig.collector()
    crowd = CrowdOrders(rig.broker.port, CLOCK.wall_ms() - 86_400_000)
    thousand = rig.process("crowd", "tests.faults.crowd", orjson.dumps(asdict(crowd)).decode())
    CLOCK.sleep(2)
    rig.broker.kill()
    CLOCK.sleep(1)
    rig.broker.start()
    rig.mended()
    assert thousand.until_it_ends(seconds=600) == 0  # NATS takes most of a minute for them, on a free machine
    assert rig.recover("a thousand nodes back at once", boxed=crowd.expected()).faults == []
