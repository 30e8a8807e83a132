"""Comfort: how hot a lane feels to the people who work there, and how thirsty its air is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.methods.comfort import dew_point, heat_index, vapour_pressure_deficit
from analytics.periods import hours_so_far, local_days
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Site

_FIGURES: Final = ("heat_index_max", "vpd_mean", "vpd_max", "dew_point")
_COLUMNS: Final = ("start", "lane", *_FIGURES)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day with hours that have both temperature and humidity, by lane; figures are those of hourly means."""
    air = frames["air"]
    known = air[air["lane"].isin(list(site.lanes)) & air[["temperature", "humidity"]].notna().all(axis=1)]
    columns = {"temperature": "mean", "humidity": "mean", **dict.fromkeys(provenance.ORIGINS, "max")}
    hours = provenance.with_origins(known, site).groupby(["lane", "time"], as_index=False).agg(columns)
    felt = hours["temperature"].to_numpy(), hours["humidity"].to_numpy()
    hours = hours.assign(
        start=local_days(hours["time"], site.zone),
        heat=heat_index(*felt),
        vpd=vapour_pressure_deficit(*felt),
        dew=dew_point(*felt),
    )
    days = hours.groupby(["lane", "start"], as_index=False).agg(
        heat_index_max=("heat", "max"),
        vpd_mean=("vpd", "mean"),
        vpd_max=("vpd", "max"),
        dew_point=("dew", "mean"),
        n=("heat", "size"),
        **{origin: (origin, "max") for origin in provenance.ORIGINS},
    )
    rows = records(days)
    expected = {start: hours_so_far(start, site.zone, now_ms) for start in {row["start"] for row in rows}}
    return pd.DataFrame([_row(row, expected[row["start"]]) for row in rows], columns=[*_COLUMNS, *_ABOUT])


def _row(day: Mapping[str, Any], expected: int) -> dict[str, Any]:
    return {
        **day,
        "expected": expected,
        "coverage": min(1.0, day["n"] / expected),
        "marks": provenance.text(provenance.of_origins(day)),
        "inputs": digest([day[name] for name in _FIGURES], day["n"], expected),
    }


COMFORT: Final = Indicator(
    name="comfort",
    reads=(Source("air", ("temperature", "humidity"), window="1h", by=("lane", "node", "origin")),),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=3, share=0.5),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="US National Weather Service, The Heat Index Equation (Rothfusz, SR 90-23, 1990); FAO-56, 1998, eq. 11",
    sentence=Label(
        id="Sepanas apa lorong terasa bagi orang di tempat teduh pada jam terpanas, dan seberapa haus udaranya.",
        en="How hot the lane feels to people in the shade in its hottest hour, and how thirsty its air is.",
    ),
    formula="heat_index_max = max over hours of HI(T, RH); vpd = e°(T) · (1 - RH/100)",
    compute=compute,
    ages=True,
)
