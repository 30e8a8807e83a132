"""A price sheet's rows as quotes: each price once, corrections in order, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from commons.catalogue.commodities import Commodity, commodity
from commons.errors import UnknownNameError
from sensors.drivers.sheet_parsing import parse_day, parse_price, parse_unit

COLUMNS: Final = ("date", "commodity", "quote", "price", "unit")
Measures = Mapping[tuple[str, str], float]
"""What one of a household measure of a commodity weighs [kg], by measure and commodity."""

_FIRST_LINE: Final = 2  # as a spreadsheet counts, below the header
_SATURDAY: Final = 5
_FRIDAY: Final = 4


class Key(NamedTuple):
    """What makes two prices the same entry: the day, what is priced, and who said so."""

    day: date
    commodity: str
    quote: str


@dataclass(frozen=True, slots=True)
class Quote:
    """One price.

    Args:
        row: The row's number in the sheet, from 0.
        key: Its day, commodity and quote.
        price_idr: The price of one unit of the commodity, kg or l [IDR].
        version: 1, and one more for each other price of the same key before it.
        note: How a household measure was weighed, or nothing.
    """

    row: int
    key: Key
    price_idr: float
    version: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used.

    Args:
        row: The row's number in the sheet, from 0.
        kind: The column it is about.
        value: What stands there.
        remedy: What to do about it.
    """

    row: int
    kind: str
    value: str
    remedy: str

    @property
    def line(self) -> int:
        """The row's line as a spreadsheet counts."""
        return self.row + _FIRST_LINE


@dataclass(slots=True)
class Sheet:
    """What a sheet says.

    Args:
        rows: How many rows it has.
        quotes: Its prices, in the sheet's order.
        problems: Its rows that cannot be used.
        priceless: How many rows say that there was no price.
        repeated: How many rows say again what is known.
    """

    rows: int
    quotes: list[Quote] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    priceless: int = 0
    repeated: int = 0


class _RowError(Exception):
    """A row cannot be used: the column, what stands there, and the remedy."""

    def __init__(self, kind: str, value: str, remedy: str) -> None:
        super().__init__(remedy)
        self.kind, self.value, self.remedy = kind, value, remedy


def read_sheet(
    rows: Sequence[Mapping[str, str]], *, today: date, measures: Measures, weekend_repeats: bool = False
) -> Sheet:
    """Read a sheet's rows; what a row gives depends on it and the rows above it, so that a sheet may grow.

    Args:
        rows: Cells by column: date, commodity, quote, price, unit.
        today: The local day; a price of a later one is a typing error.
        measures: Household measures that may stand as a unit.
        weekend_repeats: Whether the source repeats Friday's price on Saturday and Sunday, as PIHPS does: a weekend's
            price that equals Friday's of the same key, further up in the sheet, is then no new price.

    Returns:
        Prices, problems and counts; each row is in exactly one of them.
    """
    sheet = Sheet(len(rows))
    known: dict[Key, Quote] = {}
    for number, cells in enumerate(rows):
        try:
            quote = _quote(number, cells, today, measures)
        except _RowError as error:
            sheet.problems.append(Problem(number, error.kind, error.value, error.remedy))
            continue
        if quote is None:
            sheet.priceless += 1
            continue
        before = known.get(quote.key)
        if (before and before.price_idr == quote.price_idr) or (weekend_repeats and _repeats_friday(quote, known)):
            sheet.repeated += 1
            continue
        if before:
            quote = Quote(number, quote.key, quote.price_idr, before.version + 1, quote.note)
        known[quote.key] = quote
        sheet.quotes.append(quote)
    return sheet


def _quote(number: int, cells: Mapping[str, str], today: date, measures: Measures) -> Quote | None:
    """One row's price in its first version; None where it says that there was none."""
    try:
        price = parse_price(cells["price"])
    except ValueError:
        raise _RowError("price", cells["price"], "write one number in rupiah, such as 41250") from None
    if price is None:
        return None
    food = _commodity(cells["commodity"])
    amount, note = _amount(cells["unit"], food, measures)
    key = Key(_day(cells["date"], today), food.slug, " ".join(cells["quote"].split()))
    return Quote(number, key, round(price / amount, 2), 1, note)


def _commodity(name: str) -> Commodity:
    try:
        return commodity(name)
    except UnknownNameError as error:
        near = f"write {' or '.join(error.near)}" if error.near else "use a name of commodities.csv, or add this one"
        raise _RowError("commodity", name, near) from None


def _day(text: str, today: date) -> date:
    try:
        day = parse_day(text)
    except ValueError:
        raise _RowError("date", text, "write the day as 2026-05-03 or 3/5/2026") from None
    if day > today:
        raise _RowError("date", text, "it is still to come; mend the year or the month")
    return day


def _amount(text: str, food: Commodity, measures: Measures) -> tuple[float, str]:
    """How much of the commodity's unit a price is for, and a note where it was weighed by a table."""
    try:
        unit, amount = parse_unit(text)
    except ValueError:
        raise _RowError("unit", text, f"write what the price is for, such as Rp/{food.unit}") from None
    if unit == food.unit:
        return amount, ""
    kg = measures.get((unit, food.slug)) or measures.get((unit, ""))
    if kg is None or food.unit != "kg" or unit == "l":
        remedy = f"{food.slug} is priced by the {food.unit}; weigh it, or add the measure to units.csv"
        raise _RowError("unit", text, remedy)
    return amount * kg, f"{text}, {kg:g} kg / {unit}"


def _repeats_friday(quote: Quote, known: Mapping[Key, Quote]) -> bool:
    weekday = quote.key.day.weekday()
    if weekday < _SATURDAY:
        return False
    friday = known.get(quote.key._replace(day=quote.key.day - timedelta(days=weekday - _FRIDAY)))
    return friday is not None and friday.price_idr == quote.price_idr
