"""MQTT's packets: cut out of any stream of bytes, as they were put in; and what is not MQTT is said."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.errors import BrokerUnavailableError
from ingest import packets
from ingest.packets import Arrival, Stream

TOPICS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
MESSAGES = st.lists(st.tuples(TOPICS, st.binary(max_size=400), st.integers(1, 65_535), st.booleans()), max_size=20)


def pieces(data: bytes, seed: int) -> list[bytes]:
    """The bytes as a network might hand them over."""
    draw, cut = random.Random(seed), []
    while data:
        size = draw.choice([1, 2, 3, 17, 100, 5_000])
        cut.append(data[:size])
        data = data[size:]
    return cut


@given(MESSAGES, st.integers(0, 1_000))
def test_messages_come_out_as_they_went_in_however_the_stream_is_cut(
    messages: list[tuple[str, bytes, int, bool]], seed: int
) -> None:
    sent = b"".join(packets.publish(topic, payload, mid=mid, retain=kept) for topic, payload, mid, kept in messages)

    stream = Stream()
    found = [arrival for piece in pieces(sent, seed) for arrival in stream.feed(piece)[0]]

    assert [(one.topic, one.payload, one.mid, one.retained) for one in found] == messages


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_whatever_comes_is_packets_or_said_to_be_no_mqtt(noise: list[bytes]) -> None:
    stream = Stream()
    try:
        for piece in noise:
            stream.feed(piece)
    except BrokerUnavailableError as error:
        assert "not MQTT" in str(error)  # noqa: PT017  # most noise is not refused


def test_answers_stand_between_messages_and_are_told_from_them() -> None:
    message = packets.publish("t", b"x", mid=7, retain=False)

    arrivals, controls = Stream().feed(b"\x20\x02\x00\x00" + message + b"\x90\x03\x00\x01\x80" + message)

    assert arrivals == [Arrival("t", b"x", 2, 7)] * 2
    assert [(one.kind, one.body) for one in controls] == [(packets.CONNACK, b"\0\0"), (packets.SUBACK, b"\0\1\x80")]


def test_a_message_at_qos_0_has_no_number_and_is_not_acknowledged() -> None:
    arrivals, _ = Stream().feed(b"\x30\x05\x00\x01thi")

    assert arrivals == [Arrival("t", b"hi")]
    assert packets.acknowledge([arrival.mid for arrival in arrivals]) == b""


def test_acknowledgements_travel_together() -> None:
    assert packets.acknowledge([1, 258]) == b"\x40\x02\0\1\x40\x02\1\2"


def test_of_a_payload_that_is_far_too_long_only_the_beginning_is_kept() -> None:
    (arrival,), _ = Stream().feed(packets.publish("t", b"x" * 2_000_000, mid=1, retain=False))

    assert 256 * 1024 < len(arrival.payload) < 600_000


@pytest.mark.parametrize("noise", [b"\x30\xff\xff\xff\xff\xff", b"\x32\x03\x00\x09t"])
def test_what_cannot_be_mqtt_ends_the_connection(noise: bytes) -> None:
    with pytest.raises(BrokerUnavailableError, match="not MQTT"):
        Stream().feed(noise)
