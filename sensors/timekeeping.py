"""Whether the wall clock can be believed, and by how much it was found wrong."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.logs import Log
from sensors.ntp_clock import NtpClock

if TYPE_CHECKING:
    from commons.clock import Clock

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_JUMP_SECONDS: Final = 5.0
_MILLISECONDS: Final = 1_000
_TRIES: Final = 3

log = Log("sensors.timekeeping")


class Timekeeper:
    """Watches the wall clock beside the monotonic one.

    The wall clock is believed from the first look at which it is synchronised. It stays so while it is out of reach of
    whoever synchronises it, because a board's oscillator is off by a few seconds a day at most. It is believed no more
    when it goes another way than the monotonic clock: somebody has set it, to the right time or to a wrong one. It is
    believed again when it has become synchronised since, or is still so at the next look.

    Args:
        clock: Both clocks.
        boot: The machine's start that the monotonic clock counts from; the present one when left out.
    """

    def __init__(self, clock: Clock, *, boot: str | None = None) -> None:
        self._clock = clock
        self.boot = boot_id() if boot is None else boot
        self.is_right = False
        self._was_ever_right = self._was_synchronised = False
        self._offset_seconds: float | None = None
        self._last: tuple[int, float] | None = None

    def look(self) -> bool:
        """Look at both clocks; whether the wall clock can be believed now."""
        ahead, has_jumped = self._compare()
        is_synchronised = self._clock.is_synchronised()
        has_come = is_synchronised and not self._was_synchronised
        if has_come and self._was_ever_right:
            self._offset_seconds = -ahead
        if is_synchronised and (has_come or not has_jumped):
            self.is_right = self._was_ever_right = True
        elif has_jumped:
            self._doubt(ahead)
        self._was_synchronised = is_synchronised
        return self.is_right

    def take_offset(self) -> float | None:
        """How far ahead of the right time the clock was when that came, told once, or is now [s]; None = unknown."""
        offset, self._offset_seconds = self._offset_seconds, None
        if offset is None and isinstance(self._clock, NtpClock):
            return self._clock.offset_seconds()
        return offset

    def holds(self) -> bool:
        """Whether the wall clock is still believed, a moment after `look`."""
        ahead, has_jumped = self._compare()
        if has_jumped:
            self._doubt(ahead)
        return self.is_right

    def _doubt(self, ahead: float) -> None:
        if self.is_right:
            log.warning("clock was set: rows wait until it is proven right", seconds=round(ahead, 1))
        self.is_right = False

    def _compare(self) -> tuple[float, bool]:
        """How much further the wall clock went than the monotonic one since the last look [s]; whether it was set."""
        wall_ms, monotonic, spread = self._both()
        last, self._last = self._last, (wall_ms, monotonic)
        if last is None:
            return 0.0, False
        ahead = (wall_ms - last[0]) / _MILLISECONDS - (monotonic - last[1])
        return ahead, abs(ahead) > _JUMP_SECONDS + spread

    def _both(self) -> tuple[int, float, float]:
        """Both clocks at one moment, and how long that moment was: a process may be put aside between two looks."""
        for _ in range(_TRIES):
            before = self._clock.monotonic()
            wall_ms = self._clock.wall_ms()
            spread = self._clock.monotonic() - before
            if spread < 1.0:
                break
        return wall_ms, before + spread / 2, spread


def boot_id() -> str:
    """The name of the machine's present start; one of this process alone where the system gives none."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return uuid.uuid4().hex
