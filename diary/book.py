"""What a lane wrote down lately, per day and never per bed or person: what the page shows to everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """All entries of one day, kind and food together.

    Args:
        day: The site's day.
        kind: The event's measurement.
        commodity: Its food, or empty.
        values: Sums by field name, without those that nobody gave.
        is_simulated: Whether nobody did it: the lane is made up.
    """

    day: date
    kind: str
    commodity: str
    values: Mapping[str, float]
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """A lane's last days.

    Args:
        lines: The newest day first.
        usual: The foods harvested of late, the most frequent first.
        is_away: Whether the store could not be asked.
    """

    lines: Sequence[Line] = field(default_factory=tuple)
    usual: Sequence[str] = field(default_factory=tuple)
    is_away: bool = False
