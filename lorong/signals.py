"""Ctrl-C and SIGTERM as an event that every loop watches."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Final

from commons.clock import SystemClock
from lorong.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS: Final = 0.5


def stopping() -> threading.Event:
    """An event that Ctrl-C or SIGTERM sets; a second signal ends the process at once."""
    stop = threading.Event()

    def set_once(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, set_once)
    return stop


def wait_for(stop: threading.Event, *, is_well: Callable[[], bool] = lambda: True) -> None:
    """Wait until told to stop.

    A signal that reaches another thread is seen by the main one only when it wakes; it never would without a limit.

    Args:
        stop: What says so.
        is_well: Whether the threads beside this one work; systemd, where it watches us, is told as long as they do.
    """
    watchdog = Watchdog(SystemClock())
    while not stop.wait(_LOOK_SECONDS):
        if is_well():
            watchdog.is_well()
