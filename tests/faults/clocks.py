"""A clock on which hours pass in seconds, the same in every process that is told when it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.clock import SystemClock

if TYPE_CHECKING:
    import threading


class FastClock(SystemClock):
    """Wall time that runs faster from a moment on; it is where it would be after any restart.

    Args:
        began_ms: The moment [ms since 1970 UTC].
        speed: How many of its seconds pass in one of ours.
    """

    def __init__(self, began_ms: int, speed: float) -> None:
        self._began_ms, self._speed = began_ms, speed

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC, on this clock."""
        return self._began_ms + round((super().wall_ms() - self._began_ms) * self._speed)

    def monotonic(self) -> float:
        """Seconds since boot, on this clock."""
        return super().monotonic() * self._speed

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        """Wait as long as it takes on this clock."""
        return super().sleep(seconds / self._speed, until=until)
