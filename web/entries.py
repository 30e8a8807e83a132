"""Events for everybody: of each entry the form that holds, put together per day and without who typed it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from store.contract import Window
    from web.api_query import Asked
    from web.reader import Reader

_LOG_FIELDS: Final = ("entry", "version", "void")
_NS: Final = 10**9
_MS: Final = 10**6
_QUARTER_NS: Final = 900 * _NS  # every zone's days begin at a quarter of an hour
_MOVED_NS: Final = 31 * 86_400 * _NS
"""How far an edit may move an entry in time and still be seen as its newer form [ns]."""


def read_events(reader: Reader, asked: Asked, most_rows: int) -> pa.Table | None:
    """An event's rows as they hold now; None where there are more entries than one answer may stand on.

    Args:
        reader: The store.
        asked: What is asked for.
        most_rows: The most entries that are read.
    """
    log = reader.table(
        Query(
            asked.measurement.name,
            start=None if asked.start is None else asked.start - _MOVED_NS,
            stop=None if asked.stop is None else asked.stop + _MOVED_NS,
            where=asked.where,
            fields=(*asked.fields, *_LOG_FIELDS),
            limit=most_rows + 1,
        )
    )
    if log.num_rows > most_rows:
        return None
    held = _between(held_entries(log), asked.start, asked.stop)
    if asked.window is None:
        return to_the_millisecond(held.select(["time", *asked.by, *asked.fields]))
    return _by_window(held, asked, reader.site.zone, asked.window)


def held_entries(log: pa.Table) -> pa.Table:
    """The highest version of every entry, without those that were undone; a row without an entry stands for itself.

    Args:
        log: Rows of an event with the columns `entry`, `version` and `void`.
    """
    entries, versions, voids = (log[name].to_pylist() for name in _LOG_FIELDS)
    places = log["lane" if "lane" in log.column_names else "market"].to_pylist()
    # an id is its place's own: whoever may write in one lane must not undo what another reported
    names = [(place, entry) if entry else None for place, entry in zip(places, entries, strict=True)]
    newest: dict[tuple[str, str], tuple[float, int]] = {}
    for row, (name, version) in enumerate(zip(names, versions, strict=True)):
        if name:
            newest[name] = max(newest.get(name, (0.0, -1)), (version or 1.0, row))
    kept = [
        row
        for row, (name, void) in enumerate(zip(names, voids, strict=True))
        if void != 1 and (not name or newest[name][1] == row)
    ]
    return log.take(pa.array(kept, pa.int64()))


def _between(table: pa.Table, start: int | None, stop: int | None) -> pa.Table:
    times = table["time"].cast(pa.int64()).to_pylist()
    kept = [row for row, at in enumerate(times) if (start is None or at >= start) and (stop is None or at < stop)]
    return table.take(pa.array(kept, pa.int64()))


def _by_window(table: pa.Table, asked: Asked, zone: ZoneInfo, window: Window) -> pa.Table:
    """Rows of one window and the same tags as one row, by each field's aggregate in the catalogue."""
    starts = _window_starts(table["time"].cast(pa.int64()).to_pylist(), zone, window)
    keys = ["time", *asked.by]
    how = [(name, asked.measurement.field(name).aggregate) for name in asked.fields]
    grouped = _dated(table, starts).group_by(keys, use_threads=False).aggregate(how)
    renamed = grouped.rename_columns([*keys, *asked.fields])
    return renamed.sort_by([(key, "ascending") for key in keys])


def _window_starts(times: Sequence[int], zone: ZoneInfo, window: Window) -> list[int]:
    @cache
    def start(quarter: int) -> int:
        at = datetime.fromtimestamp(quarter * (_QUARTER_NS // _NS), zone)
        day = at.date() - timedelta(days=at.weekday() if window == "1w" else 0)
        return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * _NS

    return [start(at // _QUARTER_NS) for at in times]


def to_the_millisecond(table: pa.Table) -> pa.Table:
    """Times without the digits below a millisecond, which only keep entries of one moment apart."""
    return _dated(table, [at // _MS * _MS for at in table["time"].cast(pa.int64()).to_pylist()])


def _dated(table: pa.Table, times: Sequence[int]) -> pa.Table:
    """The table with other times."""
    position = table.schema.get_field_index("time")
    return table.set_column(position, "time", pa.array(times, pa.timestamp("ns", "UTC")))
