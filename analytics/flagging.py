"""The flags job: tests over the series of what was touched, and the flags that they add."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from analytics import frames
from analytics.memory import Memories
from analytics.periods import day_of, midnight_ns
from analytics.series_tests import Doubt, doubts, tested
from analytics.touches import Touch
from commons.catalogue import measurement, measurements
from commons.errors import StoreUnavailableError
from commons.logs import Log
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analytics.frames import Row
    from commons.clock import Clock
    from commons.rows import Block
    from commons.sites import Site
    from store.contract import Store

JOB: Final = "flagged"
"""Its name among the jobs, and the measurement that it writes."""
CONTEXT_DAYS: Final = 2
"""Days read before and after a touched one: as long as the longest flat line takes to be one."""

_TODAY_EVERY_MS: Final = 3_600_000  # a day that runs is touched at every beat: once an hour is soon enough for it
_DAY: Final = timedelta(days=1)
_DAYS: Final = 31
_LANE_DAYS: Final = 3_500  # read at a time, so that a city's history is never in memory at once


@dataclass(frozen=True, slots=True)
class _Span:
    """Days to test of some lanes; what is read is wider on both sides."""

    first: date
    last: date


class Flagging:
    """Tests what was touched since it last looked.

    Values are never changed and flags never lowered; testing again adds nothing. A day that is over is tested as soon
    as something of it arrives, the running one once an hour. `flagged` tells which test doubted how many readings.

    Args:
        store: Where readings rest.
        site: The city.
        clock: What time it is.
        settle_ms: How long after a mark its rows may still be on their way [ms].
    """

    def __init__(self, store: Store, site: Site, clock: Clock, *, settle_ms: int = 0) -> None:
        self._store, self._site, self._clock, self._settle_ms = store, site, clock, settle_ms
        self._memories = Memories(store, site)
        self._samples = [
            m.name for m in measurements().values() if m.kind == "sample" and "lane" in m.tags and tested(m)
        ]
        self._log = Log("analytics.flagging")

    def run(self) -> int:
        """Test what is due; a failure is logged and tried again in the next run.

        Returns:
            How many readings got a flag, or a higher one.

        Raises:
            StoreUnavailableError: The store is away; what was not tested stays due.
        """
        try:
            return self._run(self._clock.wall_ms())
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  # indicators are computed whatever the flags stumble over
            reason = f"{type(error).__name__}: {error}"
            self._log.error("failed", reason=reason)
            self._remember(failed=reason)
            return 0

    def _run(self, now_ms: int) -> int:
        looked_ms, today_ms = self._looked()
        today = day_of(now_ms, self._site.zone)
        with_today = now_ms - today_ms >= _TODAY_EVERY_MS
        due: dict[str, dict[str, set[date]]] = {}
        for touch in self._touched(looked_ms, today_ms, last=today if with_today else today - _DAY):
            due.setdefault(touch.of, {}).setdefault(touch.place, set()).add(touch.day)
        if not (due or with_today):
            return 0
        begun = self._clock.monotonic()
        flagged = sum(self._test(of, places, now_ms) for of, places in sorted(due.items()))
        settled = float(now_ms - self._settle_ms)
        self._remember(
            watermark=settled,
            **({"today": settled} if with_today else {}),
            method="1",
            computed=float(flagged),
            seconds=self._clock.monotonic() - begun,
            failed="",
        )
        if flagged:
            self._log.info("flagged", readings=flagged)
        return flagged

    def _touched(self, looked_ms: int, today_ms: int, *, last: date) -> Iterator[Touch]:
        """What was touched since the last look; of a day that was still running then, since the last look at it."""
        was_running = day_of(looked_ms, self._site.zone)
        for touch in self._memories.touches(min(looked_ms, today_ms)):
            since_ms = looked_ms if touch.day < was_running else today_ms
            if touch.of in self._samples and touch.day <= last and touch.at_ms > since_ms:
                yield touch

    def _test(self, of: str, places: Mapping[str, set[date]], now_ms: int) -> int:
        """Test the lanes that have the same days to test together."""
        alike: dict[_Span, list[str]] = {}
        for place, days in sorted(places.items()):
            for span in _spans(days):
                alike.setdefault(span, []).append(place)
        return sum(
            self._test_span(of, span, lanes, now_ms)
            for span, every in alike.items()
            for lanes in _portions(every, span)
        )

    def _test_span(self, of: str, span: _Span, lanes: list[str], now_ms: int) -> int:
        around = timedelta(days=CONTEXT_DAYS)
        start, stop = self._midnight(span.first - around), self._midnight(span.last + around + _DAY)
        where = {"city": self._site.slug, "lane": lanes}
        read = self._store.read(Query(of, start, stop, where=where, quality="all"))
        found = doubts(frames.frame(read), measurement(of), self._site.zone)
        known = {
            _key(row): row for row in frames.rows(self._store.read(Query("flagged", start, stop, {**where, "of": of})))
        }
        log = [row for row in self._log_rows(of, found.log) if _says_more(row, known.get(_key(row)))]
        self._write(of, found, log, now_ms)
        return found.flagged

    def _log_rows(self, of: str, log: Iterable[Row]) -> list[Row]:
        return [{"city": self._site.slug, "of": of, **row, "time": self._midnight(row["day"])} for row in log]

    def _write(self, of: str, found: Doubt, log: list[Row], now_ms: int) -> None:
        """Marks first, as the collector does; then flags, then what is said of them."""
        days = {(of, lane, day) for lane, day in found.days} | {("flagged", row["lane"], row["day"]) for row in log}
        marks = [Touch(name, lane, day, now_ms) for name, lane, day in sorted(days)]
        blocks: list[Block] = [self._memories.marks(marks), *found.blocks, frames.block("flagged", log)]
        if marks:
            self._store.write([block for block in blocks if len(block)])

    def _looked(self) -> tuple[int, int]:
        """Up to which moment marks were seen, and up to which those of the running day [ms since 1970 UTC]."""
        rows = frames.rows(self._store.read(Query("job", where={"city": self._site.slug, "indicator": JOB})))
        seen = rows[0] if rows else {}
        return round(seen.get("watermark") or 0), round(seen.get("today") or 0)

    def _remember(self, **fields: float | str) -> None:
        self._memories.keep({JOB: fields})

    def _midnight(self, day: date) -> int:
        return midnight_ns(day, self._site.zone)


def _spans(days: set[date]) -> list[_Span]:
    """Days that lie within each other's context as one span, of a month at most."""
    spans: list[_Span] = []
    for day in sorted(days):
        near = spans and day - spans[-1].last <= timedelta(days=2 * CONTEXT_DAYS + 1)
        if near and (day - spans[-1].first).days < _DAYS:
            spans[-1] = _Span(spans[-1].first, day)
        else:
            spans.append(_Span(day, day))
    return spans


def _portions(lanes: list[str], span: _Span) -> Iterator[list[str]]:
    """Lanes that are read together; a year of one lane weighs as much as a day of many."""
    days = (span.last - span.first).days + 1 + 2 * CONTEXT_DAYS
    count = max(1, _LANE_DAYS // days)
    return (lanes[first : first + count] for first in range(0, len(lanes), count))


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("time", "lane", "node", "bed", "origin", "of", "field", "test"))


def _says_more(row: Row, known: Row | None) -> bool:
    """Whether more readings are doubted than was known, or worse: a span seen in part never takes anything back."""
    return known is None or (row["flag"], row["n"]) > (known["flag"], known["n"])
