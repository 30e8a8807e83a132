"""What the API says of itself: a description, parameters and examples for each address."""

from __future__ import annotations

from typing import Any, Final

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


def _parameter(name: str, about: str, example: str, *, values: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {"type": "string", **({"enum": list(values)} if values else {})}
    required = name == "measurement"
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": about,
        "schema": schema,
        "example": example,
    }


def _responses(example: object, *, tables: bool = False, refuses: bool = False) -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {"application/json": {"example": example}}
    if tables:
        content["text/csv"] = {"example": "time,city,lane,bed,origin,moisture\r\n"}
        content["application/vnd.apache.arrow.stream"] = {}
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "What was asked for", "content": content},
        503: {"description": "The store is away", "content": {"application/json": {"example": {"error": "..."}}}},
    }
    if refuses:
        about = "A parameter cannot be used: one sentence names it, its value and the remedy"
        found[400] = {"description": about, "content": {"application/json": {"example": _WRONG}}}
    return found


_MEASUREMENT: Final = _parameter("measurement", "A name that `/api/v1/measurements` lists.", "soil")
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
        "start", "First moment: a day (the city's midnight), an ISO time with its zone, or `-7d` (m, h, d, w).", "-7d"
    ),
    _parameter("stop", "First moment no longer wanted, written as `start`.", "2026-11-24T00:00:00Z"),
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
        "limit", "At most so many rows, the earliest; `more` and `X-More-Rows` tell if there are others.", "1000"
    ),
    _parameter(
        "next",
        "To go on where an answer ended: its `next` (of CSV and Arrow the header `X-Next`), all else unchanged. A page "
        "may hold fewer rows than the limit; the last one has no `next`.",
        "1763913600000000000.1",
    ),
    _FORMAT,
]

ADDRESSES: Final[dict[str, dict[str, Any]]] = {
    "/measurements": {
        "summary": "What there is",
        "description": "Every quantity measured or computed: its meaning in Indonesian and English, unit (UCUM), tags, "
        "possible and plausible values, and how a window of it becomes one number.",
        "responses": _responses({"measurements": [{"name": "soil", "kind": "sample"}]}),
    },
    "/indicators": {
        "summary": "What is computed",
        "description": "Every indicator with the methods that made its newest values, and the meaning of the marks "
        "that say what a value stands on. The values themselves are read by `/api/v1/read` and `/api/v1/latest`.",
        "responses": _responses({"indicators": [{"name": "soil_state", "methods": ["1"]}], "marks": {}}),
    },
    "/read": {
        "summary": "Rows by time and place",
        "description": "Rows in time order, times in UTC. Missing values are null (empty in CSV), never zero.",
        "responses": _responses(_ROWS, tables=True, refuses=True),
        "openapi_extra": {"parameters": _READ},
    },
    "/latest": {
        "summary": "The newest row of each series",
        "description": "A series is one combination of tags. What people did in gardens is for `/api/v1/read` only.",
        "responses": _responses(_ROWS, tables=True, refuses=True),
        "openapi_extra": {"parameters": [_MEASUREMENT, _LANE, _FORMAT]},
    },
}
