"""Harvest outlook: for each planting, when it can be harvested and what it may weigh, with ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.crops import CropSeason, seasons
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.methods.crop import harvest_window
from analytics.periods import midnight_ms
from analytics.plantings import PICKING_FIELDS, PLANTING_FIELDS, plantings
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from commons.sites import Site

SOURCES: Final = (Source("planting", PLANTING_FIELDS), Source("harvest", PICKING_FIELDS))
_COLUMNS: Final = (
    "start",
    "lane",
    "bed",
    "commodity",
    "area",
    "plants",
    "days_min",
    "days_max",
    "opens",
    "closes",
    "ends",
    "kg_low",
    "kg_typical",
    "kg_high",
    "first",
    "last",
    "harvests",
    "over",
)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """One row a planting, on its day. Days to harvest and yields are the crop table's, nearly all unverified.

    A crop that the table does not have gets no row. Where nobody said how much was planted, the bed's area is taken,
    with the mark `imputed`.
    """
    found = plantings(frames["planting"], frames["harvest"], site)
    known = found[found["commodity"].isin(list(seasons()))]
    rows = [_row(planting, seasons()[planting["commodity"]], site) for planting in records(known)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT]).astype({"start": "datetime64[ns]"})


def marks_of(planting: Mapping[str, Any], season: CropSeason) -> set[str]:
    """What an outlook stands on: the planting's origin, an area nobody said, and figures that nobody checked."""
    imputed = set() if planting["area_said"] else {provenance.IMPUTED}
    return provenance.of_origins(planting) | imputed | ({provenance.UNVERIFIED} if season.unverified else set())


def _row(planting: Mapping[str, Any], season: CropSeason, site: Site) -> dict[str, Any]:
    window = harvest_window(planting["start"], days_min=season.days_min, days_max=season.days_max)
    last_first = planting["first"] or window.closes
    ends = last_first + pd.Timedelta(days=season.window_d).to_pytimedelta()
    done = planting["until"] is not None or (season.window_d == 0 and planting["harvests"] > 0)
    kg = dict(zip(("kg_low", "kg_typical", "kg_high"), (by * planting["area"] for by in season.kg_m2), strict=True))
    figures = {
        "days_min": season.days_min,
        "days_max": season.days_max,
        "opens": _ms(window.opens, site),
        "closes": _ms(window.closes, site),
        "ends": _ms(ends, site),
        "first": _ms(planting["first"], site),
        "last": _ms(planting["last"], site),
        "over": float(done),
        **kg,
    }
    plain = {name: planting[name] for name in ("area", "plants", "harvests")}
    marks = provenance.text(marks_of(planting, season))
    return {
        **{name: planting[name] for name in ("start", "lane", "bed", "commodity")},
        **plain,
        **figures,
        "n": planting["entries"],
        "expected": None,
        "coverage": None,
        "marks": marks,
        "inputs": digest(figures, plain, planting["entries"]),
    }


def _ms(day: date | None, site: Site) -> float | None:
    return None if day is None else float(midnight_ms(day, site.zone))


HARVEST_OUTLOOK: Final = Indicator(
    name="harvest_outlook",
    reads=SOURCES,
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=1),
    reach=Reach.WHOLE_SERIES,
    method="1",
    source="The site's crops.csv: days to harvest and yields of general agronomic knowledge, unverified",
    sentence=Label(
        id="Kapan satu penanaman dapat dipanen, paling cepat dan paling lambat, dan kira-kira berapa kilogramnya.",
        en="When a planting can be harvested, at the earliest and the latest, and about how much it will weigh.",
    ),
    formula="opens = planted + days_min, closes = planted + days_max; kg = area · yield by m2 (low, typical, high)",
    compute=compute,
    facts=lambda site: [sorted(seasons().items()), {key: bed.area_m2 for key, bed in site.beds.items()}],
)
