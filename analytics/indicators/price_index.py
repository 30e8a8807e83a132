"""Market price index: Laspeyres as BPS chains it, of all foods, of the volatile ones and of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.indicators.basket import ENOUGH_WEIGHT, SOURCES, Basket, basket_facts, baskets, worked
from analytics.indicators.indicator import Indicator, Reach, Worked
from analytics.methods.price_index import rates
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from commons.sites import Site

_COLUMNS: Final = ("start", "market", "basket", "index", "mom", "ytd", "yoy", "weight", "imputed_weight")
_ABOUT: Final = ("n", "expected", "coverage", "imputed_share", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The index of every basket of every consumer market, with its rates of change.

    The baskets: all foods (`semua`), the volatile ones (`bergejolak`) and each group of the catalogue. An index covers
    the commodities of its basket that have both a price in that market and a weight in the site's table; `weight` says
    how much of the whole consumption that is. Producer markets have none: consumers' weights say nothing about them. It
    is no official IHK, and that of the volatile foods is not BPS's.
    """
    rows = [row for basket in baskets(frames["price_elementary"], site) for row in _rows(basket)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _rows(basket: Basket) -> Iterator[dict[str, Any]]:
    index = basket.index
    change = rates(index)
    for month in basket.months:
        about = basket.about[month]
        yield {
            "start": month.start_time,
            "market": basket.market,
            "basket": basket.name,
            "index": index[month],
            "mom": change["month_on_month"][month],
            "ytd": change["year_to_date"][month],
            "yoy": change["year_on_year"][month],
            "imputed_weight": 100 * (1 - about["coverage"]),
            "imputed_share": 1 - about["coverage"],
            **about,
            "marks": provenance.text(basket.marks(month, *basket.sample(month))),
            "inputs": basket.inputs[month],
        }


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The basket of the month, and the index by its values."""
    basket, month, table = worked(
        frames["price_elementary"], site, market=row["market"], basket=row["basket"], start=row["start"]
    )
    now, before = table["value"].sum(), table["value_before"].sum()
    earlier = basket.aggregate.index.shift().loc[month]
    if pd.isna(earlier):
        return Worked(table, (f"index = {row['index']:.6g}: the first month",))
    chain = f"index = {earlier:.6g} · {now:.6g} / {before:.6g} = {earlier * now / before:.6g}"
    return Worked(table, (chain, f"coverage = weight priced / weight {row['weight']:.4g} = {row['coverage']:.4g}"))


PRICE_INDEX: Final = Indicator(
    name="price_index",
    reads=SOURCES,
    periods=("month",),
    place="market",
    coverage=ENOUGH_WEIGHT,
    reach=Reach.ALL_AFTER,
    method="2",
    source="BPS, modified Laspeyres formula of the IHK; Consumer Price Index Manual, 2020, chapters 6 and 8",
    sentence=Label(
        id="Seberapa harga sekeranjang bahan pangan di satu pasar berubah, dihitung dengan cara BPS; bukan IHK resmi.",
        en="How much the price of a basket of foods in one market changes, in the manner of BPS; no official IHK.",
    ),
    formula="index = Σ w · (index of the commodity / its base) / Σ w, chained month by month",
    compute=compute,
    workings=workings,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    facts=basket_facts,
)
