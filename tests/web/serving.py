"""The web as it is served: a real server on a free port, asked through real sockets."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from tests.flow.passing import Passing
from tests.flow.waiting import wait_until
from web.app import create_app
from web.connections import server_config
from web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from commons.clock import Clock
    from commons.explanation import Explain
    from commons.sites import Site
    from diary.entries import Entries
    from store.contract import Query, Store
    from web.rejects_page import Desk

_SECONDS = 30.0


@contextmanager
def serving(
    store: Store,
    site: Site,
    clock: Clock,
    settings: WebSettings | None = None,
    *,
    entries: Entries | None = None,
    explain: Explain | None = None,
    rejects: Desk | None = None,
) -> Iterator[int]:
    """Serve until the block ends; its port."""
    chosen = settings or WebSettings()
    app = create_app(store, site, clock=clock, settings=chosen, entries=entries, explain=explain, rejects=rejects)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(server_config(app, chosen))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        wait_until(lambda: server.started, "the web is served")
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def talk(port: int, message: bytes) -> bytes:
    """Everything that the server says to these bytes until it closes."""
    with closing(socket.create_connection(("127.0.0.1", port), _SECONDS)) as peer:
        peer.sendall(message)
        return listen(peer)


def listen(peer: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    heard = b""
    try:
        while part := peer.recv(65_536):
            heard += part
    except ConnectionResetError:
        pass
    return heard


def request(path: str = "/sources", *, method: str = "GET", headers: Sequence[str] = (), host: str = "x") -> bytes:
    """A request's head, with a connection that ends after the answer."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


class Stuck(Passing):
    """A store that answers nothing until it is let go.

    Args:
        store: What answers then.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.go = threading.Event()
        self.asked = 0

    def read(self, query: Query) -> pa.Table:
        self._wait()
        return super().read(query)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        self._wait()
        return super().latest(measurement, where)

    def _wait(self) -> None:
        self.asked += 1
        assert self.go.wait(_SECONDS)
