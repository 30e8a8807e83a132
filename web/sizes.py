"""How large a request may be, and how long somebody may take to read an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers

from web.refusals import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_PATH_BYTES: Final = 512
MOST_QUERY_BYTES: Final = 2048
MOST_HEADER_BYTES: Final = 8192
MOST_BODY_BYTES: Final = 8192


class LimitSizes:
    """ASGI middleware: too large is refused in a sentence; whoever stops reading is let go.

    Args:
        app: What answers.
        part_seconds: How long one part of an answer may wait to be read [s].
    """

    def __init__(self, app: ASGIApp, *, part_seconds: float) -> None:
        self._app, self._part_seconds = app, part_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _too_large(scope)
        if refusal is not None:
            await refuse(scope, receive, send, *refusal)
            return

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(self._part_seconds):
                await send(message)

        await self._app(scope, receive, in_time)


def _too_large(scope: Scope) -> tuple[int, str] | None:
    """The status and the sentence for what is too large."""
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    for name, part, most in (("path", path, MOST_PATH_BYTES), ("query", query, MOST_QUERY_BYTES)):
        if len(part) > most:
            return 414, f"the {name} has {len(part)} bytes, over {most}; ask for less at once"
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    if size > MOST_HEADER_BYTES:
        return 431, f"the headers have {size} bytes, over {MOST_HEADER_BYTES}; delete this site's cookies"
    length = Headers(scope=scope).get("content-length", "0")
    if not (length.isascii() and length.isdecimal() and len(length) < 10 and int(length) <= MOST_BODY_BYTES):  # noqa: PLR2004  # digits of a gigabyte
        return 413, f"the body is over {MOST_BODY_BYTES} bytes; send less at once"
    return None
