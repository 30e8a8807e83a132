"""How fast a simulated city of 5,000 lanes has its day: made, kept, published, collected and stored."""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from commons.sites import NodeEntry
from commons.topics import Address
from ingest.ledger import Ledger
from lorong.broker import EmbeddedBroker
from lorong.settings import site
from lorong.simulation import prepare
from sensors.drivers.simulated import build
from sensors.simulation.scenario import find
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.bench.figures import Figure
from tests.bench.servers import busy_elsewhere, cpu_seconds, peak_megabytes, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lorong.simulation import Play
    from store.contract import Store

SCENARIO: Final = "city-5000"
LANES: Final = 5_000
MOMENTS: Final = 144
FIELDS: Final = 10
_CLOCK: Final = SystemClock()
_PATIENCE_SECONDS: Final = 1_800.0
_LOOK_SECONDS: Final = 0.2
_SAMPLE: Final = 100
_COUNTED: Final = {"soil": ("moisture", "temperature", "ec"), "air": ("temperature", "humidity", "pressure", "light")}

ABOUT: Final = f"""
The scenario {SCENARIO}: a day of {LANES:,} lanes with two soil probes and an air sensor each, {FIELDS} values every ten
minutes, gathered for an hour by 32 gateways. `lorong simulate` plays it as fast as it can through the embedded broker;
`lorong collect` stores it in DuckDB. The time is from the start of `lorong simulate` to its end, when every reading is
known to be stored; every value is then counted in the store. Making is measured apart, on a hundred of the lanes; what
else the simulator's main thread does is keeping (the outbox), its other threads publish.
"""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a day came to.

    Args:
        lanes: How many lanes.
        seconds: How long it took [s].
        produced: Rows that the simulator says it made.
        stored: Rows in the store, by the ledger's account.
        values: Values counted in the store.
        wanted: Values that there must be.
        cpu: Seconds of processor by part.
        memory: The most that the simulator held [MB].
        elsewhere: How many cores others took.
    """

    lanes: int
    seconds: float
    produced: int
    stored: int
    values: int
    wanted: int
    cpu: dict[str, float]
    memory: float
    elsewhere: float

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        yield (
            f"  {self.lanes:,} lanes, {self.values:,} values in {self.produced:,} rows: {self.seconds:.0f} s,"
            f" {86_400 / self.seconds:,.0f} times real time; busy elsewhere {self.elsewhere:.1f}"
        )
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.cpu.items())
        whole = sum(self.cpu.values())
        yield f"  seconds of processor: {parts}; together {whole:.1f}; simulator's peak {self.memory:.0f} MB"


def figures_of(found: Simulated) -> list[Figure]:
    """Figure 11."""
    made = f"{found.lanes:,} lanes, {found.values:,} values, {sum(found.cpu.values()):.0f} s of processor"
    return [Figure("11 a simulated city's day, stored", found.seconds, "s", 180, at_least=False, beside=made)]


def measure_simulator(lanes: int = LANES) -> Simulated:
    """Play the day of so many of the city's lanes.

    Raises:
        RuntimeError: What is stored is not what was made.
    """
    elsewhere: list[float] = []
    with tempfile.TemporaryDirectory(prefix="lorong-bench-") as name, busy_elsewhere(elsewhere):
        folder = Path(name)
        of = prepare(str(_scenario(folder, lanes)), site("makassar"), folder)
        making = _making(of, lanes)
        broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
        try:
            seconds, cpu, memory, produced = _played(of, folder, broker)
        finally:
            broker.stop()
        settings = StoreSettings(url=f"duckdb:///{folder}/lorong.duckdb", memory_mb=1_000)
        with closing(open_store(settings, clock=_CLOCK)) as store:
            stored, values = _stored(store), _values(store)
    wanted = lanes * MOMENTS * FIELDS
    if (stored, values) != (produced, wanted):
        raise RuntimeError(f"{stored} of {produced} rows and {values} of {wanted} values are in the store")
    main, threads = cpu.pop("main"), cpu.pop("publish")
    parts = {"make": making, "keep": main - making, "publish": threads, **cpu}
    return Simulated(lanes, seconds, produced, stored, values, wanted, parts, memory, elsewhere[0])


def _scenario(folder: Path, lanes: int) -> Path:
    """The shipped scenario with so many lanes."""
    path = folder / f"{SCENARIO}.toml"
    path.write_text(find(SCENARIO).source.read_text("utf-8").replace(f"count = {LANES}", f"count = {lanes}"), "utf-8")
    return path


def _making(of: Play, lanes: int) -> float:
    """What making the day costs, from some of its lanes [s of processor]."""
    node = next(iter(of.site.nodes.values()))
    options = {name: value for name, value in node.options.items() if name != "gateway"}
    some = [Address(of.site.slug, lane, lane) for lane in list(of.site.lanes)[:_SAMPLE]]
    drivers = [build(NodeEntry(address, "simulated", "simulated", options), of.site) for address in some]
    began = process_time()
    marks: dict[int, str | None] = {}
    for at_ms in range(of.begin_ms + 3_600_000, of.end_ms + 1, 3_600_000):
        for number, driver in enumerate(drivers):
            reading = driver.read(at_ms - 1, marks.get(number))
            marks[number] = reading.bookmark or marks.get(number)
    return (process_time() - began) * lanes / len(some)


def _played(of: Play, folder: Path, broker: EmbeddedBroker) -> tuple[float, dict[str, float], float, int]:
    """How long it took [s], seconds of processor by process and thread, the peak [MB], and what it says it made."""
    environ = {
        "LORONG_BROKER__PORT": str(broker.settings.port),
        "LORONG_STORE__URL": f"duckdb:///{folder}/lorong.duckdb",
        "LORONG_COLLECTOR__DATA": str(folder / "collector"),
    }
    lorong = [sys.executable, "-m", "lorong"]
    log, said = folder / "collector.log", folder / "simulate.log"
    with running([*lorong, "collect", "--city", str(of.site.folder)], log=log, environ=environ) as collector:
        _until(log, "collector listens")
        command = [*lorong, "simulate", "--scenario", str(of.scenario.source), "--data", str(folder)]
        began, cpu, memory = _CLOCK.monotonic(), {"main": 0.0, "publish": 0.0}, 0.0
        pids = {"broker": broker._process.pid, "collect and store": collector.pid}
        before = {part: cpu_seconds(pid) for part, pid in pids.items()}
        with running(command, log=said, environ=environ) as simulator:
            while simulator.poll() is None:
                cpu = {part: max(used, cpu[part]) for part, used in _by_thread(simulator.pid).items()} or cpu
                memory = max(memory, peak_megabytes(simulator.pid))
                if _CLOCK.monotonic() - began > _PATIENCE_SECONDS:
                    raise RuntimeError(f"the day did not end: {said.read_text('utf-8')[-1000:]}")
                _CLOCK.sleep(_LOOK_SECONDS)
            seconds = _CLOCK.monotonic() - began
        if simulator.returncode:
            raise RuntimeError(f"lorong simulate failed: {said.read_text('utf-8')[-1000:]}")
        cpu |= {part: cpu_seconds(pid) - before[part] for part, pid in pids.items()}
    line = next(line for line in said.read_text("utf-8").splitlines() if line.split()[:1] == ["produced"])
    return seconds, cpu, memory, int(line.split()[1].replace(",", ""))


def _by_thread(pid: int) -> dict[str, float]:
    """What the main thread and all others have used so far [s of processor]."""
    try:
        used = {
            path.name: int((path / "schedstat").read_text("ascii").split()[0]) / 1e9
            for path in Path(f"/proc/{pid}/task").iterdir()
        }
    except OSError:
        return {}
    main = used.pop(str(pid), 0.0)
    return {"main": main, "publish": sum(used.values())}


def _until(log: Path, words: str) -> None:
    deadline = _CLOCK.monotonic() + _PATIENCE_SECONDS
    while words not in log.read_text("utf-8"):
        if _CLOCK.monotonic() > deadline:
            raise RuntimeError(f"the collector did not start: {log.read_text('utf-8')[-1000:]}")
        _CLOCK.sleep(0.05)


def _stored(store: Store) -> int:
    return sum(account.stored for _, account in Ledger.load(store).accounts())


def _values(store: Store) -> int:
    """How many values are there."""
    tables = (store.read(Query(name, fields=fields)) for name, fields in _COUNTED.items())
    return sum(len(column) - column.null_count for table in tables for column in table.select(_names(table)).columns)


def _names(table: object) -> list[str]:
    known = {name for fields in _COUNTED.values() for name in fields}
    return [name for name in table.column_names if name in known]  # type: ignore[attr-defined]  # an Arrow table
