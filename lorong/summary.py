"""What a run came to: every reading produced is stored, rejected or thinned, or it is named as missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from store.contract import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """Rows since the data folder was made, but for `indicators`, which is since the start.

    Args:
        lanes: Lanes that rows came from.
        produced: Put into outboxes.
        stored: In the store, by the ledger's account.
        rejected: In the rejects, with the reason.
        thinned: Given up by full outboxes, by the ledger's account.
        waiting: Still in the outboxes.
        missing: Neither stored nor rejected nor thinned nor waiting: lost.
        indicators: Indicator values computed.
    """

    lanes: int
    produced: int
    stored: int
    rejected: int
    thinned: int
    waiting: int
    indicators: int

    @property
    def missing(self) -> int:
        """Produced and nowhere to be found."""
        return self.produced - self.stored - self.rejected - self.thinned

    @property
    def is_complete(self) -> bool:
        """Whether produced = stored + rejected + thinned."""
        return self.missing == 0

    def lines(self) -> list[str]:
        """The summary as people read it."""
        names = ("lanes", "produced", "stored", "rejected", "thinned", "missing", "indicators")
        return [f"  {name:<10} {getattr(self, name):>12,}" for name in names]


def summarise(
    store: Store, boxes: Collection[str], *, lanes: int, produced: int, waiting: int, indicators: int
) -> Summary:
    """Set the outboxes' count against the store's ledger."""
    accounts = [account for (_, _, box), account in Ledger.load(store).accounts() if box in boxes]
    return Summary(
        lanes=lanes,
        produced=produced,
        stored=sum(account.stored for account in accounts),
        rejected=sum(account.rejected for account in accounts),
        thinned=sum(account.thinned for account in accounts),
        waiting=waiting,
        indicators=indicators,
    )
