"""When sensors are read: the moments of a local day, each showing the quarter of an hour that it lies in."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Final

from sensors.simulation.sun import STEPS_PER_DAY

STEP_MS: Final = 900_000
_MINUTE_MS: Final = 60_000
_DAY_MINUTES: Final = 1_440
_STEP_MINUTES: Final = 15


class Beats:
    """The moments of a day.

    Args:
        minutes: How far apart they are [min]; 15 or less.

    Attributes:
        count: How many moments a day has.
        of_step: For each quarter of an hour the numbers of its moments.
    """

    def __init__(self, minutes: int) -> None:
        self.minutes, self.count = minutes, _DAY_MINUTES // minutes
        every = range(self.count)
        self.of_step = tuple(
            tuple(at for at in every if at * minutes // _STEP_MINUTES == step) for step in range(STEPS_PER_DAY)
        )
        self._last_ms = [self.ms(moments[-1]) for moments in self.of_step]

    def ms(self, moment: int) -> int:
        """How long after midnight a moment is [ms]."""
        return moment * self.minutes * _MINUTE_MS

    def steps_until(self, elapsed_ms: int) -> int:
        """How many quarters of an hour have been read to their last moment, so long after midnight [ms]."""
        return bisect_right(self._last_ms, elapsed_ms)


@cache
def beats(minutes: int) -> Beats:
    """The moments that are so many minutes apart."""
    return Beats(minutes)
