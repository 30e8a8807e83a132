"""The listener: what other people's devices say is read, placed, sent on, and only then acknowledged to the broker."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from commons.errors import BrokerUnavailableError, UnknownNameError, WireError
from commons.logs import Log
from commons.topics import OFFICE_LANE, Address
from commons.wire import encode_reading
from ingest.decoders import DECODERS, matches
from ingest.decoders.documents import blotted
from ingest.devices.places import Placed, Places
from ingest.devices.session import DevicesSession
from ingest.devices.strangers import Strangers
from ingest.rejects import Reject, Rejects
from ingest.session import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from ingest.decoders.decoder import Decoder
    from ingest.devices.session import Message
    from ingest.devices.settings import DevicesSettings
    from ingest.packets import Arrival

NODE: Final = "devices"
_WAITED_MS: Final = 24 * 3_600_000  # how long a message may have waited at the broker

log = Log("ingest.devices")


class Listener:
    """Hears every family of devices that the site's table names.

    A message is acknowledged when the broker has confirmed what became of it: at least once from the broker on. A row
    that comes twice with its device's own time is once in the store.

    Args:
        site: The city.
        broker: Where devices publish, and where rows go.
        settings: What to hear, and where rejects are kept.
        clock: The moment of arrival.

    Raises:
        SiteError: A row of the site's table cannot be used.
        UnknownNameError: The settings name a decoder that does not exist.
    """

    def __init__(self, site: Site, broker: BrokerSettings, settings: DevicesSettings, *, clock: Clock) -> None:
        self._broker, self._settings, self._clock = broker, settings, clock
        self._places, self._strangers = Places(site), Strangers()
        self._filters = _with_discovered(self._places.filters, settings.discover)
        self._own = Address(site.slug, OFFICE_LANE, NODE)
        self._name = identity(settings.data)
        self._rejects, self._lock = Rejects(settings.data / "rejects"), threading.Lock()
        self._reported_at = clock.monotonic()
        self._stop = threading.Event()
        self._sessions: list[DevicesSession] = []
        self._threads: list[threading.Thread] = []

    @property
    def is_listening(self) -> bool:
        """Whether the broker has agreed to all that is listened to."""
        return bool(self._sessions) and all(session.is_listening for session in self._sessions)

    @property
    def is_well(self) -> bool:
        """Whether every session is at work, be it only waiting for the broker."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop; whatever is away is tried again for ever, with growing pauses."""
        self._open([topic for topics in self._filters.values() for topic in topics])
        while not self._clock.sleep(min(1.0, self._settings.report_seconds), until=stop):
            self._report()
        self._report(at_once=True)
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def hear(self, decoder: Decoder, arrival: Arrival) -> None:
        """Take a message that came another way than through the broker; when this returns the broker has its rows.

        Raises:
            BrokerUnavailableError: It cannot be sent on; nothing is lost if the message comes again.
        """
        rows = self._read(decoder, arrival, is_fresh=True)
        if rows and not self._sessions:
            raise BrokerUnavailableError("the listener has not begun; try again")
        if rows:
            self._sessions[0].send(rows)

    def _open(self, filters: Sequence[str]) -> None:
        """One more session, for filters that had no room in those before."""
        number = len(self._sessions)
        name = f"{self._name}-{number}" if number else self._name
        session = DevicesSession(
            self._broker, name, filters, hear=self._heard, overflow=self._overflow, clock=self._clock
        )
        self._sessions.append(session)
        self._threads.append(threading.Thread(target=session.run, args=(self._stop,), name=f"devices-{number}"))
        self._threads[-1].start()

    def _overflow(self, refused: Sequence[str]) -> None:
        """A session that is refused everything would be so again: the broker does not allow it."""
        allowed = self._sessions[-1].filters
        if allowed:
            self._open(refused)
        else:
            log.error("the broker refuses to let us listen; check the rights of the login", topics=",".join(refused))

    def _heard(self, arrivals: Sequence[Arrival], is_fresh: bool) -> list[Message]:  # noqa: FBT001  # a callback
        found: list[Message] = []
        for arrival in arrivals:
            decoder = self._decoder(arrival.topic)
            if decoder is not None:
                found += self._read(decoder, arrival, is_fresh=is_fresh)
        return found

    def _decoder(self, topic: str) -> Decoder | None:
        for name, filters in self._filters.items():
            if any(matches(filter_, topic) for filter_ in filters):
                return DECODERS[name]
        return None

    def _read(self, decoder: Decoder, arrival: Arrival, *, is_fresh: bool) -> list[Message]:
        """What one message becomes; one that cannot be read is kept aside."""
        now_ms = self._clock.wall_ms()
        is_doubtful = not is_fresh or arrival.again
        try:
            rows = self._placed(decoder, arrival, now_ms)
        except WireError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001  # a fault of ours in one message must not stop the others for ever
            reason = f"cannot be read: {type(error).__name__}; report it"
        else:
            return [_message(row, within_ms=_WAITED_MS if is_doubtful and not row.is_dated else None) for row in rows]
        payload = blotted(arrival.payload, decoder.secret)
        with self._lock:
            self._rejects.add([Reject(now_ms, arrival.topic, payload, f"{decoder.name}: {reason}")])
        return []

    def _placed(self, decoder: Decoder, arrival: Arrival, now_ms: int) -> list[Placed]:
        """One message's rows; what a broker kept says nothing of now, so without a time of its own it is dropped."""
        found: list[Placed] = []
        for reading in decoder.decode(arrival.topic, arrival.payload):
            rows = self._places.place(decoder, reading, arrival_ms=now_ms)
            if rows is None:
                with self._lock:
                    is_new = self._strangers.note(decoder.name, arrival.topic, reading)
                if is_new:
                    log.warning("unknown device", decoder=decoder.name, device=reading.device, probe=reading.probe)
            elif reading.time is not None or not arrival.retained:
                found += rows
        return found

    def _report(self, *, at_once: bool = False) -> None:
        """Tell of unknown devices, as readings of the listener itself."""
        now = self._clock.monotonic()
        if not at_once and now - self._reported_at < self._settings.report_seconds:
            return
        self._reported_at = now
        with self._lock:
            blocks = self._strangers.report(self._clock.wall_ms())
        if not (blocks and self.is_listening):
            return
        try:
            self._sessions[0].send([_message(Placed(self._own, block, is_dated=True)) for block in blocks])
        except BrokerUnavailableError as error:
            log.warning("unknown devices cannot be told of", reason=error)


def _message(row: Placed, *, within_ms: int | None = None) -> Message:
    return row.address.up(row.block.measurement), encode_reading(row.block, within_ms=within_ms)


def _with_discovered(filters: Mapping[str, tuple[str, ...]], discover: Sequence[str]) -> dict[str, tuple[str, ...]]:
    for name in discover:
        if name not in DECODERS:
            raise UnknownNameError("decoder (devices.discover)", name, DECODERS)
    return {**{name: DECODERS[name].filters for name in discover if DECODERS[name].filters}, **filters}
