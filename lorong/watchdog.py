"""systemd's watchdog: it is told that a role works, for as long as its loops do."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.clock import Clock


class Watchdog:
    """Whoever started us, if it wants to hear from us (`WatchdogSec=` in a unit); else nobody.

    https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html

    Args:
        clock: How long ago it heard from us.
        environ: Where it says how to be told; the process's own when left out.
    """

    def __init__(self, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._socket = environ.get("NOTIFY_SOCKET", "")
        micros = environ.get("WATCHDOG_USEC", "")
        self._every = float(micros) / 2e6 if micros.isdecimal() else 0.0  # twice in the time that it waits
        self._told_at = float("-inf")

    def is_well(self) -> None:
        """Say that we work; a call too many does no harm."""
        now = self._clock.monotonic()
        if self._socket and self._every and now - self._told_at >= self._every:
            self._told_at = now
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
                notice.settimeout(0)  # nobody waits for whoever watches
                try:
                    notice.sendto(b"WATCHDOG=1", self._socket.replace("@", "\0", 1))
                except OSError:
                    self._told_at = float("-inf")  # it is told at the next look
