"""The HTTP server's connections: whoever connects must ask within a few seconds, and not all may connect at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

    from web.settings import WebSettings

_HEADER_BYTES: Final = 16_384
_IDLE_SECONDS: Final = 5
_GRACE_SECONDS: Final = 3


def server_config(app: ASGIApp, settings: WebSettings) -> uvicorn.Config:
    """How the web is served: bounded, nameless, and believing nobody about addresses.

    h11 is named because the faster parser has no limit on headers; the application itself knows its proxies.

    Args:
        app: The application.
        settings: How many connections are served (as many again are told to come later, the rest are closed), and how
            long a request's head may take to arrive.
    """

    class Bounded(PatientProtocol):
        most_connections = 2 * settings.connections
        seconds = settings.ask_seconds

    return uvicorn.Config(
        app,
        http=Bounded,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        limit_concurrency=settings.connections,
        timeout_keep_alive=_IDLE_SECONDS,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which by itself waits for ever for a request that comes letter by letter."""

    most_connections = 1000
    seconds = 10.0
    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # uvicorn's own is narrower than asyncio's
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Hand bytes on; a request whose head is here is not waited for."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._closing is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._closing = self.loop.call_later(self.seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
