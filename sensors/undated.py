"""Readings taken before the clock was right, kept on disk until they can be dated, or sent within their bounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND, RELEASED_MS
from commons.logs import Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.outbox import Outbox
    from commons.rows import Block
    from commons.undated import Undated

_KEPT_ROWS: Final = 50_000  # a board that stays without time for longer loses the oldest
_MILLISECONDS: Final = 1_000

log = Log("sensors.undated")


def settle(outbox: Outbox, *, boot: str, wall_ms: int, monotonic: float) -> int:
    """Date what waits, now that the time is known, and put it in the outbox; how many rows that were.

    What was read since the machine started is dated exactly: the monotonic clock says how long ago it was. What was
    read before an earlier start ended is not known but within bounds: it was later than the last row before it, and its
    machine stopped before the next start. It gets the middle of its bounds and says how far off that may be.

    Args:
        outbox: Where rows wait, and where they go.
        boot: The machine's present start.
        wall_ms: The right time now [ms since 1970 UTC].
        monotonic: The time since that start [s].

    Raises:
        OutboxError: What had not been dated yet still waits.
    """
    waiting = outbox.undated()
    count = sum(len(row.block) for row in waiting)
    earlier = [list(group) for _, group in groupby((u for u in waiting if u.boot != boot), lambda u: u.boot)]
    started_ms = wall_ms - round(monotonic * _MILLISECONDS)
    for rows, (low_ms, high_ms) in zip(earlier, _bounds(earlier, outbox.right_ms, started_ms), strict=True):
        # Where nothing is known from before, the latest possible time is the likeliest.
        middle_ms = (low_ms + high_ms) // 2 if outbox.right_ms else high_ms
        within_ms = high_ms - middle_ms if outbox.right_ms else high_ms - low_ms
        log.warning("rows of an earlier start can be dated within bounds only", rows=len(rows), within_ms=within_ms)
        _put(outbox, rows, middle_ms, rows[-1].monotonic, within_ms=within_ms)
    _put(outbox, [u for u in waiting if u.boot == boot], wall_ms, monotonic, within_ms=None)
    return count


def keep(outbox: Outbox, rows: Sequence[Undated]) -> None:
    """Keep rows that cannot be dated yet; when they are too many, the oldest samples go and are counted as thinned.

    Raises:
        OutboxError: Nothing was kept.
    """
    outbox.keep_undated(rows)
    waiting = outbox.undated() if outbox.undated_rows > _KEPT_ROWS else []
    over = outbox.undated_rows - _KEPT_ROWS * 9 // 10
    dropped: list[Undated] = []
    for row in waiting:
        if sum(len(each.block) for each in dropped) >= over:
            break
        dropped.append(row)
    for address, group in groupby(dropped, lambda row: row.address):
        thinned: dict[str, int] = {}
        rows_of = list(group)
        for row in rows_of:
            thinned[row.block.measurement] = thinned.get(row.block.measurement, 0) + len(row.block)
        outbox.put(address, [], thinned=thinned, released=[row.id for row in rows_of])


def _bounds(boots: Sequence[Sequence[Undated]], known_ms: int, started_ms: int) -> list[tuple[int, int]]:
    """Between which moments the last row of each start was read [ms since 1970 UTC].

    Args:
        boots: The rows of each earlier start, in order.
        known_ms: The last moment known before the first of them; 0 = none is.
        started_ms: When the present start began.
    """
    lows, low_ms = [], known_ms or RELEASED_MS
    for place, rows in enumerate(boots):
        first, last = rows[0].monotonic, rows[-1].monotonic
        # The first of them may lie in the very start of which the last moment is known.
        low_ms += round((last - (first if place == 0 else 0.0)) * _MILLISECONDS)
        lows.append(low_ms)
    highs, high_ms = [], started_ms
    for rows in reversed(boots):
        highs.append(high_ms)
        high_ms -= round(rows[-1].monotonic * _MILLISECONDS)
    return [(min(low, high), high) for low, high in zip(lows, reversed(highs), strict=True)]


def _put(outbox: Outbox, rows: Iterable[Undated], wall_ms: int, monotonic: float, *, within_ms: int | None) -> None:
    """Date rows by a moment at which both clocks are known, and put each sender's in one commit."""
    for address, group in groupby(rows, lambda row: row.address):
        of = list(group)
        blocks = [_moved(row, wall_ms - round((monotonic - row.monotonic) * _MILLISECONDS)) for row in of]
        outbox.put(address, blocks, released=[row.id for row in of], within_ms=within_ms)


def _moved(row: Undated, right_ms: int) -> Block:
    """A row's block with the right time in place of what the wrong clock showed."""
    by = (right_ms - row.wall_ms) * NANOSECONDS_PER_MILLISECOND
    return replace(row.block, times=[time + by for time in row.block.times])
