"""How fast a country's daily prices become monthly indices: `python -m tests.bench.indices 514` measures one size."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd

from analytics.methods.price_index import aggregate, contributions, elementary, rates
from commons.clock import SystemClock

_CLOCK: Final = SystemClock()
REGENCIES: Final = 514
COMMODITIES: Final = 30
_DAYS: Final = 3_653
_SEED: Final = 20_26
_LIMITS: Final[dict[str, str | bool | int | float | list[str]]] = {"memory_limit": "2GB", "threads": 2}

ABOUT: Final = """
Prices are drawn from a seed by a script: 514 regencies x 30 commodities x ten years of days, 3 % of them missing.
They lie in a Parquet file. What is measured, in a process of its own, begins with the file and ends with the indices of
every commodity and of every regency, their monthly, year-to-date and annual rates, and the contribution of every
commodity to the monthly and the annual rate: DuckDB takes the geometric means of the months, and the methods are those
that the indicators use, over all regencies at once.
"""


@dataclass(frozen=True, slots=True)
class Indices:
    """One size.

    Args:
        quotes: Daily prices.
        seconds: On the wall [s].
        cpu_seconds: Of all cores [s].
        memory_mb: The most that the process held [MB].
        indices: Monthly indices of regencies.
        off: The most that contributions differ from the change that they explain [pp].
    """

    quotes: int
    seconds: float
    cpu_seconds: float
    memory_mb: float
    indices: int
    off: float

    def text(self) -> str:
        """In a line."""
        return (
            f"  {self.quotes:>12,} quotes  {self.seconds:6.1f} s  {self.cpu_seconds:6.1f} s of processor  "
            f"{self.memory_mb:6,.0f} MB  {self.cpu_seconds / self.quotes * 1e6:6.3f} s a million"
        )


def measure_indices(regencies: int) -> Indices:
    """Make the prices of so many regencies, and measure in a process of its own what becomes of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quotes.parquet"
        make(path, regencies)
        command = [sys.executable, "-m", "tests.bench.indices", str(path)]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        return Indices(**json.loads(found.stdout))


def make(path: Path, regencies: int) -> None:
    """Write daily prices: a level of the commodity, a trend and a season of the regency, and chance."""
    chance = f"hash(r, c, d, {_SEED})"
    price = (
        "(5000 + 3000 * c) * exp(0.0001 * d * (1 + r % 5) / 3 + 0.15 * sin(d / 58.1 + c + r % 12)"
        f" + 0.05 * ({chance} % 1000) / 1000)"
    )
    with duckdb.connect(config=_LIMITS) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(
            f"""COPY (SELECT r::SMALLINT AS regency, c::TINYINT AS commodity, DATE '2016-01-01' + d::INT AS day,
            round({price}) AS price_idr FROM range({int(regencies)}) AS a(r), range({COMMODITIES}) AS b(c),
            range({_DAYS}) AS e(d) WHERE {chance} % 33 <> 0) TO '{path}' (FORMAT parquet)"""  # noqa: S608  # numbers
        )


def compute(path: Path) -> Indices:
    """From the daily prices to indices, rates and contributions."""
    began = _CLOCK.monotonic()
    count, prices = _months(path)
    by = pd.Series(prices.columns, index=prices.columns)
    own = pd.DataFrame(elementary(prices, by=by)["index"])
    regency = pd.Series([name.split()[0] for name in own.columns], index=own.columns)
    whole = aggregate(own, pd.Series(1.0, index=own.columns), pd.DataFrame({"regency": regency}))
    change = rates(whole.groups)
    monthly = contributions(whole.nk, within=regency)
    contributions(whole.nk, comparison="year_on_year", within=regency)
    rates(own)
    added = monthly.T.groupby(regency).sum().T
    explained = change["month_on_month"].set_axis([path[0] for path in whole.groups.columns], axis=1)[added.columns]
    off = float(np.nanmax(np.abs((added - explained).iloc[1:].to_numpy())))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Indices(
        quotes=count,
        seconds=_CLOCK.monotonic() - began,
        cpu_seconds=used.ru_utime + used.ru_stime,
        memory_mb=used.ru_maxrss / 1000,
        indices=int(whole.groups.notna().to_numpy().sum()),
        off=off,
    )


def _months(path: Path) -> tuple[int, pd.DataFrame]:
    """How many prices there are, and the geometric mean of each month, a column for each regency and commodity."""
    with duckdb.connect(config=_LIMITS) as con:
        found = con.execute(
            "SELECT regency, commodity, date_trunc('month', day) AS month, exp(avg(ln(price_idr))) AS price,"
            " count(*) AS days FROM read_parquet(?) WHERE price_idr > 0 GROUP BY ALL",
            [str(path)],
        ).df()
    named = found.assign(item=found["regency"].astype(str) + " " + found["commodity"].astype(str))
    table = named.pivot_table(index="month", columns="item", values="price")
    return int(found["days"].sum()), table.set_axis(pd.PeriodIndex(table.index, freq="M"), axis=0)


if __name__ == "__main__":
    json.dump(asdict(compute(Path(sys.argv[1]))), sys.stdout)
