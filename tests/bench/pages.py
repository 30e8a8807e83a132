"""How long readers wait for a page's first byte while readings come in: everything in one process, as `make run` is."""

from __future__ import annotations

import asyncio
import csv
import random
import re
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from lorong.settings import SITES
from tests.bench.latency import NODES, Sender
from tests.bench.servers import busy_elsewhere, running
from tests.flow.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

READERS: Final = 50
ABOUT: Final = f"""
{READERS} readers of a city's pages: each opens one, reads it, and opens another after one to three seconds, each time
over a new connection. First while six weeks of history come in as fast as they can, then at {NODES} rows a second; the
web, the collector, the store and the scheduled jobs are one process, and the readers work on the same machine.
"""
_CLOCK: Final = SystemClock()
_LANES_PER_OTHER: Final = 2  # people read their own lane more often than the city's pages
_OTHERS: Final = ("/", "/prices", "/health", "/quality", "/cards")
_PATIENCE_SECONDS: Final = 120.0
_PER_CENT: Final = 100
_IN: Final = "history is in"


@dataclass(frozen=True, slots=True)
class Waits:
    """What readers waited for the first byte.

    Args:
        name: What came in meanwhile.
        median: Half of them waited at most so long [s].
        slow: All but one in a hundred waited at most so long [s].
        worst: The longest [s].
        pages: How many pages were opened.
        elsewhere: How many cores others took.
    """

    name: str
    median: float
    slow: float
    worst: float
    pages: int
    elsewhere: float

    def text(self) -> str:
        """One line."""
        return (
            f"{self.name:<16} median {self.median:.3f} s, 99th percentile {self.slow:.3f} s, longest {self.worst:.3f} s"
            f" of {self.pages:,} pages; busy elsewhere {self.elsewhere:.1f}"
        )


def measure_pages(seconds: float) -> list[Waits]:
    """While the history loads, and at steady load.

    Args:
        seconds: How long the steady load is read [s].
    """
    elsewhere: list[float] = []
    with tempfile.TemporaryDirectory() as name, busy_elsewhere(elsewhere):
        folder, port = Path(name), free_port()
        command = [sys.executable, "-m", "lorong", "run", "--data", name, "--port", str(port)]
        limits = {"LORONG_WEB__REQUESTS_PER_SECOND": "1e6", "LORONG_WEB__REQUESTS_BURST": "1000000"}
        with running(command, log=folder / "log", environ=limits):
            _await_open(port)
            loading = asyncio.run(_read(port, lambda: _IN not in (folder / "log").read_text("utf-8")))
            sender = Sender(_broker(folder), seconds)
            sender.start()
            until = _CLOCK.monotonic() + seconds
            steady = asyncio.run(_read(port, lambda: _CLOCK.monotonic() < until))
            sender.stop()
    return [
        _waits("history loads", loading, elsewhere[0]),
        _waits(f"{NODES} rows a second", steady, elsewhere[0]),
    ]


def _waits(name: str, waited: list[float], elsewhere: float) -> Waits:
    slow = statistics.quantiles(waited, n=_PER_CENT)[-1]
    return Waits(name, statistics.median(waited), slow, max(waited), len(waited), elsewhere)


def _broker(folder: Path) -> BrokerSettings:
    """Where the run's own broker listens for MQTT, as its configuration says."""
    config = (folder / "broker" / "nats.conf").read_text("utf-8")
    found = re.search(r"mqtt \{ listen: \"127\.0\.0\.1:(\d+)\"", config)
    if found is None:
        raise RuntimeError("the broker's configuration names no MQTT port")
    return BrokerSettings(port=int(found[1]))


def _await_open(port: int) -> None:
    deadline = _CLOCK.monotonic() + _PATIENCE_SECONDS
    while _CLOCK.monotonic() < deadline:
        try:
            asyncio.run(_first_byte(port, "/sources"))
        except OSError:
            _CLOCK.sleep(0.05)
        else:
            return
    raise RuntimeError("the web did not open")


async def _read(port: int, is_on: Callable[[], bool]) -> list[float]:
    """What all readers waited [s] as long as `is_on` says."""
    paths = _paths()
    waited = await asyncio.gather(*(_reader(port, paths, random.Random(number), is_on) for number in range(READERS)))
    return [wait for one in waited for wait in one]


async def _reader(port: int, paths: list[str], draw: Random, is_on: Callable[[], bool]) -> list[float]:
    waited: list[float] = []
    await asyncio.sleep(draw.uniform(0.0, 2.0))
    while is_on():
        waited.append(await _first_byte(port, draw.choice(paths)))
        await asyncio.sleep(draw.uniform(1.0, 3.0))
    return waited


async def _first_byte(port: int, path: str) -> float:
    """How long a page's first byte took, from the moment the connection was asked for [s]."""
    began = _CLOCK.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head = await reader.readline()
        took = _CLOCK.monotonic() - began
        if b" 200 " not in head:
            raise RuntimeError(f"{path} was answered with {head!r}")
        await reader.read()
        return took
    finally:
        writer.close()


def _paths() -> list[str]:
    with (SITES / "makassar" / "lanes.csv").open(encoding="utf-8", newline="") as rows:
        lanes = [f"/lanes/{row['lane']}" for row in csv.DictReader(rows)]
    repeated = max(1, len(lanes) // _LANES_PER_OTHER // len(_OTHERS))
    return [*lanes, *(_OTHERS * repeated)]
