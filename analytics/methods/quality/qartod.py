"""QARTOD's tests of a sensor's series: gross range, spike, rate of change, flat line.

Each gives one flag per value: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing. Values are in one order of time;
None and NaN are missing. Where the manuals leave room, the tests do what IOOS's reference implementation ioos_qc does.
Many series can be tested at once, one behind the other, with `series` as the number of each value's own; the flags are
those that each series would have alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Flags = NDArray[np.uint8]
    Values = NDArray[np.float64]

GOOD: Final = 1
NOT_EVALUATED: Final = 2
SUSPECT: Final = 3
FAIL: Final = 4
MISSING: Final = 9

SpikeMethod = Literal["average", "differential"]
_FEWEST: Final = 3  # values that a flat line needs


def gross_range(values: ArrayLike, *, fail: tuple[float, float], suspect: tuple[float, float] | None = None) -> Flags:
    """Values outside what the sensor can show fail; those outside what is plausible here are suspect.

    Bounds are inside: 4 where x < fail[0] or x > fail[1], 3 where x is outside `suspect`.

    Args:
        values: One sensor's values, shape (n).
        fail: The sensor's span, in the unit of the values.
        suspect: The span that is plausible, within `fail`.

    Returns:
        A flag a value, shape (n).

    Raises:
        ValueError: The suspect span is not within the fail span.

    Source:
        IOOS QARTOD, Manual for Real-Time Quality Control of In-situ Temperature and Salinity Data, test 4.

    Examples:
        >>> gross_range([1, 2, 3, 4, 8, None], fail=(0, 5), suspect=(2, 4)).tolist()
        [3, 1, 1, 1, 4, 9]
    """
    x = _numbers(values)
    low, high = sorted(fail)
    flags = np.full(x.shape, GOOD, dtype=np.uint8)
    if suspect is not None:
        least, most = sorted(suspect)
        if least < low or most > high:
            raise ValueError(f"suspect span {suspect} reaches beyond the fail span {fail}; keep it inside")
        flags[(x < least) | (x > most)] = SUSPECT
    flags[(x < low) | (x > high)] = FAIL
    return _with_missing(flags, x)


def spike(
    values: ArrayLike,
    *,
    suspect: float | None = None,
    fail: float | None = None,
    method: SpikeMethod = "average",
    series: ArrayLike | None = None,
) -> Flags:
    """A value far from both its neighbours is a spike.

    average: |x[i] - (x[i-1] + x[i+1]) / 2|; differential: the smaller of |x[i] - x[i-1]| and |x[i+1] - x[i]| where the
    two go opposite ways, else 0. More than a threshold gives its flag. The first and the last value, and those beside a
    missing one, are not evaluated.

    Args:
        values: One sensor's values, shape (n).
        suspect: The smallest spike that is suspect, in the unit of the values; None = none is.
        fail: The smallest that fails; None = none does.
        method: How a spike is measured. `average` also flags the good neighbours of a great spike.
        series: Which series each value is of, rising from 0, shape (n); None = all are of one.

    Returns:
        A flag a value, shape (n).

    Raises:
        ValueError: There is no such method.

    Source:
        IOOS QARTOD, Manual for Real-Time Quality Control of In-situ Temperature and Salinity Data, test 6.

    Examples:
        >>> spike([10, 12, 999.99, 13, 15, 40, 9, 9], suspect=25, fail=50).tolist()
        [2, 4, 4, 4, 1, 3, 1, 2]
        >>> spike([10, 12, 999.99, 13, 15, 40, 9, 9], suspect=20, fail=50, method="differential").tolist()
        [2, 1, 4, 1, 1, 3, 1, 2]
    """
    x = _numbers(values)
    flags = np.full(x.shape, GOOD, dtype=np.uint8)
    size = _spikes(x, method)
    begins = _begins(x, series)
    size[begins | np.roll(begins, -1)] = np.nan
    for threshold, flag in ((suspect, SUSPECT), (fail, FAIL)):
        if threshold:
            flags[size > threshold] = flag
    flags[np.isnan(size)] = NOT_EVALUATED
    return _with_missing(flags, x)


def _spikes(x: Values, method: SpikeMethod) -> Values:
    """How far each value stands out; NaN where that cannot be said."""
    size = np.full(x.shape, np.nan)
    if x.size < _FEWEST:
        return size
    steps = np.diff(x)
    match method:
        case "average":
            size[1:-1] = np.abs(x[1:-1] - (x[:-2] + x[2:]) / 2)
        case "differential":
            turns = ~(steps[:-1] * steps[1:] >= 0)
            size[1:-1] = np.where(turns, np.minimum(np.abs(steps[:-1]), np.abs(steps[1:])), 0.0)
        case _:
            raise ValueError(f"there is no spike method {method!r}; take average or differential")
    return size


def rate_of_change(
    values: ArrayLike,
    times_s: ArrayLike,
    *,
    suspect: float,
    fail: float | None = None,
    series: ArrayLike | None = None,
) -> Flags:
    """A value that differs too much from the one before, for the time between them.

    |x[i] - x[i-1]| / (t[i] - t[i-1]) above a threshold gives its flag. The first value, and one after a missing one,
    are good: nothing speaks against them.

    Args:
        values: One sensor's values, shape (n).
        times_s: When they were read [s], from any moment, shape (n).
        suspect: The fastest change that is plausible [unit of the values per second].
        fail: The fastest change that is possible [the same]; None = none fails.
        series: As for `spike`.

    Returns:
        A flag a value, shape (n).

    Source:
        IOOS QARTOD, Manual for Real-Time Quality Control of In-situ Temperature and Salinity Data, test 7.

    Examples:
        >>> rate_of_change([2, 10, 2, 3, None, 7], [0, 900, 1800, 2700, 3600, 4500], suspect=5 / 900).tolist()
        [1, 3, 3, 1, 9, 1]
    """
    x, times = _numbers(values), _numbers(times_s)
    flags = np.full(x.shape, GOOD, dtype=np.uint8)
    with np.errstate(divide="ignore", invalid="ignore"):  # two values of one moment: the change has no rate
        rates = np.abs(np.diff(x) / np.diff(times))
    flags[1:][rates > suspect] = SUSPECT
    if fail is not None:
        flags[1:][rates > fail] = FAIL
    flags[_begins(x, series)] = GOOD
    return _with_missing(flags, x)


def flat_line(
    values: ArrayLike,
    times_s: ArrayLike,
    *,
    tolerance: ArrayLike,
    suspect_s: ArrayLike,
    fail_s: ArrayLike,
    series: ArrayLike | None = None,
) -> Flags:
    """A value that ends a stretch of time in which all values were the same, within a tolerance.

    The stretch holds n + 1 values, n = duration / median step: max - min < tolerance gives its flag. Values before the
    end of the first whole stretch are good, missing ones within it are passed over; fewer than three are not tested.

    Args:
        values: One sensor's values, shape (n).
        times_s: When they were read [s], from any moment, shape (n).
        tolerance: The span that a living sensor leaves, in the unit of the values; one number, or one a series.
        suspect_s: After how long the same value is suspect [s]; likewise.
        fail_s: After how long it fails [s]; likewise.
        series: As for `spike`.

    Returns:
        A flag a value, shape (n).

    Source:
        IOOS QARTOD, Manual for Real-Time Quality Control of In-situ Temperature and Salinity Data, test 8.

    Examples:
        >>> flat_line([5, 5, 5, 5, 5, 5], [0, 1, 2, 3, 4, 5], tolerance=0.1, suspect_s=3, fail_s=5).tolist()
        [1, 1, 1, 3, 3, 4]
    """
    x, times = _numbers(values), _numbers(times_s)
    flags = np.full(x.shape, GOOD, dtype=np.uint8)
    first = np.flatnonzero(_begins(x, series))
    lengths = np.diff(first, append=x.size)
    step = np.where(lengths >= _FEWEST, _median_steps(times, first, lengths), np.nan)
    most = np.repeat(np.broadcast_to(_numbers(tolerance), first.shape), lengths)
    for duration, flag in ((suspect_s, SUSPECT), (fail_s, FAIL)):
        count = np.where(step > 0, _numbers(duration) / np.where(step > 0, step, 1.0), 0.0).astype(np.intp)
        flags[_spans(x, count, lengths) < most] = flag
    return _with_missing(flags, x)


def _median_steps(times: Values, first: NDArray[np.intp], lengths: NDArray[np.intp]) -> Values:
    """The median time between two values of each series [s]; NaN where there is but one value."""
    within = np.ones(times.shape, dtype=bool)
    within[first] = False
    number = np.repeat(np.arange(first.size), lengths)
    steps = pd.Series(np.diff(times, prepend=np.nan)[within]).groupby(number[within]).median()
    return _numbers(steps.reindex(np.arange(first.size)))


def _spans(x: Values, counts: NDArray[np.intp], lengths: NDArray[np.intp]) -> Values:
    """Highest less lowest of each value and the `count` before it in its series; NaN where there are not so many.

    Series of one count stand behind each other in one pass; a window that reaches into another's is left out.
    """
    spans = np.full(x.shape, np.nan)
    count = np.repeat(counts, lengths)
    place = np.arange(x.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    for each in np.unique(counts[counts > 0]):  # shorter than a step: one value alone is no stretch
        here = np.flatnonzero(count == each)
        windows = pd.Series(x[here]).rolling(int(each) + 1, min_periods=1)
        span, whole = (windows.max() - windows.min()).to_numpy(), place[here] >= each
        spans[here[whole]] = span[whole]
    return spans


def _begins(x: Values, series: ArrayLike | None) -> NDArray[np.bool_]:
    """Whether each value is the first of its series."""
    begins = np.zeros(x.shape, dtype=bool)
    begins[:1] = True
    if series is not None:
        begins[1:] = np.diff(np.asarray(series)) != 0
    return begins


def _numbers(values: ArrayLike) -> Values:
    return np.asarray(values, dtype=np.float64)


def _with_missing(flags: Flags, x: Values) -> Flags:
    flags[np.isnan(x)] = MISSING
    return flags
