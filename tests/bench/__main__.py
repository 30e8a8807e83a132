"""`make bench`: rows per second from broker to store, beside the store's own limit for the same rows, in one run."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from lorong.broker import nats_server
from store.settings import StoreSettings
from tests.bench.flow import Flow, measure
from tests.bench.limits import duck_limit, influx_limit
from tests.bench.load import PROBES, catching_up
from tests.bench.servers import busy_elsewhere, influx, influxd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.load import Load

_ROUNDS: Final = 3
_ABOUT: Final = f"""
A rate is rows over seconds: for the flow, from the moment the collector (a process of its own) has subscribed to a
broker that holds every message, to its answer that the last message is in the store; every row is then counted in the
store. {PROBES} nodes, soil rows of 3 fields. The limit is the store's alone, the same rows made beforehand: InfluxDB by
line protocol, 5,000 rows a request on one open connection, no gzip; DuckDB by Arrow tables of 20,000 rows into a plain
table, a commit each. Median of {_ROUNDS} rounds, lowest and highest in brackets; limit and flow take turns. Busy
elsewhere: the cores that others took meanwhile, in the worst round; above 0.1 the rates are not this machine's own.
"""


@dataclass
class Line:
    """One line of the table."""

    name: str
    limits: list[float] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    elsewhere: list[float] = field(default_factory=list)

    def text(self) -> str:
        """Limit, flow and their ratio, then what it cost."""
        rates = [flow.rows_per_second for flow in self.flows]
        ratio = statistics.median(rate / limit for rate, limit in zip(rates, self.limits, strict=True))
        cpu = statistics.median(flow.collector_cpu for flow in self.flows)
        store = statistics.median(flow.store_cpu for flow in self.flows)
        batch = statistics.median(flow.batch_rows for flow in self.flows)
        spent = "in it" if store != store else f"{store:.1f}"  # noqa: PLR0124  # NaN: the store is in the collector
        return (
            f"{self.name:<26} {_spread(self.limits):>31} {_spread(rates):>31} {ratio:>6.2f}"
            f" {cpu:>10.1f} {spent:>7} {batch:>10,.0f} {max(self.elsewhere):>10.1f}"
        )


def main() -> None:
    """Measure and print."""
    print(_machine())
    print(_ABOUT)
    loads = (catching_up("packs of 60", readings=60, packs=50), catching_up("single readings", readings=1, packs=300))
    head = ("", "store alone, rows/s", "broker to store, rows/s", "ratio", "collector", "store", "rows", "busy")
    print("{:<26} {:>31} {:>31} {:>6} {:>10} {:>7} {:>10} {:>10}".format(*head))
    print(f"{'':<97} {'CPU s/million rows':>18} {'a batch':>10} {'elsewhere':>10}")
    for load in loads:
        print(_line(f"DuckDB, {load.name}", load, _duck_round).text(), flush=True)
    if influxd() is None:
        print("InfluxDB: skipped; set $INFLUXD to influxd 2.7, or put it on the PATH")
        return
    for load in loads:
        print(_line(f"InfluxDB, {load.name}", load, _influx_round).text(), flush=True)


def _line(name: str, load: Load, measured: Callable[[Load, Path], tuple[float, Flow]]) -> Line:
    line = Line(name)
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder, busy_elsewhere(line.elsewhere):
            limit, flow = measured(load, Path(folder))
        line.limits.append(limit)
        line.flows.append(flow)
    return line


def _duck_round(load: Load, folder: Path) -> tuple[float, Flow]:
    limit = duck_limit(load, folder / "limit.duckdb")
    return limit, measure(load, StoreSettings(url=f"duckdb:///{folder / 'flow.duckdb'}"), folder / "flow")


def _influx_round(load: Load, folder: Path) -> tuple[float, Flow]:
    """Each on a new server, so that neither finds the other's rows."""
    with influx(folder / "limit") as (settings, _):
        limit = influx_limit(load, settings)
    with influx(folder / "influx") as (settings, pid):
        return limit, measure(load, settings, folder / "flow", store_pid=pid)


def _spread(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f} [{min(rates):,.0f}-{max(rates):,.0f}]"


def _machine() -> str:
    versions = [f"Python {platform.python_version()}", f"DuckDB {duckdb.__version__}"]
    versions.append(_said(str(nats_server()), "--version"))
    if program := influxd():
        versions.append(_said(program, "version").partition(" (")[0])
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; {', '.join(versions)}"


def _said(*command: str) -> str:
    """What a program prints of itself."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
