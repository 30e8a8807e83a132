"""From broker to store: the collector, alone in a process as in production, on a broker filled beforehand."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from commons.clock import SystemClock
from ingest.session import identity
from ingest.settings import CollectorSettings
from lorong.broker import EmbeddedBroker
from store import open_store
from store.contract import Query
from tests.bench.filling import fill
from tests.bench.servers import cpu_seconds, running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from commons.broker import BrokerSettings
    from store.settings import StoreSettings
    from tests.bench.load import Load

_CLOCK: Final = SystemClock()
_PATIENCE_SECONDS: Final = 120.0
_WELCOME_SECONDS: Final = 30.0
_LISTENS: Final = "collector listens"


@dataclass(frozen=True, slots=True)
class Flow:
    """One measurement.

    Args:
        rows_per_second: Rows over the time from the collector's subscription to its answer to the last message.
        collector_cpu: Processor time of the collector per million rows [s].
        store_cpu: Processor time of the store's own process per million rows [s]; NaN where it has none.
        batch_rows: Rows a batch, on average.
    """

    rows_per_second: float
    collector_cpu: float
    store_cpu: float
    batch_rows: float


def measure(load: Load, settings: StoreSettings, folder: Path, *, store_pid: int | None = None) -> Flow:
    """Fill a broker, start the collector, and wait until it says that the last message is stored.

    Args:
        load: What is sent.
        settings: Where the collector writes.
        folder: Where broker and collector keep what they must.
        store_pid: The store's process, where it has one.

    Raises:
        RuntimeError: The rows in the store are not the rows sent.
    """
    folder.mkdir(parents=True)
    broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
    try:
        _fill(broker.settings, identity(folder / "collector"), load)
        seconds, used = _collect(load, broker.settings, settings, folder, store_pid)
    finally:
        broker.stop()
    million = load.rows / 1e6
    collector, store = (cpu / million for cpu in used)
    return Flow(load.rows / seconds, collector, store, _batch_rows(load, settings))


def _collect(
    load: Load, broker: BrokerSettings, settings: StoreSettings, folder: Path, store_pid: int | None
) -> tuple[float, list[float]]:
    """How long the collector took [s], and the processor time it and the store used for it [s]."""
    log = folder / "collector.log"
    environ = {
        "LORONG_BROKER__PORT": str(broker.port),
        "LORONG_STORE__URL": settings.url,
        "LORONG_STORE__TOKEN": settings.token.reveal(),
        "LORONG_COLLECTOR__DATA": str(folder / "collector"),
        "LORONG_COLLECTOR__REPORT_SECONDS": "1",
    }
    with (
        _answered(broker, load.last_answer) as answered,
        running([sys.executable, "-m", "lorong", "collect"], log=log, environ=environ) as collector,
    ):
        _until_it_listens(collector, log)
        pids = [collector.pid, *([store_pid] if store_pid else [])]
        began, before = _CLOCK.monotonic(), [cpu_seconds(pid) for pid in pids]
        if not answered.wait(_PATIENCE_SECONDS):
            raise RuntimeError(f"the collector did not end: {log.read_text('utf-8')[-2000:]}")
        seconds = _CLOCK.monotonic() - began
        used = [cpu_seconds(pid) - at for pid, at in zip(pids, before, strict=True)]
    return seconds, [used[0], used[1] if store_pid else float("nan")]


def _fill(broker: BrokerSettings, session: str, load: Load) -> None:
    """Make the collector's session, so that the broker keeps what comes for it, and send everything."""
    subscribed = threading.Event()
    with _connected(broker, session, clean_session=False) as client:
        client.on_subscribe = lambda *_: subscribed.set()
        client.subscribe([(topic, 1) for topic in CollectorSettings().topics])
        if not subscribed.wait(_WELCOME_SECONDS):
            raise RuntimeError("the broker did not confirm the collector's session")
    fill(broker, load.messages())


@contextmanager
def _connected(broker: BrokerSettings, client_id: str, *, clean_session: bool) -> Iterator[Any]:
    client = broker.client(client_id, clean_session=clean_session)
    ready = threading.Event()
    client.on_connect = lambda *_: ready.set()
    broker.connect(client)
    client.loop_start()
    try:
        if not ready.wait(_WELCOME_SECONDS):
            raise RuntimeError("the broker does not welcome the benchmark")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def _answered(broker: BrokerSettings, topic: str) -> Iterator[threading.Event]:
    """Set once the collector has said something on this topic."""
    said = threading.Event()
    with _connected(broker, "bench-watch", clean_session=True) as client:
        client.on_message = lambda *_: said.set()
        client.subscribe(topic, 1)
        yield said


def _until_it_listens(collector: subprocess.Popen[bytes], log: Path) -> None:
    deadline = _CLOCK.monotonic() + _WELCOME_SECONDS
    while _LISTENS not in log.read_text("utf-8"):
        if collector.poll() is not None or _CLOCK.monotonic() > deadline:
            raise RuntimeError(f"the collector did not start: {log.read_text('utf-8')[-2000:]}")
        _CLOCK.sleep(0.002)


def _batch_rows(load: Load, settings: StoreSettings) -> float:
    """Rows a batch, as the collector reports them; every row sent must be there."""
    store = open_store(settings, clock=_CLOCK)
    try:
        stored = store.read(Query("soil", fields=("moisture",))).num_rows
        if stored != load.rows:
            raise RuntimeError(f"{stored} rows are in the store instead of {load.rows}")
        reports = store.read(Query("collector", fields=("stored", "batch_rows"))).to_pylist()
    finally:
        store.close()
    written = [row for row in reports if row["batch_rows"]]
    batches = sum(row["stored"] / row["batch_rows"] for row in written)
    return sum(row["stored"] for row in written) / batches if batches else float("nan")
