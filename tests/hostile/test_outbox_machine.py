"""The outbox under any order of putting, sending, answers, crashes, thinning, a new card and a copied one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address

_ME = Address("makassar", "saga", "saga-n1")
_START_MS = 1_795_000_000_000
_LIMIT_BYTES = 1_200  # some ten packs


class OutboxMachine(RuleBasedStateMachine):
    """An outbox, what was ever put into it, and a collector that has handled some of what was sent."""

    outbox: Outbox
    put_in: dict[int, Block]
    handled: dict[int, bytes]
    thinned: dict[int, int]
    rows: int
    through: int

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.files = 0
        self._new_card()

    @rule(rows=st.integers(1, 4), event=st.booleans())
    def put(self, rows: int, event: bool) -> None:  # noqa: FBT001  # hypothesis draws it
        block = self._block(rows, event=event)
        assert self.outbox.put(_ME, [block], bookmarks={"driver": str(self.rows)}) == rows
        self.put_in[self.outbox.newest] = block
        self.rows += rows

    @precondition(lambda self: self.outbox.depth)
    @rule(count=st.integers(1, 8))
    def send(self, count: int) -> None:
        """Some packs reach the collector; what it takes first under a number is what it has."""
        for pack in self.outbox.packs(self.outbox.first() - 1, limit=count):
            self.handled.setdefault(pack.seq, pack.body)

    @rule(late=st.integers(0, 3))
    def answer(self, late: int) -> None:
        """The collector says through where it has all; perhaps an old answer."""
        through = next(seq for seq in range(1, self.outbox.newest + 2) if seq not in self.handled) - 1
        through = max(0, through - late)
        self.outbox.stored(through)
        self.through = max(self.through, through)

    @rule()
    def close_and_open(self) -> None:
        path = self.outbox.path
        self.outbox.close()
        self.outbox = Outbox(path, limit_bytes=_LIMIT_BYTES)

    @rule()
    def kill(self) -> None:
        """What is on the disk at this moment is all there is."""
        path = self._copied()
        self.outbox.close()
        self.outbox = Outbox(path, limit_bytes=_LIMIT_BYTES)

    @rule()
    def new_card(self) -> None:
        """The file is gone with all that it held; nobody can say otherwise."""
        former = self.outbox.box
        self.outbox.close()
        self._new_card()
        assert self.outbox.box != former

    @rule()
    def copied_card(self) -> None:
        """Two outboxes of one name: what they put from now on can be told apart."""
        other = Outbox(self._copied(), limit_bytes=_LIMIT_BYTES)
        held = self.outbox.packs(0, limit=1000)
        assert (other.box, other.packs(0, limit=1000)) == (self.outbox.box, held)
        other.put(_ME, [Block("soil", [1_000_000], {"bed": "elsewhere"}, {"moisture": [1.0]})])
        assert other.packs(self.outbox.newest, limit=1)[0].seq == self.outbox.newest + 1
        assert self.outbox.packs(0, limit=1000) == held
        other.close()

    @invariant()
    def every_row_is_held_or_stored_or_counted_as_thinned(self) -> None:
        packs = {pack.seq: orjson.loads(pack.body) for pack in self.outbox.packs(0, limit=1000)}
        assert set(packs) == {seq for seq in self.put_in if seq > self.through}
        for seq, document in packs.items():
            block = self.put_in[seq]
            if "thinned" in document:
                self.thinned[seq] = document["thinned"]
                assert (document["thinned"], block.measurement) == (len(block), "soil")
            else:
                (value,) = {"moisture", "litres"} & {*document}
                assert (document["t"], document[value]) == ([t // 10**6 for t in block.times], [*block.fields[value]])
        for seq in range(1, self.through + 1):
            thinned = "thinned" in orjson.loads(self.handled[seq])
            assert self.thinned.get(seq, 0) == len(self.put_in[seq]) or not thinned

    @invariant()
    def the_counters_add_up(self) -> None:
        held = {seq: block for seq, block in self.put_in.items() if seq > self.through}
        assert (self.outbox.produced, self.outbox.thinned) == (self.rows, sum(self.thinned.values()))
        assert (self.outbox.depth, self.outbox.depth_rows) == (len(held), sum(map(len, held.values())))
        assert (self.outbox.newest, self.outbox.first()) == (len(self.put_in), min(held, default=len(self.put_in) + 1))
        assert self.outbox.bookmark("driver") == (str(self.rows - len(self._last)) if self._last else None)

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.folder.cleanup()

    @property
    def _last(self) -> Block | None:
        return self.put_in.get(len(self.put_in))

    def _new_card(self) -> None:
        self.files += 1
        self.outbox = Outbox(Path(self.folder.name) / f"{self.files}.sqlite", limit_bytes=_LIMIT_BYTES)
        self.put_in = {}
        self.handled = {}
        self.thinned = {}
        self.rows = self.through = 0

    def _block(self, rows: int, *, event: bool) -> Block:
        times = [(_START_MS + self.rows + i) * 1_000_000 for i in range(rows)]
        values = [20.0 + (self.rows + i) % 40 for i in range(rows)]
        return Block("water" if event else "soil", times, {"bed": "b1"}, {"litres" if event else "moisture": values})

    def _copied(self) -> Path:
        """The files as they lie on the disk now, somewhere else."""
        self.files += 1
        path = Path(self.folder.name) / f"{self.files}.sqlite"
        for suffix in ("", "-wal"):
            source = Path(f"{self.outbox.path}{suffix}")
            if source.exists():
                shutil.copy(source, f"{path}{suffix}")
        return path


OutboxMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestTheOutbox = OutboxMachine.TestCase
