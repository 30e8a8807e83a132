"""What tests of running parts wait with: a look again and again until a deadline, and a clock that can be moved."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

NOON_MS = 1_795_492_800_000  # 2026-11-24 12:00 in Makassar


def wait_until(is_so: Callable[[], object], what: str, *, seconds: float = 60.0) -> None:
    """Return as soon as it is so; fail the test, naming what was waited for, when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.02)


class MovedClock(SystemClock):
    """A wall clock that stands still until a test moves it; the monotonic one runs, and is moved with it."""

    def __init__(self, wall_ms: int = NOON_MS) -> None:
        self._wall_ms = wall_ms
        self._moved = 0.0

    def wall_ms(self) -> int:
        return self._wall_ms + round(self._moved * 1000)

    def monotonic(self) -> float:
        return super().monotonic() + self._moved

    def forward(self, seconds: float) -> None:
        """Let time pass at once."""
        self._moved += seconds
