"""Senders that ask for more of the ledger than any needs: it stays small, they are told why, nobody else suffers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from commons import wire
from commons.clock import MILLISECONDS_PER_DAY
from commons.rows import Block
from commons.topics import Address
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.packets import Arrival
from tests.hostile.cases import BOX, NOW_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.account import Account

GREEDY: Final = Address("makassar", "saga", "saga-n1")
HONEST: Final = Address("makassar", "saga", "saga-n2")
_STATE_BYTES: Final = 64 * 1024
_MANY: Final = 5_000
_BOXES: Final = 3_000


def sent(seq: int, *, first: int = 1, box: str = BOX, address: Address = GREEDY) -> Arrival:
    block = Block("soil", [(NOW_MS + seq) * 1_000_000], {"bed": "b1"}, {"moisture": [30.0]})
    return Arrival(address.up("soil"), wire.with_first(wire.encode_pack(block, box, seq), first), 2, 1)


def taken(ledger: Ledger, arrivals: Iterable[Arrival], *, now_ms: int = NOW_MS) -> Batch:
    batch = Batch(now_ms)
    for arrival in arrivals:
        batch.take(arrival, ledger)
    batch.close()
    ledger.settle(ledger.changes())
    return batch


def box(number: int) -> str:
    return f"GREEDY{number:020d}"


def account_of(ledger: Ledger) -> Account:
    return dict(ledger.accounts())[GREEDY.city, GREEDY.node, BOX]


def numbers(ranges: Iterable[list[int]]) -> set[int]:
    return {seq for first, last in ranges for seq in range(first, last + 1)}


def state_bytes(ledger: Ledger) -> int:
    return len(account_of(ledger).statement().state())


def test_an_outbox_of_gaps_alone_is_stopped_at_five_hundred_and_told_what_to_send() -> None:
    ledger = Ledger()
    batch = taken(ledger, (sent(seq) for seq in range(2, _MANY, 2)))

    assert len(account_of(ledger).missing) == 500
    assert state_bytes(ledger) < _STATE_BYTES
    assert len(batch.rejects) + batch.counts.stored == batch.counts.received == _MANY // 2 - 1
    assert batch.rejects[0].reason == (
        f"pack 1002 of outbox {BOX} would open a gap beyond the 500 that are open; send what is missing first"
    )


def test_what_is_missing_is_taken_from_an_outbox_that_was_stopped_and_it_goes_on() -> None:
    ledger = Ledger()
    taken(ledger, (sent(seq) for seq in range(2, 2_000, 2)))
    batch = taken(ledger, (sent(seq) for seq in range(1, 2_000)))

    assert batch.rejects == []
    assert (account_of(ledger).through, account_of(ledger).missing, account_of(ledger).lost) == (1_999, [], [])


def test_an_outbox_that_has_dropped_what_is_missing_is_not_stopped() -> None:
    ledger = Ledger()
    taken(ledger, (sent(seq) for seq in range(2, 1_002, 2)))
    batch = taken(ledger, [sent(5_000, first=4_000)])

    assert batch.rejects == []
    assert account_of(ledger).missing == [[4_000, 4_999]]


def test_what_is_lost_in_very_many_pieces_stays_small_and_is_never_taken_for_stored() -> None:
    ledger, came = Ledger(), set(range(2, _MANY, 2))
    taken(ledger, [sent(_MANY, first=_MANY)])
    taken(ledger, (sent(seq) for seq in sorted(came)))

    assert state_bytes(ledger) < _STATE_BYTES
    assert numbers(account_of(ledger).lost) >= set(range(1, _MANY)) - came


def test_no_answer_leaves_out_that_something_is_lost_however_many_pieces_it_is_in() -> None:
    ledger, came = Ledger(), set(range(2, 1_000, 2))
    taken(ledger, [sent(1_000, first=1_000)])
    taken(ledger, (sent(seq) for seq in sorted(came)))
    told = orjson.loads(ledger.answer(GREEDY, BOX, now=0.0))

    assert len(told["lost"]) == 100
    assert numbers(told["lost"]) >= set(range(1, 1_000)) - came


def test_a_node_that_begins_an_outbox_for_every_pack_is_stopped_at_a_thousand_a_day() -> None:
    ledger = Ledger()
    batch = taken(ledger, (sent(1, box=box(number)) for number in range(_BOXES)))
    known = taken(ledger, (sent(2, box=box(number)) for number in range(_BOXES)))
    other = taken(ledger, [sent(1, box=box(_BOXES), address=HONEST)])
    next_day = taken(ledger, [sent(1, box=box(_BOXES))], now_ms=NOW_MS + MILLISECONDS_PER_DAY)

    assert len(dict(ledger.accounts())) == 1_002
    assert (batch.counts.stored, len(batch.rejects)) == (1_000, _BOXES - 1_000)
    assert "may begin in a day" in batch.rejects[0].reason
    assert (known.counts.stored, other.counts.stored, next_day.counts.stored) == (1_000, 1, 1)


def test_what_was_asked_for_is_forgotten_when_it_has_come() -> None:
    ledger = Ledger()
    for seq in range(2, 1_000, 2):
        taken(ledger, [sent(seq)])
        ledger.answer(GREEDY, BOX, now=seq)
        taken(ledger, [sent(seq - 1)])
    ledger.answer(GREEDY, BOX, now=1_000)

    assert account_of(ledger).through == 998
    assert sum(map(len, ledger._asked.values())) == 0


def test_only_gaps_that_were_named_are_given_up() -> None:
    ledger = Ledger()
    taken(ledger, (sent(seq) for seq in range(2, 600, 2)))
    for seconds in range(0, 180, 30):
        told = orjson.loads(ledger.answer(GREEDY, BOX, now=seconds))
        ledger.settle(ledger.changes())

    assert len(account_of(ledger).lost) == 100
    assert told["missing"][0] == [201, 201]
