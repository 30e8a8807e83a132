"""The diary as a node serves it on the lane's Wi-Fi: one lane, and the node's outbox is the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

from commons.errors import UnknownNameError
from diary.codes import LaneCodes
from diary.entries import Entries
from diary.headers import EVERYWHERE
from diary.pages import Diary
from diary.words import languages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import Site
    from commons.topics import Address
    from diary.settings import DiarySettings

# a node has no HTTPS, without which a browser ignores this one and complains of it
_GUARDS: Final = {name: value for name, value in EVERYWHERE.items() if name != "Cross-Origin-Opener-Policy"}


def node_diary(address: Address, site: Site, outbox: Outbox, settings: DiarySettings, *, clock: Clock) -> Starlette:
    """What a node answers to phones.

    Args:
        address: The node; only its lane can be entered.
        site: Its city.
        outbox: Its outbox, which its uplink empties.
        settings: Where the codes are, and the language.
        clock: Its time.

    Raises:
        UnknownNameError: It stands in no lane, or there is no such language.
        SettingsError: The file of codes cannot be used.
    """
    site.lane(address.lane)
    if settings.language not in languages():
        raise UnknownNameError("language of the diary (diary.language)", settings.language, languages())
    codes = LaneCodes(settings.codes)
    entries = Entries(site, codes, outbox, node=address.node, clock=clock, lanes=(address.lane,))
    diary = Diary(site, entries, language=settings.language)
    home = f"/diary/{address.lane}"

    async def go_home(_: Request) -> Response:
        return RedirectResponse(home)

    async def not_here(_: Request, error: Exception) -> Response:
        return PlainTextResponse(f"{error}; this node's page is {home}", 404)

    return Starlette(
        routes=[Route("/", go_home), *diary.routes()],
        exception_handlers={UnknownNameError: not_here},
        middleware=[Middleware(_Guarded), Middleware(GZipMiddleware, minimum_size=1000)],
    )


class _Guarded:
    """Adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _GUARDS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
