"""How often indicators are looked after, and which."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnalyticsSettings:
    """Section `[analytics]`.

    Args:
        every_seconds: How often it is asked what is due [s]: the longest that late data wait before they are looked at.
        settle_seconds: How long after a mark its rows may still be on their way [s]. The collector marks what a batch
            touches before it writes the rows, and its clock may differ a little from ours; so marks younger than this
            are looked at once more in the next run.
        indicators: The names of the indicators to compute; empty = all of them.
    """

    every_seconds: float = 30.0
    settle_seconds: float = 60.0
    indicators: tuple[str, ...] = ()
