"""A thousand small nodes in one process, each with an outbox in memory: `python -m tests.faults.crowd ORDERS`."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from commons import wire
from commons.topics import ROOT
from tests.faults.seeded import Orders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.small_site import Row

_CONNECT, _CONNACK, _PUBLISH, _PUBACK = 0x10, 2, 3, 0x40
_SUBSCRIBE, _QOS_1 = 0x82, 0x32
_PAUSE_SECONDS: Final = 0.3
_PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class CrowdOrders:
    """What a crowd does.

    Args:
        port: The broker's.
        began_ms: The time of every node's reading 0 [ms since 1970 UTC].
        nodes: How many there are.
        readings: How many packs each has to send.
    """

    port: int
    began_ms: int
    nodes: int = 1000
    readings: int = 3

    def node(self, number: int) -> Orders:
        """One of them."""
        return Orders("", self.began_ms, node=f"crowd-{number}", seed=9, period_ms=900_000)

    def box(self, number: int) -> str:
        """The name of its outbox."""
        return f"CROWD{number:021d}"

    def packs(self, number: int) -> Iterator[tuple[str, bytes]]:
        """Topic and payload of everything one of them sends, oldest first."""
        node, seq = self.node(number), 0
        for reading in range(self.readings):
            for block in node.reading(reading):
                seq += 1
                body = wire.encode_pack(block, self.box(number), seq)
                yield node.address.up(block.measurement), wire.with_first(body, 1)

    def expected(self) -> Counter[Row]:
        """Every row of the crowd."""
        rows: Counter[Row] = Counter()
        for number in range(self.nodes):
            rows.update(self.node(number).expected(self.readings))
        return rows


class Member:
    """One node: it sends all it has at every connection, until it is told that all is stored.

    Args:
        orders: The crowd's.
        number: Which of them.
    """

    def __init__(self, orders: CrowdOrders, number: int) -> None:
        self._orders, self._number = orders, number
        self._packs = list(orders.packs(number))
        self._stored = 0

    async def run(self) -> None:
        """Try until everything is stored."""
        while self._stored < len(self._packs):
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._orders.port)
                try:
                    await self._talk(reader, writer)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = self._orders.node(self._number).address
        answers = f"{ROOT}/down/{address.city}/+/{address.node}/stored/{self._orders.box(self._number)}"
        writer.write(_packet(_CONNECT, _text("MQTT") + b"\x04\x02\x00\x1e" + _text(address.node)))
        await _received(reader)
        writer.write(_packet(_SUBSCRIBE, b"\x00\x01" + _text(answers) + b"\x01"))
        for mid, (topic, payload) in enumerate(self._packs, start=2):
            writer.write(_packet(_QOS_1, _text(topic) + mid.to_bytes(2, "big") + payload))
        await writer.drain()
        while self._stored < len(self._packs):
            kind, body = await asyncio.wait_for(_received(reader), _PATIENCE_SECONDS)
            if kind >> 4 == _PUBLISH:
                topic_end = 2 + int.from_bytes(body[:2], "big")
                writer.write(_packet(_PUBACK, body[topic_end : topic_end + 2]))
                self._stored = max(self._stored, orjson.loads(body[topic_end + 2 :])["through"])


async def _received(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next packet's first byte and its body."""
    kind = (await reader.readexactly(1))[0]
    size = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return kind, await reader.readexactly(size)


def _packet(kind: int, body: bytes) -> bytes:
    size, length = b"", len(body)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([kind]) + size + bytes([length]) + body


def _text(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


async def _all(orders: CrowdOrders) -> None:
    await asyncio.gather(*(Member(orders, number).run() for number in range(orders.nodes)))


if __name__ == "__main__":
    asyncio.run(_all(CrowdOrders(**orjson.loads(sys.argv[1]))))
    sys.stdout.write("crowd is drained\n")
