"""From broker to store: a collector on a broker filled beforehand."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from ingest.session import identity
from ingest.settings import CollectorSettings
from lorong.broker import EmbeddedBroker
from tests.bench.collecting import collecting, connected, open_session, reports, stored_rows
from tests.bench.filling import fill
from tests.bench.servers import cpu_seconds, peak_megabytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commons.broker import BrokerSettings
    from store.settings import StoreSettings
    from tests.bench.load import Load

_CLOCK: Final = SystemClock()
_PATIENCE_SECONDS: Final = 300.0
_ANSWER_SECONDS: Final = 0.1  # the answer is the end of the measurement; waiting for its round is not part of it


@dataclass(frozen=True, slots=True)
class Flow:
    """One measurement.

    Args:
        rows_per_second: Rows over the time from the subscription to the last row stored.
        taker_cpu: Processor time of what takes them per million rows [s].
        store_cpu: Processor time of the store's own process per million rows [s]; NaN where it has none.
        batch_rows: Rows a batch, on average.
        memory: The most memory that what takes them held [MB].
    """

    rows_per_second: float
    taker_cpu: float
    store_cpu: float
    batch_rows: float
    memory: float


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
        open_session(broker.settings, identity(folder / "collector"), CollectorSettings().topics)
        fill(broker.settings, load.messages())
        seconds, used, memory = _collect(load, broker.settings, settings, folder, store_pid)
    finally:
        broker.stop()
    if (stored := stored_rows(settings)) != load.rows:
        raise RuntimeError(f"{stored} rows are in the store instead of {load.rows}")
    million = load.rows / 1e6
    taker, store = (cpu / million for cpu in used)
    return Flow(load.rows / seconds, taker, store, _batch_rows(settings), memory)


def _collect(
    load: Load, broker: BrokerSettings, settings: StoreSettings, folder: Path, store_pid: int | None
) -> tuple[float, list[float], float]:
    """How long the collector took [s], the processor time it and the store used for it [s], and its memory [MB]."""
    with (
        _answered(broker, load.last_answer) as answered,
        collecting(broker, settings, folder, answer_seconds=_ANSWER_SECONDS) as (collector, log),
    ):
        pids = [collector.pid, *([store_pid] if store_pid else [])]
        began, before = _CLOCK.monotonic(), [cpu_seconds(pid) for pid in pids]
        if not answered.wait(_PATIENCE_SECONDS):
            raise RuntimeError(f"the collector did not end: {log.read_text('utf-8')[-2000:]}")
        seconds = _CLOCK.monotonic() - began
        used = [cpu_seconds(pid) - at for pid, at in zip(pids, before, strict=True)]
        memory = peak_megabytes(collector.pid)
    return seconds, [used[0], used[1] if store_pid else float("nan")], memory


@contextmanager
def _answered(broker: BrokerSettings, topic: str) -> Iterator[threading.Event]:
    """Set once the collector has said something on this topic."""
    said = threading.Event()
    with connected(broker, "bench-watch", clean_session=True) as client:
        client.on_message = lambda *_: said.set()
        client.subscribe(topic, 1)
        yield said


def _batch_rows(settings: StoreSettings) -> float:
    """Rows a batch, as the collector reports them."""
    written = [row for row in reports(settings) if row["batch_rows"]]
    batches = sum(row["stored"] / row["batch_rows"] for row in written)
    return sum(row["stored"] for row in written) / batches if batches else float("nan")
