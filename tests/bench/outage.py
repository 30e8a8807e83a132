"""A day's outage of 5,000 lanes: what the collector's memory comes to, and whether it slows down on the way."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from commons.topics import Address
from ingest.session import identity
from ingest.settings import CollectorSettings
from lorong.broker import EmbeddedBroker
from tests.bench.collecting import collecting, open_session, reports, stored_rows
from tests.bench.filling import fill
from tests.bench.load import Message
from tests.bench.servers import busy_elsewhere, influx, peak_megabytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from commons.broker import BrokerSettings
    from store.settings import StoreSettings

LANES: Final = 5_000
READINGS: Final = 144  # one each ten minutes of a day
ABOUT: Final = f"""
{LANES:,} nodes, each with an outbox of its own, could not reach the collector for a day: {LANES * READINGS:,} messages
of one soil row each wait at the broker in the order they were taken. The rates are those of the first and the last
tenth of the rows, from the collector's own reports, five a second; its memory is the kernel's peak of its process.
"""
_CLOCK: Final = SystemClock()
_PATIENCE_SECONDS: Final = 900.0
_LOOK_SECONDS: Final = 0.5
_REPORT_SECONDS: Final = 0.2  # the last rows are seen with the report after them: what that waits is not their time
_BEGIN_MS: Final = 1_764_000_000_000
_CADENCE_MS: Final = 600_000


@dataclass(frozen=True, slots=True)
class Outage:
    """What catching up came to.

    Args:
        rows: How many rows waited.
        fill_seconds: How long the broker took to get them [s].
        rate: Of all rows [rows/s].
        first: Of the first tenth [rows/s].
        last: Of the last tenth [rows/s].
        memory: The most the collector held [MB].
        elsewhere: How many cores others took.
    """

    rows: int
    fill_seconds: float
    rate: float
    first: float
    last: float
    memory: float
    elsewhere: float

    @property
    def steadiness(self) -> float:
        """The last tenth's rate over the first's."""
        return self.last / self.first

    def text(self) -> str:
        """One line."""
        return (
            f"{self.rows:,} rows at {self.rate:,.0f} rows/s (the broker was filled in {self.fill_seconds:.0f} s);"
            f" first tenth {self.first:,.0f}, last tenth {self.last:,.0f} rows/s; peak {self.memory:.0f} MB;"
            f" busy elsewhere {self.elsewhere:.1f}"
        )


def measure_outage(*, lanes: int = LANES, readings: int = READINGS) -> Outage:
    """Fill a broker, and let a collector that writes to InfluxDB catch up.

    Args:
        lanes: How many nodes there are.
        readings: How many readings each took meanwhile.

    Raises:
        RuntimeError: The rows in the store are not the rows sent.
    """
    elsewhere: list[float] = []
    with tempfile.TemporaryDirectory() as name, busy_elsewhere(elsewhere):
        folder = Path(name)
        (folder / "flow").mkdir()
        broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
        try:
            with influx(folder / "influx") as (settings, _):
                fill_seconds = _wait_at(broker.settings, folder / "flow", lanes, readings)
                times, memory = _caught_up(broker.settings, settings, folder / "flow", lanes * readings)
        finally:
            broker.stop()
    rows, tenth = lanes * readings, lanes * readings / 10
    first, last, whole = (_seconds(times, *part) for part in ((0, tenth), (rows - tenth, rows), (0, rows)))
    return Outage(rows, fill_seconds, rows / whole, tenth / first, tenth / last, memory, elsewhere[0])


def messages(lanes: int, readings: int) -> Iterator[Message]:
    """What waits: the lanes taking turns, each one's packs in order."""
    draw = random.Random(lanes).uniform
    topics = [Address("makassar", f"lane-{lane}", f"lane-{lane}-n1").up("soil") for lane in range(lanes)]
    boxes = [f"BENCH{lane:021d}" for lane in range(lanes)]
    for turn in range(readings):
        time = _BEGIN_MS + turn * _CADENCE_MS
        for topic, box in zip(topics, boxes, strict=True):
            values = f'"moisture":{draw(15, 40):.2f},"temperature":{draw(24, 33):.1f},"ec":{draw(200, 900):.0f}'
            head = f'{{"first":1,"box":"{box}","seq":{turn + 1},"t":{time},"bed":"b1","origin":"simulated",'
            yield Message(topic, f"{head}{values}}}".encode())


def _wait_at(broker: BrokerSettings, folder: Path, lanes: int, readings: int) -> float:
    """Let the messages wait for a collector; how long it took [s]."""
    open_session(broker, identity(folder / "collector"), CollectorSettings().topics)
    began = _CLOCK.monotonic()
    fill(broker, messages(lanes, readings))
    return _CLOCK.monotonic() - began


def _caught_up(
    broker: BrokerSettings, settings: StoreSettings, folder: Path, rows: int
) -> tuple[list[tuple[float, float]], float]:
    """When how many rows were stored [s since the subscription], and the collector's peak [MB]."""
    with collecting(broker, settings, folder, report_seconds=_REPORT_SECONDS) as (collector, log):
        began_ms, deadline = _CLOCK.wall_ms(), _CLOCK.monotonic() + _PATIENCE_SECONDS
        while sum(row["stored"] for row in reports(settings)) < rows:
            if collector.poll() is not None or _CLOCK.monotonic() > deadline:
                raise RuntimeError(f"the collector did not catch up: {log.read_text('utf-8')[-2000:]}")
            _CLOCK.sleep(_LOOK_SECONDS)
        memory = peak_megabytes(collector.pid)
    if (stored := stored_rows(settings)) != rows:
        raise RuntimeError(f"{stored} rows are in the store instead of {rows}")
    said = reports(settings)
    at = [row["time"].timestamp() - began_ms / 1000 for row in said]
    return list(zip(at, accumulate(row["stored"] for row in said), strict=True)), memory


def _seconds(stored: Sequence[tuple[float, float]], first: float, last: float) -> float:
    """How long the rows from the first to the last took [s], a straight line between reports."""
    return _moment(stored, last) - _moment(stored, first)


def _moment(stored: Sequence[tuple[float, float]], rows: float) -> float:
    time, count = 0.0, 0.0
    for next_time, next_count in stored:
        if next_count >= rows:
            share = (rows - count) / (next_count - count) if next_count > count else 0.0
            return time + share * (next_time - time)
        time, count = next_time, next_count
    return time
