"""Scenario 6: a network that drops, delays, repeats, shuffles, and forgets connections without closing them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.device import Device
from tests.faults.places import ALL, BROKERS, STORES, on
from tests.faults.proxy import Proxy
from tests.faults.rig import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig


def dropping(proxy: Proxy) -> None:
    """What is under way is lost, and then the connection; three times."""
    for _ in range(3):
        proxy.weather.swallowing = True
        CLOCK.sleep(0.7)
        proxy.cut()
        proxy.weather.swallowing = False
        CLOCK.sleep(1.5)
    assert proxy.counted.swallowed > 0


def delaying(proxy: Proxy) -> None:
    """Everything comes two seconds late; the connection breaks with messages under way, and with confirmations."""
    proxy.weather.delay = 2.0
    for seconds in (1.5, 7.5):
        CLOCK.sleep(seconds)
        proxy.cut()
    CLOCK.sleep(4)
    proxy.weather.delay = 0.0


def repeating_and_shuffling(proxy: Proxy) -> None:
    """Every message comes three times and among others."""
    proxy.weather.copies, proxy.weather.shuffled = 3, 8
    CLOCK.sleep(5)
    proxy.weather.copies = proxy.weather.shuffled = 1
    assert proxy.counted.copied > 0
    assert proxy.counted.shuffled > 0


def forgetting(proxy: Proxy) -> None:
    """The connection is open at both ends and carries nothing any more; a new one would."""
    proxy.freeze()
    CLOCK.sleep(1)


def halting(proxy: Proxy) -> None:
    """Old connections and new ones carry nothing for a while."""
    proxy.weather.stalled = True
    CLOCK.sleep(9)
    proxy.weather.stalled = False


FAULTS = pytest.mark.parametrize(
    "fault",
    [
        repeating_and_shuffling,
        forgetting,
        pytest.param(dropping, marks=pytest.mark.faults_all),
        pytest.param(delaying, marks=pytest.mark.faults_all),
        pytest.param(halting, marks=pytest.mark.faults_all),
    ],
    ids=lambda fault: fault.__name__,
)


@FAULTS
@on(*BROKERS)
def test_a_bad_network_between_nodes_and_broker_loses_nothing(rig: Rig, fault: Callable[[Proxy], None]) -> None:
    with closing(Proxy(rig.broker.port)) as proxy:
        rig.collector()
        rig.node(refused_every=9, port=proxy.port)
        CLOCK.sleep(1)
        fault(proxy)
        rig.mended()
        assert rig.recover(f"{fault.__name__} between nodes and broker").faults == []


@FAULTS
@on(*BROKERS, quick=0)
def test_a_bad_network_between_broker_and_collector_loses_nothing(rig: Rig, fault: Callable[[Proxy], None]) -> None:
    with closing(Proxy(rig.broker.port)) as proxy:
        proxy.weather.ways = ("down",)
        rig.collector(port=proxy.port)
        rig.node(refused_every=9)
        device = Device(rig.broker.port)  # nobody but the broker has what it sends
        CLOCK.sleep(1)
        fault(proxy)
        rig.mended()
        found = rig.recover(f"{fault.__name__} between broker and collector", besides=device.stop())
        assert found.faults == []


@pytest.mark.parametrize("fault", [dropping, delaying, forgetting, halting], ids=lambda fault: fault.__name__)
@on(STORES[1], ALL[3], quick=0)
def test_a_bad_network_between_collector_and_store_loses_nothing(rig: Rig, fault: Callable[[Proxy], None]) -> None:
    with closing(Proxy(int(rig.store.url.rpartition(":")[2]))) as proxy:
        far = replace(rig.store, url=f"influxdb://127.0.0.1:{proxy.port}", timeout_seconds=4)
        rig.collector(store=far)
        rig.node(refused_every=9)
        CLOCK.sleep(1)
        fault(proxy)
        rig.mended()
        assert rig.recover(f"{fault.__name__} between collector and store").faults == []
