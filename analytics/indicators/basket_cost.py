"""Basket cost: what a person's usual food costs in each consumer market, never without one of its foods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.food_price import FOOD_PRICES, dated_prices, joined
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import basket_cost
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from analytics.periods import Period
    from commons.sites import Site

WHOLE: Final = "whole"
PANEL: Final = "panel"
_PERIODS: Final[tuple[Period, ...]] = ("week", "month")
_SHARE_OF_YEAR: Final[Mapping[str, float]] = {"week": 7 / 365, "month": 1 / 12}
_COLUMNS: Final = ("start", "market", "basket", "period", "cost_idr", "missing")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs", "refusal")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The cost of both baskets in every consumer market that has a price of one of their foods."""
    rows = list(_rows(dated_prices(frames["food_price"], site), site))
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def quantities(site: Site, basket: str, period: str) -> pd.Series[float]:
    """What a person eats of a basket's foods in a period [kg]; a month is a twelfth of a year.

    Args:
        site: The city.
        basket: `WHOLE`, or `PANEL` for the foods that the national price panel quotes.
        period: "week" or "month".
    """
    norms = [norm for norm in site.basket.values() if norm.panel or basket == WHOLE]
    kg = {norm.commodity: norm.kg_per_person_year * _SHARE_OF_YEAR[period] for norm in norms}
    return pd.Series(kg, dtype=float)


def basket_marks(site: Site) -> set[str]:
    """What a basket stands on: the consumption of other people."""
    return {provenance.STAND_IN} if any(norm.stand_in for norm in site.basket.values()) else set()


def basket_facts(site: Site) -> object:
    """The baskets."""
    return list(site.basket.values())


def _rows(prices: pd.DataFrame, site: Site) -> Iterator[dict[str, Any]]:
    for (market, period, start), own in groups(prices, ["market", "period", "start"]):
        for basket in (WHOLE, PANEL):
            kg = quantities(site, basket, period)
            used = own[own["commodity"].isin(list(kg.index))]
            if not used.empty:
                where = {"start": start, "market": market, "basket": basket, "period": period}
                yield {**where, **_cost(used, kg, basket_marks(site))}


def _cost(used: pd.DataFrame, kg: pd.Series[float], marks: set[str]) -> dict[str, Any]:
    found = basket_cost(kg, used.set_index("commodity")["per_kg"])
    missing = " ".join(found.missing)
    return {
        "cost_idr": found.cost,
        "missing": missing,
        "n": len(used),
        "expected": len(kg),
        "coverage": len(used) / len(kg),
        "marks": provenance.text(joined(used["marks"]) | marks),
        "inputs": digest(dict(zip(used["commodity"], used["revision"], strict=True)), dict(kg)),
        "refusal": f"no price of {', '.join(found.missing)}" if missing else "",
    }


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """Each food's quantity, price and cost."""
    prices = dated_prices(frames["food_price"], site)
    here = (prices["market"] == row["market"]) & (prices["period"] == row["period"])
    per_kg = prices[here & (prices["start"] == pd.Timestamp(row["start"]))].set_index("commodity")["per_kg"]
    kg = quantities(site, row["basket"], row["period"])
    table = pd.DataFrame({"kg": kg, "per_kg": per_kg.reindex(kg.index)})
    table["cost_idr"] = table["kg"] * table["per_kg"]
    said = f"cost_idr = Σ kg · per_kg = {table['cost_idr'].sum(skipna=False):,.0f} IDR per person"
    lacking = f"no price: {row['missing']}" if row["missing"] else "every food has a price"
    return Worked(table.rename_axis("commodity").reset_index(), (said, lacking))


BASKET_COST: Final = Indicator(
    name="basket_cost",
    reads=(Source("food_price", FOOD_PRICES, narrow=True),),
    periods=_PERIODS,
    place="market",
    coverage=AtLeast(count=1, share=1.0),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="A basket of fixed quantities (Lowe): Consumer Price Index Manual, 2020, chapter 8; quantities: basket.csv",
    sentence=Label(
        id="Biaya pangan yang biasa dimakan satu orang, menurut harga satu pasar. Bila satu harga tidak ada, biayanya "
        "tidak dihitung: keranjang yang kurang isinya akan tampak lebih murah.",
        en="What one person's usual food costs at the prices of one market. Where one price is missing it is not "
        "computed: a basket that lacks a food would look cheaper.",
    ),
    formula="cost_idr = Σ kg per person and period · per_kg; week = 7/365 of a year, month = 1/12",
    compute=compute,
    workings=workings,
    facts=basket_facts,
)
