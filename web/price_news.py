"""What is new of prices: the week's change, what is above its limit or in alarm, chilli apart, and what was not so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web import prices
from web.price_watch import FoodWatch, market_watch
from web.words import joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from commons.catalogue import Label
    from commons.sites import Market
    from web.prices import LimitedPrice
    from web.reader import Reader, Row

CHILLI: Final = "cabai"
"""How the slugs of chillies begin."""
_WEEK: Final = timedelta(days=7)
_LOOK_BACK: Final = timedelta(days=45)
_NORMAL: Final = ("", "normal")
ABOVE: Final = "above"


@dataclass(frozen=True, slots=True)
class FoodNews:
    """What is known of a food's price.

    Args:
        slug: The food.
        label: Its name.
        limited: Its price beside the official limit; None = it has none.
        watch: Its weekly change and its alarms; empty where there are none.
        was: Its position a week before that price; None = not known.
    """

    slug: str
    label: Label
    limited: LimitedPrice | None
    watch: FoodWatch
    was: str | None

    @property
    def is_chilli(self) -> bool:
        """Whether it is one of the chillies, which are watched apart."""
        return self.slug.startswith(CHILLI)

    @property
    def is_above(self) -> bool:
        """Whether its price is above the official limit."""
        return self.limited is not None and self.limited.row["state"] == ABOVE

    @property
    def is_newly_above(self) -> bool:
        """Whether it was not above a week before."""
        return self.is_above and self.was not in (None, ABOVE)

    @property
    def is_alarming(self) -> bool:
        """Whether it is above its limit, or an alarm says more than that it is normal."""
        return self.is_above or any((row.get("phase") or "") not in _NORMAL for row in self.watch.alarms.values())

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be said of it."""
        rows: list[Row] = [self.watch.weekly, *self.watch.alarms.values()]
        if self.limited:
            rows.append(self.limited.row)
        return joined_marks(row.get("marks") for row in rows)


@dataclass(frozen=True, slots=True)
class PriceNews:
    """What is new of prices.

    Args:
        market: Where the index, the weekly change and the alarms are from; None = there is no index.
        friday: The Friday that the weekly change goes up to.
        weekly: The change of all foods together; empty = there is none, `refused` says why.
        weekly_before: The same of the week before.
        limited: How many prices have a limit.
        foods: What is known of each food, the worst first.
        where: The places that stand-in prices are from, with commas.
    """

    market: Market | None
    friday: date | None
    weekly: dict[str, Any]
    weekly_before: dict[str, Any]
    limited: int
    foods: list[FoodNews]
    where: str

    @property
    def chilli(self) -> list[FoodNews]:
        """The chillies, alarming or not."""
        return [food for food in self.foods if food.is_chilli]

    @property
    def alarming(self) -> list[FoodNews]:
        """What else is above its limit or in alarm."""
        return [food for food in self.foods if food.is_alarming and not food.is_chilli]

    @property
    def above(self) -> list[FoodNews]:
        """What is above its limit, chilli too."""
        return [food for food in self.foods if food.is_above]


def price_news(reader: Reader) -> PriceNews:
    """What is new of the prices in the markets that pages start with."""
    index = next(iter(prices.market_indices(reader)), None)
    watch = market_watch(reader, index.market) if index else None
    limited = prices.limited_prices(reader, prices.ceiling_markets(reader, ""))
    together = [food.weekly for food in (watch.foods if watch else ()) if food.label is None]
    markets = dict.fromkeys([*([index.market] if index else []), *(price.market for price in limited)])
    return PriceNews(
        market=index.market if index else None,
        friday=watch.friday if watch else None,
        weekly=next(iter(together), {}),
        weekly_before=_weekly_before(reader, index.market) if index else {},
        limited=len(limited),
        foods=_foods(watch.foods if watch else [], limited, _before(reader, limited)),
        where=", ".join(dict.fromkeys(market.where for market in markets if market.stand_in)),
    )


def _foods(
    watched: Iterable[FoodWatch], limited: Iterable[LimitedPrice], before: dict[tuple[str, str], str]
) -> list[FoodNews]:
    by_slug = {_slug(food): food for food in watched if food.label is not None}
    priced = {price.row["commodity"]: price for price in reversed(list(limited))}  # of several markets, the worst
    found = [
        FoodNews(
            slug,
            commodities()[slug].label,
            priced.get(slug),
            by_slug.get(slug, FoodWatch(commodities()[slug].label)),
            before.get((priced[slug].market.slug, slug)) if slug in priced else None,
        )
        for slug in dict.fromkeys((*reversed(priced), *sorted(by_slug)))
    ]
    return sorted(found, key=lambda food: (not food.is_above, not food.is_alarming))


def _slug(food: FoodWatch) -> str:
    """The food that a row of its watch names."""
    return str(next(row["commodity"] for row in (food.weekly, food.variation, *food.alarms.values()) if row))


def _before(reader: Reader, limited: Iterable[LimitedPrice]) -> dict[tuple[str, str], str]:
    """By market and food, the position of the last price at least a week before the newest one."""
    newest = {(price.market.slug, price.row["commodity"]): price.day for price in limited}
    if not newest:
        return {}
    query = Query(
        "ceiling_position",
        start=reader.midnight(min(newest.values()) - _LOOK_BACK),
        stop=reader.midnight(max(newest.values()) - _WEEK + timedelta(days=1)),
        where={"market": sorted({market for market, _ in newest})},
        fields=("state",),
    )
    found: dict[tuple[str, str], str] = {}
    for row in reader.read(query):
        key = row["market"], row["commodity"]
        if key in newest and reader.local(row["time"]).date() <= newest[key] - _WEEK:
            found[key] = row["state"]
    return found


def _weekly_before(reader: Reader, market: Market) -> Row:
    """The change of all foods together in the newest week but one."""
    where = {"market": market.slug, "commodity": ALL_FOODS}
    rows = reader.read(Query("price_weekly", where=where, limit=2, newest_first=True, quality="all"))
    times = sorted((row["time"] for row in rows), reverse=True)
    return next((row for row in rows if len(times) > 1 and row["time"] == times[1]), {})
