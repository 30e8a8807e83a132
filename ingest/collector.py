"""The loop: receive, decode, check, mark, write, enter in the ledger, acknowledge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commons.errors import BrokerUnavailableError, StoreRejectedError, StoreUnavailableError
from commons.logs import Log
from commons.topics import ROOT
from ingest.batch import Batch, Counts
from ingest.lease import FolderLock, Lease
from ingest.ledger import Ledger
from ingest.places import place_rows
from ingest.rejects import Rejects
from ingest.report import Report
from ingest.session import Filters, identity
from ingest.subscription import Subscription
from ingest.writing import Writer

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.rows import Block
    from commons.sites import Site
    from commons.topics import Address
    from ingest.settings import CollectorSettings
    from store.contract import Store

# A cluster of brokers elects its leader in 4 to 9 s; whoever waits long between attempts adds that to the pause.
_PAUSES_SECONDS: Final = (0.2, 0.5, *[1.0] * 8, 2.0, 5.0, 10.0, 30.0, 60.0)
_IDLE_SECONDS: Final = 0.2
_BUSY_SECONDS: Final = 0.01
_ROUND_SECONDS: Final = 1.0  # answers go out in rounds at most so often
_ROUND_ANSWERS: Final = 500
_WHILE_WRITING: Final = 2  # times as many messages as a batch else holds: waiting with them would help nobody
_AT_ONCE: Final = 500  # messages judged before looking again whether the writer is free

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
        self._session_name = identity(settings.data)
        self._lease = Lease(store, self._session_name, seconds=settings.lease_seconds, clock=clock)
        self._rejects = Rejects(settings.data / "rejects")
        self._filters = Filters(settings.data)
        self._topics = settings.topics or (f"{ROOT}/up/{site.slug}/#",)
        self._heartbeat_topic = f"{ROOT}/heartbeat/{site.slug}"
        self._ledger = Ledger()
        self._due: set[tuple[Address, str]] = set()
        self._answered: dict[tuple[Address, str], float] = {}
        self._report = Report()
        self._strangers: set[str] = set()
        self._round_seconds = min(_ROUND_SECONDS, settings.answer_seconds)
        self._round_at = float("-inf")
        self._reported_at = clock.monotonic()
        self._beat_at = self._listens_since = clock.monotonic()
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
                self._begin()
                self._session(stop)
            except (BrokerUnavailableError, StoreUnavailableError) as error:
                attempt = 0 if self.vitals.state == "collecting" else attempt + 1
                self.vitals.state = "waiting"
                pause = _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS) - 1)]
                log.warning("collector waits", reason=error, seconds=pause)
                self._clock.sleep(pause, until=stop)

    def _begin(self) -> None:
        """Take the lease, then read what the store knows. All are answered anew: it may be another store."""
        self._lease.take()
        self._ledger = Ledger.load(self._store)
        self._due = set(self._ledger.senders())
        self._remark([place_rows(self._site)])

    def _session(self, stop: threading.Event) -> None:
        """One connection to the broker, from its welcome to its end."""
        topics = (*self._topics, self._heartbeat_topic)
        subscription = Subscription(
            self._broker, self._session_name, topics, waiting_bytes=self._settings.waiting_bytes, clock=self._clock
        )
        self.vitals.state = "connecting"
        subscription.open(former=self._filters.read())
        self._filters.write(topics)
        writer = Writer(self._store, self._rejects, self._site, clock=self._clock)
        log.info("collector listens", topics=",".join(self._topics))
        try:
            self.vitals.state = "collecting"
            while not stop.is_set():
                self._step(subscription, writer)
            self._conclude(subscription, writer)
            self._answer(subscription, all_now=True)
            if self._report.counts.received:
                self._say_how_it_is(subscription.waiting, at_once=True)
        finally:
            writer.close()
            subscription.close()

    def _step(self, subscription: Subscription, writer: Writer) -> None:
        """The specification: what is acknowledged is in the store or in the rejects, and in the ledger."""
        batch = self._gather(subscription, writer)
        batch.close()
        self._conclude(subscription, writer)
        statements = self._ledger.changes()
        if batch.mids or statements:
            writer.begin(batch, statements, self._ledger)
        self._answer(subscription)
        self._lease.renew()
        self._beat(subscription)
        self._say_how_it_is(subscription.waiting)

    def _gather(self, subscription: Subscription, writer: Writer) -> Batch:
        """Receive, decode and judge, until the batch is full, or nothing is being written and nothing more waits."""
        batch, settings = Batch(self._clock.wall_ms()), self._settings
        while (room := self._room(batch, writer)) > 0:
            patience = _BUSY_SECONDS if writer.is_busy else 0.0 if batch.mids else self._idle_seconds()
            few = min(room, _AT_ONCE)
            least = few if writer.is_busy else 1
            size = settings.batch_bytes - batch.size
            arrivals = subscription.take(messages=few, size=size, patience=patience, least=least)
            for arrival in arrivals:
                if arrival.topic == self._heartbeat_topic:
                    batch.mids.append(arrival.mid)
                else:
                    batch.take(arrival, self._ledger)
            if not (arrivals or writer.is_busy):
                break
        return batch

    def _room(self, batch: Batch, writer: Writer) -> int:
        """How many messages the batch still takes."""
        full = self._settings
        if batch.size >= full.batch_bytes or batch.rows >= full.batch_rows:
            return 0
        return full.batch_messages * (_WHILE_WRITING if writer.is_busy else 1) - len(batch.mids)

    def _idle_seconds(self) -> float:
        """How long to wait for a message when there is nothing to do: an answer does not wait beyond its round."""
        until_round = self._round_at + self._round_seconds - self._clock.monotonic()
        return min(_IDLE_SECONDS, max(0.0, until_round)) if self._due else _IDLE_SECONDS

    def _conclude(self, subscription: Subscription, writer: Writer) -> None:
        """Acknowledge the batch that was under way, once it is written."""
        written = writer.finish()
        if written is None:
            return
        batch = written.batch
        subscription.acknowledge(batch.mids)
        self._ledger.refuse((key, counter) for key, counter in written.refused if key is not None)
        self._due.update(self._ledger.settle(written.statements))
        batch.counts.refuse(counter for _, counter in written.refused)
        self.vitals.total.add(batch.counts)
        self._report.add(batch, seconds=written.seconds)
        self._listens_since = self._clock.monotonic()

    def _answer(self, subscription: Subscription, *, all_now: bool = False) -> None:
        """Tell each sender whose account changed, at most every few seconds, what is stored and what is missing.

        Before a round of answers the lease shows that this is still the store that was written to: one that was wiped
        or restored meanwhile must not be spoken for.
        """
        now, every = self._clock.monotonic(), self._settings.answer_seconds
        if now - self._round_at < self._round_seconds and not all_now:
            return
        waiting = dict.fromkeys([*self._due, *self._ledger.with_gaps()])
        due = [who for who in waiting if all_now or now - self._answered.get(who, float("-inf")) >= every]
        self._round_at = now
        if due:
            self._lease.check()
            self._ledger.check(self._store.id)
        if not all_now:  # those that have waited longest; a broker takes only so many retained messages a second
            due = sorted(due, key=lambda who: self._answered.get(who, float("-inf")))[:_ROUND_ANSWERS]
        answers = [(address.stored(box), self._ledger.answer(address, box, now=now)) for address, box in due]
        subscription.publish_all(answers, retain=True)
        self._answered.update(dict.fromkeys(due, now))
        self._due.difference_update(due)

    def _beat(self, subscription: Subscription) -> None:
        """Write to ourselves when all is quiet; a subscription that has fallen silent is opened anew.

        While a slow store kept us from listening there was nothing to hear.
        """
        now = self._clock.monotonic()
        # A message is as good as a heartbeat; and where as many are under way as the broker allows, ours would keep one
        # of them back until it is sent again.
        if now - max(self._beat_at, subscription.last_heard) >= self._settings.heartbeat_seconds:
            subscription.publish(self._heartbeat_topic, b"{}")
            self._beat_at = now
        if now - max(subscription.last_heard, self._listens_since) > 3 * self._settings.heartbeat_seconds:
            raise BrokerUnavailableError("the subscription has fallen silent; it is opened again")

    def _say_how_it_is(self, waiting: int, *, at_once: bool = False) -> None:
        self.vitals.missing = self._ledger.missing_packs()
        now = self._clock.monotonic()
        if at_once or now - self._reported_at >= self._settings.report_seconds:
            now_ms, missing = self._clock.wall_ms(), self.vitals.missing
            report = self._report.block(
                self._site.slug, now_ms=now_ms, missing=missing, waiting=waiting, unknown_nodes=self._name_strangers()
            )
            self._remark([report])
            self._report, self._reported_at = Report(), now

    def _name_strangers(self) -> int:
        """Say once of each sender of this city that the site does not know him; what he sends is stored like all else.

        Who may send is the broker's to say. A node that was added after this collector began is such a stranger too,
        and its readings must not wait for a restart.
        """
        strangers = {
            of.node: of
            for of, _ in self._ledger.senders()
            if of.city == self._site.slug and not self._site.knows_node(of.node)
        }
        for node in sorted(strangers.keys() - self._strangers):
            row = f"{node},{strangers[node].lane},<driver>,measured,"
            log.warning("unknown node", node=node, lane=strangers[node].lane, remedy=f"add to nodes.csv: {row}")
        self._strangers |= strangers.keys()
        return len(strangers)

    def _remark(self, blocks: Sequence[Block]) -> None:
        """Write what is good to have; nothing depends on the store's liking it."""
        try:
            self._store.write(blocks)
        except StoreRejectedError as error:
            log.warning("the store refuses the collector's own rows", of=blocks[0].measurement, reason=error.reason)

    def _leave(self) -> None:
        """Give the lease back, so that the next collector need not wait for its end."""
        try:
            self._lease.release()
        except StoreUnavailableError as error:
            log.warning("lease is left to run out", reason=error)
