"""What to watch among a market's prices: baskets, weekly change, alarms and variation, as complete as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web.words import ALARM_PHASES, BASKETS, joined_marks

if TYPE_CHECKING:
    from commons.catalogue import Label
    from commons.sites import Market
    from web.reader import Reader, Row

_NEWEST_ROWS: Final = 200  # more than one period of every food of a market has
_FRIDAY: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class BasketIndex:
    """One basket's newest index in a market."""

    words: str
    row: Row


@dataclass(slots=True)
class FoodWatch:
    """What is to be watched of one food.

    Args:
        label: Its name; None = all foods together.
        weekly: Its newest `price_weekly`, refused or not; empty = there is none.
        variation: Its newest `price_variation`, likewise.
        alarms: By "alps" and "ifpa", its newest `price_alarm`, likewise.
    """

    label: Label | None
    weekly: Row = field(default_factory=dict)
    variation: Row = field(default_factory=dict)
    alarms: dict[str, Row] = field(default_factory=dict)

    def phase(self, alarm: str) -> str:
        """The words of an alarm's phase; empty where it has none."""
        return ALARM_PHASES.get(self.alarms.get(alarm, {}).get("phase") or "", "")


@dataclass(frozen=True, slots=True)
class MarketWatch:
    """What is to be watched in a market.

    Args:
        market: Where.
        baskets: Its baskets' newest indices, all foods first.
        foods: Each food, all foods together first.
        friday: The Friday that the weekly changes go up to.
        month: The newest month with alarms.
        year: The newest month with variations.
        lacking: Why alarms or variations have no value, each reason once.
        marks: What must be said of all of it.
    """

    market: Market
    baskets: list[BasketIndex]
    foods: list[FoodWatch]
    friday: date | None
    month: date | None
    year: date | None
    lacking: tuple[str, ...]
    marks: tuple[str, ...]


def market_watch(reader: Reader, market: Market) -> MarketWatch:
    """What is to be watched in a market, as of its newest week and months."""
    weekly, alarms, variation = (
        _newest(reader, name, market) for name in ("price_weekly", "price_alarm", "price_variation")
    )
    foods: dict[str, FoodWatch] = {}
    for row in (*weekly, *alarms, *variation):
        slug = row["commodity"]
        foods.setdefault(slug, FoodWatch(commodities()[slug].label if slug in commodities() else None))
    for row in weekly:
        foods[row["commodity"]].weekly = row
    for row in variation:
        foods[row["commodity"]].variation = row
    for row in alarms:
        foods[row["commodity"]].alarms[row["alarm"]] = row
    refused = [row["refused"] for row in (*alarms, *variation) if row["refused"]]
    baskets = _baskets(reader, market)
    monday = _day(reader, weekly)
    return MarketWatch(
        market=market,
        baskets=baskets,
        foods=sorted(foods.values(), key=lambda food: "" if food.label is None else food.label.id),
        friday=None if monday is None else monday + _FRIDAY,
        month=_day(reader, alarms),
        year=_day(reader, variation),
        lacking=tuple(dict.fromkeys(refused)),
        marks=joined_marks(row["marks"] for row in (*weekly, *alarms, *variation)),
    )


def _baskets(reader: Reader, market: Market) -> list[BasketIndex]:
    """The indices of a market's newest month."""
    rows = reader.latest("price_index", {"market": market.slug})
    newest = max((row["time"] for row in rows), default=0)
    order = {name: place for place, name in enumerate(BASKETS)}
    shown = sorted(
        (row for row in rows if row["time"] == newest and row["basket"] in order), key=lambda row: order[row["basket"]]
    )
    return [BasketIndex(BASKETS[row["basket"]], row) for row in shown]


def _newest(reader: Reader, measurement: str, market: Market) -> list[Row]:
    """Every row of a market's newest period, those without a value too."""
    query = Query(measurement, where={"market": market.slug}, limit=_NEWEST_ROWS, newest_first=True, quality="all")
    rows = [row for row in reader.read(query) if row["n"]]
    newest = max((row["time"] for row in rows), default=0)
    return [row for row in rows if row["time"] == newest and row["commodity"] in {*commodities(), ALL_FOODS}]


def _day(reader: Reader, rows: list[Row]) -> date | None:
    return reader.local(rows[0]["time"]).date() if rows else None
