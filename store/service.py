"""The owner of a DuckDB file answers other processes through a socket beside it."""

from __future__ import annotations

import socketserver
import threading
from typing import TYPE_CHECKING, Final

from commons.errors import LorongError, StoreError
from commons.logs import Log
from store.framing import Header, address, pack_error, receive, send, unpack_blocks, unpack_query

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from store.contract import Store

_LOG: Final = Log("store.service")
_POLL_SECONDS: Final = 0.1  # how long closing may take


class Service:
    """Answers until it is closed, a thread for each request.

    Args:
        path: The socket's path; only this user may use it.
        store: What is asked.
    """

    def __init__(self, path: Path, store: Store) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        with address(path) as place:
            self._server = _Server(place, store)
        path.chmod(0o600)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more requests."""
        self._path.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, place: str, store: Store) -> None:
        self.store = store
        super().__init__(place, _Request)


class _Request(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            header, _ = receive(self.request)
            answer, table = self._answered(header)
            send(self.request, answer, table)
        except (OSError, ValueError) as error:
            _LOG.info("client_left", reason=error)

    def _answered(self, header: Header) -> tuple[Header, pa.Table | None]:
        try:
            return _answer(self.server.store, header)
        except LorongError as error:
            return pack_error(error), None
        except Exception as error:  # noqa: BLE001  # a bug must reach the one who asked, too
            _LOG.error("request_failed", asked=header.get("ask"), reason=repr(error))
            return pack_error(StoreError(f"the store's owner failed with {error!r}; its log says more")), None


def _answer(store: Store, header: Header) -> tuple[Header, pa.Table | None]:
    match header:
        case {"ask": "id"}:
            return {"id": store.id}, None
        case {"ask": "write", "blocks": blocks}:
            store.write(unpack_blocks(blocks))
            return {}, None
        case {"ask": "read", "query": query}:
            return {}, store.read(unpack_query(query))
        case {"ask": "latest", "measurement": measurement, "where": where}:
            return {}, store.latest(measurement, where)
    raise StoreError(f"request {header.get('ask')!r} is unknown; use the same Lorong on both sides")
