"""Soil state: is a bed dry, good or wet today, and how much water does it want."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.crops import CropWater, crop_water
from analytics.entries import current
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods import soil_water
from analytics.periods import hours_so_far, local_days
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site
    from commons.sites.rows import Bed

_BED: Final = ["lane", "bed"]
_LAST_HOURS: Final = 3
_EFFICIENCY: Final = 1.0  # a watering can at the plant: no source gives a loss, so none is assumed
_CODES: Final = {"dry": 0.0, "good": 1.0, "wet": 2.0}
_COLUMNS: Final = ("start", "lane", "bed", "moisture", "depletion", "raw_depth", "litres", "state", "state_code")
_TODAY: Final = ("et0", "rain", "given")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


@dataclass(frozen=True, slots=True)
class _Plot:
    """A bed with what grows in it: rooting depth [m], total available water [mm], and the digest of its figures."""

    bed: Bed
    crop: CropWater
    roots_m: float
    taw_mm: float
    facts: str


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """The state of every bed on every day with readings.

    Moisture is the mean of the last three hours with readings. The bed is dry once its roots have drawn the readily
    available water, RAW = p · TAW; then it is given what is missing to field capacity, less what was typed as given
    since the last reading, else nothing. Once the day is over and the lane's weather known, p is that of the day's
    heat: p = p_table + 0.04 · (5 - Kc · ET0), with the crop in full leaf. A bed without a crop, or with one that FAO-56
    does not list, takes a general p and has the mark `stand_in`.
    """
    plots = _plots(site)
    days = _days(_hourly(frames["soil"], site, plots))
    days = _with_water(_with_weather(days, frames["lane_weather"], site), frames["water"], site)
    found = records(days)
    expected = {start: hours_so_far(start, site.zone, now_ms) for start in {day["start"] for day in found}}
    rows = [_row(plots[day["lane"], day["bed"]], day, expected[day["start"]]) for day in found]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_TODAY, *_ABOUT]).astype({"start": "datetime64[ns]"})


def _plots(site: Site) -> dict[tuple[str, str], _Plot]:
    return {key: _plot(bed) for key, bed in site.beds.items()}


@lru_cache(maxsize=100_000)
def _plot(bed: Bed) -> _Plot:
    crop = crop_water(bed.crop)
    own = bed.depth_m if crop.root_depth_m is None else crop.root_depth_m
    roots_m = float(soil_water.root_depth(own, container_m=bed.depth_m))
    taw = soil_water.total_available_water(bed.field_capacity_pct, bed.wilting_point_pct, roots_m)
    return _Plot(bed, crop, roots_m, float(taw), digest(bed, crop))


def _hourly(soil: pd.DataFrame, site: Site, plots: Mapping[tuple[str, str], _Plot]) -> pd.DataFrame:
    """One row per hour of the beds that the site knows: the mean moisture, and whether any of it is of each origin."""
    known = pd.MultiIndex.from_frame(soil[_BED]).isin(list(plots))
    there = provenance.with_origins(soil[known & soil["moisture"].notna()], site)
    columns = {"moisture": "mean", **dict.fromkeys(provenance.ORIGINS, "max")}
    hours = there.groupby([*_BED, "time"], as_index=False).agg(columns)
    return hours.assign(start=local_days(hours["time"], site.zone))


def _days(hours: pd.DataFrame) -> pd.DataFrame:
    """One row per bed and day: hours there were, mean moisture of the last ones, when those end, and the origins."""
    by = [*_BED, "start"]
    days = hours.groupby(by)[list(provenance.ORIGINS)].max()
    days["n"] = hours.groupby(by).size()
    days["moisture"] = hours.groupby(by).tail(_LAST_HOURS).groupby(by)["moisture"].mean()
    days["heard"] = hours.groupby(by)["time"].max() + pd.Timedelta(hours=1)
    return days.reset_index()


def _with_weather(days: pd.DataFrame, weather: pd.DataFrame, site: Site) -> pd.DataFrame:
    known = weather[weather["n"] > 0].assign(start=lambda rows: local_days(rows["time"], site.zone))
    columns = ["lane", "start", "et0", "rain", "marks"]
    return days.merge(known[columns].rename(columns={"marks": "of_weather"}), on=["lane", "start"], how="left")


def _with_water(days: pd.DataFrame, log: pd.DataFrame, site: Site) -> pd.DataFrame:
    """What was typed as given [l], on the whole day and after the last reading."""
    by = [*_BED, "start"]
    entries = current(log)
    entries = entries[[*_BED, "time", "litres"]].assign(start=local_days(entries["time"], site.zone))
    of_day = entries.rename(columns={"time": "at"}).merge(days[[*by, "heard"]], on=by)
    of_day = of_day.assign(unseen=of_day["litres"].where(of_day["at"] >= of_day["heard"]))
    given = of_day.groupby(by)[["litres", "unseen"]].sum(min_count=1)
    return days.merge(given.rename(columns={"litres": "given"}), left_on=by, right_index=True, how="left")


def _row(plot: _Plot, day: Mapping[str, Any], expected: int) -> dict[str, Any]:
    bed, moisture, n, p = plot.bed, day["moisture"], day["n"], _fraction(plot.crop, day["et0"])
    capacity, wilting = bed.field_capacity_pct, bed.wilting_point_pct
    depletion = soil_water.depletion_from_moisture(moisture, capacity, wilting, plot.roots_m)
    state = soil_water.soil_state(moisture, field_capacity_pct=capacity, wilting_point_pct=wilting, p=p).state
    wanted = float(soil_water.litres_to_give(depletion, bed.area_m2, _EFFICIENCY)) if state == "dry" else 0.0
    generic = {provenance.STAND_IN} if plot.crop.generic else set()
    marks = provenance.of_origins(day) | provenance.marks_in(day["of_weather"] or "") | generic
    today = {name: day[name] for name in _TODAY}
    return {
        "start": day["start"],
        "lane": day["lane"],
        "bed": day["bed"],
        "moisture": moisture,
        "depletion": float(depletion),
        "raw_depth": float(soil_water.readily_available_water(plot.taw_mm, p)),
        "litres": max(0.0, wanted - (day["unseen"] or 0.0)),
        "state": state,
        "state_code": _CODES[str(state)],
        **today,
        "n": n,
        "expected": expected,
        "coverage": min(1.0, n / expected),
        "marks": provenance.text(marks),
        "inputs": digest(moisture, n, expected, plot.facts, today, day["unseen"], provenance.text(marks)),
    }


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The hours of the bed's day, and its water balance."""
    plot = _plots(site)[row["lane"], row["bed"]]
    hours = _hourly(frames["soil"], site, {(row["lane"], row["bed"]): plot})
    today = hours[hours["start"] == pd.Timestamp(row["start"])]
    local = today["time"].dt.tz_convert(site.timezone).dt.strftime("%H:%M")
    bed, p, roots = plot.bed, _fraction(plot.crop, row["et0"]), plot.roots_m
    last = ", ".join(f"{value:.4g}" for value in today["moisture"].tail(_LAST_HOURS))
    capacity, wilting = f"{bed.field_capacity_pct:g}", f"{bed.wilting_point_pct:g}"
    lines = (
        f"moisture = mean({last}) = {row['moisture']:.4g} %",
        f"depletion = 10 · ({capacity} - {row['moisture']:.4g}) · {roots:g} = {row['depletion']:.4g} mm",
        f"raw_depth = {p:.4g} · 10 · ({capacity} - {wilting}) · {roots:g} = {row['raw_depth']:.4g} mm",
        f"given today: {row['given'] or 0:g} L",
        f"{row['state']}: litres = {row['litres']:.4g} L on {bed.area_m2:g} m2",
    )
    return Worked(today.assign(hour=local)[["hour", "moisture"]], lines)


def _fraction(crop: CropWater, et0: float | None) -> float:
    """The depletion fraction p, for the day's heat where that is known."""
    if et0 is None or crop.kc_mid is None:
        return crop.p
    return float(soil_water.depletion_fraction(crop.p, crop.kc_mid * et0))


SOIL_STATE: Final = Indicator(
    name="soil_state",
    reads=(
        Source("soil", ("moisture",), window="1h", by=("lane", "bed", "node", "origin")),
        Source("lane_weather", ("et0", "rain", "n", "marks")),
        Source("water", ("entry", "version", "void", "litres", "node")),
    ),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=_LAST_HOURS, share=0.5),
    reach=Reach.OWN_PERIOD,
    method="3",
    source="FAO Irrigation and Drainage Paper 56, 1998, eq. 82, 83, 87 and Table 22 with its footnote",
    sentence=Label(
        id="Apakah tanah petak hari ini kering, baik atau basah, dan berapa liter air yang perlu disiramkan.",
        en="Whether a bed's soil is dry, good or wet today, and how many litres of water it wants.",
    ),
    formula="depletion = 10 · (capacity - moisture) · roots; dry above raw_depth = p · TAW; litres = depletion · area",
    compute=compute,
    workings=workings,
    facts=lambda site: {key: plot.facts for key, plot in _plots(site).items()},
    ages=True,
)
