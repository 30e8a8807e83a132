"""The listener: hear a family of devices, read, place, send on, and only then acknowledge to the broker."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from commons.errors import BrokerUnavailableError, UnknownNameError, WireError
from commons.logs import Log
from commons.sites import OFFICE_LANE
from commons.topics import Address
from commons.wire import encode_reading
from ingest.decoders import DECODERS
from ingest.decoders.documents import blotted
from ingest.devices.forwarding import Forwarder
from ingest.devices.places import Placed, Places
from ingest.devices.strangers import Strangers
from ingest.rejects import Reject, Rejects
from ingest.session import Filters, identity
from ingest.subscription import Subscription

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from ingest.decoders.decoder import Decoder
    from ingest.devices.forwarding import Message
    from ingest.devices.settings import DevicesSettings
    from ingest.packets import Arrival

NODE: Final = "devices"
_PAUSES_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_MESSAGES: Final = 500
_BYTES: Final = 4_000_000
_PATIENCE_SECONDS: Final = 0.5
_SETTLED_SECONDS: Final = 10.0
"""What comes sooner after a connection may have waited at the broker: its moment of arrival says little."""
_WAITED_MS: Final = 24 * 3_600_000  # how long it may have waited there

log = Log("ingest.devices")


class Listener:
    """Hears every family of devices that the site's table names.

    Each family has a session of its own with the broker: a broker bounds what may be under way in one. A message is
    acknowledged when the broker has confirmed what became of it: at least once from the broker on. A row that comes
    twice with its device's own time is once in the store.

    Args:
        site: The city.
        broker: Where devices publish, and where rows go.
        settings: What to hear, and where to keep it.
        clock: The moment of arrival.

    Raises:
        SiteError: A row of the site's table cannot be used.
        UnknownNameError: The settings name a decoder that does not exist.
    """

    def __init__(self, site: Site, broker: BrokerSettings, settings: DevicesSettings, *, clock: Clock) -> None:
        self._broker, self._settings, self._clock = broker, settings, clock
        self._places, self.strangers = Places(site), Strangers()
        self._filters = _with_discovered(self._places.filters, settings.discover)
        self._own = Address(site.slug, OFFICE_LANE, NODE)
        self._session = identity(settings.data)
        self._rejects, self._lock = Rejects(settings.data / "rejects"), threading.Lock()
        self._reported_at = clock.monotonic()
        self._forwarder = Forwarder(broker, f"{self._session}-forwards", clock=clock)

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop; whatever is away is tried again for ever, with growing pauses."""
        hearing = [
            threading.Thread(target=self._try_for_ever, args=(DECODERS[name], filters, stop), name=name)
            for name, filters in self._filters.items()
        ]
        for one in hearing:
            one.start()
        while not self._clock.sleep(min(1.0, self._settings.report_seconds), until=stop):
            self._report()
        for one in hearing:
            one.join()
        self._report(at_once=True)
        self._forwarder.close()

    def hear(self, decoder: Decoder, arrivals: Sequence[Arrival], *, is_fresh: bool) -> None:
        """Read messages and send on what they say; when this returns the broker has it.

        Args:
            decoder: Whose they are.
            arrivals: The messages.
            is_fresh: Whether the moment of arrival is the moment of sending.

        Raises:
            BrokerUnavailableError: It cannot be sent on; nothing is lost if the messages come again.
        """
        now_ms = self._clock.wall_ms()
        found: list[Message] = []
        rejects: list[Reject] = []
        for arrival in arrivals:
            try:
                rows = self._placed(decoder, arrival, now_ms)
            except WireError as error:
                rejects.append(_refused(decoder, arrival, str(error), now_ms))
            except Exception as error:  # noqa: BLE001  # a fault of ours in one message must not stop the others
                reason = f"cannot be read: {type(error).__name__}; report it"
                rejects.append(_refused(decoder, arrival, reason, now_ms))
            else:
                is_doubtful = not is_fresh or arrival.again
                found += [
                    _message(row, within_ms=_WAITED_MS if is_doubtful and not row.is_dated else None) for row in rows
                ]
        if rejects:
            with self._lock:
                self._rejects.add(rejects)
        self._forwarder.send(found)

    def _placed(self, decoder: Decoder, arrival: Arrival, now_ms: int) -> list[Placed]:
        """One message's rows; what a broker kept says nothing of now, so without a time of its own it is dropped."""
        found: list[Placed] = []
        for reading in decoder.decode(arrival.topic, arrival.payload):
            rows = self._places.place(decoder, reading, arrival_ms=now_ms)
            if rows is None:
                with self._lock:
                    is_new = self.strangers.note(decoder.name, arrival.topic, reading)
                if is_new:
                    log.warning("unknown device", decoder=decoder.name, device=reading.device, probe=reading.probe)
            elif reading.time is not None or not arrival.retained:
                found += rows
        return found

    def _try_for_ever(self, decoder: Decoder, filters: Sequence[str], stop: threading.Event) -> None:
        attempt = 0
        while not stop.is_set():
            try:
                self._listen(decoder, filters, stop)
                attempt = 0
            except BrokerUnavailableError as error:
                pause = _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)]
                attempt += 1
                log.warning("listener waits", decoder=decoder.name, reason=error, seconds=pause)
                self._clock.sleep(pause, until=stop)

    def _listen(self, decoder: Decoder, filters: Sequence[str], stop: threading.Event) -> None:
        """One connection, from its welcome to its end."""
        name = f"{self._session}-{decoder.name}"
        folder = self._settings.data / decoder.name
        folder.mkdir(exist_ok=True)
        known = Filters(folder)
        subscription = Subscription(self._broker, name, filters, waiting_bytes=_BYTES, clock=self._clock)
        subscription.open(former=known.read())
        known.write(filters)
        settled = self._clock.monotonic() + _SETTLED_SECONDS
        log.info("listens", decoder=decoder.name, topics=",".join(filters))
        try:
            while not stop.is_set():
                arrivals = subscription.take(messages=_MESSAGES, size=_BYTES, patience=_PATIENCE_SECONDS)
                self.hear(decoder, arrivals, is_fresh=self._clock.monotonic() >= settled)
                subscription.acknowledge(arrivals)
        finally:
            subscription.close()

    def _report(self, *, at_once: bool = False) -> None:
        """Tell of unknown devices, as readings of the listener itself."""
        now = self._clock.monotonic()
        if not at_once and now - self._reported_at < self._settings.report_seconds:
            return
        self._reported_at = now
        with self._lock:
            blocks = self.strangers.report(self._clock.wall_ms())
        try:
            self._forwarder.send([_message(Placed(self._own, block, is_dated=True)) for block in blocks])
        except BrokerUnavailableError as error:
            log.warning("unknown devices cannot be told of", reason=error)


def _message(row: Placed, *, within_ms: int | None = None) -> Message:
    return row.address.up(row.block.measurement), encode_reading(row.block, within_ms=within_ms)


def _refused(decoder: Decoder, arrival: Arrival, reason: str, now_ms: int) -> Reject:
    return Reject(now_ms, arrival.topic, blotted(arrival.payload, decoder.secret), f"{decoder.name}: {reason}")


def _with_discovered(filters: Mapping[str, tuple[str, ...]], discover: Sequence[str]) -> dict[str, tuple[str, ...]]:
    for name in discover:
        if name not in DECODERS:
            raise UnknownNameError("decoder (devices.discover)", name, DECODERS)
    return {**{name: DECODERS[name].filters for name in discover if DECODERS[name].filters}, **filters}
