"""A node that is told forged answers: what it may forget by each, and what it does."""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import orjson
from paho.mqtt.client import MQTTMessage

from commons.broker import BrokerSettings
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from commons.uplink import Uplink
from commons.wire import digest_of
from tests.flow.waiting import MovedClock
from tests.hostile.forged_answers import KINDS, Known
from tests.hostile.run import Tally, resident

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ME: Final = Address("makassar", "saga", "saga-n1")
FATES: Final = ("forgot", "kept", "renamed")
_START_MS: Final = 1_795_000_000_000
_HELD: Final = 30  # packs, at least
_UNSENT: Final = 8
_MOST_AGAIN: Final = 400


class Node:
    """An outbox and its uplink as they stand after some packs were sent; the broker is left out.

    Args:
        folder: Where the outbox is.
    """

    def __init__(self, folder: Path) -> None:
        self.outbox = Outbox(folder / "box.sqlite")
        self.clock = MovedClock()
        self.uplink = Uplink(self.outbox, BrokerSettings(), city=ME.city, node=ME.node, clock=self.clock)
        self._put = 0
        self._digests: dict[int, str] = {}
        self._box = ""
        self.go_on()

    def go_on(self) -> None:
        """Read some more, connect again where the name is another, and send all but a few."""
        if self.outbox.depth < _HELD:
            times = [(_START_MS + self._put + number) * 1_000_000 for number in range(_HELD)]
            self.outbox.put(ME, [Block("soil", [time], {"bed": "b1"}, {"moisture": [20.0]}) for time in times])
            self._put += _HELD
        if self._box != self.outbox.box:
            self._box, self._digests = self.outbox.box, {}
            self.uplink._begin_connection()
        self._digests |= {pack.seq: digest_of(pack.body) for pack in self.outbox.packs(0, limit=1_000)}
        self.uplink._sent = max(self.uplink._sent, self.outbox.newest - _UNSENT)

    @property
    def known(self) -> Known:
        """All that a forger can know: the digests too."""
        return Known(self.uplink._sent, self.outbox.newest, self._digests)

    def hear(self, payload: bytes) -> str:
        """Be told something; what became of it.

        Raises:
            AssertionError: It forgot what it must not, or wants more than it may.
            Exception: Whatever an uplink must never raise.
        """
        before, box, may = self._rows(), self.outbox.box, self._may_forget(payload)
        message = MQTTMessage(topic=ME.stored(box).encode())
        message.payload = payload
        self.uplink._answered(None, None, message)  # type: ignore[arg-type]  # it makes no use of the client
        after = self._rows()
        forgotten = {time: seq for time, seq in before.items() if time not in after}
        assert after.keys() <= before.keys(), "rows that nobody took"
        assert set(forgotten.values()) <= may, f"forgot {sorted(set(forgotten.values()) - may)}, which nobody proved"
        again = self.uplink._again
        assert len(again) == len({*again}) <= _MOST_AGAIN, "a pack is to be sent again more than once"
        assert all(1 <= seq <= self.uplink._sent for seq in again), "more is to be sent again than was sent"
        return "renamed" if self.outbox.box != box else "forgot" if forgotten else "kept"

    def _rows(self) -> dict[int, int]:
        """The time of each row that is held, and the number of its pack."""
        return {orjson.loads(pack.body)["t"][0]: pack.seq for pack in self.outbox.packs(0, limit=1_000)}

    def _may_forget(self, payload: bytes) -> set[int]:
        """The packs of which these words can only be true if they are in the store."""
        try:
            said = json.loads(payload)
            (seq, digest), through = said["newest"], said["through"]
            lost = [(first, last) for first, last in said.get("lost", [])]
            is_proof = type(seq) is int and self._digests.get(seq) == digest
            upto = min(seq, through, self.uplink._sent) if is_proof else 0
            return {seq for seq in range(1, upto + 1) if not any(first <= seq <= last for first, last in lost)}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return set()


@contextmanager
def node() -> Iterator[Node]:
    """A node in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        made = Node(Path(folder))
        try:
            yield made
        finally:
            made.outbox.close()


def run_answers(seed: int, count: int) -> Tally:
    """Tell one node so many answers, an hour apart now and then, and judge what it does."""
    tally, began, random, warm = Tally(seed, columns=FATES), time.process_time(), Random(seed), 0
    names, weights = [*KINDS], [weight for weight, _ in KINDS.values()]
    with node() as told:
        for number, kind in enumerate(random.choices(names, weights, k=count)):
            if number == count // 10:
                warm = resident()
            _tell(tally, told, kind, random)
        tally.grown, tally.seconds = resident() - warm, time.process_time() - began
    return tally


def _tell(tally: Tally, told: Node, kind: str, random: Random) -> None:
    told.go_on()
    told.clock.forward(random.choice((0, 0, 1, 30, 3_600)))
    payload = KINDS[kind][1](random, told.known)
    fates = tally.fates.setdefault(kind, {})
    tally.size += len(payload)
    try:
        fate = told.hear(payload)
    except Exception as error:  # noqa: BLE001  # whatever it raises is what is looked for
        tally.broken.append((kind, payload[:300], f"{type(error).__name__}: {error}"))
        return
    fates[fate] = fates.get(fate, 0) + 1


def statements(told: Node, payload: bytes) -> Sequence[str]:
    """What a node asks its file for while it hears an answer."""
    asked: list[str] = []
    told.outbox._db.set_trace_callback(asked.append)
    message: Any = MQTTMessage(topic=ME.stored(told.outbox.box).encode())
    message.payload = payload
    told.uplink._answered(None, None, message)  # type: ignore[arg-type]  # it makes no use of the client
    told.outbox._db.set_trace_callback(None)
    return asked
