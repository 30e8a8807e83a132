"""Harvest expected: what is due this week and next, from the lane up to the city, and what is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.crops import seasons
from analytics.entries import current
from analytics.frames import records
from analytics.indicators.harvest_outlook import SOURCES
from analytics.indicators.indicator import Indicator, Reach
from analytics.methods.harvest_outlook import expected_share
from analytics.periods import day_of, local_days, starts
from analytics.plantings import plantings
from analytics.reports import above, level, spread
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from commons.sites import Site

_WEEK: Final = 7
_REPORTING_DAYS: Final = 28
_KEYS: Final = ["start", "place", "commodity"]
_KG: Final = ("kg_low", "kg_typical", "kg_high")
_MARKS: Final = (*provenance.ORIGINS, provenance.IMPUTED, provenance.UNVERIFIED)
_COLUMNS: Final = ("start", "level", "place", "commodity", *_KG, "plantings", "overdue")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_SEASON: Final = ("days_min", "days_max", "window_d", *_KG)


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every week from the first planting to the coming one, by place and food and of all foods together.

    A week's expectation is that of its first morning: only harvests before it are known. A planting not yet harvested
    is as likely to be ready on each day left of its range; one already begun gives the same on each day of its picking
    window. One whose range is past without a harvest is overdue: counted, not in kilograms, until as much time has gone
    by again. Of a lane that has typed no report for four weeks nobody knows that: its silence is no report.
    """
    weeks = _by_week(_known(plantings(frames["planting"], frames["harvest"], site)), site, now_ms)
    due = _expected(_with_reports(weeks, frames["harvest"], site))
    places = pd.DataFrame([(lane, place) for lane, chain in above(site).items() for place in chain])
    placed = due.merge(places.set_axis(["lane", "place"], axis=1), on="lane")
    every = pd.concat([placed, placed.assign(commodity=ALL_FOODS)], ignore_index=True)
    columns = {**dict.fromkeys((*_KG, "plantings", "overdue"), "sum"), **dict.fromkeys(_MARKS, "max")}
    found = every.groupby(_KEYS, as_index=False).agg(columns)
    return pd.DataFrame([_row(week, site) for week in records(found)], columns=[*_COLUMNS, *_ABOUT]).astype(
        {"start": "datetime64[ns]"}
    )


def _known(found: pd.DataFrame) -> pd.DataFrame:
    """Plantings of crops in the table, with the crop's figures and what their marks will be."""
    table = pd.DataFrame.from_dict(
        {name: (s.days_min, s.days_max, s.window_d, *s.kg_m2, bool(s.unverified)) for name, s in seasons().items()},
        orient="index",
        columns=[*_SEASON, provenance.UNVERIFIED],
    )
    known = found.merge(table, left_on="commodity", right_index=True)
    kg = {name: known[name] * known["area"] for name in _KG}
    return known.assign(**kg, **{provenance.IMPUTED: ~known["area_said"]})


def _by_week(known: pd.DataFrame, site: Site, now_ms: int) -> pd.DataFrame:
    """One row per planting and week from its own to its end, but none beyond the coming one."""
    this_week = starts(pd.Series([pd.Timestamp(day_of(now_ms, site.zone))]), "week")[0]
    last_week = this_week + timedelta(days=_WEEK)
    forgotten = known["start"] + pd.to_timedelta(2 * known["days_max"] + known["window_d"], unit="D")
    first_week = starts(known["start"], "week")
    until = pd.concat([forgotten, known["until"]], axis=1).assign(last=last_week).min(axis=1)
    number = ((until - first_week).dt.days // _WEEK + 1).clip(lower=0)
    rows = known.loc[known.index.repeat(number)]
    after = rows.groupby(level=0).cumcount()
    rows = rows.assign(week=starts(rows["start"], "week") + pd.to_timedelta(after * _WEEK, unit="D"))
    return rows.reset_index(drop=True)


def _with_reports(rows: pd.DataFrame, log: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The last day before each week on which the lane typed anything of a harvest, "nothing" included."""
    entries = current(log)
    typed = entries[["lane"]].assign(reported=local_days(entries["time"], site.zone).astype("datetime64[ns]"))
    return pd.merge_asof(
        rows.astype({"week": "datetime64[ns]"}).sort_values("week", kind="stable"),
        typed.drop_duplicates().sort_values("reported", kind="stable"),
        left_on="week",
        right_on="reported",
        by="lane",
        allow_exact_matches=False,
    )


def _expected(rows: pd.DataFrame) -> pd.DataFrame:
    begin = _days(rows["week"])
    planted, first = _days(rows["start"]), _days(rows["first"])
    begun = first < begin
    earliest = np.where(begun, first, np.maximum(planted + rows["days_min"], begin))
    latest = np.where(begun, first, planted + rows["days_max"])
    share = expected_share(begin, begin + _WEEK, earliest=earliest, latest=latest, window_d=rows["window_d"])
    stands = ~(rows["until"] <= rows["week"]).to_numpy()
    heard = begin - _days(rows["reported"]) <= _REPORTING_DAYS
    overdue = (latest < begin) & ~begun & stands & heard
    share = np.where(stands, share, 0.0)
    rows = rows.assign(
        **{name: rows[name] * share for name in _KG},
        plantings=(share > 0).astype(float),
        overdue=overdue.astype(float),
        start=rows["week"],
    )
    counted: pd.DataFrame = rows[(share > 0) | overdue]
    return counted


def _days(moments: pd.Series[pd.Timestamp]) -> NDArray[np.float64]:
    """Days since 1970, NaN where there is none."""
    return np.asarray((moments - pd.Timestamp(0)).dt.days, dtype=np.float64)


def _row(week: Mapping[str, Any], site: Site) -> dict[str, Any]:
    figures = {name: week[name] for name in (*_KG, "plantings", "overdue")}
    marks = provenance.text(mark for mark in _MARKS if week[mark])
    return {
        **{name: week[name] for name in _KEYS},
        **figures,
        "level": level(site, week["place"]),
        "n": week["plantings"] + week["overdue"],
        "expected": None,
        "coverage": None,
        "marks": marks,
        "inputs": digest(figures),
    }


HARVEST_EXPECTED: Final = Indicator(
    name="harvest_expected",
    reads=SOURCES,
    periods=("week",),
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.ALL_AFTER,
    method="1",
    source="Each planting's range of days and typical yield (crops.csv, unverified), spread evenly over its days",
    sentence=Label(
        id="Berapa kilogram yang diperkirakan dipanen minggu ini dan minggu depan, dan berapa penanaman terlambat.",
        en="How many kilograms are expected to be harvested this week and next, and how many plantings are overdue.",
    ),
    formula="kg = Σ over plantings of area · yield by m2 · share of the harvest's possible days in the week",
    compute=compute,
    spread=spread,
    facts=lambda site: [sorted(seasons().items()), above(site), {key: bed.area_m2 for key, bed in site.beds.items()}],
    ages=True,
    ahead_days=_WEEK,
)
