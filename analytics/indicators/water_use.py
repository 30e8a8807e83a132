"""Water use: litres given to each bed and lane against what its crops needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.crops import seasons
from analytics.entries import current
from analytics.frames import records
from analytics.indicators.harvest_outlook import SOURCES
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.periods import day_of, local_days, next_start, starts
from analytics.plantings import plantings
from analytics.reports import PERIODS
from analytics.revision import digest
from analytics.water_need import water_need
from commons.catalogue import Label
from commons.marks import ALL_BEDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from analytics.periods import Period
    from commons.sites import Site

_KEYS: Final = ["period", "start", "lane", "bed"]
_DAY: Final = ["lane", "bed", "start"]
_MARKS: Final = (*provenance.ORIGINS, provenance.STAND_IN, provenance.UNVERIFIED)
_SUMS: Final = ["given", "need", "crop_use", "given_known"]
_COLUMNS: Final = ("start", "lane", "bed", "period", "given", "need", "crop_use", "ratio", "entries")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_ENOUGH_DAYS: Final = 0.5


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day, week and month up to yesterday in which anything was typed or the need is known, by bed and lane.

    What nobody typed is missing, not 0: a lane in which no watering was typed in a whole period has no `given`. Within
    a lane and period in which somebody types, a day without an entry is a day without water. The need of a week or a
    month is that of the days whose weather is known, and is left out where those are fewer than half.
    """
    weather = frames["lane_weather"]
    weather = weather[weather["n"] > 0].assign(start=lambda rows: local_days(rows["time"], site.zone))
    need = water_need(weather, plantings(frames["planting"], frames["harvest"], site), site)
    given = _given(frames["water"], site, pd.Timestamp(day_of(now_ms, site.zone)))
    days = need.merge(given, on=_DAY, how="outer", suffixes=("", "_typed"))
    days = days.assign(**{name: _either(days, name) for name in provenance.ORIGINS}).fillna(
        {provenance.STAND_IN: False, provenance.UNVERIFIED: False, "entries": 0.0}
    )
    days = days.assign(known=days["need"].notna(), given_known=days["given"].where(days["need"].notna()))
    every = pd.concat([days, _lanes(days)], ignore_index=True)
    dated = [every.assign(period=period, start=starts(every["start"], period)) for period in PERIODS]
    rows = records(_added(pd.concat(dated, ignore_index=True)))
    expected = {key: _days(key[0], key[1], site, now_ms) for key in {(row["start"], row["period"]) for row in rows}}
    return pd.DataFrame(
        [_row(row, expected[row["start"], row["period"]]) for row in rows], columns=[*_COLUMNS, *_ABOUT]
    ).astype({"start": "datetime64[ns]"})


def _given(log: pd.DataFrame, site: Site, today: pd.Timestamp) -> pd.DataFrame:
    entries = provenance.with_origins(current(log), site)
    known = pd.MultiIndex.from_frame(entries[["lane", "bed"]]).isin(list(site.beds))
    entries = entries[known & entries["litres"].notna()]
    entries = entries.assign(start=local_days(entries["time"], site.zone).astype("datetime64[ns]"))
    entries = entries[entries["start"] < today]
    return entries.groupby(_DAY, as_index=False).agg(
        given=("litres", "sum"),
        entries=("litres", "size"),
        **{name: (name, "max") for name in provenance.ORIGINS},
    )


def _either(days: pd.DataFrame, name: str) -> pd.Series[bool]:
    return days[name].eq(other=True) | days[f"{name}_typed"].eq(other=True)


def _lanes(days: pd.DataFrame) -> pd.DataFrame:
    """All beds of a lane together, by day: the need of those whose need is known, and what those were given."""
    amounts = days.groupby(["lane", "start"])[_SUMS].sum(min_count=1)
    rest = days.groupby(["lane", "start"])[["entries", "known", *_MARKS]].agg(
        {"entries": "sum", "known": "max", **dict.fromkeys(_MARKS, "max")}
    )
    return amounts.join(rest).reset_index().assign(bed=ALL_BEDS)


def _added(dated: pd.DataFrame) -> pd.DataFrame:
    groups = dated.groupby(_KEYS)
    sums = groups[_SUMS].sum(min_count=1)
    rest = groups[["entries", "known", *_MARKS]].agg({"entries": "sum", "known": "sum", **dict.fromkeys(_MARKS, "max")})
    return sums.join(rest).reset_index()


def _days(start: date, period: Period, site: Site, now_ms: int) -> int:
    """The days of the period that are over."""
    return (min(next_start(start, period), day_of(now_ms, site.zone)) - start).days


def _row(row: Mapping[str, Any], expected: int) -> dict[str, Any]:
    coverage = row["known"] / expected
    enough = coverage >= _ENOUGH_DAYS
    need, used = (row["need"], row["crop_use"]) if enough else (None, None)
    given = row["given_known"]
    figures = {
        "given": row["given"],
        "need": need,
        "crop_use": used,
        "ratio": 100 * given / need if need and given is not None else None,
        "entries": row["entries"],
    }
    return {
        **{name: row[name] for name in _KEYS},
        **figures,
        "n": row["known"] + row["entries"],
        "expected": None,
        "coverage": coverage,
        "marks": provenance.text(mark for mark in _MARKS if row[mark]),
        "inputs": digest(figures, row["known"], expected),
    }


WATER_USE: Final = Indicator(
    name="water_use",
    reads=(
        Source("water", ("entry", "version", "void", "litres", "node")),
        Source("lane_weather", ("rain", "et0", "n", "marks")),
        *SOURCES,
    ),
    periods=PERIODS,
    place="lane",
    coverage=AtLeast(count=1),
    reach=Reach.ALL_AFTER,
    method="1",
    source="FAO Irrigation and Drainage Paper 56, 1998, eq. 58, 66, chapter 8, Table 12; stages unverified",
    sentence=Label(
        id="Berapa liter air yang disiramkan, dan berapa liter yang dibutuhkan tanaman setelah dikurangi hujan.",
        en="How many litres were given, and how many the crops needed once rain is taken off.",
    ),
    formula="need = Σ days max(0, Kc · ET0 - rain that reaches the roots) · area; ratio = given / need",
    compute=compute,
    facts=lambda site: [sorted(seasons().items()), {key: (bed.crop, bed.area_m2) for key, bed in site.beds.items()}],
)
