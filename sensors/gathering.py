"""Readings gathered for one commit: an SD card bears so many writes and no more."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons import catalogue
from commons.rows import Block
from commons.undated import Undated
from sensors import undated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commons.outbox import Outbox
    from commons.rows import Column
    from commons.topics import Address

_FULL_ROWS: Final = 100  # a history that is caught up with is worth a commit of its own
_KEPT_ROWS: Final = 20_000  # in memory, while the outbox cannot keep anything


@dataclass(frozen=True, slots=True)
class Taken:
    """One look's rows.

    Args:
        blocks: The rows.
        bookmark: The driver's name and where it stands; None for one that only knows the present.
        wall_ms: What the wall clock showed [ms since 1970 UTC].
        monotonic: What the monotonic clock showed [s].
        is_right: Whether the wall clock was right.
    """

    blocks: Sequence[Block]
    bookmark: tuple[str, str] | None
    wall_ms: int
    monotonic: float
    is_right: bool


class Gathering:
    """What was read since the last commit. A reading counts as taken when its group is on the disk.

    Rows of drivers that keep a bookmark are read again when their group does not come to the disk; those of drivers
    that only know the present would be lost, so they stay in memory while the outbox fails, up to a bound.

    Args:
        address: Who reads.
        outbox: Where groups go.
        boot: The machine's present start.
        seconds: How long a group may take [s].

    Attributes:
        rows: How many rows are in memory.
    """

    def __init__(self, address: Address, outbox: Outbox, *, boot: str, seconds: float) -> None:
        self._address, self._outbox, self._boot, self._seconds = address, outbox, boot, seconds
        self._taken: deque[Taken] = deque()
        self.rows = 0
        self._thinned: dict[str, int] = {}
        self._committed: dict[str, str | None] = {}

    def bookmark(self, name: str) -> str | None:
        """Where a driver stands, as of this group."""
        for taken in reversed(self._taken):
            if taken.bookmark and taken.bookmark[0] == name:
                return taken.bookmark[1]
        if name not in self._committed:
            self._committed[name] = self._outbox.bookmark(name)
        return self._committed[name]

    def add(self, taken: Taken) -> None:
        """Take a look's rows into the group."""
        self._taken.append(taken)
        self.rows += sum(map(len, taken.blocks))

    def is_due(self, next_monotonic: float) -> bool:
        """Whether the group must not wait until the next look: it is large, would be too old, or has a typed row."""
        if not self._taken:
            return False
        if self.rows >= _FULL_ROWS:
            return True
        typed = any(_is_event(block) for taken in self._taken for block in taken.blocks)
        return typed or next_monotonic - self._taken[0].monotonic >= self._seconds

    def commit(self) -> None:
        """Put the group in the outbox.

        Raises:
            OutboxError: It cannot be kept; rows that nobody could read again stay in memory for the next time.
        """
        try:
            self._keep_undated()
            self._keep_dated()
        except BaseException:
            self._hold_on()
            raise

    def _keep_undated(self) -> None:
        wrong = [taken for taken in self._taken if not taken.is_right]
        if wrong:
            rows = [
                Undated(self._address, self._boot, taken.wall_ms, taken.monotonic, block)
                for taken in wrong
                for block in taken.blocks
            ]
            undated.keep(self._outbox, rows)
            self._begin([taken for taken in self._taken if taken.is_right])

    def _keep_dated(self) -> None:
        if self._taken or self._thinned:
            bookmarks = dict(taken.bookmark for taken in self._taken if taken.bookmark)
            self._outbox.put(
                self._address,
                joined(block for taken in self._taken for block in taken.blocks),
                bookmarks=bookmarks,
                thinned=self._thinned,
                right_ms=max((taken.wall_ms for taken in self._taken), default=0),
            )
            self._committed.update(bookmarks)
            self._begin([])
            self._thinned = {}

    def _hold_on(self) -> None:
        """Keep in memory what cannot be read again, the oldest samples up to a bound only."""
        self._begin([taken for taken in self._taken if taken.bookmark is None])
        kept: list[Taken] = []
        for taken in self._taken:
            samples = [block for block in taken.blocks if not _is_event(block)]
            if self.rows <= _KEPT_ROWS or len(samples) < len(taken.blocks):
                kept.append(taken)
                continue
            for block in samples:
                self._thinned[block.measurement] = self._thinned.get(block.measurement, 0) + len(block)
                self.rows -= len(block)
        self._begin(kept)

    def _begin(self, taken: Iterable[Taken]) -> None:
        self._taken = deque(taken)
        self.rows = sum(len(block) for taken in self._taken for block in taken.blocks)


def joined(blocks: Iterable[Block]) -> list[Block]:
    """Blocks of one measurement and the same columns made one, in the order of their first."""
    groups: dict[tuple[str, frozenset[str], frozenset[str]], list[Block]] = {}
    for block in blocks:
        groups.setdefault((block.measurement, frozenset(block.tags), frozenset(block.fields)), []).append(block)
    return [group[0] if len(group) == 1 else _one(group) for group in groups.values()]


def _one(group: Sequence[Block]) -> Block:
    first = group[0]
    tags: dict[str, str | list[str]] = {name: [v for block in group for v in block.tag(name)] for name in first.tags}
    fields: dict[str, Column] = {
        name: [v for block in group for v in block.fields[name]]  # type: ignore[misc]  # a column of one kind stays so
        for name in first.fields
    }
    return Block(first.measurement, [time for block in group for time in block.times], tags, fields)


def _is_event(block: Block) -> bool:
    return catalogue.measurement(block.measurement).kind == "event"
