"""What senders send and are told, and what became of it in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from commons import wire
from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.rows import Block
from ingest.ledger import Ledger
from lorong.sending import publish_all
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.topics import Address
    from ingest.account import Account
    from store.contract import Store

BOX = "B" * 26
START_MS = 1_795_000_000_000


def soil(number: int, *, rows: int = 3) -> Block:
    times = [(START_MS + number * 1_000 + row) * 1_000_000 for row in range(rows)]
    return Block("soil", times, {"bed": "b1"}, {"moisture": [20.0 + number % 40 + row / 10 for row in range(rows)]})


def pack(seq: int, *, first: int = 1, number: int | None = None) -> bytes:
    return wire.with_first(wire.encode_pack(soil(seq if number is None else number), BOX, seq), first)


def readings(first: int, last: int) -> list[bytes]:
    """Single readings of a device that has no outbox."""
    return [orjson.dumps({"t": START_MS + n * 1_000, "bed": "b1", "moisture": 30.5}) for n in range(first, last + 1)]


def publish(server: Any, address: Address, payloads: Sequence[bytes], *, measurement: str = "soil") -> None:
    messages = [(address.up(measurement), payload) for payload in payloads]
    assert publish_all(BrokerSettings(port=server.port), messages, clock=SystemClock()) == len(messages)


def count(store: Store, measurement: str = "soil") -> int:
    return int(store.read(Query(measurement)).num_rows)


def account(store: Store, address: Address) -> Account:
    (found,) = (account for (_, node, _), account in Ledger.load(store).accounts() if node == address.node)
    return found


class Answers:
    """Listens to what a node is told.

    Args:
        server: The broker.
        address: The node.
    """

    def __init__(self, server: Any, address: Address) -> None:
        self.last: tuple[int, list[list[int]], list[list[int]]] | None = None
        self.stores: set[str] = set()
        self._client = BrokerSettings(port=server.port).client("", clean_session=True)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe(address.stored(BOX), qos=1)
        self._client.connect("127.0.0.1", server.port)
        self._client.loop_start()

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        told = orjson.loads(message.payload)
        self.stores.add(told["store"])
        self.last = told["through"], told["missing"], told["lost"]
