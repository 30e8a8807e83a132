"""What machines that watch the web ask: is the store there, and how much flows (Prometheus)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from commons.errors import StoreUnavailableError
from store.contract import Query
from web import pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.metrics_core import Metric
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from commons.clock import Clock
    from store.contract import Store
    from web.facts import PipelineFacts
    from web.reader import Reader

_METHODS: Final = ("GET", "HEAD", "POST")
_OTHER: Final = "other"  # one label for whatever strangers invent
_COUNTED_FACTS: Final = ("produced", "stored", "rejected", "thinned", "missing")


class Traffic:
    """Requests by route and how long they took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route", "status")
        self.requests = Counter("lorong_http_requests", "Requests answered", labels, registry=registry)
        self.seconds = Histogram("lorong_http_request_seconds", "Time to answer [s]", ("route",), registry=registry)


class CountTraffic:
    """ASGI middleware that counts and times requests.

    Args:
        app: What answers.
        traffic: Where they are counted.
        clock: Tells the time taken.
    """

    def __init__(self, app: ASGIApp, *, traffic: Traffic, clock: Clock) -> None:
        self._app, self._traffic, self._clock = app, traffic, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = self._clock.monotonic(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "") or _OTHER
            method = scope["method"] if scope["method"] in _METHODS else _OTHER
            self._traffic.requests.labels(method, route, str(status)).inc()
            self._traffic.seconds.labels(route).observe(self._clock.monotonic() - started)


class FlowMetrics(Collector):
    """What the store and the pipeline say of the flow, read anew at each scrape.

    Args:
        reader: The store.
        facts: What the pipeline counts, or None when the web runs alone.
    """

    def __init__(self, reader: Reader, facts: Callable[[], PipelineFacts] | None) -> None:
        self._reader, self._facts = reader, facts

    def describe(self) -> list[Metric]:
        """Nothing in advance: the store may be away when the registry asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics; only those of the pipeline while the store is away."""
        if self._facts is not None:
            yield from _of_facts(self._facts())
        try:
            found = [*_of_flow(pipeline.flow(self._reader)), _of_nodes(pipeline.nodes(self._reader))]
        except StoreUnavailableError:
            yield GaugeMetricFamily("lorong_store_up", "Whether the store answers", value=0)
            return
        yield GaugeMetricFamily("lorong_store_up", "Whether the store answers", value=1)
        yield from found


def watch_router(store: Store, registry: CollectorRegistry) -> APIRouter:
    """`/healthz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)

    def healthz() -> JSONResponse:
        """200 when the store answers, else 503."""
        try:
            store.read(Query("place", limit=1))
        except StoreUnavailableError:
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    def metrics() -> Response:
        """Prometheus' text."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    router.add_api_route("/healthz", healthz, methods=["GET", "HEAD"])
    router.add_api_route("/metrics", metrics, methods=["GET", "HEAD"])
    return router


def _of_facts(facts: PipelineFacts) -> Iterator[Metric]:
    rows = GaugeMetricFamily("lorong_rows", "Rows since the pipeline started, by what became of them", labels=["state"])
    for name in _COUNTED_FACTS:
        rows.add_metric([name], getattr(facts, name))
    yield rows
    yield GaugeMetricFamily("lorong_history_progress", "Share of the history that is stored", value=facts.progress)


def _of_flow(flow: pipeline.Flow) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        "lorong_collector_rows_last_day", "Readings in the last 24 hours, by what became of them", labels=["state"]
    )
    for name, count in flow.counts.items():
        rows.add_metric([name], count)
    yield rows
    if flow.lag_s is not None:
        yield GaugeMetricFamily("lorong_lag_seconds", "Age of the newest reading in the newest batch", value=flow.lag_s)
    if flow.missing is not None:
        yield GaugeMetricFamily("lorong_packs_missing", "Packs that are not yet here", value=flow.missing)


def _of_nodes(nodes: list[pipeline.NodeGlance]) -> Metric:
    lanes = GaugeMetricFamily("lorong_lanes", "Lanes with nodes, by whether any was heard", labels=["heard"])
    every = {glance.node.address.lane for glance in nodes}
    heard = {glance.node.address.lane for glance in nodes if not glance.is_silent}
    lanes.add_metric(["yes"], len(heard))
    lanes.add_metric(["no"], len(every - heard))
    return lanes
