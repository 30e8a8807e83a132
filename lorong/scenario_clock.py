"""Clocks that show a scenario's time: one that is moved step by step, and one that goes on from a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

    from commons.clock import Clock

_MILLISECONDS = 1_000


class SteppedClock:
    """A clock that stands still until it is moved; its wall time and its monotonic time go together.

    Args:
        wall_ms: What it shows first [ms since 1970 UTC].
        real: What whoever waits by it really waits by.
    """

    def __init__(self, wall_ms: int, *, real: Clock) -> None:
        self._wall_ms, self._real = wall_ms, real

    def move_to(self, wall_ms: int) -> None:
        """Show a later moment [ms since 1970 UTC]; an earlier one changes nothing."""
        self._wall_ms = max(self._wall_ms, wall_ms)

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return self._wall_ms

    def monotonic(self) -> float:
        """The same in seconds."""
        return self._wall_ms / _MILLISECONDS

    def is_synchronised(self) -> bool:
        """A scenario's time is right by definition."""
        return True

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        """Wait in real time."""
        return self._real.sleep(seconds, until=until)


class ShiftedClock:
    """A clock that shows a scenario's moment now, and goes on from it as the real one does.

    Args:
        wall_ms: What it shows now [ms since 1970 UTC].
        real: The real one.
    """

    def __init__(self, wall_ms: int, *, real: Clock) -> None:
        self._real, self._ahead_ms = real, wall_ms - real.wall_ms()

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return self._real.wall_ms() + self._ahead_ms

    def monotonic(self) -> float:
        """The real one's seconds."""
        return self._real.monotonic()

    def is_synchronised(self) -> bool:
        """A scenario's time is right by definition."""
        return True

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        """Wait in real time."""
        return self._real.sleep(seconds, until=until)
