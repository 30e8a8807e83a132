"""One run: what is due is read, computed, compared with what is stored, and written."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from analytics import entries
from analytics.backlog import asked_for, due
from analytics.flagging import Flagging
from analytics.indicators import INDICATORS
from analytics.inputs import Inputs
from analytics.memory import Memories, of_values
from analytics.order import in_order, version, with_builders
from analytics.results import Changes, changes
from commons.catalogue import measurement
from commons.errors import StoreUnavailableError
from commons.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.backlog import Due, Memory
    from analytics.indicators.indicator import Frames, Indicator, Source
    from analytics.memory import Job
    from analytics.settings import AnalyticsSettings
    from analytics.touches import Touch
    from commons.clock import Clock
    from commons.sites import Site
    from store.contract import Store

_BACKFILL_PASSES: Final = 4


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
        self._memories = Memories(store, site)
        self._settle_ms = round(settings.settle_seconds * 1000)
        self._indicators = in_order(indicators, settings.indicators)
        self._built_on = {name for indicator in indicators.values() for name in indicator.builds_on}
        self._versions = {indicator.name: version(indicator, site) for indicator in self._indicators}
        self._flagging = Flagging(store, site, clock, settle_ms=self._settle_ms)
        self._own: set[Touch] = set()
        self._lock = threading.Lock()
        self._log = Log("analytics.runner")

    def run_due(self, stop: threading.Event | None = None) -> RunSummary:
        """Compute what is due; a second call waits until the first is done. Nothing is, before the clock is right.

        One indicator's failure is logged, remembered in its job row and tried again; it never stops the others. Where
        nothing is due, a run reads the marks only (for the flags and for the indicators) and writes the job rows once.

        Args:
            stop: When it is set, no further indicator is begun.

        Raises:
            StoreUnavailableError: The store is away; everything not yet computed stays due.
        """
        with self._lock:
            run = _Run(self._clock.wall_ms(), self._inputs())
            if not self._clock.is_synchronised():
                self._log.warning("waiting for the right time", wall_ms=run.now_ms)
                return run.summary
            if stop is None or not stop.is_set():
                self._flagging.run()
            memories = self._memories.all()
            seen = [memories[each.name].watermark_ms for each in self._indicators if each.name in memories]
            run.touches = self._memories.touches(min(seen)) if seen else []
            self._own &= set(run.touches)
            for indicator in self._indicators:
                if stop is not None and stop.is_set():
                    break
                self._attempt(indicator, memories.get(indicator.name), run)
            self._memories.keep(run.idle)
            return run.summary

    def backfill(self, names: Iterable[str], first: date, last: date) -> RunSummary:
        """Compute the periods that days of a range lie in, and what builds on them; what was remembered stays.

        Each indicator is computed until nothing changes any more: another run may have written meanwhile from data that
        came later than those that were read here.

        Args:
            names: The indicators; those that build on them are computed too, after them.
            first: The first day.
            last: The last day.

        Raises:
            StoreUnavailableError: The store is away; run it again.
            UnknownNameError: A name is not among the indicators.
        """
        with self._lock:
            run = _Run(self._clock.wall_ms(), self._inputs())
            for indicator in with_builders(self._indicators, names):
                try:
                    self._backfill(indicator, first, last, run)
                except StoreUnavailableError:
                    raise
                except Exception as error:  # noqa: BLE001  # as in a run that is due
                    run.summary.failed[indicator.name] = f"{type(error).__name__}: {error}"
            return run.summary

    def _attempt(self, indicator: Indicator, memory: Memory | None, run: _Run) -> None:
        begun = self._clock.monotonic()
        try:
            found = self._compute_due(indicator, memory, run)
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever one indicator stumbles over, the others go on
            reason = run.summary.failed[indicator.name] = f"{type(error).__name__}: {error}"
            self._log.error("failed", indicator=indicator.name, reason=reason)
            self._memories.keep({indicator.name: {"failed": reason}})
            return
        job: Job = {"watermark": float(run.now_ms - self._settle_ms), "method": self._versions[indicator.name]}
        if found is None:
            run.idle[indicator.name] = {**job, "failed": ""}
            return
        run.summary.count(found)
        seconds = self._clock.monotonic() - begun
        self._memories.keep(
            {indicator.name: {**job, "computed": float(len(found.rows)), "seconds": seconds, "failed": ""}}
        )
        if found.rows:
            facts = {"written": len(found.rows), "corrected": len(found.earlier), "withdrawn": found.withdrawn}
            self._log.info("computed", indicator=indicator.name, **facts, seconds=round(seconds, 3))

    def _compute_due(self, indicator: Indicator, memory: Memory | None, run: _Run) -> Changes | None:
        """Compute what is due of an indicator and write what changes; None = nothing is due."""
        touches = [touch for touch in run.touches_of(indicator, memory) if not self._has_seen(touch, memory, run)]
        wanted = self._due(indicator, memory, touches, run.now_ms)
        if not wanted:
            return None
        if moved := [touch for source in indicator.reads for touch in self._moved(source, touches, run)]:
            wanted = self._due(indicator, memory, [*touches, *moved], run.now_ms)
        read = run.inputs.read(indicator, wanted)
        kept_from = run.inputs.kept_from(indicator, read) if wanted.is_everything else date.min
        return self._write(indicator, wanted, read, run, kept_from=kept_from)

    def _backfill(self, indicator: Indicator, first: date, last: date, run: _Run) -> None:
        wanted = asked_for(
            indicator,
            (first, last),
            [touch for touch in run.touches if touch.of in indicator.builds_on],
            now_ms=run.now_ms,
            zone=self._site.zone,
            spread=lambda place: indicator.spread(self._site, place),
        )
        found = Changes()
        for attempt in range(_BACKFILL_PASSES):
            run.inputs = self._inputs()
            read = run.inputs.read(indicator, wanted)
            found = self._write(indicator, wanted, read, run, kept_from=run.inputs.kept_from(indicator, read))
            found.unchanged *= attempt == 0
            run.summary.count(found)
            if not found.rows:
                return

    def _write(self, indicator: Indicator, wanted: Due, read: Frames, run: _Run, *, kept_from: date) -> Changes:
        """Compute, and write what changes: first the marks for what builds on it, as the collector does."""
        found = changes(
            indicator,
            indicator.compute(read, self._site, now_ms=run.now_ms),
            run.inputs.stored(indicator, wanted),
            wanted,
            site=self._site,
            now_ms=run.now_ms,
            inputs_from=kept_from,
        )
        if found.rows:
            touched = of_values(indicator.name, found.touched, run.now_ms)
            marks = [self._memories.marks(touched)] if indicator.name in self._built_on else []
            self._store.write([*marks, *found.blocks(indicator.name)])
            run.touches += touched
            run.own.update(touched)
            self._own.update(touched)
        return found

    def _has_seen(self, touch: Touch, memory: Memory | None, run: _Run) -> bool:
        """Whether an indicator has seen a change that this runner made: in the same run, with its values in the store.

        Of what others mark the rows may follow later, and so it is looked at once more.
        """
        was_there = memory is not None and memory.watermark_ms >= touch.at_ms - self._settle_ms
        return was_there and touch in self._own and touch not in run.own

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

    def _moved(self, source: Source, touches: Iterable[Touch], run: _Run) -> list[Touch]:
        of = measurement(source.measurement)
        if of.kind != "event":
            return []
        place = "market" if "market" in of.tags else "lane"
        return entries.moved(run.inputs.edited(source), list(touches), of=of.name, place=place, zone=self._site.zone)

    def _inputs(self) -> Inputs:
        return Inputs(self._store, self._site, once=True)


@dataclass(slots=True)
class _Run:
    """What one run knows: its moment [ms since 1970 UTC], what it read, what was touched, by it too, and idle jobs."""

    now_ms: int
    inputs: Inputs
    summary: RunSummary = field(default_factory=RunSummary)
    touches: list[Touch] = field(default_factory=list)
    own: set[Touch] = field(default_factory=set)
    idle: dict[str, Job] = field(default_factory=dict)

    def touches_of(self, indicator: Indicator, memory: Memory | None) -> list[Touch]:
        """The marks of what it reads that were made since its last run; none if it never ran."""
        if memory is None:
            return []
        since = memory.watermark_ms
        return [touch for touch in self.touches if touch.at_ms > since and touch.of in indicator.builds_on]
