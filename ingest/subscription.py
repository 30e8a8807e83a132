"""One persistent MQTT session: messages in arrival order, acknowledged by hand on the connection they came from."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from commons.broker import failed
from commons.errors import BrokerUnavailableError
from commons.logs import Log

if TYPE_CHECKING:
    import paho.mqtt.client as mqtt

    from commons.broker import BrokerSettings
    from commons.clock import Clock

_WELCOME_SECONDS: Final = 10.0

log = Log("ingest.subscription")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as the broker gave it.

    Args:
        topic: Where it was published.
        payload: Its bytes.
        retained: Whether the broker kept it for us.
        again: Whether the broker gave it before.
        mid: Its packet id on this connection.
    """

    topic: str
    payload: bytes
    retained: bool
    again: bool
    mid: int


class Subscription:
    """A connection, from `open` to `close`; a lost one is never mended, a new one is made.

    Args:
        broker: Where.
        client_id: The session's secret name.
        topics: MQTT filters.
        waiting_bytes: How many payload bytes may wait here unread; beyond it the broker keeps the rest [By].
        clock: For how long nothing was heard.
    """

    def __init__(
        self, broker: BrokerSettings, client_id: str, topics: tuple[str, ...], *, waiting_bytes: int, clock: Clock
    ) -> None:
        self._broker, self._topics, self._waiting_bytes, self._clock = broker, topics, waiting_bytes, clock
        self._client = broker.client(client_id, clean_session=False, manual_ack=True)
        self._client.on_connect, self._client.on_message = self._connected, self._arrived
        self._client.on_subscribe = self._subscribed
        self._arrivals: deque[Arrival] = deque()
        self._held = 0
        self._changed = threading.Condition()
        self._ready = False
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="subscription", daemon=True)
        self.last_heard = self._clock.monotonic()

    @property
    def waiting(self) -> int:
        """How many messages wait here unread."""
        return len(self._arrivals)

    def open(self) -> None:
        """Connect and subscribe.

        Raises:
            BrokerUnavailableError: The broker is away, refuses us, or does not answer.
        """
        self._broker.connect(self._client)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._lost.is_set(), _WELCOME_SECONDS)
        if not self._ready:
            self.close()
            raise BrokerUnavailableError("the broker did not confirm the subscription; check its user and permissions")

    def take(self, *, messages: int, size: int, patience: float) -> list[Arrival]:
        """The next messages, oldest first: at least one unless `patience` [s] runs out.

        Args:
            messages: At most so many.
            size: No further one once so many payload bytes are together [By].
            patience: How long to wait for the first [s].

        Raises:
            BrokerUnavailableError: The connection is gone; unacknowledged messages come again on the next one.
        """
        with self._changed:
            if not self._arrivals:
                self._changed.wait(patience)
            if self._lost.is_set():
                raise BrokerUnavailableError("the broker closed the connection; it is opened again")
            taken: list[Arrival] = []
            held = 0
            while self._arrivals and len(taken) < messages and held < size:
                taken.append(self._arrivals.popleft())
                held += len(taken[-1].payload)
            self._held -= held
            self._changed.notify_all()
        return taken

    def acknowledge(self, arrival: Arrival) -> None:
        """Tell the broker that it may forget this message."""
        self._client.ack(arrival.mid, 1)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say something to a sender."""
        self._client.publish(topic, payload, qos=1, retain=retain)

    def close(self) -> None:
        """Leave; the broker keeps the session and everything unacknowledged."""
        self._lost.set()
        with self._changed:
            self._arrivals.clear()
            self._held = 0
            self._changed.notify_all()
        self._client.disconnect()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        while not failed(self._client.loop(0.5)):
            if self._lost.is_set():
                self._client.loop(0.05)
                break
        with self._changed:
            self._lost.set()
            self._changed.notify_all()

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401
        if reason.is_failure:
            log.error("broker refuses the collector", reason=reason)
            self._lost.set()
            return
        client.subscribe([(topic, 1) for topic in self._topics])

    def _subscribed(self, _client: Any, _data: Any, _mid: Any, reasons: Any, _properties: Any) -> None:  # noqa: ANN401
        if any(reason.is_failure for reason in reasons):
            log.error("broker refuses the subscription", topics=self._topics)
            self._lost.set()
            return
        with self._changed:
            self._ready = True
            self._changed.notify_all()

    def _arrived(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # noqa: ANN401
        self.last_heard = self._clock.monotonic()
        arrival = Arrival(message.topic, bytes(message.payload), message.retain, message.dup, message.mid)
        with self._changed:
            # Waiting here stops reading the socket, so the broker feels it and keeps the rest.
            self._changed.wait_for(lambda: self._held < self._waiting_bytes or self._lost.is_set())
            self._arrivals.append(arrival)
            self._held += len(arrival.payload)
            self._changed.notify_all()
