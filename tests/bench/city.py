"""How fast a city of 5,000 lanes has its indicators of a day, and one that a late reading changes."""

from __future__ import annotations

import csv
import resource
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analytics.periods import midnight_ms
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.catalogue.commodities import commodities
from commons.clock import SystemClock
from commons.rows import Block, event_time
from commons.sites import Site
from ingest.touched import Days, marks
from store import open_store
from store.settings import StoreSettings

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from analytics.runner import RunSummary
    from store.contract import Store

_CLOCK: Final = SystemClock()
_SITE: Final = Path(__file__).resolve().parents[2] / "deploy" / "sites" / "makassar"
_TODAY: Final = date(2026, 11, 2)
_MS: Final = 1_000_000
_HOUR_MS: Final = 3_600_000
_READINGS_A_DAY: Final = 144
_LANES_A_BLOCK: Final = 500
LANES: Final = 5_000
YEARS: Final = 10

ABOUT: Final = """
A city has 5,000 lanes with a node and two beds each, on DuckDB. A day's set is what a run computes after midnight, when
the day's 1.4 million soil readings, 700 harvests and the prices of 30 foods in two markets have come in, on top of a
quarter of weekly harvests of every lane and ten years of those prices. Then one soil reading, one harvest and one price
of the day before come in late, each followed by a run. Seconds are those of the processor.
"""


@dataclass(slots=True)
class _HandClock:
    """A clock that is set by hand, for what is said of the moment, and runs for what is measured."""

    now_ms: int = 0

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic(self) -> float:
        return _CLOCK.monotonic()

    def is_synchronised(self) -> bool:
        return True

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        return _CLOCK.sleep(seconds, until=until)


@dataclass(frozen=True, slots=True)
class CityDay:
    """What was measured.

    Args:
        lanes: How many lanes.
        day_seconds: A day's set [s of processor].
        computed: How many values that made.
        late: A late reading's run, by what came late [s of processor].
        again: How many values each of those runs looked at.
        first_seconds: The first run of all, with its history [s of processor].
    """

    lanes: int
    day_seconds: float
    computed: int
    late: Mapping[str, float]
    again: Mapping[str, int]
    first_seconds: float

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        yield f"  {self.lanes:,} lanes: {self.first_seconds:.1f} s of processor for the first run, with the history"
        yield f"  a day's set: {self.day_seconds:.1f} s, {self.computed:,} values"
        for name, seconds in self.late.items():
            yield f"  a late {name}: {seconds:.2f} s, {self.again[name]:,} values looked at"


def measure_city(lanes: int = LANES, *, years: int = YEARS) -> CityDay:
    """Fill a city, let it compute its history, then a day, then what three late readings change.

    Args:
        lanes: How many lanes.
        years: Of how many there are prices.
    """
    with tempfile.TemporaryDirectory() as folder:
        site = Site(_folder(Path(folder) / "site", lanes))
        settings = StoreSettings(url=f"duckdb:///{folder}/city.duckdb", memory_mb=2_000)
        with closing(open_store(settings, clock=_CLOCK)) as store:
            return _measured(_City(store, site), lanes, years)


def _measured(city: _City, lanes: int, years: int) -> CityDay:
    city.history(years)
    city.at(_TODAY, hour=0.2)
    first, _ = city.run()
    city.at(_TODAY, hour=0.5)
    city.run()  # by then the marks of the history have settled
    city.at(_TODAY, hour=23.9)
    city.soil(_TODAY)
    city.harvests(_TODAY, every=7)
    city.prices([_TODAY])
    city.at(_TODAY + timedelta(days=1), hour=0.2)
    day, summary = city.run()
    late, again = {}, {}
    for hour, (name, arrive) in enumerate(city.late(_TODAY).items(), start=2):
        city.at(_TODAY + timedelta(days=1), hour=hour + 0.5)
        city.run()
        arrive()
        late[name], found = city.run()
        again[name] = found.computed + found.unchanged
    return CityDay(lanes, day, summary.computed, late, again, first)


@dataclass(slots=True)
class _City:
    store: Store
    site: Site
    clock: _HandClock = field(default_factory=_HandClock)
    runner: Runner = field(init=False)

    def __post_init__(self) -> None:
        self.runner = Runner(self.store, self.site, self.clock, AnalyticsSettings())

    def at(self, day: date, *, hour: float) -> None:
        self.clock.now_ms = self._midnight(day) + round(hour * _HOUR_MS)

    def run(self) -> tuple[float, RunSummary]:
        """What is due, and the processor's seconds it took."""
        before = _processor()
        summary = self.runner.run_due()
        if summary.failed:
            raise RuntimeError(f"the benchmark's city cannot compute {summary.failed}")
        return _processor() - before, summary

    def history(self, years: int) -> None:
        """A quarter of weekly harvests, and the years of prices."""
        self.at(_TODAY, hour=0.1)
        for week in range(13, 0, -1):
            self.harvests(_TODAY - timedelta(days=7 * week), every=1)
        days = [_TODAY - timedelta(days=back) for back in range(365 * years, 0, -1)]
        for some in range(0, len(days), 365):
            self.prices(days[some : some + 365])

    def soil(self, day: date) -> None:
        """A reading of two beds of every lane each ten minutes."""
        midnight, lanes = self._midnight(day), list(self.site.lanes)
        times = [(midnight + step * 600_000) * _MS for step in range(_READINGS_A_DAY)]
        for first in range(0, len(lanes), _LANES_A_BLOCK):
            some = lanes[first : first + _LANES_A_BLOCK]
            for bed in ("b1", "b2"):
                tags: dict[str, Any] = {
                    "city": self.site.slug,
                    "lane": [lane for lane in some for _ in times],
                    "node": [f"{lane}-n1" for lane in some for _ in times],
                    "bed": bed,
                    "origin": "simulated",
                }
                moisture = [20.0 + (number % 90) / 10 for number in range(len(some) * len(times))]
                self._put(Block("soil", times * len(some), tags, {"moisture": moisture}))

    def harvests(self, day: date, *, every: int) -> None:
        """A harvest of every lane, or of each so-many-th."""
        lanes = list(self.site.lanes)[::every]
        entries = [f"{lane}/{day}" for lane in lanes]
        times = [event_time(self._midnight(day) + 8 * _HOUR_MS, entry=entry, version=1) for entry in entries]
        tags: dict[str, Any] = {"city": self.site.slug, "lane": lanes, "bed": "b1", "origin": "simulated"}
        tags["commodity"] = [("kangkung", "bayam", "cabai-rawit-merah")[number % 3] for number in range(len(lanes))]
        fields: dict[str, Any] = {
            "entry": entries,
            "version": [1.0] * len(lanes),
            "kg": [1.5 + n % 4 for n in range(len(lanes))],
        }
        self._put(Block("harvest", times, tags, fields))

    def prices(self, days: list[date], *, step: float = 0.0) -> None:
        """A price of each food of the basket on each day in two markets."""
        foods = [*self.site.weights, *(food for food in _more_foods() if food not in self.site.weights)][:30]
        markets = [market for market in self.site.markets.values() if market.level == "consumer"][:2]
        for market in markets:
            keys = [(food, day) for day in days for food in foods]
            entries = [f"{market.slug}/{food}/{day}" for food, day in keys]
            times = [
                event_time(self._midnight(day) + 9 * _HOUR_MS, entry=entry, version=1)
                for (_, day), entry in zip(keys, entries, strict=True)
            ]
            tags: dict[str, Any] = {
                "city": self.site.slug,
                "market": market.slug,
                "commodity": [food for food, _ in keys],
                "quote": "panel",
                "level": market.level,
                "source": market.source,
                "origin": "recorded",
            }
            prices = [20_000 + step + 10.0 * (day.toordinal() % 400) for _, day in keys]
            fields: dict[str, Any] = {"entry": entries, "version": [1.0] * len(keys), "price_idr": prices}
            self._put(Block("price", times, tags, fields))

    def late(self, day: date) -> dict[str, Any]:
        """What comes late of a day, each as something to call."""
        lane = next(iter(self.site.lanes))
        at = (self._midnight(day) + 1_234_567) * _MS
        soil = {"city": self.site.slug, "lane": lane, "node": f"{lane}-n1", "bed": "b1", "origin": "simulated"}
        entry: dict[str, Any] = {"entry": ["late"], "version": [1.0]}
        harvest = {"city": self.site.slug, "lane": lane, "bed": "b1", "commodity": "bayam", "origin": "simulated"}
        market = next(market for market in self.site.markets.values() if market.level == "consumer")
        price = {
            "city": self.site.slug,
            "market": market.slug,
            "commodity": next(iter(self.site.weights)),
            "quote": "second",
            "level": market.level,
            "source": market.source,
            "origin": "recorded",
        }
        return {
            "soil reading": lambda: self._put(Block("soil", [at], dict(soil), {"moisture": [31.0]})),
            "harvest": lambda: self._put(Block("harvest", [at], dict(harvest), {**entry, "kg": [2.0]})),
            "price": lambda: self._put(Block("price", [at], dict(price), {**entry, "price_idr": [31_000.0]})),
        }

    def _put(self, block: Block) -> None:
        touched = marks([block], Days(self.site.zone), city=self.site.slug, at_ms=self.clock.now_ms)
        self.store.write([touched, block])

    def _midnight(self, day: date) -> int:
        return midnight_ms(day, self.site.zone)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _more_foods() -> list[str]:
    return list(commodities())


def _folder(path: Path, lanes: int) -> Path:
    """Makassar's folder with so many lanes, each with two beds."""
    shutil.copytree(_SITE, path)
    lines = (_SITE / "lanes.csv").read_text("utf-8").splitlines()
    kelurahan = [row["kelurahan"] for row in csv.DictReader(lines)]
    names = [f"lane-{number:05d}" for number in range(lanes)]
    places = [kelurahan[number % len(kelurahan)] for number in range(lanes)]
    rows = [f"{name},{name},{place},-5.14,119.47,simulated,0" for name, place in zip(names, places, strict=True)]
    (path / "lanes.csv").write_text("\n".join(["lane,name,kelurahan,lat,lon,origin,verified", *rows, ""]), "utf-8")
    head = (_SITE / "beds.csv").read_text("utf-8").splitlines()[0]
    beds = [f"{name},b{n},Bedeng {n},kangkung,2.5,0.3,raised,30,13,48" for name in names for n in (1, 2)]
    (path / "beds.csv").write_text("\n".join([head, *beds, ""]), "utf-8")
    (path / "nodes.csv").write_text("node,lane,driver,origin,options\n", "utf-8")
    return path
