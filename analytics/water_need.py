"""What the crops of a city's beds used each day, and what of it rain did not bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.crops import crop_water, seasons
from analytics.methods.crop import crop_coefficient
from analytics.methods.rain import effective_rain_daily
from analytics.provenance import ORIGINS, STAND_IN, UNVERIFIED, marks_in

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from commons.sites import Site

_BED: Final = ["lane", "bed"]


def water_need(weather: pd.DataFrame, standing: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Litres by bed and day, for the days whose weather is known.

    A crop's coefficient is that of its age. Where no planting is known, it is that of the site's crop in full leaf,
    and counts as a stand-in. A bed whose planting is over, or whose crop FAO-56 does not list, has no need that anybody
    knows. Rain below a fifth of the day's ET0 counts for nothing; what falls beyond the day's use runs through, for a
    bed kept at field capacity has no room for it.

    Args:
        weather: `lane_weather` with its local day as `start`.
        standing: See `plantings`.
        site: The city.

    Returns:
        Columns lane, bed, start, crop_use and need [L] (NaN = not known), and a column for each mark: whether it holds.
    """
    beds = pd.DataFrame(
        [(bed.lane, bed.slug, bed.crop, bed.area_m2) for bed in site.beds.values()],
        columns=[*_BED, "crop", "area_m2"],
    )
    marks = [set[str](marks_in(text)) for text in weather["marks"]]
    held = {mark: [mark in each for each in marks] for mark in (*ORIGINS, STAND_IN)}
    days = weather.assign(**held).merge(beds, on="lane").sort_values("start", kind="stable")
    planted = standing.rename(columns={"start": "planted"})[[*_BED, "commodity", "planted", "last", "harvests"]]
    days = pd.merge_asof(
        days.astype({"start": "datetime64[ns]"}),
        planted.astype({"planted": "datetime64[ns]"}).sort_values("planted", kind="stable"),
        left_on="start",
        right_on="planted",
        by=_BED,
    )
    return _litres(_with_kc(days))


def _with_kc(days: pd.DataFrame) -> pd.DataFrame:
    unknown = days["planted"].isna()
    usual = days["crop"].map({crop: _or_nan(crop_water(crop).kc_mid) for crop in days["crop"].unique()})
    kc = np.where(unknown, usual.to_numpy(dtype=float), np.nan)
    for commodity, rows in days[~unknown].groupby("commodity"):
        kc[days.index.get_indexer(rows.index)] = _kc_by_age(commodity, rows)
    stand_in = days[STAND_IN] | unknown
    return days.assign(kc=kc, **{STAND_IN: stand_in, UNVERIFIED: ~unknown})


def _kc_by_age(commodity: Hashable, rows: pd.DataFrame) -> NDArray[np.float64]:
    season = seasons().get(str(commodity))
    if season is None or season.kc is None:
        return np.full(len(rows), np.nan)
    age = (rows["start"] - rows["planted"]).dt.days + 1
    kc = crop_coefficient(age, stages_d=season.stages_d, kc=season.kc)
    harvested = (season.window_d == 0) & (rows["start"] > rows["last"])
    standing: NDArray[np.float64] = np.where(harvested, np.nan, kc)
    return standing


def _litres(days: pd.DataFrame) -> pd.DataFrame:
    used_mm = days["kc"] * days["et0"]
    reaching = effective_rain_daily(days["rain"], days["et0"])
    return days.assign(
        crop_use=used_mm * days["area_m2"],
        need=np.maximum(used_mm - reaching, 0.0) * days["area_m2"],
    )[[*_BED, "start", "crop_use", "need", *ORIGINS, STAND_IN, UNVERIFIED]]


def _or_nan(number: float | None) -> float:
    return np.nan if number is None else number
