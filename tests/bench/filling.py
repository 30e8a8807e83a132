"""Fill a broker fast: MQTT messages at QoS 1 as ready-made bytes, thousands before their acknowledgements are read."""

from __future__ import annotations

import socket
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commons.broker import BrokerSettings
    from tests.bench.load import Message

_TOGETHER: Final = 2_000
_CONNECT: Final = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05bench"  # 3.1.1, clean session, called "bench"
_ACKNOWLEDGEMENT_BYTES: Final = 4


def fill(broker: BrokerSettings, messages: Iterable[Message]) -> None:
    """Publish everything, and return once the broker has acknowledged all of it.

    Args:
        broker: One that asks for no password.
        messages: In the order they are sent.
    """
    left = iter(messages)
    with socket.create_connection((broker.host, broker.port), timeout=30) as link:
        link.sendall(_CONNECT)
        _read(link, _ACKNOWLEDGEMENT_BYTES)
        while frames := [_publish(one, number) for number, one in enumerate(islice(left, _TOGETHER), start=1)]:
            link.sendall(b"".join(frames))
            _read(link, _ACKNOWLEDGEMENT_BYTES * len(frames))


def _publish(message: Message, number: int) -> bytes:
    topic = message.topic.encode()
    body = len(topic).to_bytes(2) + topic + number.to_bytes(2) + message.payload
    return b"\x32" + _length(len(body)) + body


def _length(count: int) -> bytes:
    """MQTT's way to write a length: seven bits a byte, the lowest first."""
    digits = bytearray()
    while count > 127:
        digits.append(count % 128 | 128)
        count //= 128
    return bytes([*digits, count])


def _read(link: socket.socket, count: int) -> None:
    while count > 0:
        got = len(link.recv(count))
        if not got:
            raise ConnectionError("the broker closed the connection while it was filled; its log says why")
        count -= got
