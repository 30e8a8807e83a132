"""A broker of a few lines for one client at a time: it says what the test tells it, and remembers what it hears."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Final

from ingest import packets

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNECT, _PUBLISH, _PUBACK, _SUBSCRIBE, _PING = 1, 3, 4, 8, 12
_WELCOME: Final = b"\x20\x02\x00\x00"
_PONG: Final = b"\xd0\x00"


class Script:
    """Listens from the moment it is made until it is closed.

    Attributes:
        port: Where it listens.
        listeners: How many subscriptions it has taken, one a connection.
        published: How many messages have come on the present connection.
        acknowledged: The packet ids that were acknowledged on each connection, in order.
    """

    def __init__(self) -> None:
        self.listeners = self.published = 0
        self.acknowledged: list[list[int]] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._link: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="script", daemon=True)
        self._thread.start()

    def deliver(self, mid: int, topic: str, payload: bytes) -> None:
        """Send a message at QoS 1 under a packet id."""
        assert self._link is not None
        self._link.sendall(packets.publish(topic, payload, mid=mid, retain=False))

    def hang_up(self) -> None:
        """End the connection, as a broker that dies."""
        assert self._link is not None
        self._link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening; whoever is connected is cut off."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        if self._link is not None:
            self._link.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._door.accept()
            except OSError:
                return
            try:
                self._hear(link)
            except OSError:
                pass  # it was cut off
            finally:
                link.close()

    def _hear(self, link: socket.socket) -> None:
        for kind, body in _packets(link):
            if kind == _CONNECT:
                self._link, self.published = link, 0
                self.acknowledged.append([])
                link.sendall(_WELCOME)
            elif kind == _SUBSCRIBE:
                filters = _filters(body[2:])
                link.sendall(bytes([0x90, 2 + filters]) + body[:2] + b"\x01" * filters)
                self.listeners += 1
            elif kind == _PING:
                link.sendall(_PONG)
            elif kind == _PUBACK:
                self.acknowledged[-1].append(int.from_bytes(body))
            elif kind == _PUBLISH:
                self.published += 1


def _packets(link: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Kind and body of everything that comes, until the other side hangs up."""
    with link.makefile("rb") as stream:
        while first := stream.read(1):
            size = shift = 0
            while True:
                byte = int.from_bytes(stream.read(1))
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            yield first[0] >> 4, stream.read(size)


def _filters(asked: bytes) -> int:
    """How many filters a subscription asks for: each has its length before it and its quality behind it."""
    count = 0
    while asked:
        asked, count = asked[2 + int.from_bytes(asked[:2]) + 1 :], count + 1
    return count
