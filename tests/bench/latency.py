"""How long a reading is under way at steady load: from the sensor's publish to a reader of the store seeing it."""

from __future__ import annotations

import statistics
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.rows import Block
from commons.topics import Address
from commons.wire import encode_pack, with_first
from lorong.broker import EmbeddedBroker
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.bench.collecting import collecting, connected
from tests.bench.servers import busy_elsewhere, influx

if TYPE_CHECKING:
    from commons.broker import BrokerSettings
    from store.contract import Store

NODES: Final = 100
ABOUT: Final = f"""
{NODES} nodes publish a soil row of 3 fields each second, evenly spread, where 5,000 lanes with a reading of ten values
each ten minutes send 83 values a second. A reader asks the store again and again for rows that it has not seen; how
long it is between two looks is part of each figure.
"""
_CLOCK: Final = SystemClock()
_LOOK_SECONDS: Final = 0.02
_BACK_NS: Final = 20_000_000_000
_PATIENCE_SECONDS: Final = 60.0
_PER_CENT: Final = 100
_TAGS: Final = {"bed": "b1", "origin": "simulated"}


@dataclass(frozen=True, slots=True)
class Latency:
    """What readings took from the sensor to the store.

    Args:
        store: Which store.
        median: Half of them took at most so long [s].
        slow: All but one in a hundred took at most so long [s].
        worst: The slowest [s].
        rows: How many were measured.
        elsewhere: How many cores others took.
    """

    store: str
    median: float
    slow: float
    worst: float
    rows: int
    elsewhere: float

    def text(self) -> str:
        """One line."""
        return (
            f"{self.store:<9} median {self.median:.3f} s, 99th percentile {self.slow:.3f} s, slowest {self.worst:.3f} s"
            f" of {self.rows:,} rows; busy elsewhere {self.elsewhere:.1f}"
        )


def latency_on_duckdb(seconds: float) -> Latency:
    """A DuckDB file, owned by the collector and read through it.

    Args:
        seconds: How long is measured [s].
    """
    elsewhere: list[float] = []
    with tempfile.TemporaryDirectory() as folder, busy_elsewhere(elsewhere):
        found = _measure(StoreSettings(url=f"duckdb:///{folder}/lorong.duckdb"), Path(folder), seconds)
    return _latency("DuckDB", found, elsewhere[0])


def latency_on_influxdb(seconds: float) -> Latency:
    """A real InfluxDB.

    Args:
        seconds: How long is measured [s].
    """
    elsewhere: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        busy_elsewhere(elsewhere),
        influx(Path(folder) / "influx") as (settings, _),
    ):
        found = _measure(settings, Path(folder), seconds)
    return _latency("InfluxDB", found, elsewhere[0])


def _latency(store: str, taken: list[float], elsewhere: float) -> Latency:
    slow = statistics.quantiles(taken, n=_PER_CENT)[-1]
    return Latency(store, statistics.median(taken), slow, max(taken), len(taken), elsewhere)


def _measure(settings: StoreSettings, folder: Path, seconds: float) -> list[float]:
    broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
    try:
        with collecting(broker.settings, settings, folder):
            sender = Sender(broker.settings, seconds)
            store = open_store(settings, clock=_CLOCK)
            try:
                return _watched(store, sender)
            finally:
                sender.stop()
                store.close()
    finally:
        broker.stop()


class Sender:
    """Publishes for all nodes, and remembers when; the row's time is its moment and says which row it is."""

    def __init__(self, broker: BrokerSettings, seconds: float) -> None:
        self._broker, self._seconds = broker, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, name="sender", daemon=True)
        self.published: dict[tuple[str, int], float] = {}
        self.is_done = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _send(self) -> None:
        with connected(self._broker, "bench-nodes", clean_session=True) as client:
            began = _CLOCK.monotonic()
            for number in range(round(self._seconds * NODES)):
                _CLOCK.sleep(max(0.0, began + number / NODES - _CLOCK.monotonic()), until=self._stop)
                if self._stop.is_set():
                    return
                node, seq = f"lane-{number % NODES}-n1", number // NODES + 1
                now_ms = _CLOCK.wall_ms()
                fields = {"moisture": [31.2], "temperature": [27.4], "ec": [400.0]}
                block = Block(
                    "soil", [now_ms * NANOSECONDS_PER_MILLISECOND], {"bed": "b1", "origin": "simulated"}, fields
                )
                body = with_first(encode_pack(block, f"BENCH{number % NODES:021d}", seq), seq)
                self.published[node, now_ms] = _CLOCK.monotonic()
                last = client.publish(Address("makassar", node.removesuffix("-n1"), node).up("soil"), body, qos=1)
            last.wait_for_publish(_PATIENCE_SECONDS)
            self.is_done = True


def _watched(store: Store, sender: Sender) -> list[float]:
    """Look at the store until everything published has been seen; how long each row took [s]."""
    taken: dict[tuple[str, int], float] = {}
    sender.start()
    deadline = _CLOCK.monotonic() + sender._seconds + _PATIENCE_SECONDS
    while not (sender.is_done and len(taken) == len(sender.published)):
        if _CLOCK.monotonic() > deadline:
            raise RuntimeError(f"only {len(taken)} of {len(sender.published)} rows came into the store")
        recent = _CLOCK.wall_ms() * NANOSECONDS_PER_MILLISECOND - _BACK_NS
        rows = store.read(Query("soil", start=recent, fields=("moisture",)))
        now = _CLOCK.monotonic()
        times = [time // NANOSECONDS_PER_MILLISECOND for time in rows["time"].cast(pa.int64()).to_pylist()]
        for row in zip(rows["node"].to_pylist(), times, strict=True):
            if row not in taken:
                taken[row] = now - sender.published[row]
        _CLOCK.sleep(_LOOK_SECONDS)
    return list(taken.values())
