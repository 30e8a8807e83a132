"""QARTOD's tests of a sensor's series: gross range, spike, rate of change, flat line.

Each gives one flag per value: 1 good, 2 not evaluated, 3 suspect, 4 fail, 9 missing. Values are in one order of time;
None and NaN are missing. Where the manuals leave room, the tests do what IOOS's reference implementation ioos_qc does.
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
    values: ArrayLike, *, suspect: float | None = None, fail: float | None = None, method: SpikeMethod = "average"
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


def rate_of_change(values: ArrayLike, times_s: ArrayLike, *, suspect: float, fail: float | None = None) -> Flags:
    """A value that differs too much from the one before, for the time between them.

    |x[i] - x[i-1]| / (t[i] - t[i-1]) above a threshold gives its flag. The first value, and one after a missing one,
    are good: nothing speaks against them.

    Args:
        values: One sensor's values, shape (n).
        times_s: When they were read [s], from any moment, shape (n).
        suspect: The fastest change that is plausible [unit of the values per second].
        fail: The fastest change that is possible [the same]; None = none fails.

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
    return _with_missing(flags, x)


def flat_line(values: ArrayLike, times_s: ArrayLike, *, tolerance: float, suspect_s: float, fail_s: float) -> Flags:
    """A value that ends a stretch of time in which all values were the same, within a tolerance.

    The stretch holds n + 1 values, n = duration / median step: max - min < tolerance gives its flag. Values before the
    end of the first whole stretch are good, missing ones within it are passed over; fewer than three are not tested.

    Args:
        values: One sensor's values, shape (n).
        times_s: When they were read [s], from any moment, shape (n).
        tolerance: The span that a living sensor leaves, in the unit of the values.
        suspect_s: After how long the same value is suspect [s].
        fail_s: After how long it fails [s].

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
    if x.size >= _FEWEST:
        step = float(np.median(np.diff(times)))
        for duration, flag in ((suspect_s, SUSPECT), (fail_s, FAIL)):
            flags[_spans(x, int(duration / step) if step > 0 else 0) < tolerance] = flag
    return _with_missing(flags, x)


def _spans(x: Values, count: int) -> Values:
    """Highest less lowest of each value and the `count` before it; NaN where there are not so many."""
    spans = np.full(x.shape, np.nan)
    if count < 1:  # shorter than a step: one value alone is no stretch
        return spans
    windows = pd.Series(x).rolling(count + 1, min_periods=1)
    spans[count:] = (windows.max() - windows.min()).to_numpy()[count:]
    return spans


def _numbers(values: ArrayLike) -> Values:
    return np.asarray(values, dtype=np.float64)


def _with_missing(flags: Flags, x: Values) -> Flags:
    flags[np.isnan(x)] = MISSING
    return flags
