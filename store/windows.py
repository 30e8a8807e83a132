"""Put rows into hours, days and weeks of a time zone, summer time included."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from commons.clock import NANOSECONDS_PER_DAY
from store.plan import TIME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from store.contract import Window
    from store.plan import Plan

_SECOND: Final = 1_000_000_000
_DAY_SECONDS: Final = 86_400
_HOUR: Final = 3_600 * _SECOND
_WIDTH: Final[Mapping[Window, int]] = {"1h": _HOUR, "1d": NANOSECONDS_PER_DAY, "1w": 7 * NANOSECONDS_PER_DAY}
_FAR: Final = 4_102_444_800 * _SECOND  # 2100: nobody knows what clocks will do by then
_MONDAY: Final = 4 * NANOSECONDS_PER_DAY  # 1970 began on a Thursday
_AGGREGATE: Final = {
    "mean": "avg({0})",
    "sum": "sum({0})",
    "min": "min({0})",
    "max": "max({0})",
    "last": "arg_max({0}, time) FILTER ({0} IS NOT NULL)",
}


@lru_cache(maxsize=256)
def offsets(zone: ZoneInfo, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """The zone's offsets from UTC over a span.

    Args:
        zone: The time zone.
        first: The span's first moment [ns since 1970 UTC].
        last: The span's last moment [ns since 1970 UTC].

    Returns:
        (from when [ns since 1970 UTC], offset [ns]), the first of them from `first` on.
    """
    days = [*range(first // _SECOND, last // _SECOND, _DAY_SECONDS), last // _SECOND]
    known = [(day, _offset(zone, day)) for day in days]
    changes = [
        (_change(zone, before, after) * _SECOND, new * _SECOND)
        for (before, old), (after, new) in pairwise(known)
        if new != old
    ]
    return ((first, known[0][1] * _SECOND), *changes)


def is_regular(plan: Plan, window: Window) -> bool:
    """Whether InfluxDB puts the windows of a plan where they belong.

    Its weeks go wrong for a week where the clocks change, its hours where they change by half an hour.
    """
    first = max(plan.start, 0)
    steps = {offset for _, offset in offsets(plan.zone, first, max(first, min(plan.last, _FAR)))}
    hourly = all(offset % _HOUR == 0 for offset in steps)
    return window == "1d" or len(steps) == 1 or (window == "1h" and hourly)


def window_query(plan: Plan, rows: str, *, window: Window, span: tuple[int, int]) -> str:
    """DuckDB's SQL for the windows of a plan.

    Args:
        plan: What is wanted.
        rows: SQL of a relation with `time` (TIMESTAMP_NS), the plan's tags and fields, bad values already null.
        window: How wide.
        span: The first and the last time in it [ns since 1970 UTC].

    Returns:
        A query for `number` (which window, for `dated`), the tags and the fields; windows without any value are not
        there.
    """
    tags = [f'"{tag}"' for tag in plan.tags]
    values = {name: _AGGREGATE[how].format(f'"{name}"') for name, how in plan.aggregates.items()}
    number = _number(window, offsets(plan.zone, *span))
    columns = [f"{number} AS number", *tags, *(f'{sql} AS "{name}"' for name, sql in values.items())]
    order = ", ".join(["number DESC" if plan.query.newest_first else "number", *tags])
    limit = "" if plan.query.limit is None else f" LIMIT {int(plan.query.limit)}"
    some = " OR ".join(f'"{name}" IS NOT NULL' for name in values)
    grouped = f"SELECT {', '.join(columns)} FROM ({rows}) GROUP BY ALL"  # noqa: S608  # names come from the catalogue
    return f"SELECT * FROM ({grouped}) WHERE {some} ORDER BY {order}{limit}"  # noqa: S608  # the same


def dated(plan: Plan, table: pa.Table, *, window: Window) -> pa.Table:
    """The answer of a `window_query` with each window's first moment in place of its number."""
    numbers = table["number"].to_pylist()
    moment = {number: _begins(window, plan.zone, number) for number in set(numbers)}
    times = pa.array([moment[number] for number in numbers], pa.int64()).cast(TIME)
    return table.set_column(0, "time", times).cast(plan.schema)


def aggregate(plan: Plan, table: pa.Table, *, window: Window) -> pa.Table:
    """The windows of rows that are here already.

    Args:
        plan: What is wanted.
        table: `time` (timestamp[ns, UTC]), the plan's tags and fields, bad values already null.
        window: How wide.
    """
    if not table.num_rows:
        return plan.schema.empty_table()
    times = table["time"].cast(pa.int64()).to_numpy()
    here = table.set_column(0, "time", table["time"].cast(pa.timestamp("ns")))
    import duckdb  # noqa: PLC0415  # an engine is loaded only where it is used

    with duckdb.connect(":memory:", config={"threads": 2}) as con:
        con.register("here", here)
        span = (int(times.min()), int(times.max()))
        query = window_query(plan, "SELECT * FROM here", window=window, span=span)
        return dated(plan, con.sql(query).to_arrow_table(), window=window)


def _number(window: Window, steps: tuple[tuple[int, int], ...]) -> str:
    """SQL of the window of a row: for days and weeks the local time it begins at, for hours the moment, both [ns]."""
    width = _WIDTH[window]
    since = _MONDAY if window == "1w" else 0
    offset = f"{steps[-1][1]}"
    if len(steps) > 1:
        cases = [f"WHEN epoch_ns(time) < {later} THEN {offset}" for (_, offset), (later, _) in pairwise(steps)]
        offset = f"CASE {' '.join(cases)} ELSE {offset} END"
    local = f"(epoch_ns(time) + {offset} - {since})"
    begins = f"({local} - ({local} % {width} + {width}) % {width} + {since})"  # % keeps the sign of what is divided
    return f"{begins} - {offset}" if window == "1h" else begins


def _begins(window: Window, zone: ZoneInfo, number: int) -> int:
    """The first moment of a window [ns since 1970 UTC]."""
    if window == "1h":
        return number
    midnight = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number // _SECOND)
    return round(midnight.replace(tzinfo=zone).timestamp()) * _SECOND


def _offset(zone: ZoneInfo, second: int) -> int:
    """The zone's offset at a moment [s]."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    offset = moment.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second between two moments at which the offset is no longer the first one's."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after
