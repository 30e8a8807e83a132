"""Which readings are doubted: QARTOD's tests with the catalogue's thresholds, over every series of a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import frames
from analytics.methods import quality
from analytics.periods import local_days

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from analytics.frames import Row
    from commons.catalogue import Field, Flat, Measurement
    from commons.rows import Block

    Flags = NDArray[np.uint8]
    Values = NDArray[np.float64]

_BREAK_S: Final = 6 * 3600.0  # a pause after which what comes is another stretch of time
_NEIGHBOUR_S: Final = 3600.0  # readings farther apart are nobody's neighbours
_SHORTEST_S: Final = 60.0  # two readings closer than this differ by noise, not by a rate
_MOST_DECIMALS: Final = 3
_ROUNDING: Final = 1e-9  # of a number that was written in decimals
_ALIKE: Final = 0.5  # steps: closer values are one value


@dataclass(slots=True)
class Doubt:
    """What the tests found.

    Args:
        blocks: The flags to add: rows with nothing but a flag.
        log: A row a day, series, field and test: lane, node, bed, origin, field, test, day, n, flag, value, usual.
        days: The lanes and local days in which a flag is new or higher.
        flagged: How many flags are new or higher.
    """

    blocks: list[Block] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    days: set[tuple[str, date]] = field(default_factory=set)
    flagged: int = 0


def tested(of: Measurement) -> list[Field]:
    """The fields of a measurement that have a test over their series."""
    return [f for f in of.fields.values() if f.spike or f.rate or f.flat]


def doubts(samples: pd.DataFrame, of: Measurement, zone: ZoneInfo) -> Doubt:
    """Test every series, that is every combination of tags, of a measurement's rows.

    Args:
        samples: Rows in time order with all columns, the quality columns too.
        of: Their measurement.
        zone: The site's time zone.
    """
    found = Doubt()
    if samples.empty:
        return found
    number = samples.groupby(list(of.tags)).ngroup()
    rows = samples.assign(series=number, day=local_days(samples["time"], zone))
    rows = rows.sort_values("series", kind="stable", ignore_index=True)
    rows["time"] = rows["time"].dt.as_unit("ns").astype("int64")
    for each in tested(of):
        _add(found, of, each, rows)
    return found


def _add(found: Doubt, of: Measurement, each: Field, rows: pd.DataFrame) -> None:
    """One field of every series: its flags where they are new or higher, and its lines of the log."""
    values = rows[each.name].to_numpy(dtype=np.float64)
    impossible = rows[f"{each.name}_failed"].to_numpy(dtype=np.float64)
    series, stored = rows["series"].to_numpy(), rows[f"{each.name}_flag"].fillna(0).to_numpy()
    tests = series_flags(values, rows["time"].to_numpy() / 1e9, each, series=series, hung=stored == quality.FAIL)
    tests["gross_range"] = np.where(np.isnan(impossible), tests["gross_range"], quality.FAIL)
    worst = np.max([np.where(_doubted(flags), flags, 0) for flags in tests.values()], axis=0)
    if not worst.any():
        return
    higher = rows[(worst > stored) & ~np.isnan(values)]
    if len(higher):
        flagged = higher[["time", *of.tags]].assign(**{f"{each.name}_flag": worst[higher.index]})
        found.blocks.append(frames.block(of.name, frames.records(flagged)))
        days = higher[["lane", "day"]].drop_duplicates()
        found.days |= set(zip(days["lane"], days["day"].dt.date, strict=True))
        found.flagged += len(higher)
    told = np.isin(series, series[worst > 0])
    usual = pd.Series(np.where(worst == 0, values, np.nan)[told]).groupby(series[told]).median()
    shown = rows.assign(field=each.name, value=np.where(np.isnan(values), impossible, values))
    for test, flags in tests.items():
        bad = _doubted(flags)
        found.log += _lines(shown[bad].assign(test=test, flag=flags[bad]), usual)


def _lines(doubted: pd.DataFrame, usual: pd.Series[float]) -> list[Row]:
    """A line for each series and day on which a test doubted something."""
    about = [name for name in ("lane", "node", "bed", "origin", "field", "test") if name in doubted]
    firsts = {name: (name, "first") for name in about}
    by_day = doubted.groupby(["series", "day"], as_index=False).agg(
        **firsts, n=("flag", "size"), flag=("flag", "max"), value=("value", "last")
    )
    return [{"bed": "", **line} for line in frames.records(by_day.assign(usual=by_day["series"].map(usual)))]


def series_flags(
    values: Values,
    times: Values,
    each: Field,
    *,
    series: NDArray[np.int64] | None = None,
    hung: NDArray[np.bool_] | None = None,
) -> dict[str, Flags]:
    """The flags of each test of sensors' series: gross_range, spike, rate, stuck.

    Args:
        values: What they read, one series behind the other, shape (n); NaN = nothing.
        times: When [s], rising within each series.
        each: Whose thresholds hold.
        series: The number of each value's series, rising; None = all are of one.
        hung: Where an earlier look found it hanging; the same value goes on hanging.
    """
    there = np.flatnonzero(~np.isnan(values))
    found = {
        name: np.full(values.shape, quality.GOOD, dtype=np.uint8) for name in ("gross_range", "spike", "rate", "stuck")
    }
    if each.fail is not None:
        found["gross_range"] = quality.gross_range(values, fail=each.fail, suspect=each.suspect)
    if not there.size:
        return found
    x, t = values[there], times[there]
    own = np.zeros(x.shape, dtype=np.int64) if series is None else series[there]
    is_other = np.diff(own, prepend=own[0] - 1) != 0
    stretch = np.cumsum(is_other | (np.diff(t, prepend=t[0]) > _BREAK_S)) - 1
    if each.spike:
        found["spike"][there] = _spikes(x, t, each.spike, stretch=stretch)
    if each.rate:
        apart = np.cumsum(np.maximum(np.diff(t, prepend=t[:1]), _SHORTEST_S))
        found["rate"][there] = quality.rate_of_change(x, apart, suspect=each.rate, series=stretch)
    if each.flat:
        before = np.zeros(x.shape, dtype=bool) if hung is None else hung[there]
        step = _steps(x, np.flatnonzero(is_other))
        found["stuck"][there] = _stuck(x, t, each.flat, stretch=stretch, step=step, hung=before)
    return found


def _spikes(x: Values, t: Values, limits: tuple[float, float], *, stretch: NDArray[np.int64]) -> Flags:
    """By the differential method, which leaves a spike's good neighbours alone; neighbours must be near in time."""
    flags = quality.spike(x, suspect=limits[0], fail=limits[1], method="differential", series=stretch)
    far = np.diff(t) > _NEIGHBOUR_S
    flags[np.concatenate(([False], far)) | np.concatenate((far, [False]))] = quality.NOT_EVALUATED
    return flags


def _stuck(
    x: Values, t: Values, flat: Flat, *, stretch: NDArray[np.int64], step: Values, hung: NDArray[np.bool_]
) -> Flags:
    """A flat line, and with hindsight the whole of it: nobody can tell when within it the sensor began to hang.

    A sensor of a coarser step than the catalogue thinks of shows one value for longer: its time is stretched as much.
    """
    begins = np.diff(stretch, prepend=-1) != 0
    own = step[begins]
    slower = np.maximum(1.0, own / flat.step)
    limits = {"suspect_s": flat.suspect_s * slower, "fail_s": flat.fail_s * slower}
    flags = quality.flat_line(x, t, tolerance=_ALIKE * own, **limits, series=stretch)
    starts = np.flatnonzero(begins | ~(np.abs(np.diff(x, prepend=np.nan)) < _ALIKE * step))
    lengths = np.diff(starts, append=x.size)
    lasted = np.repeat(t[starts + lengths - 1] - t[starts], lengths)
    flags[hung & (lasted >= flat.suspect_s)] = quality.FAIL
    return np.repeat(np.maximum.reduceat(flags, starts), lengths)


def _steps(values: Values, first: NDArray[np.int64]) -> Values:
    """The finest decimal step that each series shows: 0.1 for 31.2, 1 for 31; finer than a thousandth counts as that.

    Args:
        values: One series behind the other, shape (n).
        first: Where each begins.

    Returns:
        The step of each value's series, shape (n).
    """
    steps = np.full(first.shape, 10.0**-_MOST_DECIMALS)
    for decimals in reversed(range(_MOST_DECIMALS)):
        finer = np.abs(values - np.round(values, decimals)) > _ROUNDING
        steps[~np.logical_or.reduceat(finer, first)] = 10.0**-decimals
    return np.repeat(steps, np.diff(first, append=values.size))


def _doubted(flags: Flags) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (flags == quality.SUSPECT) | (flags == quality.FAIL)
    return found
