"""What a place's harvest of a month or a week fed and saved, against need and basket, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web.harvests import monday
from web.words import joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from web.reader import Reader, Row

NEEDS_SHOWN: Final = 6
_LOOK_BACK_DAYS: Final = 62
_PRICES_LOOK_BACK_DAYS: Final = 400
_PANEL: Final = "panel"


@dataclass(frozen=True, slots=True)
class Food:
    """One month, or one week, of a place.

    A row may be refused: its `refused` says why it has no value.

    Args:
        start: The period's first day.
        is_current: Whether today lies in it.
        nutrition: Energy, protein and how many people they feed; None = nobody reported.
        savings: What the harvest would have cost; None = nobody reported.
        needs: Shares of the need by food, the largest first; empty where the people are not counted.
        basket: What a person's food costs at the market that pages start with; None = unknown.
    """

    start: date
    is_current: bool
    nutrition: Row | None
    savings: Row | None
    needs: list[Row]
    basket: Row | None

    def marks(self, row: Row | None) -> tuple[str, ...]:
        """What must be said of a row."""
        return joined_marks([row["marks"]]) if row else ()

    @property
    def households(self) -> float | None:
        """For how many households' staple food of as long the savings stand; None = not known."""
        row = self.savings
        if row is None or row["refused"] or row["basket_pct"] is None:
            return None
        return float(row["basket_pct"]) / 100

    @property
    def need_marks(self) -> tuple[str, ...]:
        """What must be said of the shares of the need."""
        return joined_marks(row["marks"] for row in self.needs)


def month_of(reader: Reader, place: str) -> Food | None:
    """The newest month in which a place's harvest was reported; None = there is none lately.

    Args:
        reader: The store.
        place: A lane, or the city.
    """
    nutrition = _newest(_read(reader, "nutrition", place=place))
    return None if nutrition is None else _food(reader, place, nutrition, "month")


def week_of(reader: Reader, place: str, week: date) -> Food | None:
    """The week that begins on a Monday; None = nobody reported a harvest.

    Args:
        reader: The store.
        place: A lane, or the city.
        week: The Monday.
    """
    at = reader.midnight(week)
    rows = [row for row in _read(reader, "nutrition", place=place, period="week") if row["time"] == at]
    return _food(reader, place, rows[0], "week") if rows else None


def _food(reader: Reader, place: str, nutrition: Row, period: str) -> Food:
    """The period of a nutrition row."""
    at = nutrition["time"]
    start = reader.local(at).date()
    running = reader.today.replace(day=1) if period == "month" else monday(reader.today)
    savings = _read(reader, "savings", place=place, period=period, commodity=ALL_FOODS)
    return Food(
        start=start,
        is_current=start == running,
        nutrition=nutrition,
        savings=_newest([row for row in savings if row["time"] == at]),
        needs=_largest(row for row in _read(reader, "food_supply", place=place, period=period) if row["time"] == at),
        basket=_basket(reader),
    )


def _basket(reader: Reader) -> Row | None:
    """The newest month of the panel's foods: of the city's own markets first."""
    markets = reader.site.markets
    rows = [
        row for row in _read(reader, "basket_cost", days=_PRICES_LOOK_BACK_DAYS, basket=_PANEL) if not row["refused"]
    ]
    known = sorted((row for row in rows if row["market"] in markets), key=lambda row: row["time"], reverse=True)
    own = sorted(known, key=lambda row: markets[row["market"]].stand_in)
    return {**own[0], "at": markets[own[0]["market"]], "start": reader.local(own[0]["time"]).date()} if own else None


def _largest(rows: Iterable[Row]) -> list[Row]:
    known = [row for row in rows if not row["refused"] and row["commodity"] in commodities()]
    return sorted(known, key=lambda row: -row["fulfilment"])[:NEEDS_SHOWN]


def _newest(rows: list[Row]) -> Row | None:
    return rows[-1] if rows else None


def _read(reader: Reader, measurement: str, *, days: int = _LOOK_BACK_DAYS, **where: str) -> list[Row]:
    """The months of a place, or other periods, refused ones too."""
    start = reader.days_ago(days)
    return reader.read(Query(measurement, start=start, where={"period": "month", **where}, quality="all"))
