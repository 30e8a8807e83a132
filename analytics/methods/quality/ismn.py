"""The soil-moisture checks of the International Soil Moisture Network: C01 to C03, D01 to D10.

They look at hourly values [%VWC] for what a probe in the ground cannot have seen: water below zero or beyond the pores,
frozen soil, a rise without rain, spikes, breaks, and plateaus. They want clean hours and more context than QARTOD's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Series = pd.Series[float]
    Mask = pd.Series[bool]

CODES: Final = tuple(f"C{i:02}" for i in range(1, 4)) + tuple(f"D{i:02}" for i in range(1, 11))
_LIMIT_PCT: Final = 60.0
_LEAST_RAIN_MM: Final = 0.2
_SHALLOW_M: Final = 0.1  # rain is looked for above this depth only
_DIGITS: Final = 9  # of derivatives: what is below is noise of the arithmetic
_DAY: Final = 25  # hours centred on one
_LOW: Final = 13  # hours, the shortest low plateau
_HIGH: Final = 12  # hours, the shortest saturated plateau


def ismn_flags(
    hourly: pd.DataFrame, *, saturation_pct: float | None = None, depth_m: float | None = None
) -> pd.DataFrame:
    """Every check of the ISMN at once.

    C01 below 0, C02 above 60, C03 above saturation; D01, D02, D03 soil, air and modelled soil temperature below 0; D04,
    D05 a rise without rain, measured and modelled: up in the last hour, and in 24 h by more than twice the standard
    deviation of those 25 hours, with less rain than wets the soil above the probe by a twentieth; D06 a spike (eq.
    4-6); D07 a drop and D08 a jump (eq. 7-9, or to zero from above 5); D09 a low plateau after a drop (eq. 14); D10 a
    saturated plateau between a rise and a drop (eq. 10-13). A check whose input is not there flags nothing.

    Args:
        hourly: One row an hour, in order, NaN where nothing was read: `soil_moisture` [%VWC], and as far as they are
            known `soil_temperature`, `air_temperature`, `gldas_soil_temperature` [°C], `precipitation` and
            `gldas_precipitation` [mm].
        saturation_pct: The soil's moisture when all its pores are full [%VWC].
        depth_m: How deep the probe lies [m].

    Returns:
        A column a code, True where the check objects; same index.

    Source:
        Dorigo et al. 2013, Global automated quality control of in situ soil moisture data from the International Soil
        Moisture Network, Vadose Zone Journal 12(3), as TU Wien's flagit 0.3 does it.

    Examples:
        >>> found = ismn_flags(pd.DataFrame({"soil_moisture": [20.0, -1.0, 61.0]}), saturation_pct=45)
        >>> [list(found.columns[row]) for row in found.to_numpy()]
        [[], ['C01'], ['C02', 'C03']]
    """
    x = hourly["soil_moisture"].astype(float)
    slope, bend = derivatives(x)
    down, up = _breaks(x, slope, bend)
    never = pd.Series(data=False, index=x.index)
    found = {
        "C01": x < 0,
        "C02": x > _LIMIT_PCT,
        "C03": never if saturation_pct is None else x > saturation_pct,
        "D06": _spikes(x, bend),
        "D07": down,
        "D08": up,
        "D09": _low_plateaus(x, down),
        "D10": _saturated_plateaus(x, slope),
    }
    frozen = {"D01": "soil_temperature", "D02": "air_temperature", "D03": "gldas_soil_temperature"}
    found |= {code: hourly[name] < 0 for code, name in frozen.items() if name in hourly}
    if "precipitation" in hourly:
        fallen = hourly["precipitation"].rolling(24, min_periods=1).sum().round(1)
        found["D04"] = _rises_dry(x, fallen, depth_m)
    if "gldas_precipitation" in hourly:
        fallen = hourly["gldas_precipitation"].dropna().rolling(24, min_periods=1).sum()
        found["D05"] = _rises_dry(x, fallen.reindex(x.index), depth_m)
    return pd.DataFrame({code: found.get(code, never) for code in CODES}, index=x.index)


def derivatives(moisture: Series) -> tuple[Series, Series]:
    """First and second derivative per hour, by Savitzky and Golay's filter of three points and second order.

    x' = (x[i+1] - x[i-1]) / 2 and x'' = x[i+1] - 2 x[i] + x[i-1]; the ends take their nearest value as a neighbour.

    Examples:
        >>> slope, bend = derivatives(pd.Series([1.0, 2.0, 4.0]))
        >>> slope.tolist(), bend.tolist()
        ([0.5, 1.5, 1.0], [1.0, 1.0, -2.0])
    """
    padded = np.pad(moisture.to_numpy(dtype=float), 1, mode="edge")
    before, here, after = padded[:-2], padded[1:-1], padded[2:]
    slope, bend = (after - before) / 2, after - 2 * here + before
    return tuple(pd.Series(np.round(each, _DIGITS), index=moisture.index) for each in (slope, bend))  # type: ignore[return-value]  # two of them


def _rises_dry(x: Series, fallen: Series, depth_m: float | None) -> Mask:
    """A rise (D04, D05) though less rain fell in 24 h [mm] than wets the soil above the probe by a twentieth."""
    if depth_m is not None and depth_m >= _SHALLOW_M:
        return pd.Series(data=False, index=x.index)
    least = depth_m * 0.05 * 0.5 * 1000 if depth_m else _LEAST_RAIN_MM
    usual = 2 * x.rolling(_DAY, min_periods=1).std()
    rise = x.diff(24)
    clearly = (rise > usual) & ~np.isclose(rise, usual)
    return (x.diff() > 0) & clearly & (fallen < least)


def _spikes(x: Series, bend: Series) -> Mask:
    """Up and back again, or down, within one or two hours, in a quiet day (D06, eq. 4-6)."""
    before, after, later = x.shift(1), x.shift(-1), x.shift(-2)
    single = ((before < x) & (x > after)) | ((before > x) & (x < after))
    double = ~single & (x == after) & (((before < x) & (after > later)) | ((before > x) & (after < later)))
    second = double.shift(1, fill_value=False)
    ratio = (x / before).round(3)
    symmetry = (bend.shift(1) / bend.shift(-1)).abs().round(3)
    stands_out = (ratio > 1.15) | (ratio < 0.85) | second  # noqa: PLR2004 - as the paper has it
    quiet = _variance_around(x) < 1
    found = stands_out & (symmetry > 0.8) & (symmetry < 1.2) & quiet & (single | double)  # noqa: PLR2004 - the paper
    return found | (found.shift(1, fill_value=False) & second)


def _variance_around(x: Series) -> Series:
    """Variance over mean of the 24 hours around each, itself left out."""
    windows = x.rolling(_DAY, center=True)
    total, n = windows.sum() - x, _DAY - 1
    squares = (x**2).rolling(_DAY, center=True).sum() - x**2
    mean = total / n
    return ((squares - n * mean**2) / (n - 1)).abs() / mean


def _breaks(x: Series, slope: Series, bend: Series) -> tuple[Mask, Mask]:
    """Drops and jumps after which nothing comes back (D07 and D08, eq. 7-9)."""
    change = x.diff()
    usual = 10 * slope.rolling(_DAY, min_periods=4, center=True).mean().abs()
    steep = (slope.abs() > usual) & ~np.isclose(slope.abs(), usual)
    mirrored = (bend.shift(1) / bend).abs().round(1) == 1
    at_once = (bend / bend.shift(-2)).abs() > 10  # noqa: PLR2004 - as the paper has it
    large = ((change / x).abs() > 0.1) & (change.abs() > 1) & (x != 0)  # noqa: PLR2004 - the paper
    broken = large & steep & mirrored & (bend != 0) & at_once
    to_zero = (change.abs() > 5) & (x == 0)  # noqa: PLR2004 - flagit's own: 0.05 m3/m3
    return (broken & (slope < 0)) | to_zero, broken & (slope > 0)


def _low_plateaus(moisture: Series, down: Mask) -> Mask:
    """The same low value for 13 hours or more after a drop (D09, eq. 14); gaps are bridged."""
    x = moisture.dropna()
    windows = x.rolling(_LOW)
    relative = windows.var().shift(1 - _LOW).round(4) / windows.mean().shift(1 - _LOW).round(4)
    relative = relative.mask(relative.isna() & (x == 0), 0.0)
    begins = down[x.index] & (relative < 0.001)  # noqa: PLR2004 - as the paper has it
    ends = (relative.diff() >= 0.001) & ~begins  # noqa: PLR2004 - as the paper has it
    inside = pd.Series(np.nan, index=x.index).mask(begins, 1.0).mask(ends, 0.0).ffill().fillna(0.0)
    flagged: Mask = inside.rolling(_LOW).max() > 0
    return flagged.reindex(moisture.index, fill_value=False)


def _saturated_plateaus(moisture: Series, slopes: Series) -> Mask:
    """A highest value that stays for 12 hours or more, between a rise and a drop (D10, eq. 10-13); gaps are bridged."""
    x = moisture.dropna()
    slope = slopes[x.index].round(3)
    still = (x.rolling(_HIGH).var().shift(1 - _HIGH) <= 0.05).to_numpy()  # noqa: PLR2004 - as the paper has it
    rise = slope.rolling(_DAY, min_periods=1).max().shift(-12).to_numpy()
    drop = slope.rolling(_DAY, min_periods=1).min().shift(-24).to_numpy()
    highest = x[x < _LIMIT_PCT].max()
    flagged = np.zeros(len(x), dtype=bool)
    for first, last in _runs(still):
        if rise[first] >= 0.25 and drop[last] < 0:  # noqa: PLR2004 - as the paper has it
            end = min(last + _HIGH, len(x))
            span = slope.to_numpy()[first:end]
            start = first + _first(span == rise[first], 0)
            stop = first + _first(span == drop[last], len(span) - 1) + 1
            if stop > start and x.iloc[start:stop].mean() > 0.95 * highest:
                flagged[start:stop] = True
    return pd.Series(flagged.tolist(), index=x.index, dtype=bool).reindex(moisture.index, fill_value=False)


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of each unbroken run of True."""
    edges = np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))
    return list(zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True))


def _first(mask: NDArray[np.bool_], otherwise: int) -> int:
    """The place of the first True."""
    return int(np.argmax(mask)) if mask.any() else otherwise
