"""Garden compost: kitchen waste kept from the tip and compost made, from the lane up to the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.reports import PERIODS, WHERE, above, completeness, lanes_by_place, level, placed, reports, said, spread
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commons.sites import Site

_KG: Final = ["waste_kg", "compost_kg"]
_COLUMNS: Final = ("start", "level", "place", "period", *_KG, "lanes_reported", "lanes_total")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Waste and compost by day, week and month for every place in which a lane reported either.

    A lane that weighs only what comes out says nothing of what went in: that stays missing, never 0.
    """
    rows = list(_rows(placed(reports(frames["compost"], site, _KG), site), site))
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _rows(entries: pd.DataFrame, site: Site) -> Iterator[dict[str, Any]]:
    lanes, texts = lanes_by_place(site), said(entries, WHERE, _KG)
    groups = entries.groupby(WHERE)
    totals = groups[_KG].sum(min_count=1).join(groups[list(provenance.ORIGINS)].max())
    totals["reported"] = groups["lane"].nunique()
    found: dict[Any, Any] = totals.to_dict("index")
    for key, total in found.items():
        row: dict[str, Any] = dict(zip(WHERE, key, strict=True))
        about = completeness(total["reported"], None if row["period"] == "day" else lanes[row["place"]])
        yield {
            **row,
            **about,
            **{name: total[name] for name in _KG},
            "level": level(site, row["place"]),
            "marks": provenance.text(provenance.of_origins(total)),
            "inputs": digest(about, texts[key]),
        }


GARDEN_COMPOST: Final = Indicator(
    name="garden_compost",
    reads=(Source("compost", ("entry", "version", "void", "node", *_KG)),),
    periods=PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Plain sums of what was weighed, from lorong to kelurahan, kecamatan and kota",
    sentence=Label(
        id="Berapa kilogram sampah organik yang tidak jadi dibuang dan kompos yang dihasilkan lorong yang melapor.",
        en="How many kilograms of organic waste the lanes that reported kept from the tip, and what compost they made.",
    ),
    formula="waste_kg = Σ waste_kg, compost_kg = Σ compost_kg of the entries that hold",
    compute=compute,
    spread=spread,
    facts=above,
)
