"""A store that stands before another and passes everything on; a test's own changes what the test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from commons.rows import Block
    from store.contract import Query, Store


class Passing:
    """The store itself, as anybody else sees it.

    Args:
        store: What answers; whoever opened it closes it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def id(self) -> str:
        return self._store.id

    def write(self, batch: Sequence[Block]) -> None:
        self._store.write(batch)

    def read(self, query: Query) -> pa.Table:
        return self._store.read(query)

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> pa.Table:
        return self._store.latest(measurement, where)

    def close(self) -> None:
        """The test's own store closes."""
