"""Baskets of one market's weighted commodities, month by month: what price index and contributions have in common."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.indicator import Source
from analytics.methods.price_index import Aggregate, aggregate
from analytics.periods import local_days
from analytics.revision import digest
from commons.catalogue.commodities import commodities
from commons.catalogue.price_kinds import volatile_foods
from commons.marks import ALL_FOODS, VOLATILE_FOODS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from commons.sites import Site

SOURCES: Final = (Source("price_elementary", ("index", "marks", "revision")),)
ENOUGH_WEIGHT: Final = AtLeast(count=1, share=0.7)
"""A month is published when at most 30 % of its weight is imputed."""

Month = Any
"""A `pd.Period` of frequency M, by which pandas' types let nobody index."""

_LEVEL: Final = "consumer"
_OFFICIAL: Final = "official"


@dataclass(frozen=True, slots=True)
class Basket:
    """Those of one market's commodities that belong to a basket and have an index and a weight.

    A commodity joins with its first price: until then it moves with all the others and so changes nothing. It belongs
    to the basket from the next month on, the first with a change of its own; when it has no price then, it moves with
    the others again, and counts as imputed.

    Args:
        market: Its slug.
        name: The basket: all foods, the volatile ones, or a group of the catalogue.
        aggregate: The index and the values it is made of.
        weights: By commodity [% of the whole consumer basket].
        about: By month: `weight` of the basket [% of the whole consumer basket], commodities priced (`n`) and in the
            basket (`expected`), and the share of the weight that is priced (`coverage`).
        belongs: By month and commodity, whether it belongs to the basket.
        own_marks: By month and commodity, the marks of its own index.
        inherited: By month, the marks of all inputs up to then.
        inputs: By month, the digest of all inputs up to then.
    """

    market: str
    name: str
    aggregate: Aggregate
    weights: pd.Series[float]
    about: dict[Month, dict[str, float]]
    belongs: pd.DataFrame
    own_marks: dict[tuple[Month, str], set[str]]
    inherited: dict[Month, set[str]]
    inputs: dict[Month, str]

    @property
    def months(self) -> list[Month]:
        """The months in which at least one commodity has an index of its own."""
        return list(self.inputs)

    @property
    def index(self) -> pd.Series[float]:
        """The index; missing in months with too little weight, so that no rate compares with an unpublished one."""
        enough = [month for month in self.months if self.about[month]["coverage"] >= ENOUGH_WEIGHT.share]
        return self.aggregate.index.where(self.aggregate.index.index.isin(enough))

    def sample(self, month: Month) -> list[str]:
        """The commodities that belong to the basket of a month."""
        return [name for name in self.weights.index if self.belongs.loc[month, name]]

    def is_missing(self, month: Month, commodity: str) -> bool:
        """Whether a commodity of the basket has no index of its own in a month."""
        return bool(self.aggregate.missing.loc[month, commodity])

    def marks(self, month: Month, *commodities: str) -> set[str]:
        """What a value made from these commodities in a month stands on."""
        imputed = any(
            self.is_missing(month, name) or provenance.IMPUTED in self.own_marks.get((month, name), set())
            for name in commodities
        )
        return self.inherited[month] | ({provenance.IMPUTED} if imputed else set())


def baskets(indices: pd.DataFrame, site: Site) -> Iterator[Basket]:
    """Every basket of every consumer market with a weighted commodity of it.

    Args:
        indices: Rows of `price_elementary`.
        site: The city: its markets and weights.
    """
    levels = {slug: market.level for slug, market in site.markets.items()}
    kept = indices[(indices["market"].map(levels) == _LEVEL) & indices["commodity"].isin(list(site.weights))]
    dated = kept.assign(month=local_days(kept["time"], site.zone).dt.to_period("M"))
    for market, own in dated.groupby("market", sort=True):
        for name, foods in _memberships(own["commodity"].unique()).items():
            yield _basket(str(market), name, own[own["commodity"].isin(foods)], site)


def _memberships(foods: Iterable[str]) -> dict[str, set[str]]:
    """The foods of each basket; a food is in all foods, in its group, and perhaps among the volatile ones."""
    found: dict[str, set[str]] = defaultdict(set)
    for food in foods:
        found[ALL_FOODS].add(food)
        if food in commodities():
            found[commodities()[food].group].add(food)
        if food in volatile_foods():
            found[VOLATILE_FOODS].add(food)
    return found


def worked(
    indices: pd.DataFrame, site: Site, *, market: str, basket: str, start: date
) -> tuple[Basket, Month, pd.DataFrame]:
    """A market's basket in a month: each commodity's weight, own index, value before and now, and whether imputed."""
    found = next(one for one in baskets(indices, site) if (one.market, one.name) == (market, basket))
    month: Month = pd.Period(start, "M")
    nk, names = found.aggregate.nk, found.sample(month)
    now, before = nk.loc[month][names], nk.shift().loc[month][names]
    own = indices[(indices["market"] == market) & (local_days(indices["time"], site.zone) == pd.Timestamp(start))]
    table = pd.DataFrame(
        {
            "weight_pct": found.weights[names],
            "own_index": own.set_index("commodity")["index"].reindex(names),
            "value_before": before,
            "value": now,
            "imputed": ["yes" if found.is_missing(month, name) else "" for name in names],
        }
    )
    return found, month, table.rename_axis("commodity").reset_index()


def basket_facts(site: Site) -> object:
    """The weights, which markets are consumers', and what belongs to which basket."""
    levels = {slug: market.level for slug, market in site.markets.items()}
    return list(site.weights.values()), levels, _memberships(site.weights)


def _basket(market: str, name: str, own: pd.DataFrame, site: Site) -> Basket:
    calendar = pd.period_range(own["month"].min(), own["month"].max(), freq="M")
    levels = own.pivot_table(index="month", columns="commodity", values="index").reindex(calendar)
    weights = pd.Series({food: site.weights[food].weight_pct for food in levels.columns}, dtype=float)
    own_marks = {
        (month, food): provenance.marks_in(marks)
        for month, food, marks in zip(own["month"], own["commodity"], own["marks"], strict=True)
    }
    inherited, inputs = _chained(own, site)
    whole = aggregate(levels, weights)
    belongs = (~whole.missing).cummax()
    return Basket(
        market=market,
        name=name,
        aggregate=whole,
        weights=weights,
        about=_about(belongs, belongs & ~whole.missing, weights),
        belongs=belongs,
        own_marks=own_marks,
        inherited=inherited,
        inputs=inputs,
    )


def _about(belongs: pd.DataFrame, priced: pd.DataFrame, weights: pd.Series[float]) -> dict[Month, dict[str, float]]:
    weight = (belongs * weights).sum(axis=1)
    columns = {
        "weight": weight,
        "n": priced.sum(axis=1),
        "expected": belongs.sum(axis=1),
        "coverage": (priced * weights).sum(axis=1) / weight,
    }
    return pd.DataFrame(columns, dtype=float).to_dict("index")  # type: ignore[return-value]  # the columns are texts


def _chained(own: pd.DataFrame, site: Site) -> tuple[dict[Month, set[str]], dict[Month, str]]:
    """Marks and digest of each month: those of the month before, and what it adds."""
    marks: set[str] = set()
    chain = ""
    inherited, inputs = {}, {}
    for month, rows in groups(own, "month"):
        names = sorted(rows["commodity"])
        used = [site.weights[name] for name in names]
        marks |= provenance.marks_in(",".join(rows["marks"])) & provenance.INHERITED
        marks |= {provenance.ASSUMED_WEIGHTS for weight in used if weight.kind != _OFFICIAL}
        marks |= {provenance.STAND_IN for weight in used if weight.kind == provenance.STAND_IN}
        weighed = [(weight.commodity, weight.weight_pct, weight.kind) for weight in used]
        chain = digest(chain, str(month), dict(zip(rows["commodity"], rows["revision"], strict=True)), weighed)
        inherited[month], inputs[month] = set(marks), chain
    return inherited, inputs
