"""What was asked for, what was measured, and the page that keeps both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.city import CityDay
    from tests.bench.indices import Indices
    from tests.bench.latency import Latency
    from tests.bench.node import NodeFigures
    from tests.bench.outage import Outage
    from tests.bench.pages import Waits
    from tests.bench.throughput import Rounds

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
_BEGIN: Final = "<!-- make bench ARGS=--write: begin -->"
_END: Final = "<!-- make bench ARGS=--write: end -->"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table that matters.

    Args:
        name: What is measured.
        measured: What came out; NaN = not measured.
        unit: Behind the number.
        target: What is asked for.
        at_least: Whether the target is the least, else it is the most.
        beside: What it is seen against in the same run.
    """

    name: str
    measured: float
    unit: str
    target: float
    at_least: bool
    beside: str = ""

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.measured != self.measured:  # NaN
            return "not measured"
        is_met = self.measured >= self.target if self.at_least else self.measured <= self.target
        return "met" if is_met else "MISSED"

    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, measured, target, verdict, and what it is seen beside."""
        asked = "at least" if self.at_least else "at most"
        measured = _number(self.measured, self.unit) if self.verdict != "not measured" else "–"
        return self.name, measured, f"{asked} {_number(self.target, self.unit)}", self.verdict, self.beside


def of_packs(found: Rounds) -> list[Figure]:
    """Figure 1."""
    limit = f"InfluxDB alone {found.limit:,.0f} rows/s, Lorong {found.rate:,.0f}"
    return [
        Figure("1 packs of 60 on InfluxDB, of its own limit", found.of_limit, "", 0.9, at_least=True, beside=limit),
        Figure(
            "1 packs of 60 on InfluxDB, of Telegraf", found.of_telegraf, "×", 1.5, at_least=True, beside=_other(found)
        ),
    ]


def of_singles(found: Rounds) -> list[Figure]:
    """Figure 2."""
    beside = f"{_other(found)}, Lorong {found.rate:,.0f}"
    return [
        Figure("2 single readings on InfluxDB, of Telegraf", found.of_telegraf, "×", 2.0, at_least=True, beside=beside)
    ]


def of_duckdb(found: Rounds) -> list[Figure]:
    """Figure 3."""
    beside = f"DuckDB alone {found.limit:,.0f} rows/s"
    return [Figure("3 packs of 60 on DuckDB", found.rate, "rows/s", 150_000, at_least=True, beside=beside)]


def of_outage(found: Outage) -> list[Figure]:
    """Figure 4."""
    size = f"{found.rows:,} messages at {found.rate:,.0f} a second"
    ends = f"first tenth {found.first:,.0f} rows/s, last {found.last:,.0f}"
    return [
        Figure("4 catching up a day: collector's memory", found.memory, "MB", 250, at_least=False, beside=size),
        Figure("4 catching up a day: last tenth of first", found.steadiness, "×", 1.0, at_least=True, beside=ends),
    ]


def of_node(found: NodeFigures) -> list[Figure]:
    """Figure 5."""
    looks = f"{found.looks} looks at ten sensors"
    return [
        Figure("5 node: processor, of one core", found.cpu_percent, "%", 1.0, at_least=False, beside=looks),
        Figure("5 node: memory without the diary", found.memory_mb, "MB", 40, at_least=False),
        Figure("5 node: written to disk a day", found.written_mb_a_day, "MB", 20, at_least=False),
    ]


def of_latency(found: Latency) -> list[Figure]:
    """Figure 6, for one store."""
    name = f"6 sensor to {found.store}"
    return [
        Figure(f"{name}: median", found.median, "s", 0.5, at_least=False, beside=f"{found.rows:,} rows"),
        Figure(f"{name}: 99th percentile", found.slow, "s", 2.0, at_least=False, beside=f"slowest {found.worst:.2f} s"),
    ]


def of_indices(found: Sequence[Indices]) -> list[Figure]:
    """Figure 7: the largest size, and how much more a quote costs there than in the smallest."""
    small, large = found[0], found[-1]
    growth = (large.cpu_seconds / large.quotes) / (small.cpu_seconds / small.quotes)
    size = f"{large.quotes:,} quotes, {large.cpu_seconds:.1f} s of processor"
    return [
        Figure("7 daily prices to indices", large.seconds, "s", 60, at_least=False, beside=size),
        Figure("7 daily prices to indices: memory", large.memory_mb, "MB", 4_000, at_least=False),
        Figure(
            "7 a quote at full size, of one at a quarter",
            growth,
            "×",
            1.2,
            at_least=False,
            beside=f"{small.quotes:,} quotes",
        ),
    ]


def of_city(found: CityDay) -> list[Figure]:
    """Figures 8 and 9."""
    made = f"{found.lanes:,} lanes, {found.computed:,} values"
    late = [
        Figure(
            f"9 a late {name}, recomputed", seconds, "s", 2.0, at_least=False, beside=f"{found.again[name]:,} values"
        )
        for name, seconds in found.late.items()
    ]
    return [Figure("8 a day's indicators of a city", found.day_seconds, "s", 30, at_least=False, beside=made), *late]


def of_pages(found: Sequence[Waits]) -> list[Figure]:
    """Figure 10, at steady load; how it was while the history loaded stands beside it."""
    loading, steady = found
    beside = f"{steady.pages:,} pages, median {steady.median:.3f} s; {loading.slow:.3f} s while {loading.name}"
    return [Figure("10 a page's first byte: 99th percentile", steady.slow, "s", 0.3, at_least=False, beside=beside)]


def text(figures: Sequence[Figure]) -> str:
    """The table for a terminal."""
    rows = [("", "measured", "asked for", "", "in the same run"), *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def write(figures: Sequence[Figure], *, about: str, tables: str) -> None:
    """Put the figures of a run into the page, in place of those of the last.

    Args:
        figures: The table.
        about: The machine, the versions, the day and the commit.
        tables: All that the run printed.
    """
    page = PAGE.read_text("utf-8")
    before, rest = page.split(_BEGIN)
    after = rest.split(_END)[1]
    lines = ["| | measured | asked for | | in the same run |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(figure.cells())} |" for figure in figures]
    run = "\n".join([_BEGIN, about, "", *lines, "", "```", tables.strip(), "```", _END])
    PAGE.write_text(f"{before}{run}{after}", "utf-8")


def _other(found: Rounds) -> str:
    rates = [flow.rows_per_second for flow in found.telegrafs]
    return f"Telegraf {sorted(rates)[len(rates) // 2]:,.0f} rows/s" if rates else "no Telegraf"


def _number(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    return f"{digits} {unit}".strip() if unit != "×" else f"{digits} ×"
