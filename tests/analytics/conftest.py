"""What the tests of analytics share: Makassar's folder, a clock to set by hand, and a city that fills a real store."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analytics.indicators import INDICATORS
from analytics.runner import Runner, RunSummary
from analytics.settings import AnalyticsSettings
from commons.clock import SystemClock
from commons.errors import StoreUnavailableError
from commons.rows import Block, event_time
from commons.sites import Site
from commons.touched import mark_time
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.passing import Passing

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from analytics.indicators.indicator import Indicator
    from store.contract import Store

SITES = Path(__file__).resolve().parents[2] / "deploy" / "sites"
Row = dict[str, Any]
Watch = Callable[..., "Watched"]
_NUMBERS = itertools.count()


class HandClock:
    """A clock that moves when it is told to, or when somebody sleeps."""

    def __init__(self, wall_ms: int) -> None:
        self.now_ms, self.is_right = wall_ms, True

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic(self) -> float:
        return self.now_ms / 1000

    def is_synchronised(self) -> bool:
        return self.is_right

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        self.now_ms += round(seconds * 1000)
        return until is not None and until.is_set()


class City:
    """A city in a store; whatever is written leaves the marks that the collector leaves."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store, self.site, self.clock = store, site, HandClock(0)
        self.at("2026-11-03 09:00")

    def at(self, moment: str) -> None:
        """Set the clock to a local moment, such as "2026-11-02 09:30"."""
        self.clock.now_ms = self.ms(datetime.fromisoformat(moment))

    def ms(self, local: datetime) -> int:
        return round(local.replace(tzinfo=self.site.zone).timestamp() * 1000)

    def midnight_ms(self, day: date | str) -> int:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return self.ms(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # the zone is the site's, in `ms`

    def put(self, block: Block, place: str) -> None:
        """Mark, then write, as the collector does."""
        seconds = [time // 1_000_000_000 for time in block.times]
        days = {datetime.fromtimestamp(s, UTC).astimezone(self.site.zone).date() for s in seconds}
        tags: dict[str, str | list[str]] = {"city": self.site.slug, "of": block.measurement, "place": place}
        times = [mark_time(self.clock.now_ms, day) for day in sorted(days)]
        marks = Block("touched", times, tags, {"at": [float(self.clock.now_ms)] * len(times)})
        self.store.write([marks, block])

    def soil(
        self,
        lane: str,
        bed: str,
        day: str,
        moisture: float,
        *,
        hours: Iterable[int] = range(24),
        origin: str = "measured",
        node: str = "",
    ) -> None:
        """One reading at half past each hour."""
        midnight = self.midnight_ms(day)
        times = [(midnight + hour * 3_600_000 + 1_800_000) * 1_000_000 for hour in hours]
        tags: dict[str, str | list[str]] = {
            "city": self.site.slug,
            "lane": lane,
            "node": node or f"{lane}-n1",
            "bed": bed,
            "origin": origin,
        }
        self.put(Block("soil", times, tags, {"moisture": [moisture] * len(times)}), lane)

    def harvest(
        self,
        lane: str,
        day: str,
        entry: str,
        *,
        commodity: str = "",
        version: int = 1,
        origin: str = "typed",
        **fields: float,
    ) -> None:
        """One version of an entry, at eight in the morning: kg, pieces, nothing, void."""
        at_ms = self.midnight_ms(day) + 8 * 3_600_000
        tags: dict[str, str | list[str]] = {
            "city": self.site.slug,
            "lane": lane,
            "bed": "b1" if commodity else "",
            "commodity": commodity,
            "origin": origin,
        }
        said: dict[str, Any] = {name: [value] for name, value in fields.items()}
        said |= {"entry": [entry], "version": [float(version)]}
        self.put(Block("harvest", [event_time(at_ms, entry=entry, version=version)], tags, said), lane)

    def prices(
        self,
        market: str,
        commodity: str,
        prices: Mapping[date, float],
        *,
        quote: str = "a",
        origin: str = "recorded",
        version: int = 1,
        level: str = "",
    ) -> None:
        """A quote's daily prices, one entry a day."""
        known = self.site.markets[market]
        entries = [f"{market}/{commodity}/{quote}/{day}" for day in prices]
        times = [
            event_time(self.midnight_ms(day), entry=entry, version=version)
            for day, entry in zip(prices, entries, strict=True)
        ]
        tags: dict[str, str | list[str]] = {
            "city": self.site.slug,
            "market": market,
            "commodity": commodity,
            "quote": quote,
            "level": level or known.level,
            "source": known.source,
            "origin": origin,
        }
        versions = [float(version)] * len(times)
        block = Block(
            "price", times, tags, {"price_idr": [*prices.values()], "entry": [*entries], "version": [*versions]}
        )
        self.put(block, market)

    def run(self, *names: str, indicators: Mapping[str, Indicator] = INDICATORS, failing: bool = False) -> RunSummary:
        """Compute what is due of these indicators, by default of all, with a runner that remembers nothing."""
        settings = AnalyticsSettings(indicators=names)
        summary = Runner(self.store, self.site, self.clock, settings, indicators).run_due()
        assert failing or not summary.failed, summary.failed
        return summary

    def rows(self, measurement: str, **where: str) -> list[Row]:
        """Rows in time order as everybody reads them, `day` being the local day."""
        return self._dated(Query(measurement, where={"city": self.site.slug, **where}))

    def refused(self, measurement: str, **where: str) -> list[Row]:
        """The rows that have no value."""
        found = self._dated(Query(measurement, where={"city": self.site.slug, **where}, quality="all"))
        return [row for row in found if row["refused"]]

    def _dated(self, query: Query) -> list[Row]:
        table = self.store.read(query).to_pylist()
        return [{**row, "day": row["time"].tz_convert(self.site.timezone).date().isoformat()} for row in table]

    def row(self, measurement: str, day: str = "", **where: str) -> Row:
        """The one row there is (on that local day)."""
        (found,) = [row for row in self.rows(measurement, **where) if day in ("", row["day"])]
        return found


class Watched(Passing):
    """The store, looked at from outside: what is written, what it no longer keeps, and whether it is away."""

    def __init__(self, store: Any, *, deaf_to: str = "", keeps_from: int | None = None, away: bool = False) -> None:
        super().__init__(store)
        self._deaf_to, self._keeps_from, self._away = deaf_to, keeps_from, away
        self.written: list[str] = []

    def write(self, batch: Sequence[Block]) -> None:
        kept = [block for block in batch if block.measurement != self._deaf_to]
        self.written += [block.measurement for block in kept]
        self._store.write(kept)

    def read(self, query: Query) -> pa.Table:
        if self._away:
            raise StoreUnavailableError("the store is away")
        if query.measurement == "soil" and self._keeps_from is not None:
            query = replace(query, start=max(query.start or 0, self._keeps_from))
        return self._store.read(query)

    def close(self) -> None:
        self._store.close()


def named(site: Site, slug: str = "") -> Site:
    """The site under another name, by default one that no test had before."""
    site.slug = slug or f"city-{next(_NUMBERS)}"
    return site


@pytest.fixture
def watch() -> Watch:
    """Looks at a store from outside."""
    return Watched


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    """A copy of Makassar's folder, to be changed."""
    return Path(shutil.copytree(SITES / "makassar", tmp_path / "makassar"))


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    """One DuckDB in memory for all tests: each has a city of its own in it."""
    opened = open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def make_city(store: Store) -> Callable[[], City]:
    """Makassar under a name of its own, at nine in the morning of Tuesday, 3 November 2026, with nothing stored."""
    return lambda: City(store, named(Site(SITES / "makassar")))


@pytest.fixture(scope="session")
def city_in() -> Callable[[Store, Site], City]:
    """Any site in any store."""
    return City


@pytest.fixture
def city(make_city: Callable[[], City]) -> City:
    """One such city."""
    return make_city()


@pytest.fixture
def days() -> Days:
    """Runs of days with one price."""
    return Days()


class Days:
    """A price for each day of a month."""

    def month(self, month: str, price: float, *, days: int = 20) -> dict[date, float]:
        """The same price on the first days of a month."""
        first = date.fromisoformat(f"{month}-01")
        return {first + timedelta(days=number): price for number in range(days)}

    def months(self, first: str, prices: Iterable[float]) -> dict[date, float]:
        """Consecutive months, a price each."""
        year, month = map(int, first.split("-"))
        found: dict[date, float] = {}
        for number, price in enumerate(prices, start=month - 1):
            found |= self.month(f"{year + number // 12}-{number % 12 + 1:02d}", price)
        return found
