"""Contribution (andil) of each commodity to the change of each basket's price index."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.indicators.basket import ENOUGH_WEIGHT, SOURCES, Basket, basket_facts, baskets, worked
from analytics.indicators.indicator import Indicator, Reach, Worked
from analytics.methods.price_index import contributions, rates
from analytics.methods.price_index.rates import earlier
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from analytics.methods.price_index import Comparison
    from commons.sites import Site

_COLUMNS: Final = ("start", "market", "basket", "commodity", "mom_pp", "yoy_pp", "weight_share")
_ABOUT: Final = ("n", "expected", "coverage", "imputed_share", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """What each commodity of a basket added to the index's change, in percentage points.

    The contributions of a month add up to the index's change. An imputed commodity has one too, marked `imputed`; so
    has, year on year, a commodity that had not joined a year before: it then moved with the others.
    """
    rows = [row for basket in baskets(frames["price_elementary"], site) for row in _rows(basket)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _rows(basket: Basket) -> Iterator[dict[str, Any]]:
    mom, yoy = _within_basket(basket, "month_on_month"), _within_basket(basket, "year_on_year")
    imputed_then = earlier(basket.aggregate.missing.astype(float), "year_on_year") == 1
    for month in basket.months:
        about = dict(basket.about[month])
        weight = about.pop("weight")
        for commodity in basket.sample(month):
            marks = basket.marks(month, commodity)
            marks |= {provenance.IMPUTED} if imputed_then.loc[month, commodity] else set()
            yield {
                "start": month.start_time,
                "market": basket.market,
                "basket": basket.name,
                "commodity": commodity,
                "mom_pp": mom.loc[month, commodity],
                "yoy_pp": yoy.loc[month, commodity],
                "weight_share": 100 * basket.weights[commodity] / weight,
                "imputed_share": 1 - about["coverage"],
                **about,
                "marks": provenance.text(marks),
                "inputs": digest(basket.inputs[month], commodity),
            }


def _within_basket(basket: Basket, comparison: Comparison) -> pd.DataFrame:
    """Contributions of the commodities of each month's basket; those outside move with the index and change nothing."""
    nk = basket.aggregate.nk
    points = pd.DataFrame(index=nk.index, columns=nk.columns, dtype=float)
    for names, months in groupby(nk.index, key=basket.sample):
        here = list(months)
        points.loc[here, names] = contributions(nk[names], comparison=comparison).loc[here]
    return points.where(rates(basket.index)[comparison].notna())


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The basket of the month, and what this commodity's value adds."""
    _, _, table = worked(
        frames["price_elementary"], site, market=row["market"], basket=row["basket"], start=row["start"]
    )
    own = table.set_index("commodity").loc[row["commodity"]]
    total = table["value_before"].sum()
    if row["mom_pp"] is None:
        return Worked(table, ())
    change = f"({own['value']:.6g} - {own['value_before']:.6g}) / {total:.6g}"
    return Worked(table, (f"mom_pp = 100 · {change} = {row['mom_pp']:.6g}",))


PRICE_CONTRIBUTION: Final = Indicator(
    name="price_contribution",
    reads=SOURCES,
    periods=("month",),
    place="market",
    coverage=ENOUGH_WEIGHT,
    reach=Reach.ALL_AFTER,
    method="2",
    source="BPS, andil inflasi; Eurostat, HICP Methodological Manual, 2024, 8.6, within one weight basis",
    sentence=Label(
        id="Berapa poin persen sumbangan satu komoditas pada perubahan indeks harga pasar. Jumlahnya perubahan itu.",
        en="How many percentage points one commodity adds to the market index's change. They add up to that change.",
    ),
    formula="mom_pp = 100 · (value now - value before) / Σ values before, within the basket of the month",
    compute=compute,
    workings=workings,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    facts=basket_facts,
)
