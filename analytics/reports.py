"""What lanes report, put where it belongs: each entry once for each kind of period and each place above its lane."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.entries import current
from analytics.periods import local_days, starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analytics.periods import Period
    from commons.sites import Site

PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month")
WHERE: Final = ["period", "start", "place"]


def above(site: Site) -> dict[str, list[str]]:
    """Each lane with the places that it lies in, itself first."""
    return {lane: site.above(lane) for lane in site.lanes}


def spread(site: Site, place: str) -> list[str]:
    """A lane's report changes the lane and every place that it lies in."""
    return site.above(place) if place in site.lanes else [place]


def level(site: Site, place: str) -> str:
    """What kind of place it is: lane, kelurahan, kecamatan or kota."""
    return "lane" if place in site.lanes else site.places[place].level


def lanes_by_place(site: Site) -> Counter[str]:
    """How many lanes lie in each place."""
    return Counter(place for chain in above(site).values() for place in chain)


def reports(log: pd.DataFrame, site: Site, fields: Sequence[str]) -> pd.DataFrame:
    """Entries that hold and have at least one of the fields, of the site's lanes, each with its local `day`."""
    entries = current(log)
    entries = entries[entries[list(fields)].notna().any(axis=1) & entries["lane"].isin(list(site.lanes))]
    return provenance.with_origins(entries, site).assign(day=local_days(entries["time"], site.zone))


def placed(entries: pd.DataFrame, site: Site, periods: Sequence[Period] = PERIODS) -> pd.DataFrame:
    """Every entry once for each kind of period and for each place that its lane lies in."""
    places = pd.DataFrame(
        [(lane, place) for lane, chain in above(site).items() for place in chain], columns=["lane", "place"]
    )
    dated = [entries.assign(period=period, start=starts(entries["day"], period)) for period in periods]
    return pd.concat(dated, ignore_index=True).merge(places, on="lane")


def said(entries: pd.DataFrame, keys: Sequence[str], fields: Iterable[str]) -> Mapping[tuple[Any, ...], list[Any]]:
    """What the entries of each group say, sorted, for its digest."""
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    texts = entries[["entry", "version", "lane", *fields]].astype(str).itertuples(index=False, name=None)
    for key, text in zip(entries[list(keys)].itertuples(index=False, name=None), texts, strict=True):
        found[key].append(text)
    return {key: sorted(texts) for key, texts in found.items()}


def completeness(reported: int, lanes: int | None) -> dict[str, Any]:
    """How complete a period is in a place; None lanes = nothing can be expected, as of a single day."""
    return {
        "lanes_reported": reported,
        "lanes_total": lanes,
        "n": reported,
        "expected": lanes,
        "coverage": reported / lanes if lanes else None,
    }
