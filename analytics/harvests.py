"""What was harvested: entries as they stand, those that are believed, and their sums by week and month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import provenance
from analytics.entries import current
from analytics.periods import local_days
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from analytics.periods import Period
    from commons.sites import Site

SAID: Final = ("entry", "version", "void", "node", "kg", "pieces", "nothing")
"""The fields of `harvest` that `reports` needs."""

DOUBTS: Final = ("left_out", "detail")
"""The fields of `harvest_doubt` that `believed` needs."""

SUMS: Final = ("kg", "n", "expected", "coverage", "marks", "revision")
"""The fields of `garden_harvest` that `of_foods` and `of_all` need."""

PERIODS: Final[tuple[Period, ...]] = ("week", "month")
WHERE: Final = ["period", "start", "place"]
DAYS_PER_WEEK: Final = 7
_UNNAMED: Final = ["lane", "bed", "commodity", "origin"]


def reports(log: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Entries that hold and say something, of the site's lanes, each with its local `day` and `provenance.ORIGINS`.

    An entry without an id, as devices with a format of their own send it, is called after its moment and tags.

    Args:
        log: Rows of `harvest`, all versions.
        site: The city.
    """
    entries = current(log.assign(entry=log["entry"].where(log["entry"] != "", _moments(log))))
    says = entries[["kg", "pieces"]].notna().any(axis=1) | (entries["nothing"] == 1)
    entries = entries[says & entries["lane"].isin(list(site.lanes))]
    return provenance.with_origins(entries, site).assign(day=local_days(entries["time"], site.zone))


def areas(entries: pd.DataFrame, site: Site) -> pd.Series[float]:
    """What each entry was taken from [m2]: its bed, or all the lane's beds with that crop; NaN where there is none."""
    beds = pd.DataFrame(
        [(bed.lane, bed.slug, bed.crop, bed.area_m2) for bed in site.beds.values()],
        columns=["lane", "bed", "commodity", "area"],
    )
    by_bed = beds.set_index(["lane", "bed"])["area"]
    by_crop = beds.groupby(["lane", "commodity"])["area"].sum()
    own = by_bed.reindex(pd.MultiIndex.from_frame(entries[["lane", "bed"]])).to_numpy()
    crop = by_crop.reindex(pd.MultiIndex.from_frame(entries[["lane", "commodity"]])).to_numpy()
    return pd.Series(own, index=entries.index, dtype=float).fillna(pd.Series(crop, index=entries.index, dtype=float))


def believed(entries: pd.DataFrame, doubts: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The entries without those that `harvest_doubt` leaves out.

    Args:
        entries: As `reports` gives them.
        doubts: Rows of `harvest_doubt`.
        site: The city.
    """
    held = doubts[doubts["left_out"] == 1]
    named = held.assign(day=local_days(held["time"], site.zone), entry=held["detail"].str.split(" ")).explode("entry")
    keys = ["lane", "commodity", "day", "entry"]
    out = pd.MultiIndex.from_frame(named[keys])
    return entries[~pd.MultiIndex.from_frame(entries[keys]).isin(out)]


def _moments(log: pd.DataFrame) -> pd.Series[str]:
    moments = log["time"].astype("int64").astype(str)
    for tag in _UNNAMED:
        moments = moments + "/" + log[tag]
    return moments


def of_foods(harvest: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Rows of `garden_harvest` of single foods in weeks and months, each with its `start`, in a fixed order."""
    kept = harvest[(harvest["commodity"] != ALL_FOODS) & harvest["period"].isin(PERIODS) & harvest["kg"].notna()]
    return _started(kept, site)


def of_all(harvest: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Rows of `garden_harvest` of all foods together in weeks and months, by `WHERE`."""
    kept = harvest[(harvest["commodity"] == ALL_FOODS) & harvest["period"].isin(PERIODS)]
    return _started(kept, site).set_index(WHERE)


def people_days(rows: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The people of each row's place and the days of its period; of a place whose people are not known, none.

    Args:
        rows: Columns `place`, `period` and `start`.
        site: The city.
    """
    known = {slug: place.population for slug, place in site.places.items() if place.population}
    month = rows["start"].dt.days_in_month
    days = month.where(rows["period"] == "month", DAYS_PER_WEEK)
    return pd.DataFrame({"people": rows["place"].map(known).astype(float), "days": days}, index=rows.index)


def people(site: Site) -> object:
    """How many people live where, as far as the site says."""
    return {slug: place.population for slug, place in site.places.items()}


def _started(rows: pd.DataFrame, site: Site) -> pd.DataFrame:
    dated = rows.assign(start=local_days(rows["time"], site.zone))
    return dated.sort_values([*WHERE, "commodity"], ignore_index=True)
