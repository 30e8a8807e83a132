"""Readings taken before the clock was right, kept until they can be dated."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.rows import Block

_KEPT: Final = 5_000  # readings; a board that stays without time for longer loses the oldest
_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Held:
    blocks: Sequence[Block]
    wall_ms: int
    monotonic: float


class Undated:
    """A board without a clock battery wakes up in 1970; how long ago it read a sensor is known all the same."""

    def __init__(self) -> None:
        self._held: deque[_Held] = deque(maxlen=_KEPT)

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, blocks: Sequence[Block], *, wall_ms: int, monotonic: float) -> None:
        """Keep rows whose times were taken from a wall clock that is not right.

        Args:
            blocks: The rows.
            wall_ms: What that clock showed [ms].
            monotonic: What the monotonic clock showed then [s].
        """
        self._held.append(_Held(blocks, wall_ms, monotonic))

    def dated(self, *, wall_ms: int, monotonic: float) -> list[Block]:
        """The rows held, in order and with their right times; they stay held until `forget`.

        Args:
            wall_ms: The right wall time now [ms].
            monotonic: The monotonic time now [s].
        """
        found = []
        for held in self._held:
            ago_ms = round((monotonic - held.monotonic) * _MILLISECONDS)
            found += [_moved(block, wall_ms - ago_ms - held.wall_ms) for block in held.blocks]
        return found

    def forget(self) -> None:
        """Let go of the rows held: they are safe elsewhere."""
        self._held.clear()


def _moved(block: Block, by_ms: int) -> Block:
    return replace(block, times=[time + by_ms * NANOSECONDS_PER_MILLISECOND for time in block.times])
