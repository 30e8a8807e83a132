"""The ledger: every pack is handled once, gaps are named, and what nobody can send any more is lost by name."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from commons import catalogue
from commons.envelope import Envelope
from commons.topics import Address
from ingest.account import Account
from ingest.ledger import Ledger

ME = Address("makassar", "sydney", "sydney-n1")
BOX = "A" * 26


def pack(seq: int, *, first: int = 1, digest: str = "") -> Envelope:
    soil = catalogue.measurement("soil")
    return Envelope(ME, soil, {}, {}, 1, BOX, seq, first, 0, digest or f"digest {seq}")


def handled(*packs: Envelope) -> Account:
    account = Account()
    for one in packs:
        account.handle(one)
    return account


def answer(ledger: Ledger, *, now: float) -> dict[str, object]:
    ledger.settle(ledger.changes())
    found: dict[str, object] = orjson.loads(ledger.answer(ME, BOX, now=now))
    return found


@given(st.permutations(range(1, 25)))
def test_whatever_the_order_all_packs_are_through_in_the_end(order: list[int]) -> None:
    account = handled(*(pack(seq) for seq in order))

    assert (account.through, account.missing, account.lost) == (24, [], [])


@given(st.sets(st.integers(min_value=1, max_value=40), min_size=1))
def test_the_gaps_are_exactly_what_is_not_there(arrived: set[int]) -> None:
    account = handled(*(pack(seq) for seq in sorted(arrived, reverse=True)))

    gaps = {seq for first, last in account.missing for seq in range(first, last + 1)}
    assert gaps == set(range(1, max(arrived) + 1)) - arrived
    assert account.through == min(set(range(1, 42)) - arrived) - 1


def test_a_pack_sent_again_is_a_duplicate_and_another_content_under_its_number_is_a_clone() -> None:
    account = handled(pack(1), pack(3))

    assert account.judge(pack(1)) == "duplicate"
    assert account.judge(pack(3, digest="other")) == "clone"
    assert account.judge(pack(2)) == "new"


def test_what_the_sender_no_longer_holds_is_lost_and_asked_for_no_more() -> None:
    account = handled(pack(1), pack(9, first=6))

    assert (account.through, account.missing, account.lost) == (5, [[6, 8]], [[2, 5]])


def test_a_store_that_was_wiped_counts_what_came_before_as_lost_to_it() -> None:
    account = handled(pack(640, first=640))

    assert (account.through, account.missing, account.lost) == (640, [], [[1, 639]])


def test_a_pack_named_lost_that_comes_after_all_is_stored() -> None:
    account = handled(pack(1), pack(9, first=6))

    verdict = account.judge(pack(3, digest="late"))
    account.handle(pack(3, digest="late"))

    assert (verdict, account.lost) == ("new", [[2, 2], [4, 5]])


def test_a_gap_asked_for_five_times_without_answer_is_named_lost() -> None:
    ledger = Ledger()
    account, _ = ledger.account(pack(3), now_ms=0)
    account.handle(pack(3))

    asked = [answer(ledger, now=minute * 60.0)["missing"] for minute in range(6)]

    assert asked == [[[1, 2]]] * 5 + [[]]
    assert answer(ledger, now=1e6)["lost"] == [[1, 2]]


def test_asking_often_is_not_asking_many_times() -> None:
    ledger = Ledger()
    account, _ = ledger.account(pack(3), now_ms=0)
    account.handle(pack(3))

    for tenth in range(200):
        assert answer(ledger, now=tenth / 10)["missing"] == [[1, 2]]


def test_a_clones_packs_have_an_account_of_their_own() -> None:
    ledger = Ledger()
    for message in (pack(1), pack(1, digest="the clone's")):
        account, verdict = ledger.account(message, now_ms=0)
        assert verdict != "duplicate"
        account.handle(message)

    _, again = ledger.account(pack(1, digest="the clone's"), now_ms=0)

    assert again == "duplicate"
    assert {box for (_, _, box), _ in ledger.accounts()} == {BOX, f"{BOX}-clone"}


def test_a_node_that_has_moved_is_answered_where_it_is_now() -> None:
    ledger = Ledger()
    ledger.account(pack(1), now_ms=0)
    moved = pack(2)._replace(address=Address("makassar", "saga", "sydney-n1"))

    account, _ = ledger.account(moved, now_ms=0)
    account.handle(moved)

    assert ledger.settle(ledger.changes()) == [(moved.address, BOX)]


def test_the_newest_pack_is_named_though_many_older_ones_came_behind_it_and_the_collector_began_anew() -> None:
    newest_first = handled(pack(500), *(pack(seq) for seq in range(1, 100)))

    known = Account.from_state(newest_first.key, newest_first.statement().state())

    assert newest_first.statement().newest == known.statement().newest == (500, "digest 500")
