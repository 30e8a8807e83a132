"""What the pipeline counts of itself while it runs beside the web in one process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PipelineFacts:
    """Rows counted since the process started.

    Args:
        produced: Put into outboxes by the nodes of this process.
        stored: Written to the store by the collector.
        rejected: Refused, and kept among the rejects.
        thinned: Given up by full outboxes.
        missing: Packs that a node numbered and nobody has seen yet.
        progress: How much of the simulated history is in the store, 0 to 1.
    """

    produced: int = 0
    stored: int = 0
    rejected: int = 0
    thinned: int = 0
    missing: int = 0
    progress: float = 1.0
