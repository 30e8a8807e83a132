"""Readings of other people's devices on their way: published by QoS 1, and done when the broker has confirmed them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from commons.broker import BrokerSettings, failed
from commons.errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import paho.mqtt.client as mqtt

    from commons.clock import Clock

_PATIENCE_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.05

Message = tuple[str, bytes]


class Forwarder:
    """One connection for all families; safe to use from several threads.

    Args:
        broker: Where to.
        name: The client's name.
        clock: For how long to wait.
    """

    def __init__(self, broker: BrokerSettings, name: str, *, clock: Clock) -> None:
        self._broker, self._name, self._clock = broker, name, clock
        self._lock = threading.Lock()
        self._client: mqtt.Client | None = None
        self._used_at = clock.monotonic()

    def send(self, messages: Sequence[Message]) -> None:
        """Publish messages; when this returns the broker has them all.

        Raises:
            BrokerUnavailableError: It may have some of them; send all of them again.
        """
        if not messages:
            return
        with self._lock:
            try:
                self._publish(self._connected(), messages)
            except BrokerUnavailableError:
                self._close()
                raise
            self._used_at = self._clock.monotonic()

    def close(self) -> None:
        """Let go."""
        with self._lock:
            self._close()

    def _publish(self, client: mqtt.Client, messages: Sequence[Message]) -> None:
        sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
        self._loop(client, until=lambda: all(info.is_published() for info in sent), what="confirm what it is sent")

    def _connected(self) -> mqtt.Client:
        """The connection; one that was idle for long is made anew, for nobody kept it alive."""
        if self._client is not None and self._clock.monotonic() - self._used_at < self._broker.keepalive_seconds / 2:
            return self._client
        self._close()
        client = self._broker.client(self._name, clean_session=True)
        client.max_queued_messages_set(0)
        self._broker.connect(client)
        self._client = client
        self._loop(client, until=client.is_connected, what="welcome us")
        return client

    def _loop(self, client: mqtt.Client, *, until: Callable[[], bool], what: str) -> None:
        deadline = self._clock.monotonic() + _PATIENCE_SECONDS
        while not until():
            if failed(client.loop(_LOOK_SECONDS)) or self._clock.monotonic() > deadline:
                raise BrokerUnavailableError(f"the broker does not {what}; it is tried again")

    def _close(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop(_LOOK_SECONDS)
            self._client = None
