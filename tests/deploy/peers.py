"""An MQTT client that remembers what arrived and how its requests were answered."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from commons.broker import BrokerSettings

SECONDS = 20.0


class Peer:
    """A connection from the block's begin to its end, or to the broker's refusal.

    Args:
        settings: How it logs in.
        name: Its client id.
        clean: Whether it wants no session kept.
        will: A topic to which the broker shall say `will` for it when it falls silent.
    """

    def __init__(self, settings: BrokerSettings, name: str, *, clean: bool = True, will: str = "") -> None:
        self.arrived: list[tuple[str, bytes]] = []
        self.is_gone = False
        self._welcome: Any = None
        self._answers: dict[int | None, Any] = {}
        self._taken: set[int] = set()
        self._changed = threading.Condition()
        self._client = settings.client(name, clean_session=clean)
        if will:
            self._client.will_set(will, b"will", qos=1)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        settings.connect(self._client)
        self._client.loop_start()
        self.until(lambda: self._welcome is not None or self.is_gone)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def is_welcome(self) -> bool:
        """Whether the broker let it in."""
        return self._welcome is not None and not self._welcome.is_failure

    def subscribe(self, topic: str) -> bool:
        """Whether the broker agrees."""
        _, request = self._client.subscribe(topic, qos=1)
        self.until(lambda: request in self._answers or self.is_gone)
        return request in self._answers and not self._answers[request].is_failure

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, wait: bool = True) -> None:
        """Publish with QoS 1, and wait until the broker takes it or closes the connection."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain).mid
        if wait:
            self.until(lambda: self.is_gone or sent in self._taken)

    def until(self, ready: Callable[[], object]) -> None:
        """Wait until it is so; fail when it never is."""
        with self._changed:
            assert self._changed.wait_for(ready, SECONDS), f"waited {SECONDS:.0f} s in vain"

    def fall_silent(self) -> None:
        """Close the connection without a word, as a box does whose power goes."""
        connection = self._client.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)
        self.until(lambda: self.is_gone)

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        with self._changed:
            self._welcome = reason
            self._changed.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._changed:
            self.is_gone = True
            self._changed.notify_all()

    def _on_subscribe(self, _client: Any, _data: Any, mid: int, reasons: Any, _properties: Any) -> None:
        with self._changed:
            self._answers[mid] = reasons[0]
            self._changed.notify_all()

    def _on_publish(self, _client: Any, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        with self._changed:
            self._taken.add(mid)
            self._changed.notify_all()

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        with self._changed:
            self.arrived.append((message.topic, message.payload))
            self._changed.notify_all()
