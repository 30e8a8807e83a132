"""Where the axes' marks stand: round numbers, and the days, months or years of a calendar."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final

_ROUND_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_MONTHS_PER_YEAR: Final = 12
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60)


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers within a span, at most so many.

    Args:
        low: The span's lower end.
        high: Its upper end, above the lower.
        most: The most marks wanted, at least 2.
    """
    rough = (high - low) / most
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(s * magnitude for s in _ROUND_STEPS if s * magnitude >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def day_ticks(first: date, last: date, most: int) -> list[date]:
    """Days, both ends included, evenly apart and counted back from the last."""
    span = (last - first).days
    step = max(1, math.ceil((span + 1) / most))
    return [last - timedelta(days=i) for i in range(0, span + 1, step)][::-1]


def month_ticks(first: date, last: date, most: int) -> list[date]:
    """First days of months within two days, at steps that a year divides into."""
    start, stop = _month_number(first), _month_number(last)
    if first.day > 1:
        start += 1
    step = next((s for s in _MONTH_STEPS if (stop - start) // s < most), _MONTH_STEPS[-1])
    return [_first_day(m) for m in range(start, stop + 1) if m % step == 0]


def _month_number(day: date) -> int:
    return day.year * _MONTHS_PER_YEAR + day.month - 1


def _first_day(month: int) -> date:
    return date(month // _MONTHS_PER_YEAR, month % _MONTHS_PER_YEAR + 1, 1)
