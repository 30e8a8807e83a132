"""MQTT 3.1.1 as a subscriber needs it: its few packets as bytes, and a stream of bytes as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from commons.errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CONNACK: Final = 0x20
SUBACK: Final = 0x90
REFUSED: Final = 0x80  # in place of a QoS
PING: Final = b"\xc0\x00"
DISCONNECT: Final = b"\xe0\x00"
_PUBLISH: Final = 0x30
_LONGEST: Final = 268_435_455  # what four bytes of length can say [By]
_KEPT_BYTES: Final = 512 * 1024  # of a longer payload only so much is kept: enough to be refused by its length


class Arrival(NamedTuple):
    """One message as the broker gave it.

    Args:
        topic: Where it was published.
        payload: Its bytes.
        flags: The low bits of MQTT's first byte.
        mid: Its packet id on this connection; 0 where the broker wants no acknowledgement.
    """

    topic: str
    payload: bytes
    flags: int = 0
    mid: int = 0

    @property
    def retained(self) -> bool:
        """Whether the broker kept it for us."""
        return bool(self.flags & 1)

    @property
    def again(self) -> bool:
        """Whether the broker gave it before."""
        return bool(self.flags & 8)


class Control(NamedTuple):
    """A packet that is no message: its type in the high bits of `kind`, and what follows the length."""

    kind: int
    body: bytes


class Stream:
    """Cuts the bytes of a connection into packets, however they come."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> tuple[list[Arrival], list[Control]]:
        """The packets that are complete now.

        Args:
            data: The next bytes; the rest of an incomplete packet is kept for the next call.

        Raises:
            BrokerUnavailableError: This is not MQTT.
        """
        data = self._rest + data
        arrivals: list[Arrival] = []
        controls: list[Control] = []
        at, end = 0, len(data)
        while end - at > 1:
            kind, length, begin = data[at], data[at + 1], at + 2
            if length > 127:  # noqa: PLR2004  # the length goes on in the next byte
                length, begin = _long_length(data, at + 1)
            stop = begin + length
            if stop > end:
                break
            if kind & 0xF0 == _PUBLISH:
                arrivals.append(_arrival(data, kind, begin, stop))
            else:
                controls.append(Control(kind & 0xF0, data[begin:stop]))
            at = stop
        self._rest = data[at:]
        return arrivals, controls


def _arrival(data: bytes, kind: int, begin: int, stop: int) -> Arrival:
    payload = begin + 2 + (data[begin] << 8 | data[begin + 1]) if stop - begin > 1 else stop + 1
    topic, mid = data[begin + 2 : payload], 0
    if kind & 6:
        mid, payload = int.from_bytes(data[payload : payload + 2]), payload + 2
    if payload > stop:
        raise BrokerUnavailableError("the broker sends a message shorter than its topic: it is not MQTT; see [broker]")
    return Arrival(
        topic.decode("utf-8", "backslashreplace"), data[payload : min(stop, payload + _KEPT_BYTES)], kind & 15, mid
    )


def _long_length(data: bytes, at: int) -> tuple[int, int]:
    """A length of several bytes, and where it ends; more than can be there while it is incomplete."""
    length = 0
    for place, digit in enumerate(data[at : at + 4]):
        length |= (digit & 127) << 7 * place
        if digit < 128:  # noqa: PLR2004  # the last byte
            return length, at + place + 1
    if len(data) - at >= 4:  # noqa: PLR2004  # MQTT knows no longer one
        raise BrokerUnavailableError("the broker sends a length of five bytes: this is not MQTT; see [broker]")
    return _LONGEST, at


def connect(client_id: str, *, username: str, password: str, keepalive: int, clean: bool = False) -> bytes:
    """The first packet: who we are; without `clean` the broker keeps our session while we are away."""
    flags = (0x80 | 0x40 if username else 0) | (0x02 if clean else 0)
    login = _text(username) + _text(password) if username else b""
    head = _text("MQTT") + bytes([4, flags]) + keepalive.to_bytes(2)
    return _packet(0x10, head + _text(client_id) + login)


def subscribe(topics: Sequence[str]) -> bytes:
    """Ask for these filters at QoS 1."""
    return _packet(0x82, b"\x00\x01" + b"".join(_text(topic) + b"\x01" for topic in topics))


def unsubscribe(topics: Sequence[str]) -> bytes:
    """Give these filters up."""
    return _packet(0xA2, b"\x00\x02" + b"".join(map(_text, topics)))


def acknowledge(mids: Iterable[int]) -> bytes:
    """The broker may forget the messages of these packet ids."""
    return b"".join([b"\x40\x02" + mid.to_bytes(2) for mid in mids if mid])


def publish(topic: str, payload: bytes, *, mid: int, retain: bool) -> bytes:
    """A message of ours at QoS 1."""
    return _packet(0x32 | retain, _text(topic) + mid.to_bytes(2) + payload)


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw


def _packet(kind: int, body: bytes) -> bytes:
    """A packet with its length: seven bits a byte, the lowest first."""
    digits, count = bytearray(), len(body)
    while count > 127:  # noqa: PLR2004  # what seven bits hold
        digits.append(count & 127 | 128)
        count >>= 7
    return bytes([kind, *digits, count]) + body
