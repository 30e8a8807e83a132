"""One persistent MQTT session: messages in arrival order, acknowledged by hand on the connection they came from."""

from __future__ import annotations

import select
import ssl
import threading
from collections import deque
from itertools import cycle
from typing import TYPE_CHECKING, Final

from commons.errors import BrokerUnavailableError
from commons.logs import Log
from ingest import packets

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Sequence

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from ingest.packets import Arrival

_WELCOME_SECONDS: Final = 10.0
_STUCK_SECONDS: Final = 30.0  # a broker that takes nothing for so long is gone
_NAP_SECONDS: Final = 0.5
_READ_BYTES: Final = 256 * 1024
_ARRIVAL_BYTES: Final = 240  # what a message takes besides its payload
_NOT_YET: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_REFUSALS: Final = {
    1: "does not speak MQTT 3.1.1",
    2: "refuses the client id",
    3: "is not ready",
    4: "refuses the user name or password",
    5: "does not let this user in",
}

log = Log("ingest.subscription")


class Subscription:
    """A connection, from `open` to `close`; a lost one is never mended, a new one is made.

    A receive loop of our own instead of a library's: what a day's outage left behind comes in as fast as the store
    takes it. One thread reads, others send: each call on the link is made alone, as TLS needs it.

    Args:
        broker: Where.
        client_id: The session's secret name.
        topics: MQTT filters.
        waiting_bytes: How much memory may wait here unread; beyond it the broker keeps the rest [By].
        clock: For how long nothing was heard.
    """

    def __init__(
        self, broker: BrokerSettings, client_id: str, topics: Sequence[str], *, waiting_bytes: int, clock: Clock
    ) -> None:
        self._broker, self._client_id, self._topics = broker, client_id, topics
        self._waiting_bytes, self._clock = waiting_bytes, clock
        self._link: socket.socket | None = None
        self._calling, self._sending = threading.Lock(), threading.Lock()
        self._stream = packets.Stream()
        self._arrivals: deque[Arrival] = deque()
        self._held = 0
        self._changed = threading.Condition()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="subscription", daemon=True)
        self._mids = cycle(range(1, 65_536))
        self._heard_at = self._sent_at = self.last_heard = clock.monotonic()

    @property
    def waiting(self) -> int:
        """How many messages wait here unread."""
        return len(self._arrivals)

    def open(self, *, former: Sequence[str] = ()) -> None:
        """Connect and subscribe.

        Args:
            former: Filters of an earlier connection; those that are none of ours are given up.

        Raises:
            BrokerUnavailableError: The broker is away, refuses us, or does not answer.
        """
        try:
            self._link = self._broker.dial()
            self._link.settimeout(0)
            self._welcome([topic for topic in former if topic not in self._topics])
        except OSError as error:
            self.close()
            raise BrokerUnavailableError(f"the broker closed the connection ({error}); it is opened again") from error
        except BrokerUnavailableError:
            self.close()
            raise
        self._thread.start()

    def take(self, *, messages: int, size: int, patience: float, least: int = 1) -> list[Arrival]:
        """The next messages, oldest first: at least `least` unless `patience` [s] runs out.

        Args:
            messages: At most so many.
            size: No further one once so many payload bytes are together [By].
            patience: How long to wait for them [s].
            least: How many are worth waking up for.

        Raises:
            BrokerUnavailableError: The connection is gone; unacknowledged messages come again on the next one.
        """
        with self._changed:
            if len(self._arrivals) < least and patience:
                self._changed.wait_for(lambda: len(self._arrivals) >= least or self._lost.is_set(), patience)
            if self._lost.is_set():
                raise BrokerUnavailableError("the broker closed the connection; it is opened again")
            taken: list[Arrival] = []
            held = 0
            while self._arrivals and len(taken) < messages and held < size:
                taken.append(self._arrivals.popleft())
                held += len(taken[-1].payload)
            self._held -= held + _ARRIVAL_BYTES * len(taken)
            self._changed.notify_all()
        return taken

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Tell the broker that it may forget the messages of these packet ids.

        Raises:
            BrokerUnavailableError: The connection is gone; they come again on the next one.
        """
        self._send(packets.acknowledge(mids))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say something.

        Raises:
            BrokerUnavailableError: The connection is gone.
        """
        self.publish_all([(topic, payload)], retain=retain)

    def publish_all(self, messages: Iterable[tuple[str, bytes]], *, retain: bool) -> None:
        """Say many things at once.

        Args:
            messages: Topics and payloads.
            retain: Whether the broker keeps each for whoever comes later.

        Raises:
            BrokerUnavailableError: The connection is gone.
        """
        said = [packets.publish(topic, payload, mid=next(self._mids), retain=retain) for topic, payload in messages]
        if said:
            self._send(b"".join(said))

    def close(self) -> None:
        """Leave; the broker keeps the session and everything unacknowledged."""
        if not self._lost.is_set():
            self._say_goodbye()
        self._lose()
        with self._changed:
            self._arrivals.clear()
            self._held = 0
        if self._thread.is_alive():
            self._thread.join()
        if self._link is not None:
            self._link.close()

    def _welcome(self, unwanted: Sequence[str]) -> None:
        broker = self._broker
        self._send(
            packets.connect(
                self._client_id,
                username=broker.username,
                password=broker.password.reveal(),
                keepalive=broker.keepalive_seconds,
            )
        )
        code = self._answer(packets.CONNACK)[1]
        if code:
            said = _REFUSALS.get(code, f"answers {code}")
            raise BrokerUnavailableError(f"the broker {said}; check its user and permissions")
        if unwanted:
            self._send(packets.unsubscribe(unwanted))
        self._send(packets.subscribe(self._topics))
        if packets.REFUSED in self._answer(packets.SUBACK)[2:]:
            raise BrokerUnavailableError("the broker refuses the subscription; check its user and permissions")

    def _answer(self, kind: int) -> bytes:
        """The broker's answer of a kind; messages that come before it wait like all others."""
        deadline = self._clock.monotonic() + _WELCOME_SECONDS
        while self._clock.monotonic() < deadline:
            for control in self._receive() or ():
                if control.kind == kind:
                    return control.body
            self._wait(select.POLLIN, 0.05)
        raise BrokerUnavailableError("the broker did not confirm the subscription; check its user and permissions")

    def _loop(self) -> None:
        try:
            while not self._lost.is_set():
                self._keep_alive()
                if not self._has_room():
                    self._nap()
                elif self._receive() is None:
                    self._wait(select.POLLIN, _NAP_SECONDS)
        except (OSError, ValueError, BrokerUnavailableError) as error:
            if not self._lost.is_set():
                log.info("subscription is lost", reason=error)
        finally:
            self._lose()

    def _receive(self) -> list[packets.Control] | None:
        """Read once, keep the messages, and return the rest; None where nothing has come."""
        link = self._open_link()
        try:
            with self._calling:
                data = link.recv(_READ_BYTES)
        except _NOT_YET:
            return None
        if not data:
            raise BrokerUnavailableError("the broker closed the connection; it is opened again")
        self._heard_at = self._clock.monotonic()
        arrivals, controls = self._stream.feed(data)
        if arrivals:
            self.last_heard = self._heard_at
            with self._changed:
                self._arrivals.extend(arrivals)
                self._held += sum([len(arrival.payload) for arrival in arrivals]) + _ARRIVAL_BYTES * len(arrivals)
                self._changed.notify_all()
        return controls

    def _has_room(self) -> bool:
        return self._held < self._waiting_bytes

    def _nap(self) -> None:
        """Not reading is what the broker feels: it keeps the rest."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_room() or self._lost.is_set(), _NAP_SECONDS)

    def _keep_alive(self) -> None:
        now, patience = self._clock.monotonic(), self._broker.keepalive_seconds
        if now - self._sent_at > patience / 2 and not self._sending.locked():
            self._send(packets.PING)
        if now - self._heard_at > 2 * patience and self._has_room():
            raise BrokerUnavailableError(f"the broker has said nothing for {2 * patience} s; it is opened again")

    def _send(self, data: bytes) -> None:
        left, deadline = memoryview(data), self._clock.monotonic() + _STUCK_SECONDS
        try:
            with self._sending:
                while left := left[self._sent(left) :]:
                    self._wait(select.POLLOUT, _NAP_SECONDS)
                    if self._lost.is_set() or self._clock.monotonic() > deadline:
                        raise TimeoutError("the broker takes nothing")
        except OSError as error:
            self._lose()
            raise BrokerUnavailableError(f"the broker closed the connection ({error}); it is opened again") from error
        self._sent_at = self._clock.monotonic()

    def _sent(self, data: memoryview) -> int:
        """How many bytes the link takes now."""
        link = self._open_link()
        try:
            with self._calling:
                return link.send(data)
        except _NOT_YET:
            return 0

    def _wait(self, event: int, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._open_link(), event)
        poll.poll(seconds * 1000)

    def _open_link(self) -> socket.socket:
        if self._link is None:
            raise BrokerUnavailableError("the subscription is not open; open it first")
        return self._link

    def _say_goodbye(self) -> None:
        if self._link is None:
            return
        try:
            self._send(packets.DISCONNECT)
        except BrokerUnavailableError:
            log.info("the broker did not hear the goodbye")

    def _lose(self) -> None:
        with self._changed:
            self._lost.set()
            self._changed.notify_all()
