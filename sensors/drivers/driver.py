"""What a driver promises: read a device and say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.rows import Block


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a device gave.

    Args:
        blocks: Rows with times in whole milliseconds; their tags leave out city, lane and node, which the topic says.
        bookmark: Where the driver stands, to be handed back at the next look; kept in the same commit as the rows, so
            that a restart neither loses nor repeats a row. None for devices that only know the present.
        more: Whether the device has more to give at once (history, a file not yet read to its end).
    """

    blocks: Sequence[Block]
    bookmark: str | None = None
    more: bool = False


class Driver(Protocol):
    """One device, or something that behaves like one."""

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """Look at the device.

        Args:
            now_ms: The wall time [ms since 1970 UTC].
            bookmark: What the last kept `Reading` said, None at the very first.

        Raises:
            SensorError: The device gave no usable answer; the agent says so and asks again at the next beat.
        """
