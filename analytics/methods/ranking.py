"""Who stands above whom when figures are uncertain: a range of ranks, never a single one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def rank_range(low: ArrayLike, high: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The best and the worst rank that each of several uncertain figures may have, 1 = the highest.

    One stands above another for certain only where its whole range lies above the other's.

    Args:
        low: The low end of each figure's range.
        high: The high end.

    Returns:
        Best and worst ranks, integers of the same length.

    Raises:
        ValueError: A range is upside down or missing.

    Source:
        Goldstein and Spiegelhalter, League tables and their limitations, J. R. Stat. Soc. A 159, 1996.

    Examples:
        >>> best, worst = rank_range([3.0, 1.0, 0.5], [4.0, 2.0, 1.5])
        >>> best.tolist(), worst.tolist()
        ([1, 2, 2], [1, 3, 3])
    """
    lower, upper = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if not np.all(lower <= upper):
        raise ValueError(f"ranges from {lower} to {upper} cannot be; give the low end first, and leave out the unknown")
    surely_above = lower.size - np.searchsorted(np.sort(lower), upper, side="right")
    surely_below = np.searchsorted(np.sort(upper), lower, side="left")
    return surely_above + 1, lower.size - surely_below
