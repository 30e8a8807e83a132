"""The way from a collector to its store, which a test can shut, open again and make slow."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.settings import StoreSettings
    from tests.faults.processes import Process
    from tests.faults.rig import Rig

_BEAT_SECONDS: Final = 0.2


class Door:
    """With InfluxDB a proxy before it; with DuckDB the process that owns the file, stopped while the door is shut.

    Args:
        rig: Whose store it is.
        proxy: InfluxDB's.
        owner: DuckDB's.
    """

    def __init__(self, rig: Rig, proxy: Proxy | None, owner: Process | None) -> None:
        self._rig, self._proxy, self._owner = rig, proxy, owner

    @property
    def store(self) -> StoreSettings:
        """The settings of a collector whose way leads through the door."""
        if self._proxy is None:
            return self._rig.store
        return replace(self._rig.store, url=f"influxdb://127.0.0.1:{self._proxy.port}")

    @property
    def proxy(self) -> Proxy:
        """InfluxDB's proxy."""
        assert self._proxy is not None
        return self._proxy

    def shut(self) -> None:
        """Nobody comes through, and whoever is within hears nothing more."""
        if self._proxy is not None:
            self._proxy.weather.refusing = True
            self._proxy.cut()
        if self._owner is not None:
            self._owner.pause()

    def open(self) -> None:
        """Let everybody through again."""
        if self._proxy is not None:
            self._proxy.weather.refusing = False
        if self._owner is not None:
            self._owner.resume()

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Answers come late: by a delay on each way, or from an owner that works half of the time."""
        if self._proxy is not None:
            self._proxy.weather.delay = _BEAT_SECONDS
            yield
            self._proxy.weather.delay = 0.0
            return
        over = threading.Event()
        limping = threading.Thread(target=self._limp, args=(over,))
        limping.start()
        try:
            yield
        finally:
            over.set()
            limping.join()

    def _limp(self, over: threading.Event) -> None:
        while not SystemClock().sleep(_BEAT_SECONDS, until=over):
            self.shut()
            SystemClock().sleep(_BEAT_SECONDS)
            self.open()


@contextmanager
def door_of(rig: Rig) -> Iterator[Door]:
    """The door of a rig's store, open."""
    if rig.store.url.startswith("duckdb"):
        yield Door(rig, None, rig.store_owner())
        return
    proxy = Proxy(int(rig.store.url.rpartition(":")[2]))
    try:
        yield Door(rig, proxy, None)
    finally:
        proxy.close()
