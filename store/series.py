"""A value for each row that depends on its tags only, made once for each series."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from commons.rows import Block

T = TypeVar("T")
Key = tuple[str, ...]


def by_series(block: Block, tags: tuple[str, ...], make: Callable[[Key], T]) -> Iterator[T]:
    """One value a row.

    Args:
        block: At least one row.
        tags: The tags' names, in the order that `make` takes their values.
        make: The value of a series from its tags' values, empty text for a tag that is not there.
    """
    columns = [block.tags.get(name, "") for name in tags]
    scalars = [column for column in columns if isinstance(column, str)]
    if len(scalars) == len(columns):
        return repeat(make(tuple(scalars)), len(block))
    keys = list(zip(*(repeat(column) if isinstance(column, str) else column for column in columns), strict=False))
    values = {key: make(key) for key in dict.fromkeys(keys)}
    return map(values.__getitem__, keys)
