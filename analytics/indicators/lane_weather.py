"""Lane weather: a day's extremes, its rain, and the water that reference grass would have used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.methods import evapotranspiration as et
from analytics.periods import day_of, local_days, midnight_ms, next_start
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from commons.sites import Site

_DAY: Final = ["lane", "start"]
_ENOUGH: Final = 0.8  # of a day's hours: a morning alone knows neither the highest temperature nor the day's rain
_WIND_M_S, _WIND_HEIGHT_M = 2.0, 2.0  # FAO-56, chapter 3: what to take where no wind is measured
_COLUMNS: Final = (
    "start",
    "lane",
    "temperature_min",
    "temperature_max",
    "humidity_min",
    "humidity_max",
    "rain",
    "et0",
    "et0_method",
)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_EXTREMES: Final = _COLUMNS[2:6]


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day that is over and has air readings, by lane.

    Extremes are those of hourly means. Reference evapotranspiration is by Penman-Monteith where humidity is known:
    radiation from the day's span of temperature (a light sensor between houses measures shade), wind taken as 2 m/s.
    Without humidity it is by Hargreaves, with the mark `stand_in`. Rain is the mean of the lane's gauges that worked.
    """
    today = day_of(now_ms, site.zone)
    air = _air(frames["air"], site)
    days = air[air["start"] < pd.Timestamp(today)].assign(expected=lambda rows: hours_of(rows["start"], site.zone))
    days = days.merge(_rain(frames["rain"], site), on=_DAY, how="left")
    days = _with_et0(days, site)
    rows = [_row(day) for day in records(days)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT]).astype({"start": "datetime64[ns]"})


def hours_of(starts: pd.Series[pd.Timestamp], zone: ZoneInfo) -> pd.Series[int]:
    """How many hours each of these days has: a change of the clocks makes it 23 or 25."""
    known = {start: _hours(start.date(), zone) for start in starts.drop_duplicates()}
    return starts.map(known).astype("int64")


def _hours(day: date, zone: ZoneInfo) -> int:
    return round((midnight_ms(next_start(day, "day"), zone) - midnight_ms(day, zone)) / 3_600_000)


def _air(air: pd.DataFrame, site: Site) -> pd.DataFrame:
    """One row per lane and day: extremes, hours with each quantity, and origins."""
    known = provenance.with_origins(air[air["lane"].isin(list(site.lanes)) & air["temperature"].notna()], site)
    columns = {"temperature": "mean", "humidity": "mean", **dict.fromkeys(provenance.ORIGINS, "max")}
    hours = known.groupby(["lane", "time"], as_index=False).agg(columns)
    hours = hours.assign(start=local_days(hours["time"], site.zone))
    days: pd.DataFrame = hours.groupby(_DAY, as_index=False).agg(
        temperature_min=("temperature", "min"),
        temperature_max=("temperature", "max"),
        humidity_min=("humidity", "min"),
        humidity_max=("humidity", "max"),
        humid=("humidity", "count"),
        n=("temperature", "count"),
        **{origin: (origin, "max") for origin in provenance.ORIGINS},
    )
    return days


def _rain(rain: pd.DataFrame, site: Site) -> pd.DataFrame:
    """A day's rain [mm], of the gauges that were heard through most of its hours."""
    hours = rain[rain["depth"].notna()].groupby(["lane", "node", "time"], as_index=False)["depth"].mean()
    hours = hours.assign(start=local_days(hours["time"], site.zone))
    gauges = hours.groupby(["node", *_DAY], as_index=False).agg(depth=("depth", "sum"), hours=("depth", "size"))
    whole = gauges[gauges["hours"] >= _ENOUGH * hours_of(gauges["start"], site.zone)]
    days: pd.DataFrame = whole.groupby(_DAY, as_index=False).agg(rain=("depth", "mean"))
    return days


def _with_et0(days: pd.DataFrame, site: Site) -> pd.DataFrame:
    latitude = days["lane"].map({lane.slug: lane.lat for lane in site.lanes.values()}).to_numpy(dtype=float)
    low, high, number = days["temperature_min"], days["temperature_max"], days["start"].dt.day_of_year
    above = et.extraterrestrial_radiation(latitude, number)
    by_penman = et.penman_monteith_daily(
        low,
        high,
        vapour_pressure_kpa=et.actual_vapour_pressure(
            low, high, rh_min_pct=days["humidity_min"], rh_max_pct=days["humidity_max"]
        ),
        radiation_mj=et.solar_radiation_from_temperatures(low, high, above),
        wind_m_s=_WIND_M_S,
        wind_height_m=_WIND_HEIGHT_M,
        elevation_m=site.elevation_m,
        latitude_deg=latitude,
        day_of_year=number,
    )
    is_humid = days["humid"] >= _ENOUGH * days["expected"]
    et0 = np.where(is_humid, by_penman, et.hargreaves(low, high, above))
    return days.assign(et0=et0, et0_method=np.where(is_humid, "penman_monteith", "hargreaves"))


def _row(day: Mapping[str, Any]) -> dict[str, Any]:
    fallback = day["et0_method"] == "hargreaves"
    marks = provenance.of_origins(day) | ({provenance.STAND_IN} if fallback else set())
    return {
        **{name: day[name] for name in _COLUMNS},
        "n": day["n"],
        "expected": day["expected"],
        "coverage": day["n"] / day["expected"],
        "marks": provenance.text(marks),
        "inputs": digest([day[name] for name in (*_EXTREMES, "rain", "et0", "n", "et0_method")]),
    }


LANE_WEATHER: Final = Indicator(
    name="lane_weather",
    reads=(
        Source("air", ("temperature", "humidity"), window="1h", by=("lane", "node", "origin")),
        Source("rain", ("depth",), window="1h", by=("lane", "node")),
    ),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=1, share=_ENOUGH),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="FAO Irrigation and Drainage Paper 56, 1998, chapters 3 and 4, eq. 6, 17, 50; eq. 52 without humidity",
    sentence=Label(
        id="Suhu dan kelembapan tertinggi dan terendah, hujan, dan air yang menguap dari rumput acuan pada satu hari.",
        en="A day's highest and lowest temperature and humidity, its rain, and the water that reference grass uses.",
    ),
    formula="et0 = (0.408 Δ Rn + γ · 900/(T + 273) · u2 · (es - ea)) / (Δ + γ (1 + 0.34 u2)), u2 = 2 m/s",
    compute=compute,
    facts=lambda site: [[lane.slug, lane.lat] for lane in site.lanes.values()] + [site.elevation_m],
)
