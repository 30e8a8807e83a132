"""A batch: decoded, judged, put together, and nothing in it lost or doubled."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from commons import wire
from commons.rows import Block
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.packets import Arrival

TOPIC = "lorong/v1/up/makassar/sydney/sydney-n1/soil"
BOX = "A" * 26
NOW = 1_764_000_000_000


def arrival(payload: bytes, topic: str = TOPIC) -> Arrival:
    return Arrival(topic, payload)


def pack(seq: int, rows: int = 3) -> Arrival:
    block = Block(
        "soil", [(NOW + seq * 100 + i) * 10**6 for i in range(rows)], {"bed": "b1"}, {"moisture": [30.0] * rows}
    )
    return arrival(wire.with_first(wire.encode_pack(block, BOX, seq), 1))


def test_a_pack_that_comes_ten_times_is_stored_once_and_counted_as_sent_again() -> None:
    ledger, batch = Ledger(), Batch(NOW)

    for _ in range(10):
        batch.take(pack(1), ledger)
    batch.close()

    assert sum(len(block) for block in batch.blocks) == 3
    assert (batch.counts.received, batch.counts.stored, batch.counts.duplicate) == (30, 3, 27)


def test_one_bad_message_stops_no_other_and_counts_with_its_rows() -> None:
    ledger, batch = Ledger(), Batch(NOW)
    bad = orjson.dumps({"box": BOX, "seq": 2, "first": 1, "t": [1, 2], "bed": "b1", "moisture": ["x", "y"]})

    for one in (pack(1), arrival(bad), arrival(b"\xff"), pack(3)):
        batch.take(one, ledger)
    batch.close()

    (account,) = (account for _, account in ledger.accounts())
    assert sorted(reject.rows for reject in batch.rejects) == [1, 2]
    assert (account.through, account.stored, account.rejected) == (3, 6, 2)


def test_a_bad_message_sent_again_is_rejected_once() -> None:
    ledger, batch = Ledger(), Batch(NOW)
    bad = orjson.dumps({"box": BOX, "seq": 1, "first": 1, "t": [1, 2], "bed": "b1", "moisture": ["x", "y"]})

    batch.take(arrival(bad), ledger)
    batch.take(arrival(bad), ledger)
    batch.close()

    assert (len(batch.rejects), batch.counts.rejected, batch.counts.duplicate) == (1, 2, 2)


@given(st.lists(st.tuples(st.sampled_from(["b1", "b2"]), st.booleans()), min_size=1, max_size=60))
def test_putting_single_readings_together_loses_doubles_and_mixes_nothing(rows: list[tuple[str, bool]]) -> None:
    ledger, batch = Ledger(), Batch(NOW)
    wanted = set()
    for i, (bed, warm) in enumerate(rows):
        reading: dict[str, object] = {"t": NOW + i, "bed": bed, "moisture": i % 60 + 2.0}
        if warm:
            reading["temperature"] = 27.0
        batch.take(arrival(orjson.dumps(reading)), ledger)
        wanted.add(((NOW + i) * 10**6, bed, i % 60 + 2.0, 27.0 if warm else None))

    batch.close()

    got = [
        (row["time"], row["bed"], row["moisture"], row.get("temperature"))
        for block in batch.blocks
        for row in block.rows()
    ]
    assert len(got) == len(rows)
    assert set(got) == wanted
    assert [len(part.block) for part in batch.parts] == [len(part.owners) for part in batch.parts]


def test_a_refused_row_becomes_a_reading_that_can_be_replayed() -> None:
    ledger, batch = Ledger(), Batch(NOW)
    batch.take(pack(1), ledger)
    batch.close()

    (reject,) = batch.refused([((0, 1), "out of retention")])

    again = wire.decode(reject.topic, reject.payload, arrival_ms=NOW)
    assert again.block is not None
    assert list(again.block.rows()) == [list(batch.blocks[0].rows())[1]]
    assert [(owner.key[2], counter) for owner, counter in batch.counters([(0, 1)]) if owner] == [(BOX, "stored")]


def test_a_pack_that_comes_behind_its_own_notice_of_thinning_is_stored_and_no_longer_counted_as_thinned() -> None:
    ledger, batch = Ledger(), Batch(NOW)

    for payload in (wire.with_first(wire.encode_thinned(BOX, 1, 3), 1), pack(1).payload):
        batch.take(arrival(payload), ledger)
    batch.close()

    ((_, account),) = ledger.accounts()
    assert (account.stored, account.thinned, account.clones, account.through) == (3, 0, 0, 1)
    assert (batch.counts.received, batch.counts.stored, batch.counts.thinned) == (3, 3, 0)


def test_a_notice_of_thinning_for_a_pack_that_came_changes_nothing() -> None:
    ledger, batch = Ledger(), Batch(NOW)

    for payload in (pack(1).payload, wire.with_first(wire.encode_thinned(BOX, 1, 3), 1)):
        batch.take(arrival(payload), ledger)
    batch.close()

    ((_, account),) = ledger.accounts()
    assert (account.stored, account.thinned, account.duplicate, account.clones) == (3, 0, 3, 0)


def test_a_repeat_whose_digest_is_forgotten_is_written_again_and_counted_as_sent_again() -> None:
    ledger = Ledger()
    first = Batch(NOW)
    for seq in range(1, 600):
        first.take(pack(seq), ledger)
    first.close()

    again = Batch(NOW)
    again.take(pack(1), ledger)
    again.close()

    assert sum(map(len, again.blocks)) == 3
    assert (again.counts.stored, again.counts.duplicate) == (0, 3)


def test_a_message_that_never_decodes_and_comes_again_is_counted_as_sent_again_though_its_digest_is_forgotten() -> None:
    ledger, batch = Ledger(), Batch(NOW)
    bad = orjson.dumps({"box": BOX, "seq": 1, "first": 1, "t": [1, 2], "bed": "b1", "moisture": ["x", "y"]})
    batch.take(arrival(bad), ledger)
    ((_, account),) = ledger.accounts()
    account.recent.clear()

    batch.take(arrival(bad), ledger)
    batch.close()

    assert (account.rejected, account.duplicate) == (2, 2)
    assert (batch.counts.received, batch.counts.rejected, batch.counts.duplicate) == (4, 2, 2)


def test_a_batch_counts_its_rows_before_they_are_read() -> None:
    ledger, batch = Ledger(), Batch(NOW)

    batch.take(pack(1), ledger)
    batch.take(pack(2, rows=5), ledger)

    assert batch.rows == 8
