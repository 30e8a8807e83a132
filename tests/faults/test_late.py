"""Scenario 14: what comes late, comes again, or comes after a broker has forgotten its numbers."""

from __future__ import annotations

from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import orjson

from analytics.entries import current
from commons import wire
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from commons.sites import NodeEntry
from commons.topics import Address
from store.contract import Query
from tests.faults.hand import Hand
from tests.faults.places import STORES, on
from tests.faults.proxy import Proxy
from tests.faults.rig import CLOCK
from tests.faults.script import Script
from tests.flow.small_site import sent
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commons.rows import Column
    from tests.faults.processes import Process
    from tests.faults.rig import Rig
    from tests.flow.small_site import Row

BOX: Final = "HANDHANDHANDHANDHANDHANDAB"
PHONE: Final = Address("makassar", "saga", "phone-1")
BEGAN_MS: Final = CLOCK.wall_ms() - 86_400_000


def harvest(kg: float, version: int) -> Block:
    """One entry as it was typed, or as it was edited."""
    fields: dict[str, Column] = {"kg": [kg], "entry": ["basket-1"], "version": [float(version)]}
    tags = {"bed": "b1", "commodity": "kangkung", "origin": "typed"}
    return Block("harvest", [BEGAN_MS * NANOSECONDS_PER_MILLISECOND], tags, fields)


def soil(number: int, rows: int = 3) -> Block:
    """A pack of soil."""
    times = [(BEGAN_MS + 60_000 * number + row) * NANOSECONDS_PER_MILLISECOND for row in range(rows)]
    return Block("soil", times, {"bed": "b1", "origin": "measured"}, {"moisture": [20.0 + number] * rows})


def refused(number: int) -> Block:
    """A pack with a field that no catalogue has."""
    times = [(BEGAN_MS + 60_000 * number) * NANOSECONDS_PER_MILLISECOND]
    return Block("rain", times, {"origin": "measured"}, {"colour": [1.0]})


def rows_of(*blocks: Block) -> Counter[Row]:
    """The rows that the store should show."""
    entry = NodeEntry(PHONE, "hand", "measured", {})
    return Counter(row for block in blocks for row in sent(block, entry))


@on(*STORES)
def test_a_late_first_form_of_an_entry_does_not_undo_its_newer_edit(rig: Rig) -> None:
    rig.collector()
    typed, edited, later = harvest(2.0, 1), harvest(5.5, 2), soil(1)
    with Hand(rig.broker.port, PHONE.stored(BOX)) as hand:
        hand.send_pack(PHONE, edited, BOX, 2)
        hand.send_pack(PHONE, later, BOX, 3)
        hand.until_told(b'"missing":[[1,1]]')
        for _ in range(2):
            hand.send_pack(PHONE, typed, BOX, 1)
            hand.send_pack(PHONE, edited, BOX, 2)
        hand.send_pack(PHONE, soil(2), BOX, 4)
        hand.until_told(b'"through":4')
        found = rig.recover("late resend behind a newer edit", boxed=rows_of(typed, edited, later, soil(2)))

    assert found.faults == []
    assert found.total("duplicate") == 3
    with rig.opened() as store:
        entries = current(store.read(Query("harvest")).to_pandas())
    assert list(entries["kg"]) == [5.5]


@on(*STORES)
def test_a_pack_that_was_stored_and_then_thinned_at_the_node_stays_stored(rig: Rig) -> None:
    rig.collector()
    with Hand(rig.broker.port, PHONE.stored(BOX)) as hand:
        hand.send_pack(PHONE, soil(1), BOX, 1)
        hand.send_pack(PHONE, soil(2), BOX, 2)
        hand.until_told(b'"through":2')
        for seq in (1, 2, 1):
            hand.send(PHONE.up("soil"), wire.with_first(wire.encode_thinned(BOX, seq, 3), 1))
        hand.send_pack(PHONE, soil(3), BOX, 3)
        hand.until_told(b'"through":3')
        found = rig.recover("resend of packs thinned meanwhile", boxed=rows_of(soil(1), soil(2), soil(3)))

    assert found.faults == []
    assert (found.total("duplicate"), found.total("clones")) == (9, 0)


@on(*STORES)
def test_a_pack_that_comes_behind_the_notice_of_its_thinning_is_stored_and_no_clone(rig: Rig) -> None:
    rig.collector()
    with Hand(rig.broker.port, PHONE.stored(BOX)) as hand:
        hand.send(PHONE.up("soil"), wire.with_first(wire.encode_thinned(BOX, 1, 3), 1))
        hand.send_pack(PHONE, soil(2), BOX, 2)
        hand.until_told(b'"through":2')
        hand.send_pack(PHONE, soil(1), BOX, 1)
        hand.send_pack(PHONE, soil(3), BOX, 3)
        hand.until_told(b'"through":3')
        found = rig.recover("pack behind the notice of its thinning", boxed=rows_of(soil(1), soil(2), soil(3)))

    assert found.total("clones") == 0
    assert found.faults == []


@on(*STORES)
def test_refused_packs_sent_again_after_a_restart_are_counted_as_repeats(rig: Rig) -> None:
    collector, count = rig.collector(), 40  # more than the ledger in the store keeps digests of
    with Hand(rig.broker.port, PHONE.stored(BOX)) as hand:
        for seq in range(1, count + 1):
            hand.send_pack(PHONE, refused(seq), BOX, seq)
        hand.until_told(b'"through":%d' % count)
        assert collector.end() == 0
        rig.collector()
        for seq in range(1, count + 1):
            hand.send_pack(PHONE, refused(seq), BOX, seq)
        hand.send_pack(PHONE, soil(1), BOX, count + 1)
        hand.until_told(b'"through":%d' % (count + 1))
        found = rig.recover("refused packs sent again after a restart", boxed=rows_of(soil(1)), refused=count)

    assert found.faults == []
    assert found.total("duplicate") == count


@on(*STORES)
def test_what_a_broker_gives_again_while_a_write_takes_long_is_counted_as_a_repeat(rig: Rig) -> None:
    with slow_store(rig) as (_, stalled):
        rig.node(refused_every=9)
        CLOCK.sleep(1)
        stalled(is_so=True)
        CLOCK.sleep(5)  # longer than the broker waits for an acknowledgement
        stalled(is_so=False)
        rig.mended()
        found = rig.recover("redelivery after ack_wait behind newer messages")

    assert found.faults == []
    assert found.total("duplicate") > 0


@on(*STORES)
def test_numbers_that_a_killed_broker_gives_again_acknowledge_nothing_unwritten(rig: Rig) -> None:
    with slow_store(rig) as (collector, stalled), Hand(rig.broker.port) as hand:
        stalled(is_so=True)
        for number in range(30):
            send_alone(hand, soil(number, rows=1))
        CLOCK.sleep(1)  # they wait to be written
        rig.broker.kill()
        rig.broker.start()
        with Hand(rig.broker.port) as again:
            for number in range(30, 60):
                send_alone(again, soil(number, rows=1))
        stalled(is_so=False)
        CLOCK.sleep(1)
        collector.kill()
        rig.mended()
        rig.collector()
        alone = rows_of(*(soil(number, rows=1) for number in range(60)))
        found = rig.recover("packet ids reused after a broker's kill -9", besides=alone)

    assert found.faults == []


@on(*STORES)
def test_what_came_on_one_connection_is_acknowledged_on_no_other(rig: Rig) -> None:
    rows = [soil(number, rows=1) for number in range(30)]
    with closing(Script()) as script, slow_store(rig, port=script.port) as (_, stalled):
        stalled(is_so=True)
        for mid, block in enumerate(rows, start=1):
            script.deliver(mid, PHONE.up("soil"), alone(block))
        CLOCK.sleep(1)  # they are being written
        script.hang_up()
        stalled(is_so=False)
        wait_until(lambda: script.listeners == 2 and script.published, "the collector is back, and speaks")
        early = list(script.acknowledged[-1])
        for mid, block in enumerate(rows, start=1):
            script.deliver(mid, PHONE.up("soil"), alone(block))
        wait_until(lambda: len(script.acknowledged[-1]) >= len(rows), "what came on this connection is acknowledged")
        rig.mended()
        found = rig.recover("acknowledgements on another connection", besides=rows_of(*rows))

    assert early == []
    assert found.faults == []


def send_alone(hand: Hand, block: Block) -> None:
    """Publish a reading without box and number, as devices do."""
    hand.send(PHONE.up("soil"), alone(block))


def alone(block: Block) -> bytes:
    """A reading without box and number."""
    t = block.times[0] // NANOSECONDS_PER_MILLISECOND
    return orjson.dumps({"t": t, "bed": "b1", "moisture": block.fields["moisture"][0]})


class Stalling(Protocol):
    """Makes a store stand still, or go on."""

    def __call__(self, *, is_so: bool) -> None: ...


@contextmanager
def slow_store(rig: Rig, *, port: int | None = None) -> Iterator[tuple[Process, Stalling]]:
    """A collector whose store can be made to stand still, and to go on."""
    if rig.store.url.startswith("duckdb"):
        owner = rig.store_owner()
        yield rig.collector(port=port), lambda *, is_so: owner.pause() if is_so else owner.resume()
        return
    with closing(Proxy(int(rig.store.url.rpartition(":")[2]))) as proxy:
        far = replace(rig.store, url=f"influxdb://127.0.0.1:{proxy.port}")
        yield rig.collector(port=port, store=far), lambda *, is_so: setattr(proxy.weather, "stalled", is_so)
