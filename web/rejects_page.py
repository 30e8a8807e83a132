"""`/rejects`: what could not be stored and why, and a button that sends it again, for the operator only."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from commons.errors import BrokerUnavailableError, UnknownNameError
from commons.logs import Log
from diary.visitors import visitor
from web.forms import is_from_elsewhere, read_form
from web.operator import SESSION_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from web.operator import Operator, Session
    from web.rendering import Renderer

SHOWN: Final = 50
_MOST_LETTERS: Final = 600
_COOKIE: Final = "operator"
_PATH: Final = "/rejects"
_SECRET: Final = re.compile(
    r"""((?:pass(?:word|wd)?|secret|token|code|psk|api[_-]?key|authorization|credentials?)["']?\s*[:=]\s*)"""
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}]+)""",
    re.IGNORECASE,
)

log = Log("web.rejects_page")


class Refused(Protocol):
    """A message that was refused, as the collector keeps it."""

    @property
    def at_ms(self) -> int:
        """When [ms since 1970 UTC]."""

    @property
    def topic(self) -> str:
        """Where it came from."""

    @property
    def payload(self) -> bytes:
        """Its bytes."""

    @property
    def reason(self) -> str:
        """Why, in one sentence."""

    @property
    def rows(self) -> int:
        """How many rows it counts as."""


class Desk(Protocol):
    """Where rejects lie, and how they are sent again."""

    def newest(self, count: int) -> Sequence[tuple[str, Refused]]:
        """The newest with their names, the newest first."""

    def replay(self, names: Sequence[str]) -> int:
        """Send these to the broker again; how many it took. An `UnknownNameError` where one is not there."""


class RejectsPage:
    """The page, and the way in.

    Args:
        operator: Who is let in.
        desk: Where rejects lie; None = on another machine, and the page says where to look.
        renderer: Templates and languages.
        zone: The site's, in which times are shown.
    """

    def __init__(self, operator: Operator, desk: Desk | None, renderer: Renderer, zone: ZoneInfo) -> None:
        self._operator, self._desk, self._renderer, self._zone = operator, desk, renderer, zone

    def router(self) -> APIRouter:
        """The addresses; none of them is part of the API's description."""
        found = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        found.add_api_route(_PATH, self.show, methods=["GET", "HEAD"])
        for name, act in (("enter", self.enter), ("leave", self.leave), ("replay", self.replay)):
            found.add_api_route(f"{_PATH}/{name}", act, methods=["POST"])
        return found

    def show(self, request: Request, sent: str = "") -> Response:
        """The rejects, or the way in."""
        _only_unheard(request)
        session = self._operator.session(request.cookies.get(_COOKIE))
        if session is None:
            return self._page(request, "enter.html", 200, wait=0, is_wrong=False)
        found = self._desk.newest(SHOWN) if self._desk else []
        shown = [
            {"name": name, "reject": one, "at": self._local(one.at_ms), "payload": readable(one.payload)}
            for name, one in found
        ]
        number = int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= len(str(SHOWN)) else None
        return self._page(
            request, "rejects.html", 200, session=session, rejects=shown, has_desk=self._desk is not None, sent=number
        )

    async def enter(self, request: Request) -> Response:
        """Take a password."""
        _only_unheard(request)
        form = await self._form(request)
        guesser = visitor(request.client.host if request.client else "")
        found = await run_in_threadpool(self._operator.enter, guesser, form.get("password", [""])[0])
        if not isinstance(found, str):
            log.warning("wrong operator password", visitor=guesser, wait=found)
            status = 429 if found else 403
            answer = self._page(request, "enter.html", status, wait=int(found) + 1 if found else 0, is_wrong=True)
            if found:
                answer.headers["Retry-After"] = str(int(found) + 1)
            return answer
        answer = RedirectResponse(_PATH, 303)
        is_tls = request.scope["scheme"] == "https"
        answer.set_cookie(
            _COOKIE, found, max_age=int(SESSION_SECONDS), path=_PATH, httponly=True, samesite="strict", secure=is_tls
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """End the session."""
        await self._posted(request)
        self._operator.leave(request.cookies.get(_COOKIE))
        answer = RedirectResponse(_PATH, 303)
        answer.delete_cookie(_COOKIE, path=_PATH)
        return answer

    async def replay(self, request: Request) -> Response:
        """Send chosen rejects again."""
        form = await self._posted(request)
        names = form.get("name", [])[:SHOWN]
        if self._desk is None or not names:
            return RedirectResponse(_PATH, 303)
        try:
            count = await run_in_threadpool(self._desk.replay, names)
        except UnknownNameError as error:
            raise HTTPException(404) from error
        except BrokerUnavailableError as error:
            raise HTTPException(503, str(error)) from error
        log.info("rejects sent again", count=count)
        return RedirectResponse(f"{_PATH}?sent={count}", 303)

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, self._zone)

    async def _posted(self, request: Request) -> dict[str, list[str]]:
        """The form of an operator who is in, with their token."""
        _only_unheard(request)
        form = await self._form(request)
        session: Session | None = self._operator.session(request.cookies.get(_COOKIE))
        if session is None or form.get("token", [""])[0] != session.token:
            raise HTTPException(403, "you are not signed in; open /rejects and sign in")
        return form

    async def _form(self, request: Request) -> dict[str, list[str]]:
        if is_from_elsewhere(request):
            raise HTTPException(403, "this comes from another site's page; open /rejects itself")
        return await read_form(request)

    def _page(self, request: Request, template: str, status: int, **facts: Any) -> Response:  # noqa: ANN401  # a template's
        language = self._renderer.language(request)
        html = self._renderer.html(template, language, here=_PATH, **facts)
        answer = self._renderer.respond(request, html, status=status)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def readable(payload: bytes) -> str:
    """A payload as it may be shown: what looks like a secret hidden, the end left out where it is long."""
    shown = _SECRET.sub(r'\1"***"', payload[: 8 * _MOST_LETTERS].decode("utf-8", "replace"))
    if len(shown) <= _MOST_LETTERS and len(payload) <= 8 * _MOST_LETTERS:
        return shown
    return f"{shown[:_MOST_LETTERS]} … [{len(payload)} B]"


def _only_unheard(request: Request) -> None:
    """A password and a session travel over TLS, or not beyond this machine."""
    try:
        is_here = ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        is_here = False
    if request.scope["scheme"] != "https" and not is_here:
        raise HTTPException(403, "this page is for https only; put a web server with TLS before this one")
