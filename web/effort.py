"""How much work may be under way for strangers: a few questions to the store at a time, none for long."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from commons.errors import StoreBusyError
from web.refusals import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")
_ANSWERS: Final = ("/api/v1/read", "/api/v1/latest", "/api/v1/indicators", "/api/v1/tables/", "/api/v1/map")
_FOR_EACH: Final = 2  # an answer of 100,000 rows takes about 40 MB until its last byte is read


class Effort:
    """Threads of the API's own, so that pages are served whatever the API is asked.

    A question that takes too long is answered with an error; its thread is taken until the store has answered, so that
    a store is never asked more at a time than it was said to bear.

    Args:
        at_once: How many questions the store is asked at one time.
        seconds: How long one may take, waiting for its turn included [s].
    """

    def __init__(self, *, at_once: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(at_once, "api")
        self._seconds = seconds

    async def spend(self, work: Callable[[], T]) -> T:
        """The work's result.

        Raises:
            StoreBusyError: It took too long.
        """
        doing = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.wait_for(doing, self._seconds)
        except TimeoutError as error:
            raise StoreBusyError(
                f"the answer takes over {self._seconds:g} s; ask for a shorter span, fewer places or a lower limit"
            ) from error


class LimitAnswers:
    """ASGI middleware: no more large answers at a time than memory bears, from the question to the last byte read.

    Args:
        app: What answers.
        at_once: How many questions the store is asked at one time; twice as many may wait or be sent.
    """

    def __init__(self, app: ASGIApp, *, at_once: int) -> None:
        self._app, self._most, self._under_way = app, at_once * _FOR_EACH, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(_ANSWERS):
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            words = "the API is answering as many as it can; try again in a few seconds"
            await refuse(scope, receive, send, 503, words, after=2.0)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
