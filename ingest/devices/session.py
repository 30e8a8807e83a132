"""The listener's session with the broker: messages of devices come in, what they become goes out, then they are done.

paho reads the packets: devices send some messages a second, and one connection must do for both ways.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from commons.broker import BrokerSettings, failed
from commons.errors import BrokerUnavailableError
from commons.logs import Log
from ingest.packets import Arrival

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import paho.mqtt.client as mqtt

    from commons.clock import Clock

_PATIENCE_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.1
_SETTLED_SECONDS: Final = 10.0
"""What comes sooner after a connection may have waited at the broker: its moment of arrival says little."""
_PAUSES_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_AT_ONCE: Final = 500

Message = tuple[str, bytes]

log = Log("ingest.devices")


class _Order(NamedTuple):
    """Messages that somebody outside wants to be sent, and how it is told that they are."""

    messages: Sequence[Message]
    done: threading.Event


class DevicesSession:
    """One connection after the other, with one name, until told to stop.

    A broker may want one connection a login (Mosquitto as it is shipped), and bounds how many filters a session may
    have (NATS). So everything goes through one; filters that the broker refuses are left to `overflow`.

    Args:
        broker: Where.
        name: The session's name.
        filters: What to listen to.
        hear: What messages become, told whether they can have waited at the broker.
        overflow: Hears which filters the broker refused.
        clock: For how long to wait.
    """

    def __init__(
        self,
        broker: BrokerSettings,
        name: str,
        filters: Sequence[str],
        *,
        hear: Callable[[Sequence[Arrival], bool], list[Message]],
        overflow: Callable[[Sequence[str]], None],
        clock: Clock,
    ) -> None:
        self._broker, self._name, self.filters, self._clock = broker, name, tuple(filters), clock
        self._hear, self._overflow = hear, overflow
        self._arrived: list[mqtt.MQTTMessage] = []
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._agreed: list[Any] | None = None
        self.is_listening = False

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop; a broker that is away is tried again for ever, with growing pauses."""
        attempt = 0
        while not stop.is_set():
            try:
                self._connect_and_listen(stop)
            except BrokerUnavailableError as error:
                attempt = 0 if self.is_listening else attempt + 1
                self.is_listening = False
                pause = _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)]
                log.warning("listener waits", reason=error, seconds=pause)
                self._clock.sleep(pause, until=stop)

    def send(self, messages: Sequence[Message]) -> None:
        """Publish messages from another thread; when this returns the broker has them.

        Raises:
            BrokerUnavailableError: It may have some of them; send all of them again.
        """
        order = _Order(messages, threading.Event())
        if messages:
            self._orders.put(order)
            if not order.done.wait(_PATIENCE_SECONDS):
                raise BrokerUnavailableError("the broker does not confirm what it is sent; it is tried again")

    def _connect_and_listen(self, stop: threading.Event) -> None:
        client = self._broker.client(self._name, clean_session=False, manual_ack=True)
        client.on_message, client.on_subscribe = self._on_message, self._on_subscribe
        client.max_queued_messages_set(0)
        self._arrived.clear()
        self._broker.connect(client)
        try:
            self._loop(client, until=client.is_connected, what="welcome us")
            self._subscribe(client)
            self._listen(client, stop)
        finally:
            client.disconnect()
            client.loop(_LOOK_SECONDS)

    def _subscribe(self, client: mqtt.Client) -> None:
        self._agreed = None
        if self.filters:
            client.subscribe([(topic, 1) for topic in self.filters])
            self._loop(client, until=lambda: self._agreed is not None, what="answer a subscription")
        answers: list[Any] = self._agreed or []
        refused = [topic for topic, answer in zip(self.filters, answers, strict=bool(answers)) if answer.is_failure]
        self.filters = tuple(topic for topic in self.filters if topic not in refused)
        if refused:
            self._overflow(refused)
        self.is_listening = True
        log.info("listens", topics=",".join(self.filters))

    def _listen(self, client: mqtt.Client, stop: threading.Event) -> None:
        settled = self._clock.monotonic() + _SETTLED_SECONDS
        while not stop.is_set():
            if failed(client.loop(_LOOK_SECONDS)):
                raise BrokerUnavailableError("the broker closed the connection; it is opened again")
            if self._arrived:
                now, self._arrived = self._arrived[:_AT_ONCE], self._arrived[_AT_ONCE:]
                arrivals = [Arrival(one.topic, bytes(one.payload), one.retain | one.dup << 3, one.mid) for one in now]
                self._publish(client, self._hear(arrivals, self._clock.monotonic() >= settled))
                for one in now:
                    client.ack(one.mid, one.qos)
            while not self._orders.empty():
                order = self._orders.get()
                self._publish(client, order.messages)
                order.done.set()

    def _publish(self, client: mqtt.Client, messages: Sequence[Message]) -> None:
        sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
        self._loop(client, until=lambda: all(info.is_published() for info in sent), what="confirm what it is sent")

    def _loop(self, client: mqtt.Client, *, until: Callable[[], bool], what: str) -> None:
        deadline = self._clock.monotonic() + _PATIENCE_SECONDS
        while not until():
            if failed(client.loop(_LOOK_SECONDS)) or self._clock.monotonic() > deadline:
                raise BrokerUnavailableError(f"the broker does not {what}; it is tried again")

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # noqa: ANN401  # paho
        self._arrived.append(message)

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:  # noqa: ANN401
        self._agreed = list(reasons)
