"""Data completeness: which share of a lane's expected soil and air readings came and counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.periods import hours_so_far, local_days
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Site

_DAY: Final = ["lane", "start"]
_FIGURES: Final = ("share", "soil_share", "air_share", "beds_heard", "beds_total")
_COLUMNS: Final = ("start", "lane", *_FIGURES)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day on which a lane's soil or air was heard, by lane.

    An hour counts when it has at least one good reading: what failed its checks, or was flagged 4 later, does not.
    Every bed of the site's table is expected to be measured, one without a probe included: of it nothing is known.
    """
    soil, air = (
        _hours(frames["soil"], ["lane", "bed"], "moisture", site),
        _hours(frames["air"], ["lane"], "temperature", site),
    )
    known = soil[pd.MultiIndex.from_frame(soil[["lane", "bed"]]).isin(list(site.beds))]
    of_soil = known.groupby(_DAY).agg(soil=("bed", "size"), beds_heard=("bed", "nunique"))
    of_air = air[air["lane"].isin(list(site.lanes))].groupby(_DAY).agg(air=("time", "nunique"))
    origins = pd.concat([known, air]).groupby(_DAY)[list(provenance.ORIGINS)].max()
    days = of_soil.join(of_air, how="outer").fillna(0.0).join(origins).reset_index()
    rows = records(days)
    hours = {start: hours_so_far(start, site.zone, now_ms) for start in {row["start"] for row in rows}}
    beds = Counter(bed.lane for bed in site.beds.values())
    found = [_row(row, hours[row["start"]], beds[row["lane"]]) for row in rows]
    return pd.DataFrame(found, columns=[*_COLUMNS, *_ABOUT]).astype({"start": "datetime64[ns]"})


def _hours(samples: pd.DataFrame, by: list[str], field: str, site: Site) -> pd.DataFrame:
    """Each hour with a good reading once, with its origins."""
    good = provenance.with_origins(samples[samples[field].notna()], site)
    hours = good.groupby([*by, "time"], as_index=False)[list(provenance.ORIGINS)].max()
    return hours.assign(start=local_days(hours["time"], site.zone))


def _row(day: Mapping[str, Any], hours: int, beds: int) -> dict[str, Any]:
    n, expected = day["soil"] + day["air"], hours * (beds + 1)
    figures = {
        "share": 100 * min(1.0, n / expected),
        "soil_share": 100 * min(1.0, day["soil"] / (hours * beds)) if beds else None,
        "air_share": 100 * min(1.0, day["air"] / hours),
        "beds_heard": day["beds_heard"],
        "beds_total": beds,
    }
    return {
        **{name: day[name] for name in _DAY},
        **figures,
        "n": n,
        "expected": expected,
        "coverage": min(1.0, n / expected),
        "marks": provenance.text(provenance.of_origins(day)),
        "inputs": digest(figures, hours),
    }


DATA_COMPLETENESS: Final = Indicator(
    name="data_completeness",
    reads=(
        Source("soil", ("moisture",), window="1h", by=("lane", "bed", "node", "origin")),
        Source("air", ("temperature",), window="1h", by=("lane", "node", "origin")),
    ),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Plain counts of the hours with a good reading, against the hours of the day, for every bed and the air",
    sentence=Label(
        id="Berapa bagian bacaan tanah dan udara lorong yang datang dan dihitung pada satu hari.",
        en="Which share of a lane's soil and air readings of a day came and counted.",
    ),
    formula="share = hours with a good reading / (hours of the day so far · (beds + 1 for the air))",
    compute=compute,
    facts=lambda site: sorted(site.beds),
    ages=True,
)
