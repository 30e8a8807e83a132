"""How much memory one message takes while it is read, and what its rows become on their way into a store."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Final

from commons.catalogue import measurement
from ingest.batch import Batch
from ingest.ledger import Ledger
from store.line_protocol import encode
from tests.hostile.cases import NOW_MS
from tests.hostile.judging import arrival

if TYPE_CHECKING:
    from tests.hostile.cases import Case

MOST_BYTES: Final = 160 * 262_144
"""What one message may take: 160 times what a message may be long [By]."""


def taken(case: Case) -> int:
    """The most memory held at once while a message is read and made into line protocol [By]."""
    tracemalloc.start()
    try:
        batch = Batch(NOW_MS)
        batch.take(arrival(case), Ledger())
        batch.close()
        for block in batch.blocks:
            encode(block, measurement(block.measurement))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
