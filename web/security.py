"""Headers that every answer carries: nothing from elsewhere is loaded, nothing runs but the diary's own scripts."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

from commons.logs import Log
from diary.headers import EVERYWHERE
from web.formats import MORE_ROWS, NEXT
from web.refusals import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OVER_TLS: Final = "max-age=31536000"
_OPEN_DATA: Final = "/api/"
_STATIC: Final = "/static/"
_KEPT: Final = "public, max-age=31536000, immutable"


log = Log("web.security")


class SecurityHeaders:
    """ASGI middleware that adds the headers; open data may be read by other sites' pages, static files kept for long.

    The diary's page and its files bring a policy of their own, and no other answer does: it alone runs scripts.
    It is also the last to hear of a bug: the visitor is told that there is one, and the log which.

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

        has_begun = False

        async def with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _add(MutableHeaders(scope=message), scope["path"], is_tls=scope["scheme"] == "https")
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            if has_begun:
                raise
            log.error("request failed", path=scope["path"], reason=repr(error), where=_where(error))  # noqa: TRY400  # one line
            await refuse(scope, receive, with_headers, 500, "something went wrong here; it is in the log, try again")


def _where(error: BaseException) -> str:
    """The last places an error passed, innermost last."""
    return " < ".join(f"{step.name}:{step.lineno}" for step in traceback.extract_tb(error.__traceback__)[-4:])


def _add(headers: MutableHeaders, path: str, *, is_tls: bool) -> None:
    for name, value in EVERYWHERE.items():
        headers.setdefault(name, value)
    if is_tls:
        headers["Strict-Transport-Security"] = _OVER_TLS
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if path.startswith(_OPEN_DATA) else "same-origin"
    if path.startswith(_OPEN_DATA):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = f"{MORE_ROWS}, {NEXT}"
    elif path.startswith(_STATIC):
        headers["Cache-Control"] = _KEPT
