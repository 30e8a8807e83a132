"""The marks that tell what was written since: a measurement, a place, a local day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

EVERYWHERE: Final = ""
"""The place that stands for every place."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Rows of a measurement, place and local day were written, or were about to be, at that moment.

    Args:
        of: The measurement.
        place: A lane, or a market where the measurement is of prices.
        day: The local day of the rows.
        at_ms: The moment [ms since 1970 UTC].
    """

    of: str
    place: str
    day: date
    at_ms: int

    def __str__(self) -> str:
        return f"{self.of} {self.place} {self.day}"
