"""One run: what is due is read, computed, compared with what is stored, and written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from analytics import entries, frames
from analytics.backlog import Due, Memory, due
from analytics.indicators import INDICATORS
from analytics.periods import day_of, local_days, midnight_ns
from analytics.results import Changes, changes
from analytics.revision import digest
from analytics.touches import Touch
from commons.catalogue import measurement
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import StoreUnavailableError, UnknownNameError
from commons.logs import Log
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from analytics.frames import Row
    from analytics.indicators.indicator import Indicator, Source
    from analytics.settings import AnalyticsSettings
    from commons.clock import Clock
    from commons.sites import Site
    from store.contract import Store

_FACTS_DIGITS: Final = 8


@dataclass(slots=True)
class RunSummary:
    """What a run did.

    Args:
        computed: Values written, because they are new or changed.
        unchanged: Values that came out as they are stored.
        corrected: Earlier values put into a history.
        withdrawn: Values that no longer have enough to stand on.
        failed: Indicators that could not be computed, with the reason; they are tried again in the next run.
    """

    computed: int = 0
    unchanged: int = 0
    corrected: int = 0
    withdrawn: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def count(self, found: Changes) -> None:
        """Add one indicator's changes."""
        self.computed += len(found.rows)
        self.unchanged += found.unchanged
        self.corrected += len(found.earlier)
        self.withdrawn += found.withdrawn


class Runner:
    """Keeps a city's indicators up to date.

    It remembers nothing itself: what is due is told by the marks and the job rows in the store. Two runners on one
    store do the same work twice and agree.

    Args:
        store: Where readings rest and values go.
        site: The city.
        clock: What time it is.
        settings: Which indicators, and how long marks settle.
        indicators: Every indicator there is.

    Raises:
        UnknownNameError: The settings name an indicator that does not exist.
    """

    def __init__(
        self,
        store: Store,
        site: Site,
        clock: Clock,
        settings: AnalyticsSettings,
        indicators: Mapping[str, Indicator] = INDICATORS,
    ) -> None:
        self._store, self._site, self._clock = store, site, clock
        self._settle_ms = round(settings.settle_seconds * 1000)
        self._indicators = in_order(indicators, settings.indicators)
        self._versions = {indicator.name: version(indicator, site) for indicator in self._indicators}
        self._lock = threading.Lock()
        self._log = Log("analytics.runner")

    def run_due(self, stop: threading.Event | None = None) -> RunSummary:
        """Compute what is due; a second call waits until the first is done. Nothing is, before the clock is right.

        One indicator's failure is logged, remembered in its job row and tried again; it never stops the others.

        Args:
            stop: When it is set, no further indicator is begun.

        Raises:
            StoreUnavailableError: The store is away; everything not yet computed stays due.
        """
        summary = RunSummary()
        if not self._clock.is_synchronised():
            self._log.warning("waiting for the right time", wall_ms=self._clock.wall_ms())
            return summary
        with self._lock:
            memories = self._memories()
            for indicator in self._indicators:
                if stop is not None and stop.is_set():
                    break
                self._attempt(indicator, memories.get(indicator.name), summary)
            return summary

    def _attempt(self, indicator: Indicator, memory: Memory | None, summary: RunSummary) -> None:
        now_ms, begun = self._clock.wall_ms(), self._clock.monotonic()
        try:
            found = self._run(indicator, memory, now_ms)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever one indicator stumbles over, the others go on
            summary.failed[indicator.name] = f"{type(error).__name__}: {error}"
            self._log.error("failed", indicator=indicator.name, reason=summary.failed[indicator.name])
            self._remember(indicator, failed=summary.failed[indicator.name])
            return
        summary.count(found)
        seconds = self._clock.monotonic() - begun
        self._remember(
            indicator,
            watermark=float(now_ms - self._settle_ms),
            method=self._versions[indicator.name],
            computed=float(len(found.rows)),
            seconds=seconds,
            failed="",
        )
        if found.rows:
            facts = {"written": len(found.rows), "corrected": len(found.earlier), "withdrawn": found.withdrawn}
            self._log.info("computed", indicator=indicator.name, **facts, seconds=round(seconds, 3))

    def _run(self, indicator: Indicator, memory: Memory | None, now_ms: int) -> Changes:
        touches = self._touches(indicator, memory)
        wanted = self._due(indicator, memory, touches, now_ms)
        if not wanted:
            return Changes()
        read = {source.measurement: self._read(indicator, source, wanted) for source in indicator.reads}
        moved = [touch for name, rows in read.items() for touch in self._moved(name, rows, touches)]
        if moved:
            wanted = self._due(indicator, memory, [*touches, *moved], now_ms)
        found = changes(
            indicator,
            indicator.compute(read, self._site, now_ms=now_ms),
            self._stored(indicator, wanted),
            wanted,
            site=self._site,
            now_ms=now_ms,
            inputs_from=self._inputs_from(indicator, wanted, read),
        )
        if found.rows:
            self._store.write([*self._marks(indicator, found, now_ms), *found.blocks(indicator.name)])
        return found

    def _due(self, indicator: Indicator, memory: Memory | None, touches: Iterable[Touch], now_ms: int) -> Due:
        return due(
            indicator,
            memory,
            touches,
            version=self._versions[indicator.name],
            now_ms=now_ms,
            zone=self._site.zone,
            spread=lambda place: indicator.spread(self._site, place),
        )

    def _touches(self, indicator: Indicator, memory: Memory | None) -> list[Touch]:
        """The marks of what it reads that were made since its last run; none if it never ran."""
        if memory is None:
            return []
        marks = self._store.read(Query("touched", where={"city": self._site.slug, "of": indicator.builds_on}))
        made_since = marks.filter(pc.greater(marks["at"], float(memory.watermark_ms)))
        return [Touch(row["of"], row["place"], self._day(row), round(row["at"])) for row in frames.rows(made_since)]

    def _read(self, indicator: Indicator, source: Source, wanted: Due) -> pd.DataFrame:
        """Samples of the places and periods that are due; of all else, everything."""
        where: dict[str, Any] = {"city": self._site.slug}
        ranges: list[tuple[date | None, date | None]] = [(None, None)]
        if source.window is not None:
            ranges = wanted.ranges(indicator.periods[0])
            places = wanted.places()
            where |= {} if places is None else {indicator.place: places}
        queries = (
            Query(
                source.measurement,
                start=self._midnight(first),
                stop=self._midnight(after),
                where=where,
                fields=source.fields,
                window=source.window,
                timezone=self._site.timezone,
                by=source.by,
            )
            for first, after in ranges
        )
        return frames.frame(*(self._store.read(query) for query in queries))

    def _moved(self, name: str, log: pd.DataFrame, touches: Iterable[Touch]) -> list[Touch]:
        of = measurement(name)
        if of.kind != "event":
            return []
        place = "market" if "market" in of.tags else "lane"
        return entries.moved(log, list(touches), of=name, place=place, zone=self._site.zone)

    def _stored(self, indicator: Indicator, wanted: Due) -> list[Row]:
        longest = indicator.periods[-1]
        places = wanted.places()
        where = {"city": self._site.slug} | ({} if places is None else {indicator.place: places})
        tables = (
            self._store.read(Query(indicator.name, self._midnight(first), self._midnight(after), where, quality="all"))
            for first, after in wanted.ranges(longest)
        )
        return [{**row, "start": self._day(row)} for table in tables for row in frames.rows(table)]

    def _inputs_from(self, indicator: Indicator, wanted: Due, read: Mapping[str, pd.DataFrame]) -> date:
        """The first day whose samples are still kept, where everything was asked for: a store forgets old samples."""
        samples = [read[source.measurement] for source in indicator.reads if source.window is not None]
        if not (samples and wanted.is_everything):
            return date.min
        firsts = [local_days(rows["time"], self._site.zone).min().date() for rows in samples if not rows.empty]
        return min(firsts, default=date.max)

    def _marks(self, indicator: Indicator, found: Changes, now_ms: int) -> list[Any]:
        """Marks for the indicators that build on this one, written before the values as the collector does."""
        if not any(indicator.name in other.builds_on for other in self._indicators):
            return []
        touched = [
            {"city": self._site.slug, "of": indicator.name, "place": place, "time": self._midnight(start), "at": now_ms}
            for place, start in found.touched
        ]
        return [frames.block("touched", touched)]

    def _memories(self) -> dict[str, Memory]:
        rows = frames.rows(self._store.read(Query("job", where={"city": self._site.slug})))
        return {
            row["indicator"]: Memory(round(row["watermark"]), row["method"])
            for row in rows
            if row["watermark"] is not None and row["method"] is not None
        }

    def _remember(self, indicator: Indicator, **fields: float | str) -> None:
        row = {"city": self._site.slug, "indicator": indicator.name, "time": 0, **fields}
        self._store.write([frames.block("job", [row])])

    def _midnight(self, day: date | None) -> int | None:
        return None if day is None else midnight_ns(day, self._site.zone)

    def _day(self, row: Row) -> date:
        return day_of(row["time"] // NANOSECONDS_PER_MILLISECOND, self._site.zone)


def version(indicator: Indicator, site: Site) -> str:
    """An indicator's method and a digest of the site facts that it uses, as its job row remembers them."""
    return f"{indicator.method}+{digest(indicator.facts(site))[:_FACTS_DIGITS]}"


def in_order(indicators: Mapping[str, Indicator], names: Iterable[str] = ()) -> list[Indicator]:
    """Indicators so that each comes after those it builds on.

    Args:
        indicators: Every indicator by name.
        names: The ones wanted; empty = all.

    Raises:
        UnknownNameError: A name is not among the indicators.
    """
    wanted = set(names) or set(indicators)
    for name in sorted(wanted - set(indicators)):
        raise UnknownNameError("indicator", name, indicators)
    graph = {name: [other for other in indicators[name].builds_on if other in wanted] for name in sorted(wanted)}
    return [indicators[name] for name in TopologicalSorter(graph).static_order()]
