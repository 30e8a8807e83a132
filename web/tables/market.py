"""Tables of prices: each market's index, each food's, alarms, and prices against official limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.catalogue import Label
from commons.catalogue.commodities import commodities
from web import prices
from web.price_watch import market_watch
from web.tables.sheet import ABOUT, FOOD, MARKET, MARKETS, MARKS, Column, Table, about, column, day

if TYPE_CHECKING:
    from commons.catalogue.commodities import Commodity
    from web.prices import MarketIndex
    from web.reader import Row
    from web.tables.sheet import Asked, Cell, Rows

_RATES: Final = ("index", "mom", "ytd", "yoy", "weight", "imputed_weight")
_FOOD: Final = ("price_idr", "index", "mom", "yoy", "imputed")
_ALARMS: Final = ("alps", "ifpa")
_LIMIT: Final = ("price_idr", "min_idr", "max_idr", "distance", "state", "regulation")


def _indices(asked: Asked) -> Rows:
    return [
        (
            found.market.slug,
            found.market.level,
            float(found.market.stand_in),
            found.month,
            *(found.row[name] for name in _RATES),
            found.row["marks"] or None,
        )
        for found in prices.market_indices(asked.reader)
        if asked.market in (None, found.market)
    ]


def _foods(asked: Asked) -> Rows:
    index = _index(asked)
    if index is None:
        return []
    return [
        (
            index.market.slug,
            asked.reader.local(food.row["time"]).date(),
            *_named(food.row["commodity"]),
            *(food.row[name] for name in _FOOD),
            food.contribution_pp,
            food.weight_share,
            food.row["marks"] or None,
        )
        for food in prices.food_indices(asked.reader, index)
    ]


def _watch(asked: Asked) -> Rows:
    """A row a food and figure: the week's change, each alarm, and the year's variation."""
    index = _index(asked)
    if index is None:
        return []
    watch = market_watch(asked.reader, index.market)
    found: Rows = []
    for food in watch.foods:
        told: list[tuple[str, Row, Any, Any]] = [("weekly", food.weekly, food.weekly.get("change"), None)]
        told += [
            (name, row, row["value"], row["phase"] or None) for name, row in food.alarms.items() if name in _ALARMS
        ]
        told.append(("variation", food.variation, food.variation.get("variation"), None))
        for figure, row, value, phase in told:
            if row:
                start = asked.reader.local(row["time"]).date()
                value_or_none = None if row["refused"] else value
                found.append(
                    (index.market.slug, *_named(row["commodity"]), figure, start, value_or_none, phase, *about(row))
                )
    return found


def _ceilings(asked: Asked) -> Rows:
    chosen = asked.market.slug if asked.market else ""
    return [
        (
            limited.market.slug,
            limited.day,
            *_named(limited.row["commodity"]),
            limited.unit,
            *(limited.row[name] or None if name == "regulation" else limited.row[name] for name in _LIMIT),
            *about(limited.row),
        )
        for limited in prices.limited_prices(asked.reader, prices.ceiling_markets(asked.reader, chosen))
    ]


def _index(asked: Asked) -> MarketIndex | None:
    found = prices.market_indices(asked.reader)
    return next((index for index in found if asked.market in (None, index.market)), None)


def _named(slug: str) -> tuple[Cell, ...]:
    known: Commodity | None = commodities().get(slug)
    return (slug, known.label.id, known.label.en) if known else (slug, None, None)


_MONTH: Final = day("month", Label("Bulan", "Month"), "its first day")

MARKET_TABLES: Final = (
    Table(
        "indices",
        Label("Indeks tiap pasar", "Each market's index"),
        "/prices",
        (
            MARKET,
            Column("level", Label("Tingkat", "Level of trade"), "", "consumer, producer or wholesale"),
            Column("stand_in", Label("Dari tempat lain", "Stands in from elsewhere"), "", "1 = yes, 0 = no"),
            _MONTH,
            *(column("price_index", name) for name in _RATES),
            MARKS,
        ),
        _indices,
        (MARKETS,),
        ("market",),
    ),
    Table(
        "prices",
        Label("Harga rata-rata bulan", "Mean prices of the month"),
        "/prices",
        (
            MARKET,
            _MONTH,
            *FOOD,
            *(column("price_elementary", name) for name in _FOOD),
            column("price_contribution", "mom_pp"),
            column("price_contribution", "weight_share"),
            MARKS,
        ),
        _foods,
        (MARKETS,),
        ("market",),
    ),
    Table(
        "watch",
        Label("Yang perlu diawasi", "What to watch"),
        "/prices",
        (
            MARKET,
            *FOOD,
            Column(
                "figure",
                Label("Angka", "Figure"),
                "",
                "weekly and variation in %, alps and ifpa in standard deviations",
            ),
            day("start", Label("Hari pertama", "First day"), "of the week or the month"),
            Column("value", Label("Nilai", "Value"), "", "empty = not enough data; see `refused`"),
            column("price_alarm", "phase"),
            *ABOUT,
        ),
        _watch,
        (MARKETS,),
        ("market",),
    ),
    Table(
        "ceilings",
        Label("Harga terhadap batas resmi", "Prices against official limits"),
        "/prices",
        (
            MARKET,
            day("day", Label("Hari", "Day"), "of the price"),
            *FOOD,
            Column("unit", Label("Satuan", "Unit"), "", "what the price is for: kg or l"),
            *(column("ceiling_position", name) for name in _LIMIT),
            *ABOUT,
        ),
        _ceilings,
        (MARKETS,),
        ("market",),
    ),
)
