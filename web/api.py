"""The open data API: what there is, rows by time and place, the newest rows, and the indicators explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from commons.errors import ParameterError
from commons.marks import WITHDRAWN
from store.contract import Query
from web import api_docs, words
from web.api_query import LATEST, READ, Parameters
from web.entries import held_entries, read_events, to_the_millisecond
from web.formats import answer, iso
from web.language import SOURCE, language
from web.public import HISTORY, is_by_day, public_columns, public_fields, public_tags, readable

if TYPE_CHECKING:
    from commons.catalogue import Measurement
    from web.api_query import Asked
    from web.reader import Reader


class Api:
    """What each address answers.

    Args:
        reader: The store.
        most_rows: The most rows of one answer.
    """

    def __init__(self, reader: Reader, *, most_rows: int) -> None:
        self._reader, self._most = reader, most_rows

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
        return found

    def measurements(self) -> Response:
        """Every public measurement of the catalogue."""
        return _json({"measurements": [_described(m) for m in readable()]})

    def indicators(self) -> Response:
        """Every indicator, the methods that made its newest values, and what the marks mean."""
        found = [m for m in readable() if m.kind == "indicator" and not m.name.endswith(HISTORY)]
        return _json({"indicators": [self._indicator(m) for m in found], "marks": _marks()})

    def read(self, request: Request) -> Response:
        """Rows by time and place."""
        asked = Parameters(request.query_params, READ, self._reader).asked(most_rows=self._most)
        table = self._events(asked) if asked.measurement.kind == "event" else self._rows(asked)
        more = table.num_rows > asked.limit
        return answer(table.slice(0, asked.limit), asked.measurement, form=asked.format, more=more)

    def latest(self, request: Request) -> Response:
        """The newest row of each series."""
        asked = Parameters(request.query_params, LATEST, self._reader).asked(most_rows=self._most)
        if is_by_day(asked.measurement):
            name = asked.measurement.name
            raise ParameterError(f"measurement {name!r} is shown per lane and day; use /api/v1/read?measurement={name}")
        table = self._reader.latest_table(asked.measurement.name, asked.where)
        if asked.measurement.kind == "event":
            table = to_the_millisecond(held_entries(table))
        shown = _standing(table.select(["time", *asked.by, *asked.fields]))
        return answer(
            shown.slice(0, self._most), asked.measurement, form=asked.format, more=shown.num_rows > self._most
        )

    def _rows(self, asked: Asked) -> pa.Table:
        table = self._reader.table(
            Query(
                asked.measurement.name,
                start=asked.start,
                stop=asked.stop,
                where=asked.where,
                fields=asked.fields,
                window=asked.window,
                timezone=self._reader.site.timezone,
                by=asked.by if asked.window else (),
                limit=asked.limit + 1,
            )
        )
        return _standing(table)

    def _events(self, asked: Asked) -> pa.Table:
        table = read_events(self._reader, asked, self._most)
        if table is None:
            raise ParameterError(
                f"start and stop span more than {self._most} entries of {asked.measurement.name!r}; "
                "give a later start or an earlier stop"
            )
        return table

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


def _standing(table: pa.Table) -> pa.Table:
    """The table without results that were withdrawn."""
    if "marks" not in table.column_names:
        return table
    kept = [row for row, marks in enumerate(table["marks"].to_pylist()) if WITHDRAWN not in words.split_marks(marks)]
    return table.take(pa.array(kept, pa.int64()))


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
