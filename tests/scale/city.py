"""A city at a cluster: a collector of its own as a process, and nodes that go on sending."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from commons.uplink import Uplink
from ingest.ledger import Ledger
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from tests.scale.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from commons.broker import BrokerSettings

CLOCK: Final = SystemClock()
_LANE: Final = "saga"
_EVERY_SECONDS: Final = 0.1
_DRAIN_SECONDS: Final = 120.0
_END_SECONDS: Final = 30.0
_BEGIN_MS: Final = 1_764_000_000_000


@dataclass
class SendingNode:
    """A node that takes a reading ten times a second, each with a moment and a value of its own."""

    address: Address
    outbox: Outbox
    uplink: Uplink
    taken: int = 0

    def take(self) -> None:
        """One reading more."""
        self.taken += 1
        time_ns = (_BEGIN_MS + self.taken * 1000) * NANOSECONDS_PER_MILLISECOND
        block = Block("soil", [time_ns], {"bed": "b1"}, {"moisture": [self.taken % 1000 / 10]})
        self.outbox.put(self.address, [block])


@dataclass
class City:
    """A city's collector, store and nodes.

    Args:
        name: Its slug.
        folder: Where everything of it is.
        broker: The cluster.
        nodes: How many nodes send.
    """

    name: str
    folder: Path
    broker: BrokerSettings
    nodes: int
    sending: list[SendingNode] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        small_site(self.folder / "site", lanes=[_LANE], recorded=0)
        told = self.folder / "site" / "site.toml"
        told.write_text(told.read_text("utf-8").replace('slug = "makassar"', f'slug = "{self.name}"'), "utf-8")
        self._settings = StoreSettings(url=f"duckdb:///{self.folder}/lorong.duckdb")
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._watch)]

    def start(self) -> None:
        """Start the collector, wait until it listens, and let the nodes begin."""
        self.collector = self._collect()
        wait_until(lambda: "collector listens" in self.log, f"the collector of {self.name} listens")
        for number in range(1, self.nodes + 1):
            address = Address(self.name, _LANE, f"{_LANE}-n{number}")
            outbox = Outbox(self.folder / f"{address.node}.sqlite")
            uplink = Uplink(outbox, self.broker, city=self.name, node=address.node, clock=CLOCK)
            self.sending.append(SendingNode(address, outbox, uplink))
            uplink.start()
        for thread in self._threads:
            thread.start()

    def end(self) -> bool:
        """Take no more readings and stop once all that were taken are stored; whether they are."""
        self._halt()
        drained = [node.uplink.stop(drain_seconds=_DRAIN_SECONDS) for node in self.sending]
        self.kill()
        return all(drained)

    def kill(self) -> None:
        """End everything at once. Harmless to repeat."""
        self._halt()
        for node in self.sending:
            node.uplink.stop()
            node.outbox.close()
        self.collector.terminate()
        self.collector.wait(_END_SECONDS)

    @property
    def log(self) -> str:
        """What the collector has said."""
        return (self.folder / "collector.log").read_text("utf-8")

    @property
    def produced(self) -> Counter[tuple[str, int, float]]:
        """Every reading taken: node, moment [ms], value."""
        return Counter(
            (node.address.node, _BEGIN_MS + number * 1000, number % 1000 / 10)
            for node in self.sending
            for number in range(1, node.taken + 1)
        )

    @property
    def stored(self) -> Counter[tuple[str, int, float]]:
        """Every reading in the store, whichever city's it is."""
        store = open_store(self._settings, clock=CLOCK)
        table = store.read(Query("soil", fields=("moisture",)))
        store.close()
        times = [time.value // NANOSECONDS_PER_MILLISECOND for time in table["time"]]
        return Counter(zip(table["node"].to_pylist(), times, table["moisture"].to_pylist(), strict=True))

    @property
    def counted(self) -> int:
        """How many rows the ledger counts as stored."""
        store = open_store(self._settings, clock=CLOCK)
        accounts = [account for _, account in Ledger.load(store).accounts()]
        store.close()
        return sum(account.stored for account in accounts)

    def _halt(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _collect(self) -> subprocess.Popen[bytes]:
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LORONG_BROKER__HOST": self.broker.host,
            "LORONG_BROKER__PORT": str(self.broker.port),
            "LORONG_BROKER__TLS": "true",
            "LORONG_BROKER__CA": self.broker.ca,
            "LORONG_BROKER__KEEPALIVE_SECONDS": str(self.broker.keepalive_seconds),
            "LORONG_STORE__URL": self._settings.url,
            "LORONG_COLLECTOR__DATA": str(self.folder / "collector"),
            "LORONG_COLLECTOR__TOPICS": f"lorong/v1/up/{self.name}/#",
            "LORONG_COLLECTOR__ANSWER_SECONDS": "0.2",
            "LORONG_COLLECTOR__HEARTBEAT_SECONDS": "2",
        }
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
        command = [sys.executable, "-m", "lorong", "collect", "--city", str(self.folder / "site")]
        with (self.folder / "collector.log").open("ab") as log:
            return subprocess.Popen([*leash, *command], stdout=log, stderr=log, env=environ)

    def _read(self) -> None:
        for node in itertools.cycle(self.sending):
            if self._stop.wait(_EVERY_SECONDS / self.nodes):
                return
            node.take()

    def _watch(self) -> None:
        """Write down how long each pause in storing was [s]."""
        rows, since = 0, time.monotonic()
        while not self._stop.wait(0.1):
            now = time.monotonic()
            if (found := self.stored.total()) > rows:
                self.pauses.append(now - since)
                rows, since = found, now
