"""Market prices that an enumerator typed into a sheet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

import orjson

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import SensorError, SiteError, UnknownNameError
from commons.logs import Log
from commons.rows import Block
from sensors.days import local_day, midnight_ms
from sensors.drivers.driver import Reading
from sensors.drivers.quotes import COLUMNS, Key, Problem, Quote, Sheet, read_sheet
from sensors.options import read_options
from sensors.tables import read_text, table_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from commons.rows import Column
    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver
    from sensors.drivers.quotes import Measures

_QUOTES_PER_LOOK: Final = 1_000
_ENTRY_BYTES: Final = 10
_VERSIONS_PER_GENERATION: Final = 1_000
_LOG: Final = Log("sensors.price_sheet")


@dataclass(frozen=True, slots=True)
class Panel:
    """Whose prices a sheet holds.

    Args:
        market: The market's slug.
        level: consumer, wholesale or producer.
        source: Who gathered them.
        origin: The rows' origin.
        weekend_repeats: Whether the source repeats Friday on weekends.
    """

    market: str
    level: str
    source: str
    origin: str
    weekend_repeats: bool = False

    def entry(self, key: Key) -> str:
        """The id of the price of a day, commodity and quote: the same whenever, and from whichever sheet, it comes."""
        text = f"{self.source}\0{self.market}\0{key.commodity}\0{key.quote}\0{key.day.isoformat()}"
        return hashlib.blake2b(text.encode(), digest_size=_ENTRY_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class _Place:
    """How much of the sheet has been sent.

    Args:
        rows: How many rows, from the top.
        digest: What they said.
        generation: How often they were found changed.
    """

    rows: int = 0
    digest: str = ""
    generation: int = 0


@dataclass(frozen=True, slots=True)
class _Content:
    """A sheet as it was when the file had this stamp: its time, its size, and the day it was read."""

    stamp: tuple[int, int, date]
    sheet: Sheet
    lines: list[bytes]

    def digest(self, rows: int) -> str:
        """What the first rows say."""
        return hashlib.blake2b(b"\n".join(self.lines[:rows]), digest_size=_ENTRY_BYTES).hexdigest()


class PriceSheet:
    """Sends each price of a sheet once, at its local day's first moment; a sheet that grows sends what is new.

    A second price for the same day, commodity and quote is a correction: the same entry in its next version. Where
    rows that were sent have been changed since, the whole sheet is sent again in versions above all earlier ones; a
    price that was taken out of the sheet meanwhile stays.

    Args:
        path: The sheet, CSV, gzipped or not, with the columns date, commodity, quote, price and unit.
        panel: Whose prices these are.
        measures: Household measures that may stand as a unit.
        zone: The site's clock.
    """

    def __init__(self, path: Path, *, panel: Panel, measures: Measures, zone: ZoneInfo) -> None:
        self._path, self._panel, self._measures, self._zone = path, panel, measures, zone
        self._content: _Content | None = None

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The next prices that have not been sent."""
        before = self._content
        content = self._content = self._refreshed(local_day(now_ms, self._zone))
        sheet, place = content.sheet, _resumed(_place(bookmark), content)
        if place.rows >= sheet.rows:
            return Reading([])
        if content is not before:
            self._say(sheet, place.rows)
        due = [quote for quote in sheet.quotes if quote.row >= place.rows]
        more, due = len(due) > _QUOTES_PER_LOOK, due[:_QUOTES_PER_LOOK]
        rows = due[-1].row + 1 if more else sheet.rows
        reached = {"rows": rows, "digest": content.digest(rows), "generation": place.generation}
        return Reading([self._block(due, place.generation)], bookmark=orjson.dumps(reached).decode(), more=more)

    def _refreshed(self, today: date) -> _Content:
        """The sheet's content, read again if the file or the day has changed since the last look."""
        try:
            stat = self._path.stat()
        except OSError as error:
            raise SensorError(f"price sheet {self._path} is not there ({error.strerror}); put it there") from error
        stamp = (stat.st_mtime_ns, stat.st_size, today)
        if self._content is not None and self._content.stamp == stamp:
            return self._content
        rows = table_rows(read_text(self._path), columns=COLUMNS, name=self._path.name)
        sheet = read_sheet(rows, today=today, measures=self._measures, weekend_repeats=self._panel.weekend_repeats)
        return _Content(stamp, sheet, ["\t".join(row.values()).encode() for row in rows])

    def _say(self, sheet: Sheet, sent: int) -> None:
        """What the sheet holds, and each kind of problem among the rows that were not sent before."""
        _LOG.info(
            "price sheet read",
            sheet=self._path.name,
            rows=sheet.rows,
            sent_before=sent,
            prices=len(sheet.quotes),
            without_price=sheet.priceless,
            repeated=sheet.repeated,
            unusable=len(sheet.problems),
        )
        for kind, problems in _by_kind(problem for problem in sheet.problems if problem.row >= sent).items():
            first = problems[0]
            _LOG.warning(
                "price rows left out",
                sheet=self._path.name,
                column=kind,
                rows=len(problems),
                first_line=first.line,
                value=first.value,
                remedy=first.remedy,
            )

    def _block(self, quotes: list[Quote], generation: int) -> Block:
        midnights = {day: midnight_ms(day, self._zone) for day in {quote.key.day for quote in quotes}}
        panel, before = self._panel, generation * _VERSIONS_PER_GENERATION
        fields: dict[str, Column] = {
            "price_idr": [quote.price_idr for quote in quotes],
            "entry": [panel.entry(quote.key) for quote in quotes],
            "version": [float(before + quote.version) for quote in quotes],
        }
        if any(quote.note for quote in quotes):
            fields["note"] = [quote.note or None for quote in quotes]
        return Block(
            "price",
            [midnights[quote.key.day] * NANOSECONDS_PER_MILLISECOND for quote in quotes],
            {
                "market": panel.market,
                "commodity": [quote.key.commodity for quote in quotes],
                "quote": [quote.key.quote for quote in quotes],
                "level": panel.level,
                "source": panel.source,
                "origin": panel.origin,
            },
            fields,
        )


def build(entry: NodeEntry, site: Site) -> Driver:
    """The price sheet of a node.

    Options: `file` (below the site's folder, or a whole path), `market`, `level`, `source`, and `weekend=repeats` for
    a source that repeats Friday's price on Saturday and Sunday.

    Raises:
        SiteError: An option is missing or has a value that means nothing.
        UnknownNameError: The market or an option is not known.
    """
    options = read_options(entry, required=("file", "market", "level", "source"), optional={"weekend": ""})
    if options["market"] not in site.markets:
        raise UnknownNameError("market", options["market"], site.markets)
    if options["weekend"] not in ("", "repeats"):
        weekend = options["weekend"]
        raise SiteError(f"node {entry.address.node!r}: option weekend={weekend!r} means nothing; write repeats")
    panel = Panel(options["market"], options["level"], options["source"], entry.origin, options["weekend"] == "repeats")
    measures = {(unit.unit, unit.commodity): unit.kg for unit in site.units}
    return PriceSheet(site.folder / options["file"], panel=panel, measures=measures, zone=site.zone)


def _resumed(place: _Place, content: _Content) -> _Place:
    """The place in the sheet as it is now; its top again, one generation on, where sent rows have changed."""
    if content.digest(place.rows) == place.digest or not place.rows:
        return place
    _LOG.warning("price rows that were sent have changed; the sheet is sent again", rows=place.rows)
    return _Place(generation=place.generation + 1)


def _place(bookmark: str | None) -> _Place:
    if bookmark is None:
        return _Place()
    try:
        return _Place(**orjson.loads(bookmark))
    except (TypeError, ValueError) as error:
        raise SensorError(
            f"bookmark {bookmark[:60]!r} is none of a price sheet ({error}); let the outbox drain, then delete it"
        ) from error


def _by_kind(problems: Iterable[Problem]) -> Mapping[str, list[Problem]]:
    ordered = sorted(problems, key=lambda problem: problem.kind)
    return {kind: list(found) for kind, found in groupby(ordered, key=lambda problem: problem.kind)}
