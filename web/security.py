"""Headers that every answer carries: nothing from elsewhere is loaded, nothing may frame or guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from web.formats import MORE_ROWS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EVERYWHERE: Final = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OPEN_DATA: Final = "/api/"
_STATIC: Final = "/static/"
_KEPT: Final = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """ASGI middleware that adds the headers; open data may be read by other sites' pages, static files kept for long.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)


def _add(headers: MutableHeaders, path: str) -> None:
    for name, value in _EVERYWHERE.items():
        headers.setdefault(name, value)
    if path.startswith(_OPEN_DATA):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = MORE_ROWS
    elif path.startswith(_STATIC):
        headers["Cache-Control"] = _KEPT
