"""Messages sent by hand: each packet chosen by the test, in the order the test wants."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, Self

from commons import wire
from commons.broker import BrokerSettings
from tests.faults.rig import CLOCK
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from commons.rows import Block
    from commons.topics import Address

_WELCOME_SECONDS: Final = 20.0


class Hand:
    """A client that publishes when told to, and remembers what comes back on a topic.

    Args:
        port: The broker's port.
        listens: The topic it listens to.
    """

    def __init__(self, port: int, listens: str = "") -> None:
        self.heard: list[bytes] = []
        self._client = BrokerSettings(port=port).client(f"lorong-hand-{CLOCK.wall_ms()}", clean_session=True)
        welcome = threading.Event()
        self._client.on_connect = lambda *_: welcome.set()
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert welcome.wait(_WELCOME_SECONDS), "the broker does not welcome the hand"
        if listens:
            self._client.subscribe(listens, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: bytes) -> None:
        """Publish, and wait until the broker has it."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(_WELCOME_SECONDS)

    def send_pack(self, address: Address, block: Block, box: str, seq: int, *, first: int = 1) -> None:
        """Publish a block as an outbox would."""
        self.send(address.up(block.measurement), wire.with_first(wire.encode_pack(block, box, seq), first))

    def until_told(self, words: bytes) -> None:
        """Wait until an answer contains something."""
        wait_until(lambda: any(words in said for said in self.heard), f"an answer says {words!r}")

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        self.heard.append(bytes(message.payload))
