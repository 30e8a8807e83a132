"""A recorded series of one soil probe, played again as if it were measured now."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING, Final

import orjson

from commons.clock import MILLISECONDS_PER_DAY, NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError
from commons.logs import Log
from commons.rows import Block
from sensors.days import local_day, local_ms
from sensors.drivers.driver import Reading
from sensors.options import read_options
from sensors.tables import read_text, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

_FIELDS: Final = ("moisture", "temperature", "raw")
_ROWS_PER_LOOK: Final = 960  # ten days of a row every quarter of an hour
_EPOCH: Final = date(1970, 1, 1)
_LOG: Final = Log("sensors.recording")


@dataclass(frozen=True, slots=True)
class Series:
    """One probe's rows in time order.

    Args:
        times: What the clock on the wall showed [ms, as if it were UTC].
        fields: Each field's column.
        unreadable: How many texts were no time and no number, with one of them.
    """

    times: list[int]
    fields: Mapping[str, list[float | None]]
    unreadable: tuple[int, str]

    @property
    def first_day(self) -> date:
        """The day of the first row."""
        return _day(self.times[0])

    @property
    def last_day(self) -> date:
        """The day of the last row."""
        return _day(self.times[-1])


class Recording:
    """Plays a series from yesterday backwards at the first look, and on from its beginning when it is used up.

    The clock on the wall stays: noon where it was recorded is noon here. Only the date moves, by whole days, so that
    the series ends with the day before the first look; that shift is kept in the bookmark. The next round begins on
    the day after the last, so rounds never overlap.

    Args:
        path: A table with the columns time, series, moisture, temperature and raw, gzipped or not.
        series: Which series of it.
        bed: The bed it is played in.
        zone: The site's clock.
        origin: The rows' origin.
    """

    def __init__(self, path: Path, *, series: str, bed: str, zone: ZoneInfo, origin: str) -> None:
        self._path, self._name, self._bed = path, series, bed
        self._zone, self._origin = zone, origin
        self._series: Series | None = None

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The rows that have become due since the last look."""
        series = self._series = self._series or self._load()
        today = local_day(now_ms, self._zone)
        shift, after = _place(bookmark, first_shift=(today - series.last_day).days - 1)
        now = _wall_ms(now_ms, self._zone)
        due = list(islice(takewhile(lambda row: row[0] <= now, _rounds(series, shift, after)), _ROWS_PER_LOOK + 1))
        more, due = len(due) > _ROWS_PER_LOOK, due[:_ROWS_PER_LOOK]
        if not due:
            return Reading([])
        block = Block(
            "soil",
            [self._moment(at) * NANOSECONDS_PER_MILLISECOND for at, _ in due],
            {"bed": self._bed, "origin": self._origin},
            {name: [column[row] for _, row in due] for name, column in series.fields.items()},
        )
        place = {"shift_days": shift, "after": due[-1][0]}
        return Reading([block], bookmark=orjson.dumps(place).decode(), more=more)

    def _load(self) -> Series:
        rows = table_rows(read_text(self._path), columns=("time", "series", *_FIELDS), name=self._path.name)
        chosen = [row for row in rows if row["series"] == self._name]
        series = parse_series(chosen)
        if not series.times:
            known = ", ".join(sorted({row["series"] for row in rows})) or "none"
            raise SensorError(f"{self._path.name} has no rows of series {self._name!r}; it has: {known}")
        unreadable, example = series.unreadable
        if unreadable:
            _LOG.warning("recording has texts that are no numbers", file=self._path.name, texts=unreadable, one=example)
        return series

    def _moment(self, wall_ms: int) -> int:
        return local_ms(datetime.fromtimestamp(wall_ms / 1000, UTC).replace(tzinfo=None), self._zone)


def parse_series(rows: Iterable[Mapping[str, str]]) -> Series:
    """Rows of a table as a series: in time order, each time once with its last readable values, none without a value.

    A time's zone is left out: what counts is what the clock on the wall showed. A blank is no value.
    """
    found: dict[int, dict[str, float]] = {}
    unreadable: list[str] = []
    for row in rows:
        try:
            at = round(datetime.fromisoformat(row["time"]).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            unreadable.append(row["time"])
            continue
        for name in _FIELDS:
            value = _number(row[name], unreadable)
            if value is not None:
                found.setdefault(at, {})[name] = value
    times = sorted(found)
    return Series(
        times,
        {name: [found[at].get(name) for at in times] for name in _FIELDS},
        (len(unreadable), unreadable[0] if unreadable else ""),
    )


def build(entry: NodeEntry, site: Site) -> Driver:
    """The recording of a node.

    Options: `file` (below the site's folder), `series`, `bed`.

    Raises:
        SiteError: An option is missing.
        UnknownNameError: An option is not known.
    """
    options = read_options(entry, required=("file", "series", "bed"), optional={})
    return Recording(
        site.folder / options["file"],
        series=options["series"],
        bed=options["bed"],
        zone=site.zone,
        origin=entry.origin,
    )


def _rounds(series: Series, shift_days: int, after: int | None) -> Iterator[tuple[int, int]]:
    """Row after row, round after round: the time on the wall [ms] and the row's number, later than `after`."""
    span = ((series.last_day - series.first_day).days + 1) * MILLISECONDS_PER_DAY
    begin = ((series.first_day - _EPOCH).days + shift_days) * MILLISECONDS_PER_DAY
    reached = begin if after is None else after
    for played in count(max(0, (reached - begin) // span)):
        moved = shift_days * MILLISECONDS_PER_DAY + played * span
        start = 0 if after is None else bisect_right(series.times, after - moved)
        yield from ((series.times[row] + moved, row) for row in range(start, len(series.times)))


def _place(bookmark: str | None, *, first_shift: int) -> tuple[int, int | None]:
    if bookmark is None:
        return first_shift, None
    try:
        told = orjson.loads(bookmark)
        return int(told["shift_days"]), int(told["after"])
    except (KeyError, TypeError, ValueError) as error:
        raise SensorError(
            f"bookmark {bookmark[:60]!r} is none of a recording ({error!r}); let the outbox drain, then delete it"
        ) from error


def _number(text: str, unreadable: list[str]) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        unreadable.append(text)
        return None
    return value if math.isfinite(value) else None


def _day(wall_ms: int) -> date:
    return _EPOCH + timedelta(days=wall_ms // MILLISECONDS_PER_DAY)


def _wall_ms(at_ms: int, zone: ZoneInfo) -> int:
    shown = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return round(shown.replace(tzinfo=UTC).timestamp() * 1000)
