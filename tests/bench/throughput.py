"""Rows per second from a full broker to the store: the store's own limit, Lorong and Telegraf, taking turns."""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store.settings import StoreSettings
from tests.bench.flow import Flow, measure
from tests.bench.limits import duck_limit, influx_limit, make_buckets
from tests.bench.load import PROBES, catching_up
from tests.bench.servers import busy_elsewhere, influx
from tests.bench.telegraf import measure_telegraf, telegraf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.load import Load

ROUNDS: Final = 3
ABOUT: Final = f"""
A rate is rows over seconds: from the moment the collector (a process of its own) has subscribed to a broker that holds
every message, to its answer that the last one is in the store (answers go out each 0.1 s here, so that the end is seen
when it comes); every row is then counted in the store. {PROBES} nodes, soil rows of 3 fields. Telegraf gets the same
rows as JSON objects (packs as arrays of them), QoS 1, a persistent session, acknowledged when delivered, up to 10,000
messages under way, from its connection to the last row that it says InfluxDB took. The limit is the store's alone, the
same rows made beforehand: InfluxDB by line protocol, 5,000 rows a request on one open connection, no gzip; DuckDB by
Arrow tables of 20,000 rows into a plain table, a commit each. Median of the rounds, lowest and highest in brackets;
they take turns, each with servers of its own. Busy elsewhere: the cores that others took meanwhile, in the worst round;
above 0.1 the rates are not this machine's own.
"""
_HEAD: Final = f"{'':<28} {'rows/s':>31} {'of limit':>8} {'CPU s/million rows':>18} {'MB':>5} {'rows':>8} {'busy':>9}"
_UNDER: Final = f"{'':<28} {'':>31} {'':>8} {'taker':>10} {'store':>7} {'peak':>5} {'a batch':>8} {'elsewhere':>9}"


@dataclass
class Rounds:
    """What one kind of message came to on one store.

    Args:
        name: The store and the messages.
        limits: What the store takes when nothing stands before it [rows/s].
        flows: Lorong's measurements.
        telegrafs: Telegraf's, where there is one.
        elsewhere: How many cores others took.
    """

    name: str
    limits: list[float] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    telegrafs: list[Flow] = field(default_factory=list)
    elsewhere: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Lorong's [rows/s]."""
        return statistics.median(flow.rows_per_second for flow in self.flows)

    @property
    def limit(self) -> float:
        """The store's own [rows/s]."""
        return statistics.median(self.limits)

    @property
    def of_limit(self) -> float:
        """Lorong's rate over the store's limit in the same round."""
        return self._ratio(self.flows, self.limits)

    @property
    def of_telegraf(self) -> float:
        """Lorong's rate over Telegraf's in the same round; NaN without Telegraf."""
        rates = [flow.rows_per_second for flow in self.telegrafs]
        return self._ratio(self.flows, rates) if rates else float("nan")

    def lines(self) -> list[str]:
        """The lines of the table."""
        lines = [f"{self.name + ': limit':<28} {_spread(self.limits):>31}"]
        for who, flows in (("Lorong", self.flows), ("Telegraf", self.telegrafs)):
            if flows:
                lines.append(self._line(f"{self.name}: {who}", flows))
        return lines

    def _line(self, name: str, flows: list[Flow]) -> str:
        taker, store, memory, batch = (
            statistics.median(getattr(flow, of) for flow in flows)
            for of in ("taker_cpu", "store_cpu", "memory", "batch_rows")
        )
        spent = "in it" if store != store else f"{store:.1f}"  # noqa: PLR0124  # NaN: the store is in the collector
        rates = _spread([flow.rows_per_second for flow in flows])
        ratio = self._ratio(flows, self.limits)
        return (
            f"{name:<28} {rates:>31} {ratio:>8.2f} {taker:>10.1f} {spent:>7} {memory:>5.0f} {batch:>8,.0f}"
            f" {max(self.elsewhere):>9.1f}"
        )

    @staticmethod
    def _ratio(flows: Sequence[Flow], others: Sequence[float]) -> float:
        return statistics.median(flow.rows_per_second / other for flow, other in zip(flows, others, strict=True))


def head() -> str:
    """The table's head."""
    return f"{_HEAD}\n{_UNDER}"


def packs(*, scale: float = 1.0) -> Load:
    """Packs of 60 rows."""
    return catching_up("packs", readings=60, packs=max(1, round(50 * scale)))


def singles(*, scale: float = 1.0) -> Load:
    """A reading a message."""
    return catching_up("singles", readings=1, packs=max(1, round(300 * scale)))


def on_duckdb(load: Load, rounds: int) -> Rounds:
    """DuckDB in the collector's own process."""
    return _rounds(Rounds(f"DuckDB, {load.name}"), load, rounds, _duck_round)


def on_influxdb(load: Load, rounds: int) -> Rounds:
    """A real InfluxDB, and Telegraf where it is found."""
    return _rounds(Rounds(f"InfluxDB, {load.name}"), load, rounds, _influx_round)


def _rounds(found: Rounds, load: Load, rounds: int, measured: Callable[[Load, Path, Rounds], None]) -> Rounds:
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, busy_elsewhere(found.elsewhere):
            measured(load, Path(folder), found)
    return found


def _duck_round(load: Load, folder: Path, found: Rounds) -> None:
    found.limits.append(duck_limit(load, folder / "limit.duckdb"))
    settings = StoreSettings(url=f"duckdb:///{folder / 'flow.duckdb'}")
    found.flows.append(measure(load, settings, folder / "flow"))


def _influx_round(load: Load, folder: Path, found: Rounds) -> None:
    """Each on a new server, so that none finds another's rows."""
    with influx(folder / "limit") as (settings, _):
        found.limits.append(influx_limit(load, settings))
    with influx(folder / "lorong") as (settings, pid):
        found.flows.append(measure(load, settings, folder / "flow", store_pid=pid))
    if telegraf() is None:
        return
    with influx(folder / "telegraf") as (settings, pid):
        make_buckets(settings)
        found.telegrafs.append(measure_telegraf(load, settings, folder / "other", store_pid=pid))


def _spread(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):,.0f} [{min(rates):,.0f}-{max(rates):,.0f}]"
