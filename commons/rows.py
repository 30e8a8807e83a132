"""Rows of one measurement as columns: what is packed, checked, written and read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commons.clock import NANOSECONDS_PER_MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value = float | str | None
NumberColumn = Sequence[float | None]
TextColumn = Sequence[str | None]
Column = NumberColumn | TextColumn


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one measurement.

    A row's identity is (measurement, tags, time). Writing merges: a null field leaves what is there.

    Args:
        measurement: Its name in the catalogue.
        times: Nanoseconds since 1970 UTC, one a row.
        tags: A text for all rows, or one a row.
        fields: One value a row: a float, a text, or None for "not there".
    """

    measurement: str
    times: list[int]
    tags: Mapping[str, str | list[str]]
    fields: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.times)

    def tag(self, name: str) -> list[str]:
        """One tag as a column, empty text where it is not there."""
        value = self.tags.get(name, "")
        return [value] * len(self.times) if isinstance(value, str) else value

    def rows(self) -> Iterator[dict[str, Value | int]]:
        """Each row as a flat dictionary with `time`; for tests, pages and small things."""
        tags = {name: self.tag(name) for name in self.tags}
        for i, time in enumerate(self.times):
            row: dict[str, Value | int] = {"time": time}
            row.update({name: column[i] for name, column in tags.items()})
            row.update({name: column[i] for name, column in self.fields.items()})
            yield row

    def take(self, indices: Sequence[int]) -> Block:
        """The rows at these indices, in that order."""
        return Block(
            self.measurement,
            [self.times[i] for i in indices],
            {k: v if isinstance(v, str) else [v[i] for i in indices] for k, v in self.tags.items()},
            {k: _take(v, indices) for k, v in self.fields.items()},
        )


def _take(column: Column, indices: Sequence[int]) -> Column:
    return [column[i] for i in indices]  # type: ignore[return-value]  # a column of one kind stays of that kind


def event_time(at_ms: int, *, entry: str, version: int) -> int:
    """The time of an event's row: its millisecond, then a hash of entry and version below it.

    Two phones at one moment never collide, and sending twice is once.

    Args:
        at_ms: When it happened [ms since 1970 UTC].
        entry: The entry's id, drawn once where it was typed.
        version: 1 for the first form of the entry, higher for each edit or undo.

    Returns:
        Nanoseconds since 1970 UTC.
    """
    digest = hashlib.blake2b(f"{entry}\0{version}".encode(), digest_size=8).digest()
    return at_ms * NANOSECONDS_PER_MILLISECOND + int.from_bytes(digest, "big") % NANOSECONDS_PER_MILLISECOND
