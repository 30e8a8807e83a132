"""A real node's report of itself, once an hour: what waits, what was written, what went wrong, signal and battery."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from sensors.drivers.driver import Reading

if TYPE_CHECKING:
    from commons.outbox import Outbox
    from commons.uplink import Uplink
    from sensors.timekeeping import Timekeeper

_HOUR_MS: Final = 3_600_000
_WIRELESS: Final = "proc/net/wireless"
_BATTERIES: Final = "sys/class/power_supply/*/capacity"
_LEVEL_COLUMN: Final = 3


class SelfReport:
    """A driver that looks at its own node; a board on the mains has no battery, one on a cable no signal.

    Args:
        outbox: The node's outbox.
        origin: The rows' origin.
        uplink: What sends it; None where somebody else does.
        time: What knows whether the clock is right.
        root: Where `proc` and `sys` are.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        origin: str,
        uplink: Uplink | None = None,
        time: Timekeeper | None = None,
        root: Path = Path("/"),
    ) -> None:
        self._outbox, self._origin, self._root = outbox, origin, root
        self._uplink, self._time = uplink, time
        self._hour: int | None = None

    def read(self, now_ms: int, bookmark: str | None) -> Reading:  # noqa: ARG002 - knows only the present
        """One row at the first look of each hour."""
        hour = now_ms // _HOUR_MS
        if hour == self._hour:
            return Reading([])
        self._hour = hour
        fields: dict[str, list[float | None]] = {
            "battery": [self._battery()],
            "signal": [self._signal()],
            "outbox": [float(self._outbox.depth_rows)],
            "disk_written": [float(self._outbox.bytes_written)],
            "dropped": [float(self._outbox.thinned)],
            "clones": [float(self._outbox.clones)],
            "set_aside": [float(self._outbox.set_aside)],
            "unheard": [None if self._uplink is None else float(self._uplink.unheard)],
            "clock_offset": [None if self._time is None else self._time.take_offset()],
        }
        return Reading([Block("health", [now_ms * NANOSECONDS_PER_MILLISECOND], {"origin": self._origin}, fields)])

    def _battery(self) -> float | None:
        for path in sorted(self._root.glob(_BATTERIES)):
            text = _text(path).strip()
            if text.isdecimal():
                return float(text)
        return None

    def _signal(self) -> float | None:
        return parse_wireless(_text(self._root / _WIRELESS))


def parse_wireless(text: str) -> float | None:
    """The signal of the first wireless interface in `/proc/net/wireless` [dBm]; None where there is none."""
    for line in text.splitlines():
        cells = line.split()
        if len(cells) > _LEVEL_COLUMN and cells[0].endswith(":"):
            try:
                return float(cells[_LEVEL_COLUMN])
            except ValueError:
                return None
    return None


def _text(path: Path) -> str:
    """What a file says; nothing where it is not there."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
