"""Messages: whatever is packed comes back, and what will never decode says why in one sentence."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons import wire
from commons.catalogue import measurements
from commons.envelope import rows_claimed
from commons.errors import UnknownNameError, WireError
from commons.rows import Block, event_time

TOPIC = "lorong/v1/up/makassar/sydney/sydney-n1/soil"
HARVEST = "lorong/v1/up/makassar/sydney/web/harvest"
NOW = 1_764_000_000_000
BOX = "A" * 26

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
times = st.integers(min_value=1, max_value=4_102_444_799_999)


def reading(**columns: object) -> bytes:
    return orjson.dumps({"t": NOW, "bed": "b1", "moisture": 31.2, **columns})


@given(st.lists(st.tuples(times, st.sampled_from(["b1", "b2"]), numbers, numbers), min_size=1, max_size=50))
def test_a_pack_comes_back_as_it_was_packed(rows: list[tuple[int, str, float | None, float | None]]) -> None:
    block = Block(
        "soil",
        [t * 1_000_000 for t, _, _, _ in rows],
        {"bed": [bed for _, bed, _, _ in rows], "origin": "simulated"},
        {"moisture": [m for _, _, m, _ in rows], "temperature": [0.5 for _ in rows], "ec": [e for _, _, _, e in rows]},
    )

    message = wire.decode(TOPIC, wire.with_first(wire.encode_pack(block, BOX, 7), 3), arrival_ms=NOW)

    assert (message.box, message.seq, message.first, message.rows) == (BOX, 7, 3, len(rows))
    assert message.block is not None
    assert message.block.times == block.times
    assert message.block.tag("bed") == block.tag("bed")
    assert message.block.tag("lane") == ["sydney"] * len(rows)
    for name, column in block.fields.items():
        assert list(message.block.fields.get(name, [None] * len(rows))) == list(column)


def test_the_same_pack_sent_again_has_the_same_digest_though_first_has_moved() -> None:
    body = wire.encode_pack(Block("soil", [NOW * 10**6], {"bed": "b1"}, {"moisture": [1.0]}), BOX, 7)

    digests = {wire.decode(TOPIC, wire.with_first(body, first), arrival_ms=NOW).digest for first in (1, 5)}

    assert len(digests) == 1


def test_scalars_are_broadcast_over_the_times() -> None:
    block = wire.decode(TOPIC, reading(t=[NOW, NOW + 1], moisture=[1, None], temperature=27.4), arrival_ms=NOW).block

    assert block is not None
    assert list(block.fields["temperature"]) == [27.4, 27.4]
    assert list(block.fields["moisture"]) == [1.0, None]
    assert type(block.fields["moisture"][0]) is float


def test_a_reading_without_a_time_gets_the_arrival_time_and_is_suspect() -> None:
    block = wire.decode(TOPIC, b'{"bed":"b1","moisture":31.2}', arrival_ms=NOW).block

    assert block is not None
    assert block.times == [NOW * 1_000_000]
    assert list(block.fields["moisture_flag"]) == [3.0]


def test_rows_whose_times_are_known_within_bounds_only_are_suspect() -> None:
    block = Block("soil", [NOW * 10**6, (NOW + 1) * 10**6], {"bed": "b1"}, {"moisture": [31.2, None], "ec": [1.0, 2.0]})

    sent = wire.decode(TOPIC, wire.encode_pack(block, BOX, 7, within_ms=3_600_000), arrival_ms=NOW).block

    assert sent is not None
    assert sent.times == block.times
    assert list(sent.fields["moisture_flag"]) == [3.0, None]
    assert list(sent.fields["ec_flag"]) == [3.0, 3.0]


def test_a_retained_reading_without_a_time_is_refused() -> None:
    with pytest.raises(WireError, match="retained reading has no time"):
        wire.decode(TOPIC, b'{"bed":"b1","moisture":31.2}', arrival_ms=NOW, retained=True)


def test_a_thinned_notice_counts_its_rows() -> None:
    payload = wire.with_first(wire.encode_thinned(BOX, 9, 14), 2)

    message = wire.decode(TOPIC, payload, arrival_ms=NOW)

    assert (message.block, message.seq, message.thinned, message.rows) == (None, 9, 14, 14)


def test_an_event_carries_entry_version_and_node_and_its_hash_below_the_millisecond() -> None:
    payload = orjson.dumps({"t": NOW, "bed": "b1", "commodity": "kangkung", "kg": 2, "entry": "e1", "version": 2})

    block = wire.decode(HARVEST, payload, arrival_ms=NOW).block

    assert block is not None
    assert block.times == [event_time(NOW, entry="e1", version=2)]
    assert block.times[0] // 1_000_000 == NOW
    assert list(block.fields["node"]) == ["web"]
    assert "node" not in block.tags


def test_an_event_without_an_entry_is_the_same_entry_when_sent_twice_and_another_for_another_bed() -> None:
    def entry(bed: str) -> object:
        payload = orjson.dumps({"t": NOW, "bed": bed, "commodity": "kangkung", "kg": 2})
        block = wire.decode(HARVEST, payload, arrival_ms=NOW).block
        assert block is not None
        return block.fields["entry"][0]

    assert entry("b1") == entry("b1")
    assert entry("b1") != entry("b2")


def test_a_report_of_nothing_names_no_bed_and_no_commodity_but_a_weight_must() -> None:
    nothing = wire.decode(HARVEST, orjson.dumps({"t": NOW, "nothing": 1}), arrival_ms=NOW).block

    assert nothing is not None
    assert (nothing.tags["bed"], nothing.tags["commodity"]) == ("", "")
    with pytest.raises(WireError, match="harvest reading lacks the tag bed and commodity"):
        wire.decode(HARVEST, orjson.dumps({"t": NOW, "kg": 1}), arrival_ms=NOW)


@pytest.mark.parametrize(
    "columns",
    [
        {"t": NOW, "kg": 5, "nothing": 0},
        {"t": NOW, "kg": 5, "nothing": None},
        {"t": NOW, "kg": 5, "commodity": ""},
        {"t": NOW, "nothing": 25},
        {"t": [NOW, NOW + 1], "kg": [5, None], "nothing": [None, 1]},
        {"t": [NOW, NOW + 1], "kg": [5, 5], "commodity": ["kangkung", ""]},
    ],
)
def test_no_weight_is_of_nothing(columns: dict[str, object]) -> None:
    with pytest.raises(WireError, match=r"does not say that there was nothing|lacks the tag"):
        wire.decode(HARVEST, orjson.dumps({"bed": "b1", **columns}), arrival_ms=NOW)


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"17", "a JSON int"),
        (b"[" * 5000, "not JSON"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "not JSON|nested"),
        (b" " * 300_000, "over 262144"),
        (reading(moisture="31.2"), "moisture '31.2' is a str"),
        (reading(moisture=True), "moisture 'True' is a bool"),
        (reading(moisture={}), "moisture '{}' is a dict"),
        (reading(within=-1), "within '-1' is no whole number of milliseconds"),
        (reading(within="long"), "within 'long' is no whole number of milliseconds"),
        (reading(t=[NOW, NOW], moisture=[1]), "1 values for 2 times"),
        (reading(t=[]), "pack has 0 times"),
        (reading(t=[NOW] * 20_001), "payload of|pack has 20001 times"),
        (reading(t=[1] * 20_001), "pack has 20001 times"),
        (reading(bed="b" * 201), "tag bed of 201 characters"),
        (reading(t=[1, 2], bed=["b1", "b" * 201]), "tag bed of 201 characters"),
        (reading(t="2026"), "time '2026' is not whole milliseconds"),
        (reading(t=-5), "time '-5'"),
        (reading(t=1.5), "time '1.5'"),
        (b'{"t":1764000000000,"moisture":1}', "lacks the tag bed"),
        (b'{"t":1764000000000,"bed":"b1"}', "no field"),
        (reading(bed=None), "tag bed is null"),
        (reading(bed=5), "bed '5' is a int"),
        (reading(box=BOX, seq=0), "seq '0'"),
        (reading(box=BOX, seq=5, first=6), "first '6'"),
        (reading(box="../etc", seq=5), "box '../etc'"),
        (orjson.dumps({"box": BOX, "seq": 3, "first": 1, "thinned": -4}), "thinned '-4'"),
        (b'{"t":1764000000000,"bed":"b1","moisture":1e400}', "not JSON|moisture"),
    ],
)
def test_what_will_never_decode_says_why(payload: bytes, sentence: str) -> None:
    with pytest.raises(WireError, match=sentence):
        wire.decode(TOPIC, payload, arrival_ms=NOW)


@pytest.mark.parametrize("name", ["moistur", "city", "lane", "node", "moisture_failed"])
def test_a_name_that_is_not_the_senders_to_give_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownNameError, match=f"'{name}'"):
        wire.decode(TOPIC, reading(**{name: 1}), arrival_ms=NOW)


def test_no_name_that_may_be_sent_is_one_of_the_envelopes() -> None:
    sendable = [of for of in measurements().values() if of.kind in ("sample", "event") and of.name != "collector"]

    names = {name for of in sendable for name in (*of.tags, *of.fields)}
    assert names.isdisjoint({"box", "seq", "first", "t", "within", "thinned"})


@pytest.mark.parametrize("measurement", ["ledger", "price_index", "place", "collector"])
def test_only_samples_and_events_of_nodes_can_be_sent(measurement: str) -> None:
    with pytest.raises(WireError, match="cannot be sent"):
        wire.decode(f"lorong/v1/up/makassar/sydney/n1/{measurement}", reading(), arrival_ms=NOW)


def test_a_lanes_node_cannot_say_what_food_costs_in_the_citys_markets() -> None:
    of = {"commodity": "beras", "market": "terong", "quote": "1", "level": "consumer", "source": "x"}
    price = orjson.dumps({"t": NOW, **of, "price_idr": 1})

    with pytest.raises(WireError, match="price of lane 'sydney' is of the whole city; send it under the lane 'kota'"):
        wire.decode("lorong/v1/up/makassar/sydney/n1/price", price, arrival_ms=NOW)
    assert wire.decode("lorong/v1/up/makassar/kota/n1/price", price, arrival_ms=NOW).block is not None


@pytest.mark.parametrize(
    "topic",
    ["lorong/v1/up/makassar/sydney/n1", "lorong/v1/up/makassar/Sydney/n1/soil", "lorong/v1/up/a/b/c/soil/x", "x", ""],
)
def test_a_topic_of_another_shape_is_refused(topic: str) -> None:
    with pytest.raises(WireError, match="topic"):
        wire.decode(topic, reading(), arrival_ms=NOW)


@given(st.binary(max_size=300))
def test_no_payload_raises_anything_but_a_refusal(payload: bytes) -> None:
    try:
        message = wire.decode(TOPIC, payload, arrival_ms=NOW)
    except (WireError, UnknownNameError):
        assert rows_claimed(payload) >= 1
    else:
        assert message.rows >= 1
