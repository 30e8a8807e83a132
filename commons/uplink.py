"""Send an outbox to the broker oldest first, and empty it as the collector says what is stored."""

from __future__ import annotations

import random
import secrets
import threading
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from commons import answers
from commons.broker import failed
from commons.errors import BrokerUnavailableError, OutboxError
from commons.logs import Log
from commons.topics import parse_up
from commons.wire import with_first

if TYPE_CHECKING:
    import paho.mqtt.client as mqtt

    from commons.answers import Answer
    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.packs import Pack
    from commons.topics import Address

_IN_FLIGHT: Final = 32  # packs that the broker has not confirmed
_AHEAD: Final = 400  # packs sent beyond what is known to be stored
_UNHEARD_SECONDS: Final = 60.0  # of silence after the broker took a pack: somebody should look
_UNCONFIRMED_SECONDS: Final = 90.0  # of silence from a broker that owes confirmations
_PROBE_SECONDS: Final = (60.0, 3600.0)  # silence after which a pack is tried again: the first pause, and the longest
_AGAIN_SECONDS: Final = 20.0  # a pack is asked for every 30 s; it is not sent again for an answer that crossed it
_RENAME_SECONDS: Final = 60.0  # at most one new name in this time
_NAP_SECONDS: Final = 0.25
_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

log = Log("commons.uplink")


class Uplink:
    """One thread that keeps an outbox and a broker in touch.

    Everything held is sent once on each connection, because a broker may have lost what it took on the former one. It
    is sent again when an answer names it missing or lost, and all of it when the store is another one. A broker that
    takes packs which nobody stores gets one or two from time to time, ever more rarely: what else is missing, the
    answer to those says.

    A pack is forgotten only when an answer lets nothing else be thought than that *this* pack is in the store:

    * The answer was given now. One that the broker kept speaks of a store that may since have been restored or wiped.
    * The pack was sent on this connection. What has not been sent, nobody can have from us.
    * The newest pack that the collector has seen of the box is ours, by its digest, and the pack is not newer than
      that. If the newest is another's, or has a number that we never gave, another outbox has our name: a clone, such
      as the copy of an SD card. Then this one draws a name of its own and sends all that it holds under it. If both
      draw, no harm is done.
    * The collector does not name it lost: then it never came, and we still have it.

    Between two clones, the newest pack may be ours and one below it the other's: ours came second, and the collector
    put it in the store with the clone's. Unless ours never came, because the broker lost it; but a broker loses what it
    took only by dying, which ends the connection, and on the next one it is sent again before it can be forgotten. What
    remains is a broker that delivers a later pack of ours before an earlier one, and dies in between, in the seconds in
    which a clone shows itself.

    Args:
        outbox: What is to be sent.
        broker: Where to.
        city: For the name by which the broker knows the connection.
        node: The same.
        clock: For pauses and patience.
    """

    def __init__(self, outbox: Outbox, broker: BrokerSettings, *, city: str, node: str, clock: Clock) -> None:
        self._outbox, self._broker, self._clock, self._node = outbox, broker, clock, node
        # Two clients of one name would throw each other out for ever.
        self._client_id = f"lorong-{city}-{node}-{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"uplink-{node}", daemon=True)
        self._store_id = ""
        self._renamed_at = float("-inf")
        self._taken = 0
        self._begin_patience()
        self._is_said = False
        self._begin_connection()

    @property
    def is_drained(self) -> bool:
        """Whether everything ever put is known to be in the store."""
        return bool(self._outbox.depth == 0)

    @property
    def unheard(self) -> int:
        """How many packs the broker took without an answer for a while; 0 when all is well."""
        is_long = self._clock.monotonic() - self._heard_at > _UNHEARD_SECONDS
        return self._taken if is_long else 0

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

    def _begin_patience(self) -> None:
        """Somebody answers, or nothing is to be answered yet."""
        self._heard_at, self._patience = self._clock.monotonic(), _PROBE_SECONDS[0]

    def _begin_connection(self) -> None:
        """Nothing has been sent, confirmed or asked for on it."""
        self._box = self._outbox.box
        self._confirmed_at = self._clock.monotonic()
        self._sent = self._unconfirmed = 0
        self._again: list[int] = []
        self._again_at: dict[int, float] = {}
        self._listening: set[Address] = set()
        self._asked: dict[int | None, Address] = {}

    def _run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                attempt = 0 if self._connect_and_talk() else attempt + 1
            except (BrokerUnavailableError, OutboxError) as error:
                log.warning("uplink waits", node=self._node, reason=error)
                attempt += 1
            except Exception as error:  # noqa: BLE001 - whatever went wrong, readings must go on leaving the node
                log.warning("uplink begins again", node=self._node, error=type(error).__name__, reason=error)
                attempt += 1
            pause = _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)]
            # Nodes that lost their broker together should not all come back together.
            self._clock.sleep(pause * random.uniform(0.5, 1.5), until=self._stop)  # noqa: S311  # no secret

    def _connect_and_talk(self) -> bool:
        client = self._broker.client(self._client_id, clean_session=True)
        client.max_inflight_messages_set(_IN_FLIGHT)
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_message, client.on_publish = self._answered, self._confirmed
        self._begin_connection()
        self._broker.connect(client)
        return self._talk(client)

    def _talk(self, client: mqtt.Client) -> bool:
        """Send and listen until the connection ends or we are told to stop; whether it ever stood."""
        stood = False
        while not self._stop.is_set():
            has_more = False
            if client.is_connected():
                stood, has_more = True, self._send(client)
            if self._box != self._outbox.box:
                break
            if failed(client.loop(0.01 if has_more else _NAP_SECONDS)):
                log.info("uplink lost its broker", node=self._node)
                return stood
        client.disconnect()
        client.loop(0.1)
        return stood

    def _send(self, client: mqtt.Client) -> bool:
        """Send what may be sent now; whether there is more."""
        if not self._outbox.depth:
            self._taken = 0
            return False
        self._watch(client)
        if self._unconfirmed and self._clock.monotonic() - self._confirmed_at > _UNCONFIRMED_SECONDS:
            raise BrokerUnavailableError("the broker confirms nothing that it is sent; it is connected to anew")
        if self._sent >= self._outbox.newest and not self._again:
            return False
        first = self._outbox.first()
        self._resend(client, first)
        room = min(_IN_FLIGHT - self._unconfirmed, first - 1 + _AHEAD - self._sent)
        for pack in self._outbox.packs(max(self._sent, first - 1), limit=room) if room > 0 else ():
            self._publish(client, pack, first)
            self._sent = pack.seq
        return room > 0 and self._sent < self._outbox.newest

    def _resend(self, client: mqtt.Client, first: int) -> None:
        """Send what the collector misses of what it was already sent."""
        while self._again and self._unconfirmed < _IN_FLIGHT:
            seq = self._again.pop(0)
            for pack in self._outbox.packs(seq - 1, limit=1):
                if pack.seq == seq:
                    self._publish(client, pack, first)
                    self._again_at[seq] = self._clock.monotonic()

    def _publish(self, client: mqtt.Client, pack: Pack, first: int) -> None:
        self._listen(client, parse_up(pack.topic)[0])
        client.publish(pack.topic, with_first(pack.body, first), qos=1)
        self._confirmed_at = self._confirmed_at if self._unconfirmed else self._clock.monotonic()
        self._unconfirmed += 1

    def _listen(self, client: mqtt.Client, address: Address) -> None:
        """Ask for the answers to one sender; a wider subscription would be refused to a node."""
        if address not in self._listening:
            self._listening.add(address)
            _, number = client.subscribe(address.stored(self._box), qos=0)
            self._asked[number] = address

    def _watch(self, client: mqtt.Client) -> None:
        """Say when nobody seems to hear us, and try with a pack or two whether that is still so."""
        if self.unheard and not self._is_said:
            self._is_said = True
            log.error(
                "not heard: the broker took packs and nobody stored them; check permissions and the collector",
                node=self._node,
                packs=self._taken,
            )
        silent = self._clock.monotonic() - self._heard_at
        if self._taken and silent > self._patience:
            self._patience = silent + min(silent, _PROBE_SECONDS[1])
            for address in self._outbox.senders:
                self._listen(client, address)
            self._again = [*{self._outbox.first(), self._sent}]

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:  # noqa: ANN401
        if reason.is_failure:
            log.error("broker refuses the uplink", node=self._node, reason=reason)
            return
        for address in self._outbox.senders:
            self._listen(client, address)

    def _subscribed(self, _client: mqtt.Client, _data: Any, number: int, reasons: Any, _properties: Any) -> None:  # noqa: ANN401
        address = self._asked.pop(number, None)
        if address is not None and any(reason.is_failure for reason in reasons):
            self._listening.discard(address)
            topic = address.stored(self._box)
            log.error("broker refuses answers; let this node subscribe to its own", node=self._node, topic=topic)

    def _confirmed(self, _client: mqtt.Client, _data: Any, _mid: int, _reason: Any, _properties: Any) -> None:  # noqa: ANN401
        self._unconfirmed -= 1
        self._confirmed_at = self._clock.monotonic()
        if not self._taken:
            self._begin_patience()
        self._taken += 1

    def _answered(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # noqa: ANN401
        if message.retain or not message.topic.endswith(f"/{self._box}"):
            return
        try:
            answer = answers.parse(message.payload)
        except ValueError as error:
            log.warning("answer is no answer", node=self._node, reason=error)
            return
        try:
            self._hear(answer)
        except OutboxError as error:
            log.warning("answer cannot be followed", node=self._node, reason=error)

    def _hear(self, answer: Answer) -> None:
        """Forget what is stored, and remember what is missing."""
        if self._is_said:
            log.info("heard again", node=self._node)
        self._is_said, self._taken = False, 0
        self._begin_patience()
        is_ours = self._outbox.is_ours(*answer.newest) if answer.newest else None
        if is_ours is False:
            self._leave_name(answer)
            return
        if answer.store != self._store_id:
            # Another store holds nothing of what the former one was told.
            self._sent = 0 if self._store_id else self._sent
            self._store_id, self._again_at = answer.store, {}
        if is_ours and answer.newest:
            through = min(answer.through, self._sent, answer.newest[0])
            self._outbox.stored(through, lost=answer.lost, newest=answer.newest)
        unknown = () if answer.newest else ((self._sent, self._sent),)
        self._want((*answer.missing, *answer.lost, *unknown))

    def _leave_name(self, answer: Answer) -> None:
        """Another outbox has our name: take one of our own, and send all that is held under it."""
        now = self._clock.monotonic()
        if now - self._renamed_at >= _RENAME_SECONDS:
            self._renamed_at = now
            before = self._outbox.box
            self._outbox.rename()
            log.error(
                "another outbox has this one's name: a copied SD card or folder; all that is held goes under a new one",
                node=self._node,
                before=before,
                after=self._outbox.box,
                seen=answer.newest and answer.newest[0],
            )

    def _want(self, ranges: answers.Ranges) -> None:
        """Send again, soon, what was sent and has not come; not what was sent again a moment ago."""
        now = self._clock.monotonic()
        due = (
            seq
            for seq in answers.numbers(ranges, self._sent)
            if now - self._again_at.get(seq, float("-inf")) >= _AGAIN_SECONDS
        )
        self._again = list(islice(due, _AHEAD))
        self._again_at = {seq: at for seq, at in self._again_at.items() if now - at < _AGAIN_SECONDS}
