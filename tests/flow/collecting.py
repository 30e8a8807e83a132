"""A collector at work in a thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.collector import Collector
from ingest.settings import CollectorSettings
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from store.contract import Store


@contextmanager
def collecting(store: Store, broker: BrokerSettings, site: Site, data: Path, *, clock: Clock) -> Iterator[Collector]:
    """A collector that listens when the block begins, and has ended after it.

    Args:
        store: Where rows go.
        broker: Where they come from.
        site: Its site.
        data: Its folder.
        clock: Its clock.
    """
    settings = CollectorSettings(data=data, answer_seconds=0.05, heartbeat_seconds=2)
    collector = Collector(store, broker, site, settings, clock=clock)
    stop = threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: collector.vitals.state == "collecting", "the collector listens")
        yield collector
    finally:
        stop.set()
        thread.join()
