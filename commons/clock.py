"""What time it is, passed in wherever it matters."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import threading

NANOSECONDS_PER_MILLISECOND = 1_000_000
MILLISECONDS_PER_DAY = 86_400_000
NANOSECONDS_PER_DAY = MILLISECONDS_PER_DAY * NANOSECONDS_PER_MILLISECOND
RELEASED_MS: Final = 1_767_225_600_000  # 2026-01-01: no clock that is right shows less


class Clock(Protocol):
    """Wall time, monotonic time, and whether the wall time can be believed."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""

    def is_synchronised(self) -> bool:
        """Whether the wall time is known to be right."""

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        """Wait, but no longer than `until` stays unset; True when `until` is set."""


class SystemClock:
    """The machine's own clock."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return time.time_ns() // NANOSECONDS_PER_MILLISECOND

    def monotonic(self) -> float:
        """Seconds since boot."""
        return time.monotonic()

    def is_synchronised(self) -> bool:
        """Whether it has been set since boot: a board without a clock battery wakes up in 1970."""
        return self.wall_ms() > RELEASED_MS

    def sleep(self, seconds: float, *, until: threading.Event | None = None) -> bool:
        """Wait, but no longer than `until` stays unset; True when `until` is set."""
        if until is None:
            time.sleep(max(0.0, seconds))
            return False
        return until.wait(max(0.0, seconds))
