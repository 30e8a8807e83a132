"""Local days: where one starts, and which one a moment lies in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """The moment a local day starts [ms since 1970 UTC]."""
    return local_ms(datetime.combine(day, time.min), zone)


def local_ms(naive: datetime, zone: ZoneInfo) -> int:
    """The moment a clock on a wall in the zone shows this [ms since 1970 UTC]."""
    return round(naive.replace(tzinfo=zone).timestamp() * 1000)


def local_day(at_ms: int, zone: ZoneInfo) -> date:
    """The local day that a moment lies in."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()
