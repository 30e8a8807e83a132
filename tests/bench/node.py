"""What a node costs: processor, memory and bytes on its SD card; `python -m tests.bench.node` prints them."""

from __future__ import annotations

import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement

from commons.clock import SystemClock
from deploy.wheels import wanted
from lorong.broker import EmbeddedBroker
from tests.bench.servers import running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

_CLOCK: Final = SystemClock()
_ROOT: Final = Path(__file__).parents[2]
_OURS: Final = ("lorong", "sensors", "diary", "ingest", "store", "analytics", "web", "commons", "deploy")
_PATIENCE_SECONDS: Final = 60.0
_LANE, _NODE = "saga", "saga-bench"
_LOOKS_A_GROUP: Final = 5  # one a minute, five minutes a commit
_GROUPS_A_DAY: Final = 288
_SECONDS_A_LOOK: Final = 60.0
_FILES: Final = {
    "sys/class/hwmon/hwmon0": {"name": "sht3x", "temp1_input": "29870", "humidity1_input": "71020"},
    "sys/bus/iio/devices/iio:device0": {"name": "bme280", "in_pressure_input": "100.9"},
    "sys/bus/iio/devices/iio:device1": {"name": "bh1750", "in_illuminance_input": "12000"},
    "sys/bus/iio/devices/iio:device2": {
        "name": "ads1115",
        "in_voltage_scale": "1",
        **{f"in_voltage{channel}_raw": "2100" for channel in range(3)},
    },
    **{f"sys/bus/w1/devices/28-00000000000{bed}": {"temperature": f"2{bed}500"} for bed in (1, 2, 3)},
}
"""Ten sensors as the kernel shows them: four of the air, a thermometer and a moisture probe in each of three beds."""

ABOUT: Final = """
The process is `lorong node run` as a board starts it, its sensors files as the kernel shows them, with a broker and a
collector that answers. It looks at ten sensors each second and commits every five looks, sixty times as often as at one
look a minute and groups of five minutes; what it costs to do nothing is measured first, and one look's share is scaled.
Bytes are those that the kernel gave to the disk (/proc/PID/io), a group's times 288. What is installed is Lorong itself
and what it needs with the extra `node`, compiled files included, without Python. The start is processor time of this
machine until the node looks at its sensors.
"""


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What a node with ten sensors costs at one look a minute and groups of five minutes.

    Args:
        cpu_percent: Of one core of this machine [%].
        memory_mb: Resident, without the diary's page [MB].
        written_mb_a_day: To the disk [MB/d]; NaN where the file system does not count.
        looks: How many looks were measured.
        start_seconds: Of the processor until it looks at its sensors [s].
        installed_mb: What is installed for it [MB].
    """

    cpu_percent: float
    memory_mb: float
    written_mb_a_day: float
    looks: int
    start_seconds: float
    installed_mb: float


def measure_node(*, idle_seconds: float = 20.0, busy_seconds: float = 60.0) -> NodeFigures:
    """Measure a real node's process.

    Args:
        idle_seconds: How long one that has nothing to do is watched [s].
        busy_seconds: How long one that looks each second is watched [s].

    Raises:
        RuntimeError: A process did not do what it was started for.
    """
    with tempfile.TemporaryDirectory(prefix="lorong-bench-") as name, _city(Path(name)) as environ:
        folder = Path(name)
        with _node(folder, {**environ, "LORONG_NODE__CADENCE_SECONDS": "86400"}) as (idle, start_seconds):
            nothing = _watch(idle.pid, idle_seconds)
        often = {"LORONG_NODE__CADENCE_SECONDS": "1", "LORONG_NODE__COMMIT_SECONDS": str(_LOOKS_A_GROUP)}
        with _node(folder, {**environ, **often}) as (busy, _):
            looking = _watch(busy.pid, busy_seconds)
    looks = round(busy_seconds)
    idle_share = nothing.cpu / idle_seconds
    look_seconds = max(0.0, looking.cpu - idle_share * busy_seconds) / looks
    group_bytes = looking.written / (looks / _LOOKS_A_GROUP) or float("nan")
    return NodeFigures(
        cpu_percent=100 * (idle_share + look_seconds / _SECONDS_A_LOOK),
        memory_mb=looking.memory / 1e6,
        written_mb_a_day=group_bytes * _GROUPS_A_DAY / 1e6,
        looks=looks,
        start_seconds=start_seconds,
        installed_mb=installed_bytes() / 1e6,
    )


def installed_bytes() -> int:
    """Lorong itself, and what it needs on a node, as installed in this environment [By]."""
    ours = (path for part in _OURS for path in (_ROOT / part).rglob("*") if "__pycache__" not in path.parts)
    own = sum(path.stat().st_size for path in ours if path.is_file())
    return own + sum(map(_bytes_of, _needed(wanted((_ROOT / "pyproject.toml").read_text("utf-8")))))


def _needed(requirements: list[str]) -> set[str]:
    """The names of distributions that these need, and of those that they need."""
    found: set[str] = set()
    asked = [Requirement(text) for text in requirements]
    while asked:
        one = asked.pop()
        name = one.name.lower().replace("_", "-")
        if name not in found and (one.marker is None or one.marker.evaluate({"extra": ""})):
            found.add(name)
            asked += [Requirement(text) for text in distribution(one.name).requires or ()]
    return found


def _bytes_of(name: str) -> int:
    files = distribution(name).files or ()
    return sum(path.stat().st_size for path in map(Path, (file.locate() for file in files)) if path.is_file())


@dataclass(frozen=True, slots=True)
class _Use:
    """What a process used while it was watched: processor [s], memory [By], bytes to the disk."""

    cpu: float
    memory: int
    written: int


def _watch(pid: int, seconds: float) -> _Use:
    cpu, written = _cpu_seconds(pid), _kernel_says(pid, "io", "write_bytes")
    _CLOCK.sleep(seconds)
    memory = _kernel_says(pid, "status", "VmRSS") * 1024
    return _Use(_cpu_seconds(pid) - cpu, memory, _kernel_says(pid, "io", "write_bytes") - written)


def _cpu_seconds(pid: int) -> float:
    """What its threads have used so far [s], to the nanosecond: a node uses less than the clock's ticks can count."""
    return sum(int(path.read_text("ascii").split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def _kernel_says(pid: int, file: str, name: str) -> int:
    for line in Path(f"/proc/{pid}/{file}").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/{pid}/{file} has no {name}")


@contextmanager
def _city(folder: Path) -> Iterator[Mapping[str, str]]:
    """A board's files, a broker and a collector; what a node must be told to find them."""
    for place, files in _FILES.items():
        (folder / "board" / place).mkdir(parents=True)
        for file, text in files.items():
            (folder / "board" / place / file).write_text(f"{text}\n", "ascii")
    beds = (1, 2, 3)
    options = {
        "root": str(folder / "board"),
        "thermometers": ",".join(f"b{bed}:28-00000000000{bed}" for bed in beds),
        "probes": ",".join(f"b{bed}:{bed - 1}:2850:1460" for bed in beds),
    }
    broker = EmbeddedBroker(folder / "broker", clock=_CLOCK)
    environ = {
        "LORONG_BROKER__PORT": str(broker.settings.port),
        "LORONG_STORE__URL": f"duckdb:///{folder}/lorong.duckdb",
        "LORONG_COLLECTOR__DATA": str(folder / "collector"),
        "LORONG_NODE__LANE": _LANE,
        "LORONG_NODE__NODE": _NODE,
        "LORONG_NODE__OPTIONS": ";".join(f"{key}={value}" for key, value in options.items()),
    }
    log = folder / "collector.log"
    try:
        with running([sys.executable, "-m", "lorong", "collect"], log=log, environ=environ):
            _until_it_says(log, "collector listens")
            yield environ
    finally:
        broker.stop()


@contextmanager
def _node(folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """A node that has started and sent what it read first, and what its start took of the processor [s]."""
    log = folder / "node.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "lorong", "node", "run", "--data", str(folder / "node")]
    with running(command, log=log, environ=dict(environ)) as process:
        _until_it_says(log, "node starts")
        start_seconds = _cpu_seconds(process.pid)
        _CLOCK.sleep(6.0)  # a first group and its answer
        if process.poll() is not None or "fails" in log.read_text("utf-8"):
            raise RuntimeError(f"the node does not work: {log.read_text('utf-8')[-2000:]}")
        yield process, start_seconds


def _until_it_says(log: Path, words: str) -> None:
    deadline = _CLOCK.monotonic() + _PATIENCE_SECONDS
    while not log.exists() or words not in log.read_text("utf-8"):
        if _CLOCK.monotonic() > deadline:
            raise RuntimeError(
                f"waited in vain for {words!r}: {log.read_text('utf-8')[-2000:] if log.exists() else ''}"
            )
        _CLOCK.sleep(0.1)


def text(figures: NodeFigures) -> str:
    """The figures beside what they should be at most."""
    lines = (
        ("processor, of one core", f"{figures.cpu_percent:.2f} %", "1 %"),
        ("memory, without the diary", f"{figures.memory_mb:.1f} MB", "40 MB"),
        ("written to disk a day", f"{figures.written_mb_a_day:.1f} MB", "20 MB"),
        ("start, of this processor", f"{figures.start_seconds:.2f} s", "3 s on a board"),
        ("installed, without Python", f"{figures.installed_mb:.1f} MB", "60 MB"),
    )
    return "\n".join(f"{name:<28} {found:>10}   at most {most}" for name, found, most in lines)


if __name__ == "__main__":
    print(text(measure_node()))
    print(ABOUT)
