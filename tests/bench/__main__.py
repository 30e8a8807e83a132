"""`make bench`: what was asked for and what was measured, each beside its reference in the same run."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import duckdb

from commons.clock import SystemClock
from lorong.broker import nats_server
from tests.bench import city, figures, indices, latency, node, outage, pages, simulator, throughput
from tests.bench.servers import influxd, version
from tests.bench.telegraf import telegraf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.bench.figures import Figure

_CLOCK: Final = SystemClock()
_NO_INFLUX: Final = "InfluxDB: skipped; set $INFLUXD to influxd 2.7, or put it on the PATH"


@dataclass
class Run:
    """One run of the benchmark, or of a part of it.

    Args:
        quick: A tenth of the work, to see that everything works; the figures mean nothing.
        figures: What is asked for and was measured.
        said: Everything that was printed.
    """

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def scale(self) -> float:
        """How much of the load is sent."""
        return 0.1 if self.quick else 1.0

    @property
    def rounds(self) -> int:
        """How often a rate is measured."""
        return 1 if self.quick else throughput.ROUNDS

    def say(self, *lines: str) -> None:
        """Print, and keep for the page."""
        for line in lines:
            print(line, flush=True)
            self.said.append(line)

    def packs(self) -> None:
        """Figures 1 and 3."""
        load = throughput.packs(scale=self.scale)
        self.say("", throughput.head())
        found = throughput.on_duckdb(load, self.rounds)
        self.say(*found.lines())
        self._keep(figures.of_duckdb(found))
        if influxd() is not None:
            found = throughput.on_influxdb(load, self.rounds)
            self.say(*found.lines())
            self._keep(figures.of_packs(found))

    def singles(self) -> None:
        """Figure 2."""
        load = throughput.singles(scale=self.scale)
        self.say("", throughput.head())
        self.say(*throughput.on_duckdb(load, self.rounds).lines())
        if influxd() is not None:
            found = throughput.on_influxdb(load, self.rounds)
            self.say(*found.lines())
            self._keep(figures.of_singles(found))

    def outage(self) -> None:
        """Figure 4."""
        if influxd() is not None:
            found = outage.measure_outage(readings=max(2, round(outage.READINGS * self.scale)))
            self.say("", f"a day's outage: {found.text()}")
            self._keep(figures.of_outage(found))

    def node(self) -> None:
        """Figure 5."""
        found = node.measure_node(idle_seconds=20 * self.scale, busy_seconds=max(5, 60 * self.scale))
        self.say("", "a node:", node.text(found))
        self._keep(figures.of_node(found))

    def latency(self) -> None:
        """Figure 6."""
        seconds = 60 * self.scale
        measured = [latency.latency_on_duckdb(seconds)]
        if influxd() is not None:
            measured.append(latency.latency_on_influxdb(seconds))
        self.say("", "from sensor to store:")
        for found in measured:
            self.say(found.text())
            self._keep(figures.of_latency(found))

    def methods(self) -> None:
        """Figures 7 to 9."""
        sizes = [max(2, round(indices.REGENCIES * self.scale / part)) for part in (4, 2, 1)]
        found = [indices.measure_indices(size) for size in sizes]
        self.say("", "a country's prices to indices:", *(one.text() for one in found))
        self._keep(figures.of_indices(found))
        lanes = city.measure_city(round(city.LANES * self.scale))
        self.say("", "a city's indicators:", *lanes.lines())
        self._keep(figures.of_city(lanes))

    def pages(self) -> None:
        """Figure 10."""
        found = pages.measure_pages(60 * self.scale)
        self.say("", "readers of pages:", *(one.text() for one in found))
        self._keep(figures.of_pages(found))

    def simulator(self) -> None:
        """Figure 11."""
        found = simulator.measure_simulator(round(simulator.LANES * self.scale))
        self.say("", "a simulated city:", *found.lines())
        self._keep(simulator.figures_of(found))

    def _keep(self, found: Iterable[Figure]) -> None:
        self.figures = sorted([*self.figures, *found], key=lambda figure: int(figure.name.partition(" ")[0]))


_PARTS: Final[dict[str, Callable[[Run], None]]] = {
    "packs": Run.packs,
    "singles": Run.singles,
    "outage": Run.outage,
    "node": Run.node,
    "latency": Run.latency,
    "methods": Run.methods,
    "pages": Run.pages,
    "simulator": Run.simulator,
}
_ABOUT: Final = (
    throughput.ABOUT,
    outage.ABOUT,
    node.ABOUT,
    latency.ABOUT,
    indices.ABOUT,
    city.ABOUT,
    pages.ABOUT,
    simulator.ABOUT,
)


def main() -> None:
    """Measure and print."""
    given = _arguments()
    run, machine, began = Run(quick=given.quick), _machine(), _CLOCK.monotonic()
    print(machine, *(_ABOUT if not given.parts else ()), sep="\n")
    if influxd() is None:
        run.say(_NO_INFLUX)
    if telegraf() is None:
        run.say("Telegraf: skipped; set $TELEGRAF to telegraf 1.37, or put it on the PATH")
    for part in given.parts or _PARTS:
        _PARTS[part](run)
    minutes = (_CLOCK.monotonic() - began) / 60
    print("", figures.text(run.figures), f"\n{minutes:.0f} minutes", sep="\n")
    if given.write:
        figures.write(run.figures, about=f"{machine}; {_today()}, commit {_commit()}.", tables="\n".join(run.said))
        print(f"written to {figures.PAGE.relative_to(figures.PAGE.parents[1])}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measure Lorong beside its references.")
    parser.add_argument("parts", nargs="*", choices=[*_PARTS, []], help="what to measure; everything when left out")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: to see that it works, not how fast")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    given = parser.parse_args()
    if given.write and (given.quick or given.parts):
        parser.error("--write keeps a whole run; leave out --quick and the parts")
    return given


def _today() -> str:
    return datetime.fromtimestamp(_CLOCK.wall_ms() / 1000, UTC).date().isoformat()


def _commit() -> str:
    where = figures.PAGE.parent
    try:
        return _said("git", "-C", str(where), "describe", "--always", "--dirty")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _machine() -> str:
    versions = [f"Python {platform.python_version()}", f"DuckDB {duckdb.__version__}"]
    versions.append(_said(str(nats_server()), "--version"))
    if program := influxd():
        versions.append(version(program, "InfluxDB"))
    if program := telegraf():
        versions.append(version(program, "Telegraf"))
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}; {', '.join(versions)}"


def _said(*command: str) -> str:
    """What a program prints of itself."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
