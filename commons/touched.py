"""When a mark stands that says which local day was written to: found again by when it was made."""

from __future__ import annotations

from datetime import date

from commons.clock import MILLISECONDS_PER_DAY, NANOSECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND


def mark_time(at_ms: int, day: date) -> int:
    """The time of the row that marks a local day as touched [ns since 1970 UTC].

    It begins with the UTC day on which the mark was made, so that a reader need only look at the marks made since it
    looked last, however many there are; the touched day's number stands in the nanoseconds below. So there is one row
    for each measurement, place, day touched, and day on which it was touched.

    Args:
        at_ms: When the day was touched [ms since 1970 UTC].
        day: The local day of the rows.

    Examples:
        >>> marked_day(mark_time(1_764_000_000_000, date(2019, 2, 28)))
        datetime.date(2019, 2, 28)
    """
    return marks_since(at_ms) + day.toordinal()


def marked_day(time: int) -> date:
    """The local day that a mark with this time [ns since 1970 UTC] speaks of."""
    return date.fromordinal(time % NANOSECONDS_PER_DAY)


def marks_since(at_ms: int) -> int:
    """From which time on [ns since 1970 UTC] marks made at that moment [ms since 1970 UTC] or later stand."""
    return at_ms // MILLISECONDS_PER_DAY * MILLISECONDS_PER_DAY * NANOSECONDS_PER_MILLISECOND


def made_anew(time: int, at_ms: int) -> int:
    """The time of the same mark, made at that moment."""
    return marks_since(at_ms) + time % NANOSECONDS_PER_DAY
