"""The loop: receive, decode, check, mark, write, enter in the ledger, acknowledge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.errors import BrokerUnavailableError, StoreRejectedError, StoreUnavailableError
from commons.logs import Log
from commons.topics import ROOT
from ingest.batch import Batch, Counts
from ingest.lease import FolderLock, Lease, identity
from ingest.ledger import Ledger
from ingest.places import place_rows
from ingest.rejects import Rejects
from ingest.report import Report
from ingest.subscription import Arrival, Subscription
from ingest.touched import Days, marks

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import Site
    from commons.topics import Address
    from ingest.settings import CollectorSettings
    from store.contract import Store

_PAUSES_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_IDLE_SECONDS: Final = 0.2

log = Log("ingest.collector")


@dataclass(slots=True)
class Vitals:
    """What the collector can say of itself at any moment.

    Args:
        total: Rows since the process began.
        state: What it is doing, in one word: connecting, collecting, waiting or stopped.
        missing: Packs that are known to be under way or lost on it.
    """

    total: Counts = field(default_factory=Counts)
    state: str = "connecting"
    missing: int = 0


class Collector:
    """One per store and data folder.

    Args:
        store: Where rows go.
        broker: Where they come from.
        site: Whose days are local, and whose places are written down for dashboards.
        settings: How to batch and answer.
        clock: The wall time of arrivals.

    Raises:
        LeaseHeldError: Another collector works on this data folder or this store.
    """

    def __init__(
        self, store: Store, broker: BrokerSettings, site: Site, settings: CollectorSettings, *, clock: Clock
    ) -> None:
        self._store, self._broker, self._site = store, broker, site
        self._settings, self._clock = settings, clock
        self._lock = FolderLock(settings.data)
        self._identity = identity(settings.data)
        self._lease = Lease(store, self._identity, seconds=settings.lease_seconds, clock=clock)
        self._rejects = Rejects(settings.data / "rejects")
        self._days = Days(site.zone)
        self._ledger = Ledger()
        self._due: set[tuple[Address, str]] = set()
        self._answered: dict[tuple[Address, str], float] = {}
        self._report = Report()
        self._reported_at = clock.monotonic()
        self._beat_at = clock.monotonic()
        self.vitals = Vitals()

    def run(self, stop: threading.Event) -> None:
        """Collect until told to stop; whatever is away is tried again for ever, with growing pauses.

        Raises:
            LeaseHeldError: Another collector holds the store's lease.
        """
        try:
            self._try_for_ever(stop)
            self._leave()
        finally:
            self.vitals.state = "stopped"
            self._lock.release()

    def _try_for_ever(self, stop: threading.Event) -> None:
        attempt = 0
        while not stop.is_set():
            try:
                self._lease.take()
                self._ledger = Ledger.load(self._store)
                self._store.write([place_rows(self._site)])
                self._session(stop)
            except (BrokerUnavailableError, StoreUnavailableError) as error:
                attempt = 0 if self.vitals.state == "collecting" else attempt + 1
                self.vitals.state = "waiting"
                pause = _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)]
                log.warning("collector waits", reason=error, seconds=pause)
                self._clock.sleep(pause, until=stop)

    def _session(self, stop: threading.Event) -> None:
        """One connection to the broker, from its welcome to its end."""
        topics = (*self._settings.topics, self._heartbeat_topic)
        subscription = Subscription(
            self._broker, self._identity, topics, waiting_bytes=self._settings.waiting_bytes, clock=self._clock
        )
        self.vitals.state = "connecting"
        subscription.open()
        log.info("collector listens", topics=",".join(self._settings.topics))
        try:
            self.vitals.state = "collecting"
            while not stop.is_set():
                arrivals = subscription.take(
                    messages=self._settings.batch_messages, size=self._settings.batch_bytes, patience=_IDLE_SECONDS
                )
                self._collect(arrivals, subscription)
                self._answer(subscription)
                self._lease.renew()
                self._beat(subscription)
                self._say_how_it_is(subscription.waiting)
            self._answer(subscription, all_now=True)
        finally:
            subscription.close()

    def _collect(self, arrivals: Sequence[Arrival], subscription: Subscription) -> None:
        """The specification: what is acknowledged is in the store or in the rejects, and in the ledger."""
        now_ms = self._clock.wall_ms()
        batch = Batch()
        for arrival in arrivals:
            if arrival.topic != self._heartbeat_topic:
                batch.take(arrival, self._ledger, now_ms=now_ms)
        batch.compact()
        self._rejects.add(batch.rejects)
        began = self._clock.monotonic()
        self._write(batch, now_ms)
        seconds = self._clock.monotonic() - began
        for arrival in arrivals:
            subscription.acknowledge(arrival)
        self._due.update(self._ledger.settle())
        self.vitals.total.add(batch.counts)
        if batch.blocks:
            newest = max(max(block.times) for block in batch.blocks) // NANOSECONDS_PER_MILLISECOND
            self._report.add(batch.counts, seconds=seconds, newest_ms=newest)

    def _write(self, batch: Batch, now_ms: int) -> None:
        """Marks first, then rows, then the ledger that speaks of them."""
        ledger = self._ledger.block()
        if not batch.blocks and not len(ledger):
            return
        touched = marks(batch.blocks, self._days, city=self._site.slug, at_ms=now_ms)
        try:
            self._store.write([touched, *batch.blocks, ledger])
        except StoreRejectedError as error:
            rows = [(b - 1, r) for b, r in error.rows if 0 < b <= len(batch.blocks)]
            if len(rows) != len(error.rows):
                raise StoreUnavailableError(
                    f"the store refuses the ledger itself: {error.reason}; see its log"
                ) from error
            self._rejects.add(batch.refuse(rows, error.reason, now_ms=now_ms))
            self._store.write([self._ledger.block()])

    def _answer(self, subscription: Subscription, *, all_now: bool = False) -> None:
        """Tell each sender whose account changed, at most every few seconds, what is stored and what is missing."""
        now = self._clock.monotonic()
        for sender in [*self._due, *self._ledger.with_gaps()]:
            if all_now or now - self._answered.get(sender, float("-inf")) >= self._settings.answer_seconds:
                address, box = sender
                payload = self._ledger.answer(address, box, self._store.id, now=now)
                subscription.publish(address.stored(box), payload, retain=True)
                self._answered[sender] = now
                self._due.discard(sender)

    @property
    def _heartbeat_topic(self) -> str:
        return f"{ROOT}/heartbeat/{self._site.slug}"

    def _beat(self, subscription: Subscription) -> None:
        """Write to ourselves; a subscription that has fallen silent is opened anew."""
        now = self._clock.monotonic()
        if now - self._beat_at >= self._settings.heartbeat_seconds:
            subscription.publish(self._heartbeat_topic, b"{}")
            self._beat_at = now
        if now - subscription.last_heard > 3 * self._settings.heartbeat_seconds:
            raise BrokerUnavailableError("the subscription has fallen silent; it is opened again")

    def _say_how_it_is(self, waiting: int) -> None:
        self.vitals.missing = self._ledger.missing_packs()
        now = self._clock.monotonic()
        if now - self._reported_at >= self._settings.report_seconds:
            report, self._report, self._reported_at = self._report, Report(), now
            now_ms = self._clock.wall_ms()
            city = self._site.slug
            self._store.write([report.block(city, now_ms=now_ms, missing=self.vitals.missing, waiting=waiting)])

    def _leave(self) -> None:
        """Give the lease back, so that the next collector need not wait for its end."""
        try:
            self._lease.release()
        except StoreUnavailableError as error:
            log.warning("lease is left to run out", reason=error)
