"""Garden harvest: kilograms by food from the lane up to the city, with how many lanes reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.harvests import DOUBTS, SAID, believed, reports
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import harvest_totals
from analytics.periods import starts
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from analytics.periods import Period
    from commons.sites import Site

"""The commodity of the rows for all foods together."""

_PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month")
_SHOWN: Final = 20
_AT: Final = ["lane", "place"]
_WHERE: Final = ["period", "start", "place"]
_KEYS: Final = [*_WHERE, "commodity"]
_SAID: Final = ["entry", "version", "lane", "kg", "pieces", "nothing"]
_COLUMNS: Final = ("start", "level", "place", "commodity", "period", "kg", "lanes_reported", "lanes_total")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Harvest by day, week and month for every place in which a lane reported.

    A lane has reported when it has a harvest or a "nothing this week" in the period. Reports of nothing bring 0 kg to
    the row of all foods together (commodity `semua`), never to a single food: nobody said which one was not harvested.
    A place without a report has no row. No lane is expected to report every day, so a day's row has no `lanes_total`.

    A harvest in pieces only is a report without a weight: beside others the sum is marked `incomplete`, alone it leaves
    kilograms missing. Entries that `harvest_doubt` leaves out are no reports.
    """
    rows = list(_rows(_placed(_believed(frames, site), site), site))
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _believed(frames: Mapping[str, pd.DataFrame], site: Site) -> pd.DataFrame:
    return believed(reports(frames["harvest"], site), frames["harvest_doubt"], site)


def _placed(reports: pd.DataFrame, site: Site) -> pd.DataFrame:
    """Every report once for each kind of period and for each place that its lane lies in."""
    places = pd.DataFrame([(lane, place) for lane, chain in _above(site).items() for place in chain], columns=_AT)
    dated = [reports.assign(period=period, start=starts(reports["day"], period)) for period in _PERIODS]
    placed = pd.concat(dated, ignore_index=True).merge(places, on="lane")
    named = placed["lane"].str.cat(placed[["entry", "period", "place"]], sep=" ")
    return placed.assign(entry=named)


def _rows(placed: pd.DataFrame, site: Site) -> Iterator[dict[str, Any]]:
    """Kilograms by period, place and food, and of all foods together."""
    lanes = Counter(place for chain in _above(site).values() for place in chain)
    reported = placed.groupby(_WHERE)["lane"].nunique().to_dict()
    for entries in (placed[placed["commodity"] != ""], placed.assign(commodity=ALL_FOODS)):
        said = _said(entries)
        origins: dict[Any, Any] = entries.groupby(_KEYS)[list(provenance.ORIGINS)].max().to_dict("index")
        totals: dict[Any, Any] = harvest_totals(entries, by=_KEYS).to_dict("index")
        for key, total in totals.items():
            if pd.notna(total["kg"]) or key[-1] == ALL_FOODS:
                row = dict(zip(_KEYS, key, strict=True))
                marks = provenance.of_origins(origins[key]) | ({provenance.INCOMPLETE} if total["unweighed"] else set())
                about = _about(reported[key[:-1]], None if row["period"] == "day" else lanes[row["place"]])
                level = "lane" if row["place"] in site.lanes else site.places[row["place"]].level
                inputs = digest(about, sorted(said[key]), provenance.text(marks))
                yield {
                    **row,
                    **about,
                    "level": level,
                    "kg": total["kg"],
                    "marks": provenance.text(marks),
                    "inputs": inputs,
                }


def _about(reported: int, lanes: int | None) -> dict[str, Any]:
    """How complete a period is in a place; of a day nothing can be expected."""
    coverage = reported / lanes if lanes else None
    return {
        "lanes_reported": reported,
        "lanes_total": lanes,
        "n": reported,
        "expected": lanes,
        "coverage": coverage,
    }


def _said(entries: pd.DataFrame) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """What the entries of each sum say, for its digest."""
    said = defaultdict(list)
    texts = entries[_SAID].astype(str).itertuples(index=False, name=None)
    for key, text in zip(entries[_KEYS].itertuples(index=False, name=None), texts, strict=True):
        said[key].append(text)
    return said


def _above(site: Site) -> dict[str, list[str]]:
    """Each lane with the places that it lies in, itself first."""
    return {lane: site.above(lane) for lane in site.lanes}


def _spread(site: Site, place: str) -> list[str]:
    """A lane's report changes the lane and every place that it lies in."""
    return site.above(place) if place in site.lanes else [place]


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The entries of the period in the place, and their sum."""
    placed = _placed(_believed(frames, site), site)
    here = (placed["place"] == row["place"]) & (placed["period"] == row["period"])
    here &= placed["start"] == pd.Timestamp(row["start"])
    here &= (placed["commodity"] == row["commodity"]) | (row["commodity"] == ALL_FOODS)
    entries = placed[here].assign(day=placed["day"].dt.strftime("%Y-%m-%d"))
    weighed = " + ".join(f"{kg:g}" for kg in entries["kg"].dropna().head(_SHOWN))
    more = " + ..." if entries["kg"].count() > _SHOWN else ""
    kg = "unknown" if row["kg"] is None else f"{row['kg']:g} kg"
    lanes = f"{row['lanes_reported']:g}" + ("" if row["lanes_total"] is None else f" of {row['lanes_total']:g}")
    columns = ["day", "lane", "bed", "commodity", "kg", "pieces", "nothing"]
    return Worked(entries[columns], (f"kg = {weighed}{more} = {kg}", f"lanes that reported: {lanes}"))


GARDEN_HARVEST: Final = Indicator(
    name="garden_harvest",
    reads=(Source("harvest", SAID, narrow=True), Source("harvest_doubt", DOUBTS)),
    periods=_PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="2",
    source="Plain sums of what was weighed, from lorong to kelurahan, kecamatan and kota",
    sentence=Label(
        id="Berapa kilogram yang dipanen lorong yang melapor, dan berapa lorong yang melapor.",
        en="How many kilograms the lanes that reported have harvested, and how many lanes reported.",
    ),
    formula="kg = Σ kg of the entries that hold; coverage = lanes_reported / lanes_total",
    compute=compute,
    workings=workings,
    marks=(*provenance.ORIGINS, provenance.INCOMPLETE),
    spread=_spread,
    facts=_above,
)
