"""Harvest doubt: entries that are hard to believe, named by lane, food, day and test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.crops import best_yields
from analytics.frames import groups
from analytics.harvests import SAID, areas, reports
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.methods.supply import REPEATED, doubtful_harvests
from analytics.revision import digest
from analytics.touches import EVERYWHERE
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commons.sites import Site

_KEYS: Final = ["day", "lane", "commodity", "test"]
_COLUMNS: Final = ("start", "lane", "commodity", "test", "value", "usual", "left_out", "detail")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The harvests that fail a test, those of one lane, food, day and test together.

    `detail` names the entries, with blanks between. What was only said once more on the same day is named and counts;
    all else is left out of whatever is made of harvests.
    """
    entries = reports(frames["harvest"], site)
    known = entries.assign(area_m2=areas(entries, site))
    failed = doubtful_harvests(known, best_yields())
    rows = list(_rows(known.loc[failed.index].assign(**failed)))
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _rows(doubtful: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (day, lane, commodity, test), own in groups(doubtful, _KEYS):
        detail = " ".join(sorted(own["entry"]))
        origins = {origin: own[origin].any() for origin in provenance.ORIGINS}
        value, usual = float(own["kg"].sum()), float(own["usual_kg"].sum(min_count=1))
        yield {
            "start": day,
            "lane": lane,
            "commodity": commodity,
            "test": test,
            "value": value,
            "usual": usual,
            "left_out": 0.0 if test == REPEATED else 1.0,
            "detail": detail,
            "n": len(own),
            "expected": None,
            "coverage": None,
            "marks": provenance.text(provenance.of_origins(origins)),
            "inputs": digest(value, usual, detail),
        }


def _everywhere(_site: Site, _place: str) -> tuple[str, ...]:
    """What one lane harvests is what another's harvest is compared with."""
    return (EVERYWHERE,)


def _facts(site: Site) -> object:
    """What grows on how many square metres, and what a square metre can give."""
    return {key: (bed.crop, bed.area_m2) for key, bed in site.beds.items()}, best_yields()


HARVEST_DOUBT: Final = Indicator(
    name="harvest_doubt",
    reads=(Source("harvest", SAID),),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=1),
    reach=Reach.ALL_AFTER,
    method="1",
    source="This project's own rules: median and interquartile range (Tukey, Exploratory Data Analysis, 1977)",
    sentence=Label(
        id="Laporan panen yang sulit dipercaya: jauh di atas biasanya, lebih dari yang bisa dihasilkan petaknya, atau "
        "terkirim dua kali. Ia disebut di sini dan tidak dihitung dalam jumlah panen.",
        en="Harvest reports that are hard to believe: far above the usual, more than the bed can give, or sent twice. "
        "They are named here and count in no sum.",
    ),
    formula="kg > 5 to 8 x the median of earlier harvests; or kg/m2 > 3 x the best season's; or told again in 10 min",
    compute=compute,
    marks=provenance.ORIGINS,
    spread=_everywhere,
    facts=_facts,
)
