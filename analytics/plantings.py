"""Plantings as the log of events tells them: what stands in which bed since when, and what was picked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics import provenance
from analytics.entries import current
from analytics.periods import local_days

if TYPE_CHECKING:
    from commons.sites import Site

_BED: Final = ["lane", "bed"]
_CROP: Final = [*_BED, "commodity"]
PLANTING_FIELDS: Final = ("entry", "version", "void", "plants", "area", "node")
PICKING_FIELDS: Final = ("entry", "version", "void", "kg", "pieces")


def plantings(planting: pd.DataFrame, harvest: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Every planting of a crop in a bed that the site knows, in order of time; entries of one day are one planting.

    A later planting in the same bed ends it. What is harvested of that crop in that bed after its day and before its
    end is counted as its own: a harvest that names no bed belongs to no planting.

    Args:
        planting: The log of plantings, with `PLANTING_FIELDS`.
        harvest: The log of harvests, with `PICKING_FIELDS`.
        site: The city.

    Returns:
        Columns lane, bed, commodity, start (its day), plants, area [m2] (the bed's own where nobody said one, then
        `area_said` is False), entries (how many), until (the day of the next planting in that bed, or NaT), first and
        last (days of harvest, or NaT), harvests (how many), and whether any of it is of each origin.
    """
    standing = _standing(planting, site)
    days = standing[[*_BED, "start"]].drop_duplicates()
    days["until"] = days.groupby(_BED)["start"].shift(-1)
    standing = standing.merge(days, on=[*_BED, "start"], how="left")
    return standing.merge(_picked(harvest, standing, site), on=[*_CROP, "start"], how="left").fillna({"harvests": 0})


def _standing(log: pd.DataFrame, site: Site) -> pd.DataFrame:
    known = pd.MultiIndex.from_frame(log[_BED]).isin(list(site.beds)) & (log["commodity"] != "")
    entries = provenance.with_origins(current(log[known]), site)
    entries = entries.assign(start=local_days(entries["time"], site.zone), entries=1)
    groups = entries.groupby([*_CROP, "start"], as_index=False)
    found = groups.agg({"entries": "size", **dict.fromkeys(provenance.ORIGINS, "max")})
    amounts = groups[["plants", "area"]].sum(min_count=1)[["plants", "area"]]
    found = found.assign(plants=amounts["plants"], area_said=amounts["area"].notna())
    own = [site.beds[lane, bed].area_m2 for lane, bed in zip(found["lane"], found["bed"], strict=True)]
    area = amounts["area"].fillna(pd.Series(own, index=found.index, dtype="float64"))
    return found.assign(area=area).sort_values("start", kind="stable", ignore_index=True)


def _picked(log: pd.DataFrame, standing: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The first and the last day of harvest of each planting, and how many there were."""
    entries = current(log)
    entries = entries[entries[["kg", "pieces"]].gt(0).any(axis=1)]
    entries = entries.assign(day=local_days(entries["time"], site.zone)).sort_values("day", kind="stable")
    of = pd.merge_asof(
        entries[[*_CROP, "day"]],
        standing[[*_CROP, "start", "until"]],
        left_on="day",
        right_on="start",
        by=_CROP,
        allow_exact_matches=False,
    )
    own = of[of["start"].notna() & ~(of["day"] > of["until"])]
    days = own.groupby([*_CROP, "start"])["day"]
    return days.agg(first="min", last="max", harvests="size").reset_index()
