"""The pages' tables as CSV and XLSX and their maps as GeoJSON, for everybody."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from commons.errors import ParameterError, UnknownNameError
from web import geojson, words
from web.api_docs import refusals
from web.credits import credits_of
from web.figures import FIGURES, LEVELS, Seen, figure_of
from web.formats import csv_parts, iso
from web.language import language
from web.tables import TABLES
from web.tables.sheet import MARKETS, PLACES, Asked, marks_in
from web.workbook import MEDIA_TYPE, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from starlette.datastructures import QueryParams

    from web.cache import BriefCache
    from web.effort import Effort
    from web.reader import Reader
    from web.tables.sheet import Rows, Table

FORMS: Final = ("csv", "xlsx")
MAP: Final = "/map.geojson"
_KINDS: Final = {"csv": "text/csv; charset=utf-8", "xlsx": MEDIA_TYPE}
_MAP_TAKES: Final = ("figure", "level")
_NO_LICENCE: Final = (
    "Kota ini belum menyatakan lisensi datanya; tanyakan.",
    "This city states no licence of its data; ask.",
)


class Exports:
    """What each address gives.

    Args:
        reader: The store.
        too_old_hours: The age from which a reading is no longer trusted [h].
        effort: Bounds what the store is asked.
        cache: Finished files.
    """

    def __init__(self, reader: Reader, *, too_old_hours: float, effort: Effort, cache: BriefCache[bytes]) -> None:
        self._reader, self._too_old, self._effort, self._cache = reader, too_old_hours, effort, cache

    def router(self, prefix: str) -> APIRouter:
        """An address for each table and form, and one for maps, under a prefix."""
        found = APIRouter(prefix=prefix, tags=["tables"])
        known = self._known()
        addresses: list[tuple[str, Callable[[Request], Any], dict[str, Any]]] = [
            (f"/tables/{table.name}.{form}", partial(self._file, table, form), _described(table, form, known))
            for table in TABLES.values()
            for form in FORMS
        ]
        for path, endpoint, about in (*addresses, (MAP, self._map, _map_docs(known))):
            answer = _endpoint(endpoint)
            found.add_api_route(path, answer, methods=["GET"], **about)
            found.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
        return found

    async def _file(self, table: Table, form: str, request: Request) -> Response:
        asked = self._asked(request.query_params, table.takes)
        key = (table.name, form, asked.figure, asked.level, asked.market and asked.market.slug)
        body = await self._effort.spend(partial(self._cache.get, key, partial(self._made, table, form, asked)))
        name = f"{self._reader.site.slug}-{table.name}.{form}"
        return Response(body, headers=_headers(name), media_type=_KINDS[form])

    async def _map(self, request: Request) -> Response:
        asked = self._asked(request.query_params, _MAP_TAKES)
        key = (MAP, asked.figure, asked.level)
        body = await self._effort.spend(partial(self._cache.get, key, partial(self._drawn, asked)))
        name = f"{self._reader.site.slug}-{asked.level}-{asked.figure}.geojson"
        return Response(body, headers=_headers(name), media_type=geojson.MEDIA_TYPE)

    def _made(self, table: Table, form: str, asked: Asked) -> bytes:
        rows = table.rows(asked)
        head = [column.name for column in table.columns]
        if form == "csv":
            whole = ([_short(cell) for cell in row] for row in rows)
            return "".join(csv_parts(head, whole)).encode("utf-8")
        made = self._reader.local(self._reader.now_ns)
        return workbook(table.name, head, rows, self._about(table, rows, asked), made=made)

    def _drawn(self, asked: Asked) -> bytes:
        found = figure_of(Seen(self._reader, too_old_hours=self._too_old), asked.figure, asked.level)
        return orjson.dumps(geojson.features(found, self._reader.site, at=iso(self._reader.now_ns)))

    def _asked(self, given: QueryParams, takes: Iterable[str]) -> Asked:
        """What a request asks for, or a `ParameterError`."""
        site, known = self._reader.site, self._known()
        for name in given:
            _known("parameter", name, list(takes))
            if len(given.getlist(name)) > 1:
                raise ParameterError(f"parameter {name!r} is given {len(given.getlist(name))} times; give it once")
            _known(name, given[name], known[name])
        market = site.markets.get(given.get("market", ""))
        chosen = {name: given[name] for name in ("figure", "level") if name in given}
        return Asked(self._reader, self._too_old, market=market, **chosen)

    def _known(self) -> dict[str, list[str]]:
        """The values that each parameter may have."""
        return {"figure": list(FIGURES), "level": list(LEVELS), "market": list(self._reader.site.markets)}

    def _about(self, table: Table, rows: Rows, asked: Asked) -> Iterator[tuple[str, str, str]]:
        """What the sheet `about` says: what it is, when, on which terms, from where, its marks and its columns."""
        site = self._reader.site
        english = language("en")
        yield "title", table.label.id, table.label.en
        yield "place", site.name.id, site.name.en
        yield "made", iso(self._reader.now_ns), iso(self._reader.now_ns)
        for name in table.takes:
            value = asked.market.slug if name == "market" and asked.market else getattr(asked, name) or ""
            yield name, value, value
        licence = (f"{site.licence.name} {site.licence.url}",) * 2 if site.licence else _NO_LICENCE
        yield "licence", *licence
        if MARKETS in table.sources:
            for market in site.markets.values():
                text = f"{market.name}, {market.where}: {market.credit} ({market.licence})"
                yield f"market {market.slug}", text, text
        if PLACES in table.sources:
            for credit in credits_of(site):
                if "places.csv" in credit.files:
                    yield (
                        f"source {credit.files}",
                        f"{credit.source}; {credit.licence}",
                        f"{credit.source}; {credit.licence}",
                    )
        for mark in sorted(marks_in(table, rows) & set(words.MARKS_EXPLAINED)):
            text = words.MARKS_EXPLAINED[mark]
            yield f"mark {mark}", text, english.text(text)
        for column in table.columns:
            unit = f" [{column.unit}]" if column.unit else ""
            about = f"; {column.about}" if column.about else ""
            yield f"column {column.name}", f"{column.label.id}{unit}", f"{column.label.en}{unit}{about}"


def _endpoint(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """An endpoint that a framework may ask for its parameters: it has but the request."""

    async def endpoint(request: Request) -> Response:
        found: Response = await answer(request)
        return found

    return endpoint


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}


def _short(cell: object) -> object:
    """A whole number without its point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _known(kind: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise ParameterError(str(UnknownNameError(kind, name, names)))


def _parameters(names: Iterable[str], known: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """The parameters' descriptions; one that can have no value is none."""
    about = {"figure": "Which figure of places.", "level": "Of which places.", "market": "A market of the city."}
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": about[name],
            "schema": {"type": "string", "enum": known[name]},
        }
        for name in names
        if known[name]
    ]


def _responses(kind: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "What was asked for", "content": {kind: {}}}, **refusals(parameters=True)}


def _described(table: Table, form: str, known: Mapping[str, list[str]]) -> dict[str, Any]:
    columns = ", ".join(f"`{column.name}`" for column in table.columns)
    about = " Its sheet `about` has sources, licence, marks and the meaning of each column." if form == "xlsx" else ""
    return {
        "summary": f"{table.label.en} ({form.upper()})",
        "description": f"The table that the page `{table.page}` shows. Columns: {columns}.{about}",
        "responses": _responses(_KINDS[form].partition(";")[0]),
        "openapi_extra": {"parameters": _parameters(table.takes, known)},
    }


def _map_docs(known: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        "summary": "A figure of places on a map (GeoJSON)",
        "description": "Outlines, values, on how many lanes or beds each stands (`have` of `of`), state and marks.",
        "responses": _responses(geojson.MEDIA_TYPE),
        "openapi_extra": {"parameters": _parameters(_MAP_TAKES, known)},
    }
