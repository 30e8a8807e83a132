"""Healthy diet cost: the least that a healthy diet costs per head and day in each consumer market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.food_price import FOOD_PRICES, dated_prices, joined
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import HEALTHY_DIET_BASKET, cost_of_healthy_diet
from analytics.revision import digest
from commons.catalogue import Label
from commons.catalogue.commodities import commodities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.frames import Row
    from analytics.methods.supply import HealthyDiet
    from analytics.periods import Period
    from commons.sites import Site

WHOLE_DIET: Final = "diet"
_PERIODS: Final[tuple[Period, ...]] = ("week", "month")
_COLUMNS: Final = ("start", "market", "group", "period", "cost_idr", "foods")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs", "refusal")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """The cost of the diet and of each of its groups in every consumer market with a priced food.

    Foods of one composition (the qualities of rice, the oils) are one food: the cheapest of them can be chosen.
    """
    rows = list(_rows(dated_prices(frames["food_price"], site)))
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _rows(prices: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (market, period, start), own in groups(prices, ["market", "period", "start"]):
        foods = _foods(own)
        if foods.empty:
            continue
        where = {"start": start, "market": market, "period": period}
        known = foods.groupby("group").size().reindex(list(HEALTHY_DIET_BASKET), fill_value=0)
        found = cost_of_healthy_diet(foods)
        inputs = digest(dict(zip(foods.index, foods["revision"], strict=True)), found.by_group["cost"].to_list())
        marks = provenance.text(joined(foods["marks"]))
        for row in _costs(found, known):
            yield {**where, **row, "marks": marks, "inputs": inputs}


def _costs(found: HealthyDiet, known: pd.Series[int]) -> Iterator[dict[str, Any]]:
    """Each group, and then all together."""
    lacks: dict[str, str] = {}
    costs: dict[Any, tuple[Any, ...]] = dict(zip(found.by_group.index, found.by_group.to_numpy(), strict=True))
    for group, target in HEALTHY_DIET_BASKET.items():
        n = int(min(known[group], target.foods))
        cost, foods = costs[group]
        lacks[group] = f"{group}: {n} of {target.foods} foods have a price" if n < target.foods else ""
        about = {"n": n, "expected": target.foods, "coverage": n / target.foods, "refusal": lacks[group]}
        yield {"group": group, "cost_idr": cost, "foods": foods.replace(",", ""), **about}
    full = sum(not lack for lack in lacks.values())
    yield {
        "group": WHOLE_DIET,
        "cost_idr": found.cost,
        "foods": " ".join(found.by_group["foods"]).replace(",", ""),
        "n": full,
        "expected": len(lacks),
        "coverage": full / len(lacks),
        "refusal": "; ".join(lack for lack in lacks.values() if lack),
    }


def _foods(prices: pd.DataFrame) -> pd.DataFrame:
    """The foods that a diet can be made of: their group, price and composition, one of each composition."""
    table = commodities()
    rows = {
        slug: (food.diet_group, food.kcal_per_100g, food.edible_pct, food.composition)
        for slug, food in table.items()
        if food.diet_group and food.kcal_per_100g and food.edible_pct
    }
    known = pd.DataFrame.from_dict(
        rows, orient="index", columns=["group", "kcal_per_100g", "edible_pct", "composition"]
    )
    priced = prices.set_index("commodity")[["per_kg", "marks", "revision"]].rename(columns={"per_kg": "price"})
    foods = known.join(priced, how="inner").sort_values(["price", "composition"])
    return foods.drop_duplicates("composition").sort_index()


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The foods that have a price, each with its price per kilocalorie, and the cheapest of each group."""
    prices = dated_prices(frames["food_price"], site)
    here = (prices["market"] == row["market"]) & (prices["period"] == row["period"])
    foods = _foods(prices[here & (prices["start"] == pd.Timestamp(row["start"]))])
    foods["idr_per_kcal"] = foods["price"] / (10 * foods["kcal_per_100g"] * foods["edible_pct"] / 100)
    columns = ["group", "price", "kcal_per_100g", "edible_pct", "idr_per_kcal"]
    lines = [
        f"{group}: {HEALTHY_DIET_BASKET[str(group)].kcal:g} kcal · {own['idr_per_kcal'].mean():.3f} IDR/kcal"
        for group, own in _chosen(foods)
        if row["group"] in (group, WHOLE_DIET)
    ]
    table = foods[columns].sort_values(["group", "idr_per_kcal"]).rename_axis("commodity").reset_index()
    return Worked(table, (*lines, f"cost_idr = Σ kcal · mean IDR/kcal of the cheapest = {row['cost_idr']:,.0f} IDR"))


def _chosen(foods: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    for group, own in groups(foods, "group"):
        yield group, own.nsmallest(HEALTHY_DIET_BASKET[group].foods, "idr_per_kcal")


def _facts(_site: Site) -> object:
    """What each food counts for in a diet."""
    return {
        slug: (food.diet_group, food.composition, food.kcal_per_100g, food.edible_pct)
        for slug, food in commodities().items()
    }


HEALTHY_DIET_COST: Final = Indicator(
    name="healthy_diet_cost",
    reads=(Source("food_price", FOOD_PRICES, narrow=True),),
    periods=_PERIODS,
    place="market",
    coverage=AtLeast(count=1, share=1.0),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="FAO and World Bank, cost of a healthy diet (CoHD); Herforth et al., 2022, Healthy Diet Basket",
    sentence=Label(
        id="Biaya termurah untuk makan sehat per orang per hari di satu pasar: dari tiap kelompok pangan dipilih yang "
        "termurah per kilokalori. Bila satu kelompok tidak berharga, biayanya tidak dihitung.",
        en="The least that a healthy diet costs per head and day in one market: of each food group the cheapest per "
        "kilocalorie are taken. Where a group has too few priced foods it is not computed.",
    ),
    formula="cost_idr = Σ over groups of kcal · mean(IDR per kcal of its cheapest foods)",
    compute=compute,
    workings=workings,
    facts=_facts,
)
