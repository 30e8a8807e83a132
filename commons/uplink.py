"""Send an outbox to the broker oldest first, and empty it as the collector says what is stored."""

from __future__ import annotations

import threading
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons.broker import failed
from commons.errors import BrokerUnavailableError, OutboxError
from commons.logs import Log
from commons.topics import ROOT
from commons.wire import with_first

if TYPE_CHECKING:
    import paho.mqtt.client as mqtt

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.outbox import Outbox

_IN_FLIGHT: Final = 32  # packs that the broker has not confirmed
_AHEAD: Final = 400  # packs sent beyond what is known to be stored
_PATIENCE_SECONDS: Final = 60.0  # an answer that stands still so long makes us send again from the first
_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

log = Log("commons.uplink")


class Uplink:
    """One thread that keeps an outbox and a broker in touch.

    Args:
        outbox: What is to be sent.
        broker: Where to.
        city: The first part of the topic on which answers come.
        node: The node's name; answers for any lane it sends for are heard.
        clock: For pauses and patience.
    """

    def __init__(self, outbox: Outbox, broker: BrokerSettings, *, city: str, node: str, clock: Clock) -> None:
        self._outbox, self._broker, self._clock = outbox, broker, clock
        self._city, self._node = city, node
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"uplink-{node}", daemon=True)
        self._sent = 0
        self._unconfirmed = 0
        self._through = 0
        self._store_id = ""
        self._again: list[int] = []
        self._moved_at = clock.monotonic()

    @property
    def is_drained(self) -> bool:
        """Whether everything ever put is known to be in the store."""
        return bool(self._outbox.depth == 0)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, *, drain_seconds: float = 0.0) -> bool:
        """Stop sending, after waiting for the outbox to empty.

        Returns:
            Whether it is empty.
        """
        deadline = self._clock.monotonic() + drain_seconds
        while not self.is_drained and self._clock.monotonic() < deadline:
            self._clock.sleep(0.05)
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        return self.is_drained

    def _run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            client = self._broker.client(f"lorong-{self._node}-{self._outbox.box[:8].lower()}", clean_session=True)
            client.max_inflight_messages_set(_IN_FLIGHT)
            client.on_connect, client.on_message, client.on_publish = self._connected, self._answered, self._confirmed
            try:
                self._broker.connect(client)
                attempt = 0 if self._talk(client) else attempt + 1
            except (BrokerUnavailableError, OutboxError) as error:
                log.warning("uplink waits", node=self._node, reason=error)
                attempt += 1
            self._clock.sleep(_PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)], until=self._stop)

    def _talk(self, client: mqtt.Client) -> bool:
        """Send and listen until the connection ends or we are told to stop; whether it ever stood."""
        self._sent, self._unconfirmed, stood = 0, 0, False
        while not self._stop.is_set():
            if client.is_connected():
                stood = True
                self._send(client)
            if failed(client.loop(0.05 if self._outbox.depth else 0.25)):
                log.info("uplink lost its broker", node=self._node)
                return stood
        client.disconnect()
        client.loop(0.1)
        return stood

    def _send(self, client: mqtt.Client) -> None:
        now = self._clock.monotonic()
        if not self._outbox.depth:
            self._moved_at = now
            return
        first = self._outbox.first()
        if now - self._moved_at > _PATIENCE_SECONDS:
            log.info("uplink sends again", node=self._node, first=first)
            self._sent, self._moved_at = 0, now
        self._resend(client, first)
        room = min(_IN_FLIGHT - self._unconfirmed, first - 1 + _AHEAD - self._sent)
        if room <= 0 or self._sent >= self._outbox.newest:
            return
        for pack in self._outbox.packs(max(self._sent, first - 1), limit=room):
            client.publish(pack.topic, with_first(pack.body, first), qos=1)
            self._unconfirmed += 1
            self._sent = pack.seq

    def _resend(self, client: mqtt.Client, first: int) -> None:
        """Send what the collector misses of what it was already sent."""
        while self._again and self._unconfirmed < _IN_FLIGHT:
            seq = self._again.pop(0)
            for pack in self._outbox.packs(seq - 1, limit=1):
                if pack.seq == seq:
                    client.publish(pack.topic, with_first(pack.body, first), qos=1)
                    self._unconfirmed += 1

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401
        if reason.is_failure:
            log.error("broker refuses the uplink", node=self._node, reason=reason)
            return
        client.subscribe(f"{ROOT}/down/{self._city}/+/{self._node}/stored/{self._outbox.box}", qos=1)

    def _confirmed(self, _client: mqtt.Client, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:  # noqa: ANN401
        self._unconfirmed -= 1

    def _answered(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # noqa: ANN401
        try:
            store_id, through, missing = _parse(message.payload)
        except (KeyError, TypeError, ValueError) as error:
            log.warning("answer is no answer", node=self._node, reason=error)
            return
        if through > self._outbox.newest:
            log.warning("answer is about packs never sent", node=self._node, through=through)
            return
        if store_id != self._store_id:
            # Another store holds nothing of what the former one was told.
            self._sent = 0 if self._store_id else self._sent
            self._store_id, self._through = store_id, 0
        if through > self._through:
            self._through, self._moved_at = through, self._clock.monotonic()
            self._outbox.stored(through)
        missed = (range(max(first, 1), min(last, self._sent) + 1) for first, last in missing)
        self._again = list(islice(chain.from_iterable(missed), _AHEAD))


def _parse(payload: bytes | bytearray) -> tuple[str, int, list[tuple[int, int]]]:
    """The store's id, the pack up to which all are stored, and the ranges that are missing."""
    answer = orjson.loads(payload)
    store_id, through = answer["store"], answer["through"]
    missing = [(first, last) for first, last in answer["missing"]]
    if type(store_id) is not str or {type(number) for number in (through, *chain(*missing))} != {int}:
        raise TypeError("store is no text, or a pack number is no whole number")
    return store_id, through, missing
