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
    fixed = {name: tag for name, tag in block.tags.items() if isinstance(tag, str)}
    lists = {name: tag for name, tag in block.tags.items() if not isinstance(tag, str)}

    def of(varying: Key) -> T:
        found = fixed | dict(zip(lists, varying, strict=True))
        return make(tuple(found.get(name, "") for name in tags))

    if not lists:
        return repeat(of(()), len(block))
    keys = list(zip(*lists.values(), strict=True))
    values = {key: of(key) for key in dict.fromkeys(keys)}
    return map(values.__getitem__, keys)
