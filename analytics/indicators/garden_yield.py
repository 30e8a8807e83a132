"""Garden yield: each lane's harvest by square metre against the city's median, with the ranks it may have."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.methods.ranking import rank_range
from analytics.methods.supply import yield_per_m2
from analytics.periods import day_of, local_days, next_start, starts
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from datetime import date

    from analytics.indicators.indicator import Frames
    from commons.sites import Site

_ENOUGH: Final = AtLeast(count=3, share=0.6)
"""Weeks reported in the month: with fewer, a single harvest decides."""
_FEWEST_LANES: Final = 3
_NINETY_PER_CENT: Final = 1.645  # standard errors on each side
_MONTH: Final = ["lane", "start"]
_FIGURES: Final = (
    "kg",
    "area",
    "kg_m2",
    "kg_m2_week",
    "low",
    "high",
    "median",
    "ratio",
    "rank_best",
    "rank_worst",
    "lanes_ranked",
)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every month from `frames.since` on in which a lane reported, by lane.

    Weeks are the unit of reporting: those that a report lies in. The range is that of the weekly mean when the weeks
    are taken as a sample of what the lane's garden gives. Lanes with enough reports are compared with one another, and
    ranked where there are at least three; where their ranges overlap, so do their ranks.
    """
    months = _months(_reports(frames, site), site)
    expected = {start: _weeks(start.date(), site, now_ms) for start in months["start"].unique()}
    months = months.assign(expected=months["start"].map(expected).astype(float))
    months = months.assign(coverage=np.minimum(1.0, months["n"] / months["expected"]))
    compared = [_compared(of_month) for _, of_month in months.groupby("start")]
    found = pd.concat([months.head(0), *compared]) if compared else months
    found = found.reindex(columns=["start", "lane", *_FIGURES, *_ABOUT[:-1]])
    inputs = [digest(list(row)) for row in found[[*_FIGURES, "n", "expected"]].itertuples(index=False, name=None)]
    return found.assign(inputs=pd.Series(inputs, index=found.index, dtype="str"))


def _reports(frames: Frames, site: Site) -> pd.DataFrame:
    """A lane's days with a report, weighed or not, with its month and week."""
    harvest = frames["garden_harvest"]
    harvest = harvest.assign(day=local_days(harvest["time"], site.zone))
    harvest = harvest[harvest["day"] >= pd.Timestamp(frames.since)]
    is_day = (harvest["level"] == "lane") & (harvest["period"] == "day") & (harvest["commodity"] == ALL_FOODS)
    rows = harvest[is_day & (harvest["n"] > 0) & harvest["place"].isin(list(_areas(site)))]
    return rows.assign(lane=rows["place"], start=starts(rows["day"], "month"), week=starts(rows["day"], "week"))


def _months(reports: pd.DataFrame, site: Site) -> pd.DataFrame:
    weeks = reports.groupby([*_MONTH, "week"])["kg"].sum(min_count=1).reset_index()
    weeks["m2"] = weeks["kg"] / weeks["lane"].map(_areas(site)).astype(float)
    by_month = weeks.groupby(_MONTH)
    months = by_month.agg(n=("week", "size"), mean=("m2", "mean"), spread=("m2", "std"))
    months = months.assign(kg=by_month["kg"].sum(min_count=1)).reset_index()
    error = months["spread"].fillna(0.0) / np.sqrt(months["n"])
    marks = reports.groupby(_MONTH)["marks"].agg(lambda texts: provenance.text(_inherited(texts)))
    area = months["lane"].map(_areas(site)).astype(float)
    return months.assign(
        area=area,
        kg_m2=yield_per_m2(months["kg"], area),
        kg_m2_week=months["mean"],
        low=(months["mean"] - _NINETY_PER_CENT * error).clip(lower=0),
        high=months["mean"] + _NINETY_PER_CENT * error,
    ).merge(marks.reset_index(), on=_MONTH)


def _inherited(texts: pd.Series[str]) -> set[str]:
    """All marks but that of a day that still runs: the month has its own."""
    return {mark for text in texts for mark in provenance.marks_in(text)}


def _compared(month: pd.DataFrame) -> pd.DataFrame:
    enough = _ENOUGH.admits(month["n"], month["coverage"]) & month["kg_m2_week"].notna()
    ranked = month[enough]
    if len(ranked) < _FEWEST_LANES:
        return month.assign(lanes_ranked=float(len(ranked)))
    best, worst = rank_range(ranked["low"], ranked["high"])
    median = float(ranked["kg_m2_week"].median())
    ranks = pd.DataFrame({"rank_best": best, "rank_worst": worst}, index=ranked.index, dtype=float)
    ratio = 100 * month["kg_m2_week"] / median if median else np.nan
    return month.assign(median=median, ratio=ratio, lanes_ranked=float(len(ranked))).join(ranks)


def _weeks(start: date, site: Site, now_ms: int) -> int:
    """The weeks that the month touches, of a running one those up to today."""
    days = pd.Series(pd.date_range(start, min(next_start(start, "month"), day_of(now_ms, site.zone)), inclusive="left"))
    return max(1, starts(days, "week").nunique()) if len(days) else 1


def _areas(site: Site) -> dict[str, float]:
    """The area of each lane's beds with a crop [m2]."""
    found: dict[str, float] = defaultdict(float)
    for bed in site.beds.values():
        if bed.crop:
            found[bed.lane] += bed.area_m2
    return dict(found)


def _every_lane(site: Site, place: str) -> list[str]:
    """One lane's harvest moves the median of all."""
    return sorted(_areas(site)) if place in site.lanes else []


GARDEN_YIELD: Final = Indicator(
    name="garden_yield",
    reads=(Source("garden_harvest", ("kg", "n", "marks")),),
    periods=("month",),
    place="lane",
    coverage=_ENOUGH,
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Plain quotient; ranks in the manner of Goldstein and Spiegelhalter, J. R. Stat. Soc. A 159, 1996",
    sentence=Label(
        id="Berapa kilogram per meter persegi yang dihasilkan lorong, dibandingkan dengan nilai tengah semua lorong.",
        en="How many kilograms a square metre of the lane's beds gives, against the median of all lanes.",
    ),
    formula="kg_m2 = kg / area; range = weekly mean ± 1.645 · sd / √weeks; ratio = kg_m2_week / median",
    compute=compute,
    spread=_every_lane,
    facts=_areas,
    ages=True,
)
