"""The web application: pages, API and what watches them, put together."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from commons.errors import ParameterError, StoreBusyError, StoreUnavailableError, UnknownNameError
from commons.logs import Log
from diary.pages import Diary
from web import explanations
from web.api import Api
from web.cache import BriefCache
from web.card import Cards
from web.diary import LaneBooks
from web.effort import Effort, LimitAnswers
from web.exports import Exports
from web.language import N_
from web.office import Office
from web.operator import Operator
from web.pages import Pages
from web.proxies import BehindProxies
from web.public_address import public_address
from web.rates import LimitRates, TokenBuckets
from web.reader import Reader
from web.refusals import sentence
from web.rejects_page import RejectsPage
from web.rendering import Renderer
from web.security import SecurityHeaders
from web.settings import WebSettings
from web.share import Shared
from web.sizes import LimitSizes
from web.watch import CountTraffic, FlowMetrics, Traffic, watch_router

if TYPE_CHECKING:
    from collections.abc import Callable

    from commons.clock import Clock
    from commons.explanation import Explain
    from commons.sites import Site
    from diary.entries import Entries
    from store.contract import Store
    from web.facts import PipelineFacts
    from web.rejects_page import Desk

log = Log("web.app")

API: Final = "/api/v1"
_THIS_MACHINE: Final = ("localhost", "127.0.0.1")
_ABOUT: Final = """Open data of a city's lane gardens and food prices: readings, what was harvested, and what is
computed from them. No password is needed. Data about gardens are per lane and day, never per household.

Start with `/api/v1/measurements`, which says what there is; then `/api/v1/read`."""


def create_app(
    store: Store,
    site: Site,
    *,
    clock: Clock,
    facts: Callable[[], PipelineFacts] | None = None,
    settings: WebSettings | None = None,
    entries: Entries | None = None,
    explain: Explain | None = None,
    rejects: Desk | None = None,
) -> FastAPI:
    """The web of one site.

    Args:
        store: Where readings rest; it is not closed here.
        site: The city.
        clock: What "today" and "ago" mean.
        facts: What the pipeline counts, when it runs in this process.
        settings: Its settings; the defaults when left out.
        entries: What takes entries from phones; without it the diary is for reading.
        explain: Explains computed values; without it they are shown unexplained.
        rejects: Where rejects lie, for the operator; without it their page says where to look.

    Raises:
        UnknownNameError: The settings name a language that there is not.
        SettingsError: A trusted proxy is no address, or this web's own is none, or the operator's hash is none.
    """
    chosen = settings or WebSettings()
    reader = Reader(store, site, clock=clock, keep_seconds=chosen.keep_seconds)
    address = public_address(chosen)
    renderer = Renderer(site, default=chosen.language, explains=explain is not None, address=address)
    cache: BriefCache[str] = BriefCache(chosen.keep_seconds, clock, late_seconds=chosen.keep_seconds)
    pages = Pages(reader, renderer, chosen, facts=facts, cache=cache)
    registry = CollectorRegistry()
    traffic = Traffic(registry)
    registry.register(FlowMetrics(reader, facts))

    app = FastAPI(
        title=site.programme.en,
        description=_ABOUT,
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would redirect to whatever the Host header says
        openapi_url=f"{API}/openapi.json",
    )
    app.include_router(pages.router())
    effort = Effort(at_once=chosen.api_at_once, seconds=chosen.api_seconds)
    api = Api(reader, most_rows=chosen.api_rows, effort=effort, seconds=chosen.api_seconds)
    app.include_router(api.router(API))
    app.include_router(Cards(site, renderer, address=address, cache=cache).router())
    app.include_router(Shared(reader, renderer, chosen, address=address, effort=effort, clock=clock).router())
    app.include_router(Office(reader, renderer, too_old_hours=chosen.too_old_hours, cache=cache).router())
    files: BriefCache[bytes] = BriefCache(chosen.keep_seconds, clock, most=32)
    exports = Exports(reader, too_old_hours=chosen.too_old_hours, effort=effort, cache=files)
    app.include_router(exports.router(API))
    if explain is not None:
        app.include_router(explanations.router(explain, renderer, effort))
    if chosen.operator_hash:
        app.include_router(RejectsPage(Operator(chosen.operator_hash, clock), rejects, renderer, site.zone).router())
    app.include_router(watch_router(store, registry))
    app.mount("/static", StaticFiles(directory=str(resources.files("web").joinpath("static"))))
    books = LaneBooks(reader, chosen.keep_seconds, clock)
    diary = Diary(site, entries, language=chosen.language, lane_page="/lanes/{lane}", book=books.of)
    app.router.routes.extend(diary.routes())
    _add_failures(app, renderer, site)
    _add_guards(app, chosen, clock=clock, traffic=traffic)
    return app


def _add_guards(app: FastAPI, settings: WebSettings, *, clock: Clock, traffic: Traffic) -> None:
    """What a request passes before a page sees it; the last one added sees it first."""
    hosts = [*settings.hosts, *_THIS_MACHINE] if settings.hosts else ["*"]
    buckets = TokenBuckets(settings.requests_per_second, settings.requests_burst, clock)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(LimitAnswers, at_once=settings.api_at_once)
    app.add_middleware(LimitRates, buckets=buckets)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.add_middleware(LimitSizes, part_seconds=settings.read_seconds)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CountTraffic, traffic=traffic, clock=clock)
    app.add_middleware(BehindProxies, trusted=settings.trusted_proxies)


def _add_failures(app: FastAPI, renderer: Renderer, site: Site) -> None:
    """What is answered instead of a page or data: in words, in the reader's language, with the right status."""

    def page(request: Request, status: int, title: str, explanation: str, near: list[tuple[str, str]]) -> Response:
        language = renderer.language(request)
        html = renderer.html(
            "failure.html",
            language,
            here="/",
            title=language.text(title),
            explanation=language.text(explanation),
            near=near,
        )
        return renderer.respond(request, html, status=status)

    @app.exception_handler(StoreBusyError)
    def store_is_busy(_: Request, error: StoreBusyError) -> Response:
        return sentence(503, str(error), {"Retry-After": "10"})

    @app.exception_handler(StoreUnavailableError)
    def store_is_away(request: Request, error: StoreUnavailableError) -> Response:
        log.warning("store-away", path=request.url.path, reason=error)
        if request.url.path.startswith(API):
            return sentence(503, "the store is away; try again in a minute")
        return page(
            request,
            503,
            N_("Data sedang tidak dapat dibaca"),
            N_("Gudang data tidak menjawab. Tidak ada yang hilang; coba lagi sebentar lagi."),
            [],
        )

    @app.exception_handler(UnknownNameError)
    def nothing_is_called_so(request: Request, error: UnknownNameError) -> Response:
        lanes = [(f"/lanes/{slug}", site.lanes[slug].name) for slug in error.near if error.kind == "lane"]
        return page(request, 404, N_("Tidak ditemukan"), N_("Tidak ada halaman dengan nama itu."), lanes)

    @app.exception_handler(ParameterError)
    def parameter_is_wrong(_: Request, error: ParameterError) -> Response:
        return sentence(400, str(error))

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith(API):
            words = f"{request.url.path!r}: {error.detail}; see {API}/openapi.json"
            return sentence(error.status_code, words, dict(error.headers or {}))
        if error.status_code == 404:  # noqa: PLR2004  # the status itself
            return page(request, 404, N_("Tidak ditemukan"), N_("Tidak ada halaman dengan nama itu."), [])
        return PlainTextResponse(error.detail, error.status_code, headers=error.headers)
