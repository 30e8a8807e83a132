"""A store that can be away and can refuse rows, as others are and do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.errors import StoreRejectedError, StoreUnavailableError
from tests.flow.passing import Passing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from commons.rows import Block
    from store.contract import Store


class Moody(Passing):
    """A DuckDB store that is away when told so, and refuses the rows it is told to refuse, as others do.

    Args:
        store: The store itself.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.is_away = False
        self.turned_away = 0
        self.refuses: Callable[[float | str | None], bool] = lambda _: False
        self.order: list[list[str]] = []

    def write(self, batch: Sequence[Block]) -> None:
        if self.is_away:
            self.turned_away += 1
            raise StoreUnavailableError("the store is away; it comes back")
        self.order.append([block.measurement for block in batch if len(block)])
        bad = [
            (b, r)
            for b, block in enumerate(batch)
            for r, value in enumerate(block.fields.get("moisture", []))
            if self.refuses(value)
        ]
        kept = [block.take([r for r in range(len(block)) if (b, r) not in bad]) for b, block in enumerate(batch)]
        self._store.write(kept)
        if bad:
            raise StoreRejectedError("moisture is not to its liking", bad)

    def close(self) -> None:
        self._store.close()
