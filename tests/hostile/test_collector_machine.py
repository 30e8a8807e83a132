"""The collector's books under any order of publishing, delivering, failing, crashing, wiping and restoring."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commons.clock import SystemClock
from commons.errors import StoreUnavailableError
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.rejects import Rejects
from ingest.writing import Writer
from tests.flow.small_site import small_site
from tests.hostile.modelled import BOX, START_MS, Broker, CrashError, ModelStore, Sender

if TYPE_CHECKING:
    from commons.sites import Site
    from tests.hostile.modelled import Content, Pack, Trouble

_ROUNDS = 40  # of sending all again, until nobody holds anything
_WALKS, _STEPS = 100, 60  # hypothesis finds small things, long walks find rare ones


@cache
def _site() -> Site:
    return small_site(Path(tempfile.mkdtemp()) / "site", recorded=0)


_TROUBLES = st.tuples(st.integers(0, 2), st.sampled_from(["away", "crash"]), st.booleans())
"""In which write from now on the store is away, or the process dies; and whether before or after the rows are there."""


class Later(ThreadPoolExecutor):
    """Does what it is given when somebody waits for it: the latest that the writer's own thread may do it."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        done: Any = super().submit
        return SimpleNamespace(result=lambda: done(fn, *args, **kwargs).result())


class CollectorMachine(RuleBasedStateMachine):
    """A sender, a broker, the collector's own books, and a store.

    `step` is `Collector._step` with the network left out: the next batch is read while the last one is written.
    """

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.random = Random(seed)
        self.folder = tempfile.TemporaryDirectory()
        self.rejects = Rejects(Path(self.folder.name))
        self.sender, self.broker, self.store = Sender(), Broker(), ModelStore()
        self.backup = self.store.copied()
        self.gone: set[int] = set()  # neither held nor in the store any more when the store was wiped or restored
        self.now = 0.0
        self._start()

    @rule(
        contents=st.lists(st.sampled_from(["good", "good", "good", "refused", "undecodable"]), min_size=1, max_size=4),
        sent=st.integers(0, 6),
    )
    def put_and_send(self, contents: list[Content], sent: int) -> None:
        for content in contents:
            self.sender.put(content, self.random.randint(1, 3))
        self.broker.waiting += self.sender.send(sent)

    @rule()
    def send_again(self) -> None:
        self.sender.sent = 0

    @rule()
    def thin(self) -> None:
        self.sender.thin()

    @precondition(lambda self: self.broker.waiting)
    @rule()
    def deliver_twice(self) -> None:
        self.broker.waiting.append(self.random.choice(self.broker.waiting))

    @rule()
    def wipe_broker(self) -> None:
        self.broker.waiting.clear()

    @rule(count=st.integers(0, 6), trouble=st.none() | _TROUBLES)
    def step(self, count: int, trouble: tuple[int, Trouble, bool] | None) -> None:
        self.store.trouble = trouble
        self._guarded(lambda: self._step(count))

    @rule()
    def crash(self) -> None:
        self._guarded(self._die)

    @rule(arrives=st.booleans())
    def answer(self, arrives: bool) -> None:  # noqa: FBT001  # hypothesis draws it
        self._guarded(lambda: self._answer(arrives=arrives))

    @rule()
    def wait(self) -> None:
        self.now += 31.0

    @rule()
    def back_up(self) -> None:
        self.backup = self.store.copied()

    @rule()
    def wipe_store(self) -> None:
        self._become({})

    @rule()
    def restore_store(self) -> None:
        self._become(self.backup)

    @invariant()
    def nothing_strange_is_stored(self) -> None:
        made = {time: value for pack in self.sender.made.values() for time, value in pack.values.items()}
        assert self.store.moisture().items() <= made.items()

    @invariant()
    def the_books_add_up(self) -> None:
        for (_, _, box), account in self.ledger.accounts():
            assert box == BOX, "no sender of this machine is a clone"
            handled = [seq for seq in self.sender.made if account.holds(seq) and not _within(account.lost, seq)]
            rows = sum(self.sender.made[seq].rows for seq in handled)
            assert account.packs == len(handled)
            # A refused row that comes again once its pack's digest is forgotten is rejected again.
            kept = account.stored + account.thinned
            assert kept <= rows <= kept + account.rejected

    def teardown(self) -> None:
        """In quiet times everything comes to its end: stored, rejected, thinned, or gone with a store."""
        if hasattr(self, "writer"):
            try:
                self._end()
            finally:
                self.writer.close()
                self.folder.cleanup()

    def _end(self) -> None:
        self.store.trouble = None
        for _ in range(_ROUNDS):
            self.now += 31.0
            self.sender.sent = 0
            self.broker.waiting += self.sender.send(1000)
            self._guarded(lambda: self._step(1000))
            self._guarded(lambda: self._step(0))
            self._guarded(lambda: self._answer(arrives=True))
            if not (self.sender.held or self.broker.waiting):
                break
        assert not self.sender.held, f"held for ever: {sorted(self.sender.held)}"
        lost = [pack for pack in self.sender.made.values() if not self._is_accounted(pack)]
        assert not lost, f"neither stored nor rejected nor thinned: {lost}"
        self.nothing_strange_is_stored()
        self.the_books_add_up()

    def _start(self) -> None:
        """A new process: what it knows is what the store knows."""
        self.generation = self.store.generation
        self.ledger = Ledger.load(self.store)
        self.due = {*self.ledger.senders()}
        self.writer = Writer(self.store, self.rejects, _site(), clock=SystemClock())
        self.writer._pool.shutdown()
        self.writer._pool = Later(1)

    def _guarded(self, act: Any) -> None:
        """Do it; whatever the collector cannot go on after is followed by a new beginning."""
        try:
            act()
        except (CrashError, StoreUnavailableError):
            self.writer.close()
            self._start()

    def _die(self) -> None:
        raise CrashError

    def _step(self, count: int) -> None:
        batch = Batch(START_MS)
        for arrival in self.broker.deliver(count, self.random):
            batch.take(arrival, self.ledger)
        batch.close()
        self._conclude()
        statements = self.ledger.changes()
        self.writer.begin(batch, statements, self.ledger)

    def _conclude(self) -> None:
        written = self.writer.finish()
        if written is None:
            return
        self.broker.acknowledged(written.batch.mids)
        self.ledger.refuse((key, counter) for key, counter in written.refused if key is not None)
        self.due |= {*self.ledger.settle(written.statements)}
        written.batch.counts.refuse(counter for _, counter in written.refused)
        counts = written.batch.counts
        assert counts.received == counts.stored + counts.duplicate + counts.rejected + counts.thinned

    def _answer(self, *, arrives: bool) -> None:
        due = {*self.due, *self.ledger.with_gaps()}
        if due and self.store.generation != self.generation:
            raise StoreUnavailableError("this is another store")  # what `Lease.check` finds
        for address, box in due:
            answer = self.ledger.answer(address, box, now=self.now)
            self._is_true(orjson.loads(answer))
            self.due.discard((address, box))
            if arrives:
                self.broker.waiting += self.sender.hear(answer)

    def _is_true(self, told: dict[str, Any]) -> None:
        """What an answer claims is in the store or the rejects, or thinned, or named lost, or gone with a store."""
        for seq in range(1, told["through"] + 1):
            if seq not in self.gone and not _within(told["lost"], seq):
                assert self._is_accounted(self.sender.made[seq]), f"{told} claims {seq}"

    def _become(self, rows: dict[Any, Any]) -> None:
        self._guarded(self._conclude)  # a batch under way ends in one store or in the other
        self.store.becomes(rows)
        held = self.sender.held
        self.gone |= {seq for seq, pack in self.sender.made.items() if seq not in held and not self._is_stored(pack)}

    def _is_stored(self, pack: Pack) -> bool:
        there = self.store.moisture()
        return all(time in there for time in [*pack.values][pack.content == "refused" :])

    def _is_accounted(self, pack: Pack) -> bool:
        refused = [reject.payload for _, reject in self.rejects.all()]
        if pack.seq in self.gone or pack.seq in self.sender.thinned:
            return True
        if pack.content == "undecodable":
            return any(b'"seq":%d,' % pack.seq in payload for payload in refused)
        first = next(iter(pack.values)) // 1_000_000
        single = pack.content == "good" or any(b'"t":%d,' % first in payload for payload in refused)
        return single and self._is_stored(pack)


def _within(ranges: list[list[int]], seq: int) -> bool:
    return any(first <= seq <= last for first, last in ranges)


CollectorMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTheCollectorsBooks = CollectorMachine.TestCase


def test_long_walks_with_much_trouble_keep_the_books_as_well() -> None:
    for seed in range(_WALKS):
        random, machine = Random(seed), CollectorMachine()
        machine.begin(seed)
        try:
            for _ in range(_STEPS):
                _one_step(machine, random)
                machine.nothing_strange_is_stored()
                machine.the_books_add_up()
        finally:
            machine.teardown()


def _one_step(machine: CollectorMachine, random: Random) -> None:
    contents: list[Content] = ["good", "good", "good", "refused", "undecodable"]
    troubles: list[tuple[int, Trouble, bool]] = [
        (left, kind, before) for left in range(3) for kind in ("away", "crash") for before in (True, False)
    ]
    choice = random.random()
    if choice < 0.3:
        machine.put_and_send(random.choices(contents, k=random.randint(1, 4)), random.randint(0, 6))
    elif choice < 0.65:
        machine.step(random.randint(0, 6), random.choice(troubles) if random.random() < 0.3 else None)
    elif choice < 0.85:
        machine.answer(random.random() < 0.7)
    elif choice < 0.88 and machine.broker.waiting:
        machine.deliver_twice()
    else:
        rare = (machine.send_again, machine.send_again, machine.thin, machine.wipe_broker, machine.crash, machine.wait)
        random.choice((*rare, machine.back_up, machine.wipe_store, machine.restore_store))()
