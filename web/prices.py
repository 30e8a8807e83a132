"""Market prices: the index of each market, what moved it, each food's own index, and the official limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.errors import UnknownNameError
from commons.marks import ALL_FOODS
from store.contract import Query
from web.words import POSITIONS, joined_marks

if TYPE_CHECKING:
    from commons.catalogue import Label
    from commons.sites import Market
    from web.reader import Reader, Row

MONTHS_SHOWN: Final = 36
_MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class MarketIndex:
    """One market's index: its newest month and the months before.

    Args:
        market: Where the prices are from.
        month: The newest month's first day.
        row: The newest `price_index`.
        points: Index by month's first day, oldest first, at most 36 months and a month.
        marks: What must be said of the newest month.
    """

    market: Market
    month: date
    row: Row
    points: list[tuple[date, float | None]]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoodIndex:
    """One food in one market: its newest month, its index by month and its share of the change."""

    label: Label
    unit: str
    row: Row
    points: list[tuple[date, float | None]]
    contribution_pp: float | None
    weight_share: float | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitedPrice:
    """A price beside the official limit that holds on its day."""

    label: Label
    unit: str
    market: Market
    day: date
    row: Row
    marks: tuple[str, ...]


def market(reader: Reader, slug: str) -> Market:
    """A market of the site, or an `UnknownNameError` that offers the near ones."""
    try:
        return reader.site.markets[slug]
    except KeyError:
        raise UnknownNameError("market", slug, reader.site.markets) from None


def market_indices(reader: Reader) -> list[MarketIndex]:
    """Every market that has an index, the city's chosen one first."""
    fields = ("index", "mom", "ytd", "yoy", "weight", "imputed_weight", "marks", "method")
    by_market: dict[str, list[Row]] = {}
    for row in reader.read(Query("price_index", where={"basket": ALL_FOODS}, fields=fields)):
        by_market.setdefault(row["market"], []).append(row)
    first = reader.site.prices.get("index_market")
    order = sorted(by_market, key=lambda slug: (slug != first, slug))
    return [_market_index(reader, by_market[slug]) for slug in order if slug in reader.site.markets]


def food_indices(reader: Reader, index: MarketIndex) -> list[FoodIndex]:
    """The foods of a market in its newest month, those that moved the index most first."""
    start = reader.midnight(_months_before(index.month, MONTHS_SHOWN))
    where = {"market": index.market.slug}
    moved = {**where, "basket": ALL_FOODS}
    fields = ("index", "price_idr", "mom", "yoy", "imputed", "marks")
    shares = {
        row["commodity"]: row
        for row in reader.read(Query("price_contribution", start=reader.midnight(index.month), where=moved))
    }
    by_food: dict[str, list[Row]] = {}
    for row in reader.read(Query("price_elementary", start=start, where=where, fields=fields)):
        if row["commodity"] in commodities():  # nodes may send any word; pages show what the catalogue has a name for
            by_food.setdefault(row["commodity"], []).append(row)
    foods = [_food_index(reader, slug, rows, shares.get(slug, {})) for slug, rows in by_food.items()]
    return sorted(foods, key=lambda food: -abs(food.contribution_pp or 0.0))


def limited_prices(reader: Reader, slugs: list[str]) -> list[LimitedPrice]:
    """The newest price of each food that has an official limit, those above it first."""
    rows = reader.latest("ceiling_position", {"market": slugs}) if slugs else []
    ordered = sorted(rows, key=lambda row: (-(row["state_code"] or 0.0), -(row["distance"] or 0.0)))
    known = (
        row
        for row in ordered
        if row["market"] in reader.site.markets
        and row["commodity"] in commodities()
        and row["state"] in POSITIONS
        and row["price_idr"] is not None
    )
    return [
        LimitedPrice(
            label=commodities()[row["commodity"]].label,
            unit=commodities()[row["commodity"]].unit,
            market=reader.site.markets[row["market"]],
            day=reader.local(row["time"]).date(),
            row=row,
            marks=joined_marks([row["marks"]]),
        )
        for row in known
    ]


def position_counts(limited: list[LimitedPrice]) -> dict[str, int]:
    """How many prices are above, within and below their limits; what no price is in is left out."""
    counts = Counter(price.row["state"] for price in limited)
    return {position: counts[position] for position in POSITIONS if counts[position]}


def ceiling_markets(reader: Reader, chosen: str) -> list[str]:
    """The markets whose prices are held against limits: the chosen one, and the one that the site names for it."""
    named = str(reader.site.prices.get("ceiling_market", ""))
    return [slug for slug in dict.fromkeys((chosen, named)) if slug in reader.site.markets]


def _market_index(reader: Reader, rows: list[Row]) -> MarketIndex:
    newest = rows[-1]
    shown = rows[-MONTHS_SHOWN - 1 :]
    return MarketIndex(
        market=reader.site.markets[newest["market"]],
        month=reader.local(newest["time"]).date(),
        row=newest,
        points=[(reader.local(row["time"]).date(), row["index"]) for row in shown],
        marks=joined_marks([newest["marks"]]),
    )


def _food_index(reader: Reader, slug: str, rows: list[Row], share: Row) -> FoodIndex:
    food = commodities()[slug]
    return FoodIndex(
        label=food.label,
        unit=food.unit,
        row=rows[-1],
        points=[(reader.local(row["time"]).date(), row["index"]) for row in rows],
        contribution_pp=share.get("mom_pp"),
        weight_share=share.get("weight_share"),
        marks=joined_marks([rows[-1]["marks"]]),
    )


def _months_before(month: date, count: int) -> date:
    number = month.year * _MONTHS_PER_YEAR + month.month - 1 - count
    return date(number // _MONTHS_PER_YEAR, number % _MONTHS_PER_YEAR + 1, 1)
