"""The diary's addresses: a page per lane, its files, and what takes entries; the same on the web and on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.routing import Route

from commons.errors import UnknownNameError
from diary import assets
from diary.book import Book
from diary.headers import SCRIPTED
from diary.page import Page
from diary.words import SOURCE, languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from commons.sites import Site
    from diary.entries import Entries
    from diary.outcome import Outcome
    from diary.words import Words

COOKIE: Final = "lang"  # as the other pages call it
_A_YEAR_S: Final = 365 * 86_400


class Diary:
    """What answers.

    Args:
        site: The city.
        entries: What takes entries; None = nothing can be entered, the page is for reading.
        language: What a visitor reads who has chosen none.
        lane_page: Where a lane's own page is, with `{lane}` in it; empty = there is none.
        book: What a lane wrote down lately; None = nobody here knows.
    """

    def __init__(
        self,
        site: Site,
        entries: Entries | None,
        *,
        language: str = SOURCE,
        lane_page: str = "",
        book: Callable[[str], Book] | None = None,
    ) -> None:
        self._entries, self._book = entries, book
        self._default = languages().get(language, languages()[SOURCE])
        self._page = Page(site, is_open=entries is not None, lane_page=lane_page)

    def routes(self) -> list[BaseRoute]:
        """The addresses; entries have one only where they are taken."""
        shown: list[BaseRoute] = [assets.mounted(), Route("/diary/{lane}", self.show)]
        return [*shown, Route("/entries/{lane}", self.take, methods=["POST"])] if self._entries else shown

    async def show(self, request: Request) -> Response:
        """A lane's page."""
        return await self._answer(request)

    async def take(self, request: Request) -> Response:
        """One entry: a program is answered in JSON, a form with the page that says what became of it."""
        assert self._entries is not None  # noqa: S101  # there is no such address otherwise
        outcome = await self._entries.enter(request)
        return await self._answer(request, outcome) if outcome.is_form else outcome.as_json()

    async def _answer(self, request: Request, outcome: Outcome | None = None) -> Response:
        words, lane = self._words(request), request.path_params["lane"]
        html = await run_in_threadpool(self._html, lane, words, outcome)
        status, more = (outcome.status, outcome.headers) if outcome else (200, {})
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie", "Content-Security-Policy": SCRIPTED, **more}
        answer = HTMLResponse(html, status, headers)
        if request.query_params.get("lang") == words.code:
            is_tls = request.scope["scheme"] == "https"
            answer.set_cookie(COOKIE, words.code, max_age=_A_YEAR_S, samesite="lax", httponly=True, secure=is_tls)
            answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    def _html(self, lane: str, words: Words, outcome: Outcome | None) -> str:
        if self._entries is not None and lane not in self._entries.lanes:
            raise UnknownNameError("lane", lane, self._entries.lanes)
        return self._page.html(lane, words, self._book(lane) if self._book else Book(), outcome)

    def _words(self, request: Request) -> Words:
        """What `?lang=` asks for, else the cookie, else the default; an unknown one counts for nothing."""
        chosen = (request.query_params.get("lang", ""), request.cookies.get(COOKIE, ""))
        return next((languages()[code] for code in chosen if code in languages()), self._default)
