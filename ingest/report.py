"""What the collector says of itself, as rows like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from ingest.batch import Counts

if TYPE_CHECKING:
    from commons.rows import Column
    from ingest.batch import Batch


@dataclass(slots=True)
class Report:
    """Counts and efforts since the last report.

    Args:
        counts: Rows by what happened to them.
        batches: How many with rows were written.
        seconds: How long writing took in all [s].
        newest_ms: The newest reading's time [ms since 1970 UTC].
    """

    counts: Counts = field(default_factory=Counts)
    batches: int = 0
    seconds: float = 0.0
    newest_ms: int = 0

    def add(self, batch: Batch, *, seconds: float) -> None:
        """Put one batch to it, and how long writing it took [s]."""
        self.counts.add(batch.counts)
        if batch.parts:
            self.batches += 1
            self.seconds += seconds
            newest = max(max(block.times) for block in batch.blocks)
            self.newest_ms = max(self.newest_ms, newest // NANOSECONDS_PER_MILLISECOND)

    def block(self, city: str, *, now_ms: int, missing: int, waiting: int, unknown_nodes: int) -> Block:
        """One `collector` row; what was not measured in the time is not in it."""
        counts = self.counts
        fields: dict[str, Column] = {
            "received": [float(counts.received)],
            "stored": [float(counts.stored)],
            "rejected": [float(counts.rejected)],
            "duplicate": [float(counts.duplicate)],
            "thinned": [float(counts.thinned)],
            "missing": [float(missing)],
            "unknown_nodes": [float(unknown_nodes)],
            "waiting": [float(waiting)],
        }
        if self.batches:
            fields["batch_rows"] = [counts.stored / self.batches]
            fields["write_seconds"] = [self.seconds / self.batches]
            fields["lag"] = [(now_ms - self.newest_ms) / 1000]
        return Block("collector", [now_ms * NANOSECONDS_PER_MILLISECOND], {"city": city, "collector": "main"}, fields)
