"""How the collector batches, answers and keeps its lease."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """Section `[collector]`.

    Args:
        data: Its folder: identity, lock, rejects.
        topics: MQTT filters to subscribe to; none = all that the site's own nodes send, and no other city's.
        batch_messages: A batch closes at so many messages; at twice as many while the one before is still written.
        batch_bytes: A batch closes at so many payload bytes [By].
        batch_rows: A batch closes at so many rows.
        waiting_bytes: How much may wait unread in memory [By]; beyond it the broker keeps the rest.
        answer_seconds: A sender is answered at most so often [s].
        lease_seconds: How long the lease in the store holds without renewal [s].
        report_seconds: How often the collector writes its own state [s].
        heartbeat_seconds: How often it writes to itself through the broker [s]; silence of three means reconnect.
    """

    data: Path = Path("data/collector")
    topics: tuple[str, ...] = ()
    batch_messages: int = 5_000
    batch_bytes: int = 8_000_000
    batch_rows: int = 100_000
    waiting_bytes: int = 64_000_000
    answer_seconds: float = 2.0
    lease_seconds: float = 30.0
    report_seconds: float = 20.0
    heartbeat_seconds: float = 15.0
