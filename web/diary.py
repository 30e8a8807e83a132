"""What a lane wrote down in its diary lately, as everybody may see it: per day, never per bed or person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from commons import catalogue
from commons.errors import StoreUnavailableError
from diary.book import Book, Line
from diary.entry import KINDS
from web.api_query import Asked
from web.cache import BriefCache
from web.entries import read_events
from web.public import public_fields
from web.reader import plain_rows

if TYPE_CHECKING:
    from commons.clock import Clock
    from web.reader import Reader

DAYS: Final = 14
_USUAL_DAYS: Final = 31
_MOST_ENTRIES: Final = 5_000


class LaneBooks:
    """Books of lanes, each kept for a moment.

    Args:
        reader: The store.
        seconds: How long a book is shown again without asking the store [s].
        clock: Tells its age.
    """

    def __init__(self, reader: Reader, seconds: float, clock: Clock) -> None:
        self._reader = reader
        self._kept: BriefCache[Book] = BriefCache(seconds, clock)

    def of(self, lane: str) -> Book:
        """A lane's last days; nothing of one that there is not, and entries are taken while the store is away."""
        if lane not in self._reader.site.lanes:
            return Book()
        try:
            return self._kept.get(lane, lambda: lane_book(self._reader, lane))
        except StoreUnavailableError:
            return Book(is_away=True)


def lane_book(reader: Reader, lane: str) -> Book:
    """A lane's last days, the newest first, and the foods it harvested on most of them."""
    lines = [line for kind in KINDS for line in _lines(reader, lane, kind)]
    harvested = Counter(line.commodity for line in lines if line.kind == "harvest" and line.commodity)
    shown_from = reader.local(reader.days_ago(DAYS - 1)).date()
    shown = [line for line in lines if line.day >= shown_from]
    shown.sort(key=lambda line: (-line.day.toordinal(), KINDS.index(line.kind), line.commodity))
    return Book(shown, [slug for slug, _ in harvested.most_common()])


def _lines(reader: Reader, lane: str, kind: str) -> list[Line]:
    of = catalogue.measurement(kind)
    fields = public_fields(of)
    by = tuple(tag for tag in of.tags if tag in ("commodity", "origin"))
    asked = Asked(
        measurement=of,
        start=reader.days_ago(_USUAL_DAYS),
        stop=None,
        fields=fields,
        where={"lane": (lane,)},
        window="1d",
        by=by,
        limit=_MOST_ENTRIES,
        next=None,
        format="json",
    )
    table = read_events(reader, asked, _MOST_ENTRIES)
    rows = [] if table is None else plain_rows(table)
    return [
        Line(
            reader.local(row["time"]).date(),
            kind,
            row.get("commodity") or "",
            {name: row[name] for name in fields if row.get(name) is not None},
            row["origin"] == "simulated",
        )
        for row in rows
    ]
