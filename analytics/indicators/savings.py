"""Savings: what the garden harvest would cost at market prices, in rupiah and of a household's basket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.harvests import PERIODS, SUMS, WHERE, of_all, of_foods
from analytics.indicators.basket_cost import PANEL, basket_facts, basket_marks, quantities
from analytics.indicators.food_price import A_YEAR, FOOD_PRICES, city_prices, joined, spread, valued
from analytics.indicators.indicator import Indicator, Reach, Source, Worked
from analytics.methods.supply import basket_cost
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site

_SOURCES: Final = (
    Source("garden_harvest", SUMS, narrow=True, back_days=0),
    Source("food_price", FOOD_PRICES, narrow=True, back_days=A_YEAR.days),
)
_AMOUNTS: Final = ("kg", "per_kg", "saved_idr", "priced_pct", "basket_idr", "basket_pct")
_WHEN: Final = ["period", "start"]
_COLUMNS: Final = ("start", "level", "place", "commodity", "period", *_AMOUNTS)
_ABOUT: Final = ("n", "expected", "coverage", "imputed_share", "marks", "inputs", "refusal")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """What each harvested food with a market price would have cost, and all of them together (commodity `semua`).

    Prices are those of the city's own markets; where they have none, those of the markets that stand in. Where nobody
    looked in that period the newest price of the year before it stands, and the value is marked as imputed. Foods
    without a price are not counted as worth nothing: `priced_pct` says of how much of the weight the sum speaks, and
    below all of it the sum is marked `incomplete` and is at least that much. It is set against what one household pays
    for the foods of the national price panel in the same period.
    """
    if frames["garden_harvest"].empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_ABOUT])
    prices = city_prices(frames["food_price"], site)
    foods = valued(of_foods(frames["garden_harvest"], site), prices)
    foods["saved_idr"] = foods["kg"] * foods["per_kg"]
    harvest = of_all(frames["garden_harvest"], site)
    together = _together(harvest, foods, _baskets(harvest, prices, site), site)
    return pd.concat([_single(foods[foods["per_kg"].notna()]), together])[[*_COLUMNS, *_ABOUT]]


def _single(foods: pd.DataFrame) -> pd.DataFrame:
    """The rows of single foods."""
    return foods.assign(
        priced_pct=100.0,
        basket_idr=np.nan,
        basket_pct=np.nan,
        marks=[provenance.text(joined(pair)) for pair in zip(foods["marks"], foods["price_marks"], strict=True)],
        inputs=[digest(*pair) for pair in zip(foods["revision"], foods["revisions"], strict=True)],
        imputed_share=(foods["priced_at"] < foods["start"]).astype(float),
        refusal="",
    )


def _together(harvest: pd.DataFrame, foods: pd.DataFrame, baskets: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The rows of all foods together."""
    found = harvest.join(_sums(foods)).reset_index().join(baskets, on=_WHEN)
    nothing = found["kg"] == 0
    saved = found["saved_idr"].where(found["priced"] > 0).mask(nothing, 0.0)
    text = found[["lacks", "told", "made", "basket_marks"]].fillna("")
    told = zip(found["marks"], text["told"], text["basket_marks"], found["priced_kg"], found["weighed_kg"], strict=True)
    made = zip(found["revision"], text["made"], found["basket_idr"].fillna(-1.0), strict=True)
    return found.assign(
        commodity=ALL_FOODS,
        kg=found["weighed_kg"].mask(nothing, 0.0),
        per_kg=np.nan,
        saved_idr=saved,
        priced_pct=100 * found["priced_kg"] / found["weighed_kg"].where(found["weighed_kg"] > 0),
        basket_pct=100 * saved / found["basket_idr"],
        imputed_share=found["older_kg"] / found["priced_kg"].where(found["priced_kg"] > 0),
        marks=[_marks(*row, site) for row in told],
        inputs=[digest(*row) for row in made],
        refusal=[_refusal(*row) for row in zip(saved, found["weighed_kg"], text["lacks"], strict=True)],
    )


def _sums(foods: pd.DataFrame) -> pd.DataFrame:
    """What the foods of a place and period come to, by `WHERE`."""
    priced = foods["per_kg"].notna()
    counted = foods.assign(
        priced_kg=foods["kg"].where(priced, 0.0),
        older_kg=foods["kg"].where(foods["priced_at"] < foods["start"], 0.0),
        lacks=foods["commodity"].where(~priced, ""),
        told=foods["marks"] + "," + foods["price_marks"].where(priced, ""),
        made=foods["revision"] + " " + foods["revisions"].where(priced, ""),
    )
    return counted.groupby(WHERE).agg(
        weighed_kg=("kg", "sum"),
        priced_kg=("priced_kg", "sum"),
        older_kg=("older_kg", "sum"),
        saved_idr=("saved_idr", "sum"),
        priced=("saved_idr", "count"),
        lacks=("lacks", " ".join),
        told=("told", ",".join),
        made=("made", " ".join),
    )


def _marks(harvest: str, foods: str, basket: str, priced_kg: float, weighed_kg: float, site: Site) -> str:
    marks = joined([harvest, foods, basket]) | (basket_marks(site) if basket else set())
    return provenance.text(marks | ({provenance.INCOMPLETE} if priced_kg < weighed_kg else set()))


def _baskets(harvest: pd.DataFrame, prices: pd.DataFrame, site: Site) -> pd.DataFrame:
    """What a household pays for the panel's foods, by period and start; missing where one has no price."""
    when = harvest.reset_index()[["period", "start"]].drop_duplicates()
    eaten = [norm.commodity for norm in site.basket.values() if norm.panel]
    rows = []
    for (period, start), own in groups(
        valued(when.merge(pd.Series(eaten, name="commodity"), how="cross"), prices), _WHEN
    ):
        kg = quantities(site, PANEL, period) * (site.household_people or np.nan)
        used = own.set_index("commodity").reindex(kg.index)
        cost = basket_cost(kg, used["per_kg"]).cost if site.household_people else np.nan
        rows.append((period, start, cost, "" if np.isnan(cost) else ",".join(used["price_marks"])))
    table = pd.DataFrame(rows, columns=[*_WHEN, "basket_idr", "basket_marks"])
    return table.astype({"start": "datetime64[ns]", "basket_idr": float}).set_index(_WHEN)


def _refusal(saved: float, weighed: float, lacks: str) -> str:
    if not np.isnan(saved):
        return ""
    return "nothing was weighed" if np.isnan(weighed) else f"no price of {', '.join(lacks.split())}"


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """Each food's weight, price and worth."""
    prices = city_prices(frames["food_price"], site)
    foods = valued(of_foods(frames["garden_harvest"], site), prices)
    here = (foods["place"] == row["place"]) & (foods["period"] == row["period"])
    here &= (foods["commodity"] == row["commodity"]) | (row["commodity"] == ALL_FOODS)
    used = foods[here & (foods["start"] == pd.Timestamp(row["start"]))]
    used = used.assign(saved_idr=used["kg"] * used["per_kg"])
    lines = [f"saved_idr = Σ kg · per_kg = {used['saved_idr'].sum():,.0f} IDR"]
    if row["basket_idr"] is not None:
        lines.append(f"basket_pct = 100 · saved_idr / {row['basket_idr']:,.0f} IDR = {row['basket_pct']:.3f} %")
    return Worked(used[["commodity", "kg", "per_kg", "saved_idr", "markets", "priced_at"]], tuple(lines))


def _facts(site: Site) -> object:
    markets = {slug: market.stand_in for slug, market in site.markets.items()}
    return markets, basket_facts(site), site.household_people


SAVINGS: Final = Indicator(
    name="savings",
    reads=_SOURCES,
    periods=PERIODS,
    place="place",
    coverage=AtLeast(count=1),
    reach=Reach.TWELVE_MONTHS_ON,
    method="1",
    source="This project's own rule: what a household grows is valued at market prices, as household surveys do",
    sentence=Label(
        id="Berapa rupiah yang harus dibayar di pasar untuk hasil kebun yang harganya diketahui, dan berapa persen itu "
        "dari belanja pangan satu rumah tangga. Bila harga periode itu tidak ada, dipakai yang terakhir dalam setahun.",
        en="What the harvest that has a market price would have cost, and what per cent of one household's food "
        "basket that is. Where that period has no price, the last one of the year before it is taken.",
    ),
    formula="saved_idr = Σ kg · per_kg; basket_pct = 100 · saved_idr / cost of one household's panel basket",
    compute=compute,
    workings=workings,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    spread=spread,
    facts=_facts,
)
