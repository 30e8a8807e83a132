"""The web in a thread of this process."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

from commons.errors import UsageError
from web.connections import server_config

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from web.settings import WebSettings


class WebServer:
    """Serves an application until it is stopped.

    Args:
        app: The application.
        settings: Where it listens, and how much it bears.

    Raises:
        UsageError: Somebody else listens there.
    """

    def __init__(self, app: Starlette, settings: WebSettings) -> None:
        host, port = settings.host, settings.port
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen()
        except (OSError, OverflowError) as error:
            self._socket.close()
            reason = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"port {port} on {host} is not free ({reason}); give another with --port") from error
        self.address = f"http://{host}:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(server_config(app, settings))
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what was asked, then end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])
