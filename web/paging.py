"""Long answers in pages: as many rows as the limit says, and where to go on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from commons.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.contract import Query
    from web.reader import Reader

_SHAPE: Final = re.compile(r"(-?[0-9]{1,19})\.([0-9]{1,6})")
_MOST_SKIPPED: Final = 200_000  # rows of one moment: every series of a city has its daily value at midnight
_FIRST_DAYS: Final = {"1h": 1, "1d": 14, "1w": 56}
_WEEK: Final = 7
_FEW_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins.

    Args:
        time: Of its first row [ns since 1970 UTC].
        skipped: How many rows of that moment were on earlier pages.
    """

    time: int
    skipped: int

    def __str__(self) -> str:
        return f"{self.time}.{self.skipped}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next begins; None where there are no more."""

    rows: pa.Table
    next: Cursor | None


def read_cursor(text: str) -> Cursor:
    """A cursor that an earlier answer gave, or a `ParameterError`."""
    found = _SHAPE.fullmatch(text)
    if found is None or int(found[2]) > _MOST_SKIPPED:
        raise ParameterError(f"next {text[:40]!r} is from no answer of this API; leave it out to begin again")
    return Cursor(int(found[1]), int(found[2]))


def cut(table: pa.Table, limit: int, begin: Cursor | None) -> Page:
    """The first page of rows that begin where `begin` says, the rows before it included.

    Args:
        table: Rows in time order, one more than asked for where there are more.
        limit: The most rows of a page.
        begin: Where it begins.
    """
    shown = table.slice(begin.skipped if begin else 0)
    if shown.num_rows <= limit:
        return Page(shown, None)
    times = shown["time"].slice(0, limit + 1).cast(pa.int64()).to_pylist()
    same = next((back for back, at in enumerate(reversed(times[:-1])) if at != times[-1]), limit)
    before = begin.skipped if begin and same == limit and begin.time == times[-1] else 0
    return Page(shown.slice(0, limit), Cursor(times[-1], same + before))


def page_of_rows(reader: Reader, query: Query, *, limit: int, begin: Cursor | None) -> Page:
    """One page of rows as they are.

    Args:
        reader: The store.
        query: What is asked for.
        limit: The most rows.
        begin: Where to go on.
    """
    skipped = begin.skipped if begin else 0
    start = begin.time if begin else query.start
    return cut(reader.table(replace(query, start=start, limit=limit + skipped + 1)), limit, begin)


def page_of_windows(reader: Reader, query: Query, *, limit: int, begin: Cursor | None, seconds: float) -> Page:
    """One page of windows, read slice by slice of time, so that a long span of many series is never held whole.

    Args:
        reader: The store.
        query: What is asked for, with a window.
        limit: The most rows.
        begin: Where to go on.
        seconds: When to stop reading further slices [s]; the page then ends early.
    """
    starts = [at for at in (query.start, begin.time if begin else None) if at is not None]
    wanted = replace(query, start=max(starts, default=None))  # a window's first moment may lie before the start
    most = limit + (begin.skipped if begin else 0) + 1
    began = reader.monotonic()
    parts: list[pa.Table] = []
    count, slices = 0, _Slices(reader, wanted)
    for start, stop in slices:
        parts.append(reader.table(replace(wanted, start=start, stop=stop, limit=most - count)))
        count += parts[-1].num_rows
        slices.found(parts[-1].num_rows)
        if count >= most:
            break
        if reader.monotonic() - began > seconds and slices.has_more:
            shown = pa.concat_tables(parts).slice(begin.skipped if begin else 0)
            return Page(shown, Cursor(stop, 0))
    if not parts:
        parts.append(reader.table(replace(wanted, start=0, stop=0)))
    return cut(pa.concat_tables(parts), limit, begin)


class _Slices:
    """Spans of whole windows from a query's first row to its last, twice as long while they hold little."""

    def __init__(self, reader: Reader, query: Query) -> None:
        self._reader = reader
        self._days = _FIRST_DAYS[query.window or "1d"]
        plain = replace(query, window=None, by=(), limit=1)
        first, last = (_time(reader.table(replace(plain, newest_first=newest))) for newest in (False, True))
        self._at, self._last = first, last

    @property
    def has_more(self) -> bool:
        """Whether rows lie after the slices given so far."""
        return self._at is not None and self._last is not None and self._at <= self._last

    def found(self, rows: int) -> None:
        """Say how many rows the last slice held."""
        if rows < _FEW_ROWS:
            self._days *= 2

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while self.has_more and self._at is not None and self._last is not None:
            start, stop = self._at, self._after(self._at)
            self._at = stop
            yield start, min(stop, self._last + 1)

    def _after(self, time: int) -> int:
        """A later local midnight, where windows end; of slices of weeks, a Monday's."""
        later = self._reader.local(time).date() + timedelta(days=self._days)
        return self._reader.midnight(later - timedelta(days=later.weekday() if self._days >= _WEEK else 0))


def _time(table: pa.Table) -> int | None:
    return int(table["time"].cast(pa.int64())[0].as_py()) if table.num_rows else None
