"""What is due: what was never computed, what was touched since, and what is over by now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from analytics.indicators.indicator import Reach
from analytics.periods import day_of, next_start, start_of, starts_between
from analytics.touches import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from zoneinfo import ZoneInfo

    from analytics.indicators.indicator import Indicator
    from analytics.periods import Period
    from analytics.touches import Touch

_FAR: Final = timedelta(days=31)  # ranges nearer than this are read at once
_YEAR: Final = timedelta(days=366)  # from any start it ends in the period one year on


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an indicator's last run.

    Args:
        watermark_ms: Marks up to this moment were seen [ms since 1970 UTC].
        version: Its method and site facts then.
    """

    watermark_ms: int
    version: str


class Reason(NamedTuple):
    """Why a period is due, and when that came up [ms since 1970 UTC]."""

    at_ms: int
    text: str


@dataclass(slots=True)
class Due:
    """The periods to compute, and why, by place; what is under `EVERYWHERE` holds for every place.

    Where several marks make a period due, the newest is the reason: the last run may have seen the others already.

    Args:
        periods: By place, the first days of single periods with the reason.
        since: By place, the first days from which on every period is due, in order, each with a newer reason.
    """

    periods: dict[str, dict[date, Reason]] = field(default_factory=dict)
    since: dict[str, list[tuple[date, Reason]]] = field(default_factory=dict)

    def add(self, place: str, start: date, why: Reason) -> None:
        """Make one period due."""
        known = self.periods.setdefault(place, {})
        known[start] = max(known.get(start, why), why, key=_moment)

    def add_since(self, place: str, start: date, why: Reason) -> None:
        """Make every period from this one on due; what is added first must begin first."""
        known = self.since.setdefault(place, [])
        if not known or why.at_ms > known[-1][1].at_ms:
            known.append((start, why))

    def __bool__(self) -> bool:
        return bool(self.periods or self.since)

    @property
    def is_everything(self) -> bool:
        """Whether every period of every place is due."""
        return any(first == date.min for first, _ in self.since.get(EVERYWHERE, []))

    def why(self, place: str, start: date) -> str | None:
        """Why the period of that place is due; None = it is not."""
        for key in (place, EVERYWHERE):
            single = self.periods.get(key, {}).get(start)
            chained = [why for first, why in self.since.get(key, []) if first <= start][-1:]
            reasons = ([] if single is None else [single]) + chained
            if reasons:
                return max(reasons, key=_moment).text
        return None

    def places(self) -> tuple[str, ...] | None:
        """The places with anything due; None = all."""
        named = {*self.periods, *self.since}
        return None if EVERYWHERE in named else tuple(sorted(named))

    def ranges(self, *periods: Period) -> list[tuple[date | None, date | None]]:
        """The days to read for these kinds of periods, as (first, first no longer wanted); near ones are put together.

        None = no bound. A period ends with the longest of its kinds: a week may reach into another month.
        """
        single = {start for starts in self.periods.values() for start in starts}
        days = [(start, max(next_start(start, period) for period in periods)) for start in single]
        days += [(steps[0][0], date.max) for steps in self.since.values()]
        return [(None if a == date.min else a, None if b == date.max else b) for a, b in _merged(sorted(days))]


def due(
    indicator: Indicator,
    memory: Memory | None,
    touches: Iterable[Touch],
    *,
    version: str,
    now_ms: int,
    zone: ZoneInfo,
    spread: Callable[[str], Iterable[str]],
) -> Due:
    """The periods of an indicator that must be computed.

    Args:
        indicator: What is declared of it.
        memory: Its last run; None = there was none.
        touches: The marks of what it reads, made since.
        version: Its method and site facts now.
        now_ms: The moment of this run [ms since 1970 UTC].
        zone: The city's time zone.
        spread: The places whose values a touched place changes.
    """
    found = Due()
    if memory is None or memory.version != version:
        found.add_since(EVERYWHERE, date.min, Reason(now_ms, _why_everything(memory, indicator, version)))
        return found
    for touch, places in _spread(touches, spread):
        for place in places:
            _reach(found, place, touch, indicator, zone)
    last_seen, today = day_of(memory.watermark_ms, zone), day_of(now_ms, zone)
    has_aged = indicator.ages and _hour(memory.watermark_ms, zone) != _hour(now_ms, zone)
    for period in indicator.periods:
        for start in starts_between(last_seen, today + timedelta(days=indicator.ahead_days), period):
            if has_aged or next_start(start, period) <= today:
                found.add(EVERYWHERE, start, Reason(0, f"{period} {start} went on"))
    return found


def asked_for(
    indicator: Indicator,
    days: tuple[date, date],
    touches: Iterable[Touch],
    *,
    now_ms: int,
    zone: ZoneInfo,
    spread: Callable[[str], Iterable[str]],
) -> Due:
    """The periods of an indicator that somebody asks for, and those that changed inputs reach.

    Args:
        indicator: What is declared of it.
        days: The first and the last day asked for.
        touches: What changed of its inputs.
        now_ms: The moment of asking [ms since 1970 UTC].
        zone: The city's time zone.
        spread: The places whose values a touched place changes.
    """
    found = Due()
    for period in indicator.periods:
        for start in starts_between(*days, period):
            found.add(EVERYWHERE, start, Reason(now_ms, "asked for"))
    for touch, places in _spread(touches, spread):
        for place in places:
            _reach(found, place, touch, indicator, zone)
    return found


def _spread(touches: Iterable[Touch], spread: Callable[[str], Iterable[str]]) -> list[tuple[Touch, tuple[str, ...]]]:
    """The touches by day, each with the places that it changes; of those that change the same, the newest only."""
    known: dict[str, tuple[str, ...]] = {}
    newest: dict[tuple[date, tuple[str, ...]], Touch] = {}
    for touch in touches:
        if touch.place not in known:
            known[touch.place] = tuple(spread(touch.place))
        key = touch.day, known[touch.place]
        if key not in newest or touch.at_ms > newest[key].at_ms:
            newest[key] = touch
    return sorted(((touch, places) for (_, places), touch in newest.items()), key=lambda found: found[0].day)


def _reach(found: Due, place: str, touch: Touch, indicator: Indicator, zone: ZoneInfo) -> None:
    """Make due what an input of that day changes."""
    touched_on = day_of(touch.at_ms, zone)
    first = min(start_of(touch.day, period) for period in indicator.periods)
    for period in indicator.periods:
        start = start_of(touch.day, period)
        is_late = next_start(start, period) <= touched_on
        why = Reason(touch.at_ms, f"{'late' if is_late else 'new'} data: {touch}")
        match indicator.reach:
            case Reach.OWN_PERIOD:
                found.add(place, start, why)
            case Reach.TWELVE_MONTHS_ON:
                for later in starts_between(start, start + _YEAR, period):
                    found.add(place, later, why)
            case Reach.ALL_AFTER:
                found.add_since(place, first, why)
            case Reach.WHOLE_SERIES:
                found.add_since(place, date.min, why)


def _hour(at_ms: int, zone: ZoneInfo) -> tuple[date, int]:
    local = datetime.fromtimestamp(at_ms / 1000, zone)
    return local.date(), local.hour


def _moment(reason: Reason) -> int:
    return reason.at_ms


def _why_everything(memory: Memory | None, indicator: Indicator, version: str) -> str:
    if memory is None:
        return "first run"
    same_method = memory.version.partition("+")[0] == version.partition("+")[0]
    return "site facts changed" if same_method else f"method {indicator.method}"


def _merged(days: list[tuple[date, date]]) -> list[tuple[date, date]]:
    ranges: list[tuple[date, date]] = []
    for first, after in days:
        near = ranges and (ranges[-1][1] == date.max or first - _FAR <= ranges[-1][1])
        if near:
            ranges[-1] = ranges[-1][0], max(ranges[-1][1], after)
        else:
            ranges.append((first, after))
    return ranges
