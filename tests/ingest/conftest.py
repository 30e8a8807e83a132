"""A collector at work with a real broker and a real store, and senders that send to it."""

from __future__ import annotations

import itertools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.topics import Address
from commons.uplink import Uplink
from ingest.collector import Collector
from ingest.settings import CollectorSettings
from store import open_store
from store.settings import StoreSettings
from tests.flow.small_site import small_site
from tests.flow.waiting import MovedClock, wait_until
from tests.ingest.messages import soil
from tests.ingest.moody import Moody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commons.sites import Site
    from store.contract import Store

SYSTEM = SystemClock()
NUMBERS = itertools.count()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Moody]:
    opened = Moody(open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=SYSTEM))
    yield opened
    opened.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


@pytest.fixture
def collecting(store: Moody, site: Site, tmp_path: Path) -> Any:
    """Lets a collector work on a broker until the block ends."""

    @contextmanager
    def work(server: Any, *, into: Store = store, clock: MovedClock | None = None) -> Iterator[Collector]:
        settings = CollectorSettings(data=tmp_path / "collector", answer_seconds=0.05, heartbeat_seconds=2)
        broker = BrokerSettings(port=server.port)
        collector = Collector(into, broker, site, settings, clock=clock or SYSTEM)
        stop = threading.Event()
        thread = threading.Thread(target=collector.run, args=(stop,))
        thread.start()
        try:
            wait_until(lambda: collector.vitals.state == "collecting", "the collector listens")
            yield collector
        finally:
            stop.set()
            thread.join()

    return work


@pytest.fixture
def address() -> Address:
    """A node that no other test knows."""
    return Address("makassar", "saga", f"node-{next(NUMBERS)}")


@pytest.fixture
def new_sender(tmp_path: Path) -> Iterator[Callable[..., Outbox]]:
    """Starts senders, each an outbox with an uplink; their readings stay until they are stored."""
    running: list[tuple[Outbox, Uplink]] = []

    def start(server: Any, address: Address, *, packs: int, clock: MovedClock | None = None) -> Outbox:
        outbox = Outbox(tmp_path / f"{address.node}.sqlite")
        outbox.put(address, [soil(number) for number in range(packs)])
        broker = BrokerSettings(port=server.port)
        uplink = Uplink(outbox, broker, city=address.city, node=address.node, clock=clock or SYSTEM)
        uplink.start()
        running.append((outbox, uplink))
        return outbox

    yield start
    for outbox, uplink in running:
        uplink.stop()
        outbox.close()
