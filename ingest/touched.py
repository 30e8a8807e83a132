"""Which local days a batch touches, marked before its rows so that indicators are computed again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from commons.rows import Block
from commons.touched import mark_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

QUARTER_NS: Final = 900 * 1_000_000_000  # every zone's offset is a multiple of a quarter hour


class Days:
    """The local midnight before a moment, remembered by quarter hour.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._known: dict[int, int] = {}

    def of(self, times: Sequence[int]) -> set[int]:
        """The midnights [ns] that begin the local days of these times [ns]."""
        if not times:
            return set()
        ends = {self.midnight(time // QUARTER_NS) for time in (min(times), max(times))}
        return ends if len(ends) == 1 else {self.midnight(quarter) for quarter in {t // QUARTER_NS for t in times}}

    def date(self, midnight: int) -> date:
        """The local day that a midnight [ns] begins."""
        return datetime.fromtimestamp(midnight // 1_000_000_000, UTC).astimezone(self._zone).date()

    def midnight(self, quarter: int) -> int:
        """The midnight [ns] that begins the local day of a quarter hour, counted from 1970 UTC."""
        if quarter not in self._known:
            if len(self._known) > 1_000_000:  # noqa: PLR2004  # thirty years of quarters: never in practice
                self._known.clear()
            local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(self._zone)
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            self._known[quarter] = int(midnight.timestamp()) * 1_000_000_000
        return self._known[quarter]


def marks(blocks: Iterable[Block], days: Days, *, city: str, at_ms: int) -> Block:
    """One `touched` row for each measurement, place and local day in these blocks.

    Args:
        blocks: The batch's rows.
        days: The site's days.
        city: The site's slug.
        at_ms: The wall time [ms since 1970 UTC].
    """
    touched: set[tuple[str, str, int]] = set()
    for block in blocks:
        places = block.tags.get("market", block.tags.get("lane", ""))
        if isinstance(places, str):
            touched.update((block.measurement, places, day) for day in days.of(block.times))
        else:
            quarters = set(zip(places, [time // QUARTER_NS for time in block.times], strict=True))
            touched.update((block.measurement, place, days.midnight(quarter)) for place, quarter in quarters)
    ordered = sorted(touched)
    tags: dict[str, str | list[str]] = {
        "city": city,
        "of": [of for of, _, _ in ordered],
        "place": [place for _, place, _ in ordered],
    }
    at_time = {day: mark_time(at_ms, days.date(day)) for _, _, day in ordered}
    return Block("touched", [at_time[day] for _, _, day in ordered], tags, {"at": [float(at_ms)] * len(ordered)})
