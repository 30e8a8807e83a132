"""Classes of a map's values: a few, with round bounds, zero apart from little."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST: Final = 4
_DIGITS: Final = 2


def bounds(values: Iterable[float]) -> list[float]:
    """The upper bounds of the classes of what is above zero, rounded up to two digits; the last holds the largest.

    About as many values lie in each class; there are at most four, and no more than there are different values.
    """
    known = sorted(value for value in values if value > 0)
    count = min(MOST, len(set(known)))
    uppers = [_rounded_up(known[math.ceil(len(known) * part / count) - 1]) for part in range(1, count + 1)]
    return sorted(set(uppers))


def class_of(value: float, uppers: Sequence[float]) -> int:
    """A value's class: 0 for zero and less, then from 1."""
    return 0 if value <= 0 else 1 + bisect_left(uppers, value)


def _rounded_up(value: float) -> float:
    step = 10.0 ** (math.floor(math.log10(value)) - _DIGITS + 1)
    return float(f"{math.ceil(value / step - 1e-9) * step:.12g}")
