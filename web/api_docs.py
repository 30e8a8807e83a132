"""What the API says of itself: a description, parameters and examples for each address."""

from __future__ import annotations

from typing import Any, Final

from web import api_schemas
from web.api_query import FORMATS, WINDOWS

_ROW: Final = {"time": "2026-11-23T16:00:00Z", "city": "makassar", "lane": "saga", "bed": "b1", "origin": "measured"}
_ROWS: Final = {
    "measurement": "soil",
    "units": {"moisture": "%"},
    "more": True,
    "next": "1763913600000000000.1",
    "rows": [{**_ROW, "moisture": 24.1}],
}
_WRONG: Final = {"error": "measurement 'soli' is unknown; did you mean soil?"}


def _parameter(
    name: str, about: str, example: str, *, schema: dict[str, Any] | None = None, values: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A parameter of the query; any text where nothing is said of it."""
    words = {"type": "string", **({"enum": list(values)} if values else {})}
    return {
        "name": name,
        "in": "query",
        "required": name == "measurement",
        "description": about,
        "schema": schema or words,
        "example": example,
    }


_REFUSALS: Final = {
    414: "The path or the query is too long",
    429: "Too many questions from one address; `Retry-After` says when to go on",
    431: "The headers are too large",
    503: "The store is away or busy",
}


def _sentence(about: str, example: dict[str, str]) -> dict[str, Any]:
    """An answer that is one sentence."""
    content = {"application/json": {"schema": api_schemas.ERROR, "example": example}}
    return {"description": about, "content": content}


def _responses(
    schema: dict[str, Any], example: object, *, tables: bool = False, refuses: bool = False
) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": example}}
    if tables:
        content["text/csv"] = {"schema": {"type": "string"}, "example": "time,city,lane,bed,origin,moisture\r\n"}
        content["application/vnd.apache.arrow.stream"] = {}
    return {200: {"description": "What was asked for", "content": content}, **refusals(parameters=refuses)}


def refusals(*, parameters: bool) -> dict[int | str, dict[str, Any]]:
    """How any address may refuse, each with one sentence.

    Args:
        parameters: Whether it has some that may be used wrongly.
    """
    found: dict[int | str, dict[str, Any]] = {}
    if parameters:
        found[400] = _sentence("A parameter cannot be used: one sentence names it, its value and the remedy", _WRONG)
    return found | {status: _sentence(about, {"error": "..."}) for status, about in _REFUSALS.items()}


_MEASUREMENT: Final = _parameter(
    "measurement", "A name that `/api/v1/measurements` lists.", "soil", schema=api_schemas.NAME
)
_LANE: Final = _parameter(
    "lane",
    "Any tag of the measurement may stand as a parameter (`lane`, `market`, `commodity`, `level`, ...); "
    "several values by repeating it or with commas.",
    "saga",
)
_FORMAT: Final = _parameter(
    "format",
    "`json`; `csv` (UTF-8; a text that starts with =, +, - or @ gets an apostrophe in front); or an `arrow` stream.",
    "csv",
    values=FORMATS,
)
_READ: Final = [
    _MEASUREMENT,
    _parameter(
        "start",
        "First moment: a day (the city's midnight), an ISO time with its zone, or `-7d` (m, h, d, w).",
        "-7d",
        schema=api_schemas.MOMENT,
    ),
    _parameter(
        "stop",
        "First moment no longer wanted, written as `start`.",
        "2026-11-24T00:00:00Z",
        schema=api_schemas.MOMENT,
    ),
    _parameter("fields", "Fields wanted, with commas; all of them when left out.", "moisture"),
    _parameter(
        "window",
        "Put each hour, day or week (local, weeks from Monday) into one row, by each field's aggregate. "
        "What people did in gardens is always put together, by day when nothing else is asked.",
        "1d",
        values=WINDOWS,
    ),
    _parameter(
        "by",
        "With a window: the tags that stay apart, with commas; all of them when left out. `origin` always does, so "
        "that real and simulated values never mix.",
        "lane",
    ),
    _LANE,
    _parameter(
        "limit",
        "At most so many rows, the earliest; `more` and `X-More-Rows` tell if there are others.",
        "1000",
        schema=api_schemas.LIMIT,
    ),
    _parameter(
        "next",
        "To go on where an answer ended: its `next` (of CSV and Arrow the header `X-Next`), all else unchanged. A page "
        "may hold fewer rows than the limit; the last one has no `next`.",
        "1763913600000000000.1",
        schema=api_schemas.NEXT,
    ),
    _FORMAT,
]

ADDRESSES: Final[dict[str, dict[str, Any]]] = {
    "/measurements": {
        "summary": "What there is",
        "description": "Every quantity measured or computed: its meaning in Indonesian and English, unit (UCUM), tags, "
        "possible and plausible values, and how a window of it becomes one number.",
        "responses": _responses(api_schemas.MEASUREMENTS, {"measurements": [{"name": "soil", "kind": "sample"}]}),
    },
    "/indicators": {
        "summary": "What is computed",
        "description": "Every indicator with the methods that made its newest values, and the meaning of the marks "
        "that say what a value stands on. The values themselves are read by `/api/v1/read` and `/api/v1/latest`.",
        "responses": _responses(
            api_schemas.INDICATORS, {"indicators": [{"name": "soil_state", "methods": ["1"]}], "marks": {}}
        ),
    },
    "/read": {
        "summary": "Rows by time and place",
        "description": "Rows in time order, times in UTC. Missing values are null (empty in CSV), never zero.",
        "responses": _responses(api_schemas.ROWS, _ROWS, tables=True, refuses=True),
        "openapi_extra": {"parameters": _READ},
    },
    "/latest": {
        "summary": "The newest row of each series",
        "description": "A series is one combination of tags. What people did in gardens is for `/api/v1/read` only.",
        "responses": _responses(api_schemas.ROWS, _ROWS, tables=True, refuses=True),
        "openapi_extra": {"parameters": [_MEASUREMENT, _LANE, _FORMAT]},
    },
}
