"""Waits that grow with every wrong guess, so that a short code is not found by trying."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable

    from commons.clock import Clock

_FREE: Final = 5  # people mistype
_LONGEST_SECONDS: Final = 3600.0
_FORGOTTEN_SECONDS: Final = 86_400.0
_MOST_DOUBLINGS: Final = 12  # 2 to the 12th is beyond the longest wait


class Waits:
    """How long each guesser must wait; the first five guesses are free, then 1 s, 2 s, 4 s, up to an hour.

    Safe to use from several threads.

    Args:
        clock: Tells how long ago the last guess was.
        most: How many guessers are remembered; those not heard of for the longest time go first.
    """

    def __init__(self, clock: Clock, *, most: int = 20_000) -> None:
        self._clock, self._most = clock, most
        self._lock = threading.Lock()
        self._known: dict[Hashable, tuple[int, float]] = {}

    def guess(self, guesser: Hashable) -> float:
        """Ask to make a guess.

        It counts as wrong from now on, so that guesses made at the same moment do not all pass; `forgive` takes that
        back.

        Returns:
            0 where it may be made, else how long to wait first [s].
        """
        with self._lock:
            now = self._clock.monotonic()
            count, ready = self._known.pop(guesser, (0, now))
            if now - ready > _FORGOTTEN_SECONDS:
                count = 0
            if now >= ready:
                count += 1
            wait = max(0.0, ready - now)
            self._known[guesser] = (count, ready if wait else now + _pause(count))
            while len(self._known) > self._most:
                self._known.pop(next(iter(self._known)))
            return wait

    def forgive(self, guesser: Hashable) -> None:
        """The guess was right: nothing is held against the guesser."""
        with self._lock:
            self._known.pop(guesser, None)


def _pause(count: int) -> float:
    """The wait after so many wrong guesses [s]."""
    return 0.0 if count < _FREE else min(2.0 ** min(count - _FREE, _MOST_DOUBLINGS), _LONGEST_SECONDS)
