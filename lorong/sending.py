"""Send things once from the command line: through an outbox, or as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.broker import BrokerSettings, failed
from commons.outbox import Outbox
from commons.uplink import Uplink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from commons.clock import Clock
    from commons.rows import Block
    from commons.topics import Address

_PATIENCE_SECONDS: Final = 20.0


def publish_all(broker: BrokerSettings, messages: Sequence[tuple[str, bytes]], *, clock: Clock) -> int:
    """Publish messages with QoS 1; how many the broker took."""
    client = broker.client("", clean_session=True)
    client.max_queued_messages_set(0)
    broker.connect(client)
    sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
    deadline = clock.monotonic() + _PATIENCE_SECONDS
    while not all(info.is_published() for info in sent) and clock.monotonic() < deadline:
        if failed(client.loop(0.1)):
            break
    client.disconnect()
    return sum(info.is_published() for info in sent)


def store_all(
    broker: BrokerSettings, path: Path, blocks: Sequence[tuple[Address, Block]], *, clock: Clock, seconds: float
) -> int:
    """Send rows through an outbox and wait until the collector says that they are in the store.

    Args:
        broker: Where to.
        path: The outbox's file; what is not confirmed stays in it and goes first the next time.
        blocks: Rows and who sends them.
        clock: For how long to wait.
        seconds: How long to wait [s].

    Returns:
        How many rows are still unconfirmed.
    """
    outbox = Outbox(path)
    for address, block in blocks:
        outbox.put(address, [block])
    city, node = (blocks[0][0].city, blocks[0][0].node) if blocks else ("none", "none")
    uplink = Uplink(outbox, broker, city=city, node=node, clock=clock)
    uplink.start()
    uplink.stop(drain_seconds=seconds)
    left = int(outbox.depth_rows)
    outbox.close()
    return left
