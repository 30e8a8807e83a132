"""The machine's clock as its kernel sees it: right only once a time server has set it."""

from __future__ import annotations

import ctypes
from typing import Final

from commons.clock import SystemClock

_UNSYNCHRONISED: Final = 0x0040
_IN_NANOSECONDS: Final = 0x2000


class _Timex(ctypes.Structure):
    """The beginning of the kernel's `struct timex`, and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


class NtpClock(SystemClock):
    """For boards whose clock stops with their power: a late date alone proves nothing there.

    Raspberry Pi OS and others set such a clock to when the board was last alive. Any of systemd-timesyncd, chrony and
    ntpd tells the kernel when the time is right; setting the clock by hand tells it that it is not.

    Source: adjtimex(2).
    """

    def is_synchronised(self) -> bool:
        """Whether a time server has set it, and nobody else since."""
        known = _ask()
        return super().is_synchronised() and known is not None and not known.status & _UNSYNCHRONISED

    def offset_seconds(self) -> float | None:
        """How far ahead of the time server it is still thought to be [s]; None where nobody knows."""
        known = _ask()
        if known is None or known.status & _UNSYNCHRONISED:
            return None
        return -float(known.offset) / (1e9 if known.status & _IN_NANOSECONDS else 1e6)


def _ask() -> _Timex | None:
    """What the kernel knows of its clock; None on a machine that has no such call."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return None
    asked = _Timex()
    return None if adjtimex(ctypes.byref(asked)) < 0 else asked
