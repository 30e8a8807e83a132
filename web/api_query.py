"""The API's parameters: read, checked, and refused in one sentence that names parameter, value and remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, cast

from commons.catalogue.commodities import commodities
from commons.errors import ParameterError, UnknownNameError
from commons.marks import ALL_FOODS
from commons.topics import OFFICE_LANE
from web.api_schemas import MOMENT
from web.paging import read_cursor
from web.public import is_by_day, public_columns, public_fields, public_measurement, public_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.datastructures import QueryParams

    from commons.catalogue import Measurement
    from commons.sites import Site
    from store.contract import Window
    from web.paging import Cursor
    from web.reader import Reader

FORMATS: Final = ("json", "csv", "arrow")
WINDOWS: Final = ("1h", "1d", "1w")
USUAL_LIMIT: Final = 10_000
READ: Final = ("measurement", "start", "stop", "fields", "window", "by", "limit", "next", "format")
LATEST: Final = ("measurement", "format")

_NS_PER_SECOND: Final = 10**9
_RELATIVE: Final = re.compile(r"-([0-9]{1,6})([mhdw])")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MOMENT: Final = re.compile(MOMENT["pattern"], re.ASCII)
_DATE_LETTERS: Final = len("2026-11-24")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, checked.

    Args:
        measurement: What to read.
        start: The first moment [ns since 1970 UTC]; None = from the beginning.
        stop: The first moment no longer wanted [ns since 1970 UTC]; None = to the end.
        fields: The fields wanted, never empty.
        where: Tag name → the values a row may have.
        window: How rows are put together; None = as they are.
        by: The tags that stay apart, in catalogue order.
        limit: The most rows.
        next: Where an earlier answer ended; None = at the start.
        format: "json", "csv" or "arrow".
    """

    measurement: Measurement
    start: int | None
    stop: int | None
    fields: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    window: Window | None
    by: tuple[str, ...]
    limit: int
    next: Cursor | None
    format: str


class Parameters:
    """One request's parameters.

    Args:
        given: As they came.
        names: Those that the address knows besides the measurement's tags.
        reader: Tells the site and the time.
    """

    def __init__(self, given: QueryParams, names: tuple[str, ...], reader: Reader) -> None:
        self._given, self._names, self._reader = given, names, reader

    def asked(self, *, most_rows: int) -> Asked:
        """What is asked for.

        Raises:
            ParameterError: A parameter is unknown, missing, or cannot be used.
        """
        measurement = self._measurement()
        tags = public_tags(measurement)
        for name in self._given:
            _known("parameter", name, (*self._names, *tags))
        window = self._window(measurement)
        start, stop = self._moment("start"), self._moment("stop")
        if start is not None and stop is not None and start >= stop:
            raise ParameterError(f"start {self._one('start')!r} is not before stop {self._one('stop')!r}; swap them")
        return Asked(
            measurement=measurement,
            start=start,
            stop=stop,
            fields=self._fields(measurement),
            where=self._where(tags),
            window=window,
            by=self._by(tags),
            limit=self._limit(most_rows),
            next=self._next(),
            format=self._format(),
        )

    def _measurement(self) -> Measurement:
        name = self._one("measurement")
        if name is None:
            raise ParameterError("parameter 'measurement' is missing; add one that /api/v1/measurements lists")
        try:
            return public_measurement(name)
        except UnknownNameError as error:
            raise ParameterError(str(error)) from error

    def _fields(self, measurement: Measurement) -> tuple[str, ...]:
        named = self._several("fields") or public_fields(measurement)
        for name in named:
            _known(f"field of {measurement.name}", name, public_columns(measurement))
        # a computed value never travels without what must be said of it
        added = ("marks",) if measurement.kind == "indicator" and "marks" not in named else ()
        return (*dict.fromkeys(named), *added)

    def _where(self, tags: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        site = self._reader.site
        where = {tag: self._several(tag) for tag in tags if tag in self._given}
        for tag, known in _names_of(site).items():
            for value in where.get(tag, []):
                _known(tag, value, known)
        return where

    def _window(self, measurement: Measurement) -> Window | None:
        window = self._one("window")
        if window is None:
            return "1d" if is_by_day(measurement) else None
        if window not in WINDOWS:
            raise ParameterError(f"window {window!r} is not known; use one of {', '.join(WINDOWS)}")
        if measurement.kind not in ("sample", "event"):
            raise ParameterError(
                f"window {window!r} does not fit {measurement.name!r}, which has its periods; leave it out"
            )
        if window == "1h" and measurement.kind == "event":
            raise ParameterError(f"window '1h' is too fine for {measurement.name!r}; use 1d or 1w")
        return cast("Window", window)

    def _by(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        """The tags that stay apart; `origin` always does, so that real and simulated never mix."""
        named = self._several("by")
        if not named:
            return tags
        for name in named:
            _known("tag in by", name, tags)
        return tuple(tag for tag in tags if tag in named or tag == "origin")

    def _limit(self, most: int) -> int:
        text = self._one("limit")
        if text is None:
            return min(USUAL_LIMIT, most)
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= most:
            raise ParameterError(f"limit {text[:40]!r} is not a number from 1 to {most}; give such a number")
        return int(text)

    def _next(self) -> Cursor | None:
        text = self._one("next")
        return None if text is None else read_cursor(text)

    def _format(self) -> str:
        name = self._one("format")
        if name is None:
            return FORMATS[0]
        if name not in FORMATS:
            raise ParameterError(f"format {name!r} is not known; use one of {', '.join(FORMATS)}")
        return name

    def _moment(self, parameter: str) -> int | None:
        text = self._one(parameter)
        if text is None:
            return None
        if found := _RELATIVE.fullmatch(text):
            return self._reader.now_ns - int(found[1]) * _SECONDS[found[2]] * _NS_PER_SECOND
        try:
            return self._iso(text)
        except (ValueError, OverflowError) as error:
            raise ParameterError(
                f"{parameter} {text!r} is no time; write 2026-11-24, 2026-11-24T08:00:00Z or -7d (m, h, d, w)"
            ) from error

    def _iso(self, text: str) -> int:
        """An ISO time with its zone, or a day, which begins at the site's midnight; no other way to write them."""
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        if len(text) == _DATE_LETTERS:
            return self._reader.midnight(date.fromisoformat(text))
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign in an address arrives as a space
        return round(at.timestamp()) * _NS_PER_SECOND

    def _one(self, name: str) -> str | None:
        values = self._given.getlist(name) if name in self._names else []
        if len(values) > 1:
            raise ParameterError(f"parameter {name!r} is given {len(values)} times; give it once")
        return values[0] if values else None

    def _several(self, name: str) -> tuple[str, ...]:
        return tuple(part for text in self._given.getlist(name) for part in text.split(",") if part)


def _names_of(site: Site) -> dict[str, Iterable[str]]:
    """The values that tags may have, where the site or the catalogue knows them all."""
    return {
        "city": [site.slug],
        "lane": [*site.lanes, OFFICE_LANE],
        "market": site.markets,
        "commodity": [*commodities(), ALL_FOODS],
        "place": [*site.places, *site.lanes],
    }


def _known(kind: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise ParameterError(str(UnknownNameError(kind, name, names)))
