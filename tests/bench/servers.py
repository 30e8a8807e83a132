"""InfluxDB and the processes of a measurement: started for it, gone after it."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from commons.settings import Secret
from store.settings import StoreSettings
from tests.flow.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_SECONDS: Final = 30.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_TOKEN: Final = "token-of-the-benchmark"  # noqa: S105  # of a server that lives for one measurement
_CLOCK: Final = SystemClock()


def influxd() -> str | None:
    """InfluxDB's program: `$INFLUXD`, else the one on the PATH."""
    return os.environ.get("INFLUXD") or shutil.which("influxd")


def version(program: str, name: str) -> str:
    """A Go program's name and version: one built from its module knows its version by the module's only."""
    found = re.search(rb"\nmod\tgithub\.com/influxdata/\S+\t(v[0-9.]+)", Path(program).read_bytes())
    if found:
        return f"{name} {found[1].decode()}"
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.strip()
    return said.partition(" (")[0]


@contextmanager
def influx(folder: Path) -> Iterator[tuple[StoreSettings, int]]:
    """A new InfluxDB 2 on a free port; its settings and its process id."""
    folder.mkdir(parents=True)
    port = free_port()
    places = {"bolt-path": "influxd.bolt", "sqlite-path": "influxd.sqlite", "engine-path": "engine"}
    options = [f"--{option}={folder / name}" for option, name in places.items()]
    options += [f"--http-bind-address=127.0.0.1:{port}", "--reporting-disabled", "--log-level=error"]
    with running([str(influxd()), *options], log=folder / "log") as process:
        settings = StoreSettings(url=f"influxdb://127.0.0.1:{port}", token=Secret(_TOKEN))
        if not _is_set_up(process, port, settings.org):
            raise RuntimeError(f"InfluxDB did not start: {(folder / 'log').read_text('utf-8')[-2000:]}")
        yield settings, process.pid


@contextmanager
def running(
    command: list[str], *, log: Path, environ: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, and with this process however that dies."""
    leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
    with log.open("ab") as file:
        process = subprocess.Popen([*leash, *command], stdout=file, stderr=file, env={**os.environ, **(environ or {})})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far [s]; NaN where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held so far [MB]; NaN where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")), float("nan"))


@contextmanager
def busy_elsewhere(cores: list[float]) -> Iterator[None]:
    """Add how many cores, on average, worked for others meanwhile; NaN where there is no /proc.

    Every process started in the block must have ended with it.
    """
    began, machine, ours = _CLOCK.monotonic(), _machine_seconds(), _our_seconds()
    yield
    others = _machine_seconds() - machine - (_our_seconds() - ours)
    cores.append(others / (_CLOCK.monotonic() - began))


def _machine_seconds() -> float:
    """How long all cores together have been busy since boot [s], with what the host took away."""
    try:
        cores = Path("/proc/stat").read_text("ascii").splitlines()[0]
    except OSError:
        return float("nan")
    user, nice, system, _idle, _waiting, *rest = (int(ticks) for ticks in cores.split()[1:9])
    return (user + nice + system + sum(rest)) / _TICKS


def _our_seconds() -> float:
    """What this process and the ones it has waited for have used so far [s]."""
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _is_set_up(process: subprocess.Popen[bytes], port: int, org: str) -> bool:
    """Whether it could be given its organisation and token."""
    user = {"username": "bench", "password": "bench-password", "org": org, "bucket": "first", "token": _TOKEN}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v2/setup", json.dumps(user).encode())
    deadline = _CLOCK.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and _CLOCK.monotonic() < deadline:
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(request):  # noqa: S310
            return True
        _CLOCK.sleep(0.05)
    return False
