"""The collector of a measurement, alone in a process as in production, and its session at the broker."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from commons.clock import SystemClock
from store import open_store
from store.contract import Query
from tests.bench.servers import running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from commons.broker import BrokerSettings
    from store.settings import StoreSettings

_CLOCK: Final = SystemClock()
_WELCOME_SECONDS: Final = 60.0
_LISTENS: Final = "collector listens"


@contextmanager
def collecting(
    broker: BrokerSettings,
    settings: StoreSettings,
    folder: Path,
    *,
    answer_seconds: float = 2.0,
    report_seconds: float = 1.0,
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A collector that has just subscribed when the block begins, and its log.

    Args:
        broker: Where it takes messages.
        settings: Where it writes rows.
        folder: Its folder and its log go here.
        answer_seconds: How often it answers senders [s].
        report_seconds: How often it says what it stored [s].

    Raises:
        RuntimeError: It did not start.
    """
    log = folder / "collector.log"
    environ = {
        "LORONG_BROKER__PORT": str(broker.port),
        "LORONG_STORE__URL": settings.url,
        "LORONG_STORE__TOKEN": settings.token.reveal(),
        "LORONG_COLLECTOR__DATA": str(folder / "collector"),
        "LORONG_COLLECTOR__REPORT_SECONDS": str(report_seconds),
        "LORONG_COLLECTOR__ANSWER_SECONDS": str(answer_seconds),
    }
    with running([sys.executable, "-m", "lorong", "collect"], log=log, environ=environ) as process:
        deadline = _CLOCK.monotonic() + _WELCOME_SECONDS
        while _LISTENS not in log.read_text("utf-8"):
            if process.poll() is not None or _CLOCK.monotonic() > deadline:
                raise RuntimeError(f"the collector did not start: {log.read_text('utf-8')[-2000:]}")
            _CLOCK.sleep(0.002)
        yield process, log


def open_session(broker: BrokerSettings, session: str, topics: Sequence[str]) -> None:
    """Subscribe and leave, so that the broker keeps what comes for this session from now on."""
    subscribed = threading.Event()
    with connected(broker, session, clean_session=False) as client:
        client.on_subscribe = lambda *_: subscribed.set()
        client.subscribe([(topic, 1) for topic in topics])
        if not subscribed.wait(_WELCOME_SECONDS):
            raise RuntimeError("the broker did not confirm the session")


@contextmanager
def connected(broker: BrokerSettings, client_id: str, *, clean_session: bool) -> Iterator[Any]:
    """A client of the benchmark itself."""
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


def stored_rows(settings: StoreSettings) -> int:
    """How many rows of soil probes are in the store."""
    store = open_store(settings, clock=_CLOCK)
    try:
        return int(store.read(Query("soil", fields=("moisture",))).num_rows)
    finally:
        store.close()


def reports(settings: StoreSettings) -> list[dict[str, Any]]:
    """What the collector said of itself, oldest first."""
    store = open_store(settings, clock=_CLOCK)
    try:
        found: list[dict[str, Any]] = store.read(Query("collector", fields=("stored", "batch_rows"))).to_pylist()
    finally:
        store.close()
    return found
