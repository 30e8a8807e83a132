"""The open data API: what there is, rows by time and place, the newest rows, and the indicators explained."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from commons.errors import ParameterError
from store.contract import Query
from web import api_docs, words
from web.api_query import LATEST, READ, Parameters
from web.entries import held_entries, read_events, to_the_millisecond
from web.formats import answer, iso
from web.language import SOURCE, language
from web.paging import Page, cut, page_of_rows, page_of_windows
from web.public import HISTORY, is_by_day, public_columns, public_fields, public_tags, readable

if TYPE_CHECKING:
    from commons.catalogue import Measurement
    from web.api_query import Asked
    from web.effort import Effort
    from web.reader import Reader


class Api:
    """What each address answers.

    Args:
        reader: The store.
        most_rows: The most rows of one answer.
        effort: Bounds what the store is asked.
        seconds: How long one question may take [s].
    """

    def __init__(self, reader: Reader, *, most_rows: int, effort: Effort, seconds: float) -> None:
        self._reader, self._most, self._effort, self._seconds = reader, most_rows, effort, seconds

    def router(self, prefix: str) -> APIRouter:
        """The addresses under a prefix, each described."""
        found = APIRouter(prefix=prefix, tags=["data"])
        for path, endpoint in (
            ("/measurements", self.measurements),
            ("/indicators", self.indicators),
            ("/read", self.read),
            ("/latest", self.latest),
        ):
            found.add_api_route(path, endpoint, methods=["GET"], **api_docs.ADDRESSES[path])
            found.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
        return found

    def measurements(self) -> Response:
        """Every public measurement of the catalogue."""
        return _json({"measurements": [_described(m) for m in readable()]})

    async def indicators(self) -> Response:
        """Every indicator, the methods that made its newest values, and what the marks mean."""
        return await self._effort.spend(self._indicators)

    async def read(self, request: Request) -> Response:
        """Rows by time and place."""
        return await self._effort.spend(partial(self._read, request))

    async def latest(self, request: Request) -> Response:
        """The newest row of each series."""
        return await self._effort.spend(partial(self._latest, request))

    def _indicators(self) -> Response:
        found = [m for m in readable() if m.kind == "indicator" and not m.name.endswith(HISTORY)]
        return _json({"indicators": [self._indicator(m) for m in found], "marks": _marks()})

    def _read(self, request: Request) -> Response:
        asked = Parameters(request.query_params, READ, self._reader).asked(most_rows=self._most)
        page = self._events(asked) if asked.measurement.kind == "event" else self._rows(asked)
        return answer(page, asked.measurement, form=asked.format)

    def _latest(self, request: Request) -> Response:
        asked = Parameters(request.query_params, LATEST, self._reader).asked(most_rows=self._most)
        if is_by_day(asked.measurement):
            name = asked.measurement.name
            raise ParameterError(f"measurement {name!r} is shown per lane and day; use /api/v1/read?measurement={name}")
        table = self._reader.latest_table(asked.measurement.name, asked.where)
        if asked.measurement.kind == "event":
            table = to_the_millisecond(held_entries(table))
        shown = table.select(["time", *asked.by, *asked.fields])
        if shown.num_rows > self._most:
            raise ParameterError(
                f"{asked.measurement.name} has {shown.num_rows} series, over {self._most}; name lanes or other tags"
            )
        return answer(Page(shown, None), asked.measurement, form=asked.format)

    def _rows(self, asked: Asked) -> Page:
        query = Query(
            asked.measurement.name,
            start=asked.start,
            stop=asked.stop,
            where=asked.where,
            fields=asked.fields,
            window=asked.window,
            timezone=self._reader.site.timezone,
            by=asked.by if asked.window else (),
        )
        if asked.window is None:
            return page_of_rows(self._reader, query, limit=asked.limit, begin=asked.next)
        patience = self._seconds / 2
        return page_of_windows(self._reader, query, limit=asked.limit, begin=asked.next, seconds=patience)

    def _events(self, asked: Asked) -> Page:
        start = asked.start if asked.next is None else asked.next.time
        table = read_events(self._reader, replace(asked, start=start), self._most)
        if table is None:
            raise ParameterError(
                f"start and stop span more than {self._most} entries of {asked.measurement.name!r}; "
                "give a later start or an earlier stop"
            )
        return cut(table, asked.limit, asked.next)

    def _indicator(self, m: Measurement) -> dict[str, Any]:
        rows = self._reader.latest(m.name)
        newest = max((int(row["time"]) for row in rows), default=None)
        return {
            **_described(m),
            "methods": sorted({row["method"] for row in rows if row["method"]}),
            "marks": list(words.joined_marks(row["marks"] for row in rows)),
            "series": len(rows),
            "newest": None if newest is None else iso(newest),
        }


def _json(facts: dict[str, Any]) -> Response:
    return Response(orjson.dumps(facts), media_type="application/json")


def _described(m: Measurement) -> dict[str, Any]:
    return {
        "name": m.name,
        "kind": m.kind,
        "label": {"id": m.label.id, "en": m.label.en},
        "tags": list(public_tags(m)),
        "cadence_seconds": m.cadence_seconds or None,
        "per": "lane and day" if is_by_day(m) else None,
        "fields": {name: _field(m, name) for name in public_fields(m)},
        "quality_columns": [name for name in public_columns(m) if name not in m.fields],
    }


def _field(m: Measurement, name: str) -> dict[str, Any]:
    found = m.field(name)
    return {
        "label": {"id": found.label.id, "en": found.label.en},
        "type": "text" if found.text else "number",
        "unit": found.unit or None,
        "aggregate": None if found.text else found.aggregate,
        "possible": found.fail,
        "plausible": found.suspect,
        "about": found.about or None,
    }


def _marks() -> dict[str, dict[str, str]]:
    """What each mark means, in the source language and in English."""
    english = language("en")
    return {mark: {SOURCE: text, "en": english.text(text)} for mark, text in words.MARKS_EXPLAINED.items()}
