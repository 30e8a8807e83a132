"""`lorong query` and `lorong import`: look at rows, and bring a table in through the broker."""

from __future__ import annotations

import csv
import math
import re
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import pyarrow.csv
from cyclopts import Parameter

from commons import catalogue, wire
from commons.clock import NANOSECONDS_PER_MILLISECOND, Clock, SystemClock
from commons.errors import UsageError, WireError
from commons.rows import Block
from commons.topics import OFFICE_LANE, Address
from lorong import tables
from lorong.sending import store_all
from lorong.settings import SITES, existing_store, load, site
from store import open_store
from store.contract import Query, Window
from store.plan import plan

if TYPE_CHECKING:
    from commons.sites import Site

_RELATIVE: Final = re.compile(r"-(\d+)([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 168}
Moment = Annotated[str, Parameter(allow_leading_hyphen=True)]
_ROWS_PER_BLOCK: Final = 500
_HEADER_AND_ROW: Final = 2


def query(
    measurement: str,
    *where: str,
    start: Moment = "-1d",
    stop: Moment | None = None,
    fields: str = "",
    window: Window | None = None,
    by: str = "",
    timezone: str = "",
    limit: int = 50,
    form: Literal["table", "csv"] = "table",
    settings: Path | None = None,
) -> None:
    """Show rows of a measurement, the latest last.

    Parameters
    ----------
    measurement
        Its name in the catalogue, such as soil.
    where
        Tags the rows must have, each as tag=value.
    start
        The first moment: ISO 8601, or relative such as -6h, -7d, -4w.
    stop
        The first moment no longer wanted; else now.
    fields
        Fields separated by commas; else all.
    window
        Put an hour, a day or a week into one row.
    by
        With a window: tags to keep apart, separated by commas.
    timezone
        Whose midnights days begin with; else those of the site that city=... names, or of Makassar.
    limit
        At most so many rows, the latest.
    form
        A table for people, or CSV.
    settings
        A TOML file with the section store.
    """
    clock = SystemClock()
    chosen = dict(_pair(text) for text in where)
    timezone = timezone or _zone_of(chosen.get("city", ""))
    wanted = Query(
        measurement,
        start=_moment(start, clock),
        stop=None if stop is None else _moment(stop, clock),
        where=chosen,
        fields=tuple(name for name in fields.split(",") if name),
        window=window,
        timezone=timezone,
        by=tuple(name for name in by.split(",") if name),
        limit=limit,
        newest_first=True,
    )
    plan(wanted)  # what is asked wrongly is said first, whether there is a store or not
    with closing(open_store(existing_store(settings), clock=clock)) as store:
        found = store.read(wanted)
    if form == "csv":
        pyarrow.csv.write_csv(found, sys.stdout.buffer)
        return
    if not found.num_rows:
        print(f"no rows of {measurement} since {start}; ask for an earlier --start, or check --settings")
        return
    filled = [name for name in found.column_names if found.column(name).null_count < found.num_rows]
    rows = [list(row.values()) for row in reversed(found.select(filled).to_pylist())]
    print("\n".join(tables.lines(filled, rows, timezone=timezone)))


def import_file(
    file: Path,
    measurement: str,
    *,
    city: str = "makassar",
    lane: str = OFFICE_LANE,
    node: str = "import",
    data: Path = Path("data/nodes"),
    settings: Path | None = None,
    wait: float = 60.0,
) -> int:
    """Bring a CSV table in through the broker: a column `time` (ISO 8601 with zone), then tags and fields by name.

    Parameters
    ----------
    file
        The table; a column `lane` may name each row's lane.
    measurement
        What its rows are, such as harvest.
    city
        A site that comes with Lorong, or the path of a site folder.
    lane
        The lane of rows that name none.
    node
        The name they are sent under.
    data
        The folder of the outbox they wait in.
    settings
        A TOML file with the section broker.
    wait
        How long to wait until everything is stored [s].
    """
    blocks = _blocks(file, measurement, site(city), lane=lane, node=node)
    rows = sum(len(block) for _, block in blocks)
    left = store_all(load(settings).broker, data / f"{node}.sqlite", blocks, clock=SystemClock(), seconds=wait)
    still = f"; {left} wait in the outbox {node}" if left else ""
    print(f"{max(0, rows - left)} of {rows} rows are in the store{still}")
    return 1 if left else 0


def _blocks(file: Path, measurement: str, place: Site, *, lane: str, node: str) -> list[tuple[Address, Block]]:
    known = catalogue.measurement(measurement)
    groups: dict[str, list[dict[str, str]]] = {}
    for row in _rows(file):
        groups.setdefault(row.get("lane") or lane, []).append(row)
    found = []
    for where, members in groups.items():
        address = Address(place.slug, where if where == OFFICE_LANE else place.lane(where).slug, node)
        for at in range(0, len(members), _ROWS_PER_BLOCK):
            block = _block(file, known, members[at : at + _ROWS_PER_BLOCK])
            _try(file, address, block)
            found.append((address, block))
    return found


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row]
    except OSError as error:
        raise UsageError(f"table {str(file)!r} cannot be read ({error.strerror}); check the path") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(f"table {file.name!r} is no CSV in UTF-8 ({error}); save it as one") from error
    if len(rows) < _HEADER_AND_ROW:
        raise UsageError(f"table {file.name!r} has no rows; give it a line of column names and lines of values")
    columns = len(rows[0])
    for row in rows:
        if len(row) != columns:
            raise UsageError(f"{file.name}: {','.join(row)!r} has {len(row)} cells for {columns} columns; mend it")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _try(file: Path, address: Address, block: Block) -> None:
    """What the collector would reject is said here and now."""
    pack = wire.with_first(wire.encode_pack(block, "TRIAL", 1), 1)
    try:
        wire.decode(address.up(block.measurement), pack, arrival_ms=0)
    except WireError as error:
        raise UsageError(f"{file.name}: {error}") from error


def _block(file: Path, known: catalogue.Measurement, rows: list[dict[str, str]]) -> Block:
    names = [name for name in rows[0] if name not in ("time", "city", "lane", "node")]
    tags = {name: [row[name] for row in rows] for name in names if name in known.tags}
    fields = {}
    for name in names:
        if name not in known.tags:
            text = known.field(name).text
            fields[name] = [
                (row[name] if text else _number(file, name, row[name])) if row[name] else None for row in rows
            ]
    times = [_time(file, row.get("time", "")) for row in rows]
    return Block(known.name, times, tags, fields)  # type: ignore[arg-type]  # a column is all texts or all numbers


def _number(file: Path, name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{file.name}: {name} {text!r} is no number; write it like 12.5")
    return number


def _time(file: Path, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{file.name}: time {text!r} is not ISO 8601; write 2026-11-24T07:00+08:00") from error
    if moment.tzinfo is None:
        raise UsageError(f"{file.name}: time {text!r} has no zone; write 2026-11-24T07:00+08:00")
    return round(moment.timestamp() * 1000) * NANOSECONDS_PER_MILLISECOND


def _zone_of(city: str) -> str:
    """The zone of a site that comes with Lorong; of any other, and where none is named, Makassar's."""
    return site(city if (SITES / city / "site.toml").is_file() else "makassar").timezone


def _moment(text: str, clock: Clock) -> int:
    """A moment [ns] from ISO 8601, or from a span before now."""
    relative = _RELATIVE.fullmatch(text)
    if relative:
        back = timedelta(hours=int(relative[1]) * _HOURS[relative[2]])
        return (clock.wall_ms() - int(back.total_seconds() * 1000)) * NANOSECONDS_PER_MILLISECOND
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"moment {text!r} is neither ISO 8601 nor like -7d; write 2026-11-24 or -7d") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000) * NANOSECONDS_PER_MILLISECOND


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"condition {text!r} is not tag=value; write it like lane=sydney")
    return name, value
