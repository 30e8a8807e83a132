"""What a planting is expected to give, and when: its harvest spread over the days on which it may come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]


def expected_share(
    start: ArrayLike, stop: ArrayLike, *, earliest: ArrayLike, latest: ArrayLike, window_d: ArrayLike
) -> Values:
    """The share of a planting's whole harvest to expect on the days from `start` up to, not including, `stop` [1].

    The first harvest is as likely on each day from the earliest to the latest; from it on, every day of the picking
    window gives the same. Days are whole numbers counted from any one day. Over all days the shares are 1.

    Args:
        start: The first day asked for.
        stop: The first day no longer asked for.
        earliest: The first day on which the first harvest may be.
        latest: The last such day. Before `earliest`: it should have been by now, and nothing is expected.
        window_d: For how many days after the first harvest the crop is picked or cut again; 0 = harvested once.

    Returns:
        An array of the common shape, 0 to 1; NaN where an input is missing.

    Raises:
        ValueError: A picking window is negative, or a span ends before it begins.

    Source:
        A convolution of two uniform distributions; the numbers of days are those of the crop's table.

    Examples:
        Ready 21 to 30 days after planting on day 0: in the week that begins on day 21, seven of the ten days.

        >>> float(expected_share(21, 28, earliest=21, latest=30, window_d=0))
        0.7
    """
    given = (start, stop, earliest, latest, window_d)
    begin, end, first, last, window = (np.asarray(days, dtype=np.float64) for days in given)
    if np.any(window < 0) or np.any(end < begin):
        raise ValueError(f"days {begin} to {end} with a window of {window} days cannot be; give the first day first")
    length = window + 1
    days = _harvested_before(end, first, last, length) - _harvested_before(begin, first, last, length)
    possible = np.maximum(last - first + 1, 1)
    share = np.where(last < first, 0.0, days / (possible * length))
    unknown = np.isnan(begin) | np.isnan(end) | np.isnan(first) | np.isnan(last) | np.isnan(window)
    result: Values = np.where(unknown, np.nan, share)[()]
    return result


def _harvested_before(day: Values, first: Values, last: Values, length: Values) -> Values:
    """Days of harvest before a day, added up over every possible first day."""
    return _ramps(day, first, last) - _ramps(day - length, first, last)


def _ramps(day: Values, first: Values, last: Values) -> Values:
    """The sum of max(0, day - f) over f from first to last."""
    return _triangle(day - first) - _triangle(day - last - 1)


def _triangle(number: Values) -> Values:
    above = np.maximum(number, 0.0)
    return np.asarray(above * (above + 1) / 2)
