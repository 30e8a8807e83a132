"""An entry's request: who sends it, and its body as names and values, JSON or a form."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from commons.errors import ParameterError

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.requests import Request

FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_MOST_BYTES: Final = 8192
_MOST_FIELDS: Final = 40
_BODY_SECONDS: Final = 10.0
_OURS: Final = ("same-origin", "none")


def is_from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that the page of another site sends this; a program says nothing and needs the code."""
    if headers.get("sec-fetch-site", "none") not in _OURS:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def kind_of(headers: Headers) -> str:
    """What the body is said to be."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_document(request: Request) -> dict[str, Any]:
    """The body as names and values.

    Raises:
        ParameterError: It is too long, too slow or no entry; one sentence says what to send.
    """
    kind, body = kind_of(request.headers), await _body(request)
    if kind == FORM:
        return _form(body)
    if kind != _JSON:
        raise ParameterError(f"content type {kind[:80]!r} is not known; send {_JSON} or {FORM}")
    try:
        document = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise ParameterError("the body is not JSON; send one object") from error
    if not isinstance(document, dict) or len(document) > _MOST_FIELDS:
        raise ParameterError(f"the body is no JSON object of at most {_MOST_FIELDS} parts; send one entry")
    return document


async def _body(request: Request) -> bytes:
    """The body, but no more of it than an entry needs, and not for longer than a slow phone needs."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ParameterError(f"the body is over {_MOST_BYTES} bytes; send one entry at a time")
    except TimeoutError as error:
        raise ParameterError(f"the body took over {_BODY_SECONDS:.0f} s; send it again on a better network") from error
    return body


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise ParameterError("the form cannot be read; send fewer parts, in UTF-8") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParameterError("the form names a part twice; send each once")
    return found
