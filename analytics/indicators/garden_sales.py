"""Garden sales: kilograms sold and rupiah received, by food, from the lane up to the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.reports import PERIODS, WHERE, above, completeness, lanes_by_place, level, placed, reports, said, spread
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commons.sites import Site

_SAID: Final = ["kg", "price_idr"]
_KEYS: Final = [*WHERE, "commodity"]
_COLUMNS: Final = ("start", "level", "place", "commodity", "period", "kg", "received_idr", "idr_per_kg")
_LANES: Final = ("lanes_reported", "lanes_total")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Sales by day, week and month for every place in which a lane sold, by food and of all foods together.

    The price by kilogram is that of the sales with both a weight and money. A sale that lacks one of the two leaves
    the mark `incomplete`. Who sold nothing types nothing, so a place without a sale has no row.
    """
    entries = placed(reports(frames["sale"], site, _SAID), site)
    both = entries[_SAID].notna().all(axis=1) & (entries["kg"] > 0)
    entries = entries.assign(
        priced_kg=entries["kg"].where(both), priced_idr=entries["price_idr"].where(both), half=~both
    )
    every = pd.concat([entries, entries.assign(commodity=ALL_FOODS)], ignore_index=True)
    return pd.DataFrame(list(_rows(every, site)), columns=[*_COLUMNS, *_LANES, *_ABOUT])


def _rows(entries: pd.DataFrame, site: Site) -> Iterator[dict[str, Any]]:
    lanes, texts = lanes_by_place(site), said(entries, _KEYS, _SAID)
    groups = entries.groupby(_KEYS)
    totals = groups[[*_SAID, "priced_kg", "priced_idr"]].sum(min_count=1)
    totals = totals.join(groups[[*provenance.ORIGINS, "half"]].max())
    totals["reported"] = groups["lane"].nunique()
    found: dict[Any, Any] = totals.to_dict("index")
    for key, total in found.items():
        row: dict[str, Any] = dict(zip(_KEYS, key, strict=True))
        about = completeness(total["reported"], None if row["period"] == "day" else lanes[row["place"]])
        marks = provenance.of_origins(total) | ({provenance.INCOMPLETE} if total["half"] else set())
        yield {
            **row,
            **about,
            "kg": total["kg"],
            "received_idr": total["price_idr"],
            "idr_per_kg": total["priced_idr"] / total["priced_kg"],
            "level": level(site, row["place"]),
            "marks": provenance.text(marks),
            "inputs": digest(about, texts[key]),
        }


GARDEN_SALES: Final = Indicator(
    name="garden_sales",
    reads=(Source("sale", ("entry", "version", "void", "node", *_SAID)),),
    periods=PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Plain sums of what was sold, from lorong to kelurahan, kecamatan and kota",
    sentence=Label(
        id="Berapa kilogram hasil kebun yang dijual lorong yang melapor, dan berapa rupiah yang diterima.",
        en="How many kilograms of the garden's produce the lanes that reported sold, and for how many rupiah.",
    ),
    formula="kg = Σ kg, received_idr = Σ price_idr, idr_per_kg = their ratio over sales with both",
    compute=compute,
    spread=spread,
    facts=above,
)
