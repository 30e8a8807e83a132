"""Days, weeks and months of a city's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from commons.clock import NANOSECONDS_PER_MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    import pandas as pd

_HOUR_MS: Final = 3_600_000

Period = Literal["day", "week", "month"]


def start_of(day: date, period: Period) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)


def next_start(start: date, period: Period) -> date:
    """The first day of the period after the one that begins here."""
    match period:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return (start.replace(day=1) + timedelta(days=31)).replace(day=1)


def starts_between(first: date, last: date, period: Period) -> Iterator[date]:
    """The starts of the periods from the one that `first` lies in to the one that `last` lies in."""
    start = start_of(first, period)
    while start <= last:
        yield start
        start = next_start(start, period)


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """The local midnight that a day begins with [ms since 1970 UTC]."""
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def midnight_ns(day: date, zone: ZoneInfo) -> int:
    """The local midnight that a day begins with [ns since 1970 UTC]."""
    return midnight_ms(day, zone) * NANOSECONDS_PER_MILLISECOND


def day_of(at_ms: int, zone: ZoneInfo) -> date:
    """The local day of a moment [ms since 1970 UTC]."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(zone).date()


def hours_so_far(day: date, zone: ZoneInfo, now_ms: int) -> int:
    """The hours of a local day; of one that still runs, those begun so far, at least 1."""
    begins, ends = midnight_ms(day, zone), midnight_ms(next_start(day, "day"), zone)
    return max(1, -(-(min(ends, now_ms) - begins) // _HOUR_MS))


def local_days(times: pd.Series[pd.Timestamp], zone: ZoneInfo) -> pd.Series[pd.Timestamp]:
    """The local day of each moment, as a midnight without a zone; the index is kept."""
    return times.dt.tz_convert(str(zone)).dt.tz_localize(None).dt.normalize()


def starts(days: pd.Series[pd.Timestamp], period: Period) -> pd.Series[pd.Timestamp]:
    """`start_of` for a column of days without a zone."""
    match period:
        case "day":
            return days
        case "week":
            return days.dt.to_period("W-SUN").dt.start_time
        case "month":
            return days.dt.to_period("M").dt.start_time
