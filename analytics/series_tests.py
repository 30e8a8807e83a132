"""Which readings are doubted: QARTOD's tests with the catalogue's thresholds, over every series of a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

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
_DOUBTED: Final = (quality.SUSPECT, quality.FAIL)
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
    days = local_days(samples["time"], zone)
    ns = samples["time"].dt.as_unit("ns").astype("int64")
    rows = samples.assign(time=ns, day=days.dt.date, second=ns / 1e9)
    for _, series in frames.groups(rows, list(of.tags)):
        for each in tested(of):
            _add(found, of, each, series)
    return found


def _add(found: Doubt, of: Measurement, each: Field, series: pd.DataFrame) -> None:
    """One field of one series: its flags where they are new or higher, and its lines of the log."""
    values, times = series[each.name].to_numpy(dtype=np.float64), series["second"].to_numpy(dtype=np.float64)
    stored = series[f"{each.name}_flag"].fillna(0).to_numpy()
    tests = series_flags(values, times, each, hung=stored == quality.FAIL)
    impossible = series[f"{each.name}_failed"].to_numpy(dtype=np.float64)
    tests["gross_range"] = np.where(np.isnan(impossible), tests["gross_range"], quality.FAIL)
    worst = np.max([np.where(np.isin(flags, _DOUBTED), flags, 0) for flags in tests.values()], axis=0)
    higher = (worst > stored) & ~np.isnan(values)
    if higher.any():
        rows = series.loc[higher, ["time", *of.tags]].assign(**{f"{each.name}_flag": worst[higher]})
        found.blocks.append(frames.block(of.name, frames.records(rows)))
        found.days |= set(zip(series.loc[higher, "lane"], series.loc[higher, "day"], strict=True))
        found.flagged += int(higher.sum())
    usual = float(np.median(values[good])) if (good := (worst == 0) & ~np.isnan(values)).any() else None
    shown = np.where(np.isnan(values), impossible, values)
    for test, flags in tests.items():
        found.log += _lines(series, each.name, test, flags, shown, usual)


def _lines(
    series: pd.DataFrame, name: str, test: str, flags: Flags, shown: Values, usual: float | None
) -> list[dict[str, Any]]:
    """A line for each day on which the test doubted something."""
    bad = np.isin(flags, _DOUBTED)
    if not bad.any():
        return []
    first = series.iloc[0]
    about = {tag: first.get(tag, "") for tag in ("lane", "node", "bed", "origin")}
    doubted = pd.DataFrame({"day": series["day"].to_numpy()[bad], "flag": flags[bad], "value": shown[bad]})
    by_day = doubted.groupby("day").agg(n=("flag", "size"), flag=("flag", "max"), value=("value", "last"))
    return [
        {**about, "field": name, "test": test, "day": day, "n": float(n), "flag": float(flag), "value": value}
        | {"usual": usual}
        for day, n, flag, value in by_day.itertuples()
    ]


def series_flags(
    values: Values, times: Values, each: Field, *, hung: NDArray[np.bool_] | None = None
) -> dict[str, Flags]:
    """The flags of each test of one sensor's series: gross_range, spike, rate, stuck.

    Args:
        values: What it read, shape (n); NaN = nothing.
        times: When [s], rising.
        each: Whose thresholds hold.
        hung: Where an earlier look found it hanging; the same value goes on hanging.
    """
    there = np.flatnonzero(~np.isnan(values))
    found = {
        name: np.full(values.shape, quality.GOOD, dtype=np.uint8) for name in ("gross_range", "spike", "rate", "stuck")
    }
    if each.fail is not None:
        found["gross_range"] = quality.gross_range(values, fail=each.fail, suspect=each.suspect)
    before = np.zeros(values.shape, dtype=bool) if hung is None else hung
    if not there.size:
        return found
    step = _step(values[there])
    for part in np.split(there, np.flatnonzero(np.diff(times[there]) > _BREAK_S) + 1):
        x, t = values[part], times[part]
        if each.spike:
            found["spike"][part] = _spikes(x, t, each.spike)
        if each.rate:
            apart = np.cumsum(np.maximum(np.diff(t, prepend=t[:1]), _SHORTEST_S))
            found["rate"][part] = quality.rate_of_change(x, apart, suspect=each.rate)
        if each.flat:
            found["stuck"][part] = _stuck(x, t, each.flat, step=step, hung=before[part])
    return found


def _spikes(x: Values, t: Values, limits: tuple[float, float]) -> Flags:
    """By the differential method, which leaves a spike's good neighbours alone; neighbours must be near in time."""
    flags = quality.spike(x, suspect=limits[0], fail=limits[1], method="differential")
    far = np.diff(t) > _NEIGHBOUR_S
    flags[np.concatenate(([False], far)) | np.concatenate((far, [False]))] = quality.NOT_EVALUATED
    return flags


def _stuck(x: Values, t: Values, flat: Flat, *, step: float, hung: NDArray[np.bool_]) -> Flags:
    """A flat line, and with hindsight the whole of it: nobody can tell when within it the sensor began to hang.

    A sensor of a coarser step than the catalogue thinks of shows one value for longer: its time is stretched as much.
    """
    slower = max(1.0, step / flat.step)
    limits = {"suspect_s": flat.suspect_s * slower, "fail_s": flat.fail_s * slower}
    flags = quality.flat_line(x, t, tolerance=_ALIKE * step, **limits)
    starts = np.flatnonzero(~(np.abs(np.diff(x, prepend=np.nan)) < _ALIKE * step))
    lengths = np.diff(starts, append=x.size)
    lasted = np.repeat(t[starts + lengths - 1] - t[starts], lengths)
    flags[hung & (lasted >= flat.suspect_s)] = quality.FAIL
    return np.repeat(np.maximum.reduceat(flags, starts), lengths)


def _step(values: Values) -> float:
    """The finest decimal step that the values show: 0.1 for 31.2, 1 for 31; finer than a thousandth counts as that."""
    for decimals in range(_MOST_DECIMALS):
        if np.allclose(values, np.round(values, decimals), rtol=0.0, atol=1e-9):
            return float(10**-decimals)
    return float(10**-_MOST_DECIMALS)
