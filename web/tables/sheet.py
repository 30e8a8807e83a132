"""What a table for everybody is: columns with a meaning, and cells that are texts, numbers or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label, measurement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from commons.sites import Market
    from web.reader import Reader

Cell = str | float | date | None
Rows = list[tuple[Cell, ...]]

GARDENS: Final = "gardens"
MARKETS: Final = "markets"
PLACES: Final = "places"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: In the head of the table.
        label: What people call it.
        unit: Of its numbers, as UCUM writes it; empty = a text, a day or a bare count.
        about: What it means beyond that, in English.
    """

    name: str
    label: Label
    unit: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a table is asked for.

    Args:
        reader: The store.
        too_old_hours: The age from which a reading is no longer trusted [h].
        figure: Which figure of places.
        level: Of which level.
        market: Only this market; None = those that pages start with.
    """

    reader: Reader
    too_old_hours: float
    figure: str = "kg"
    level: str = "kecamatan"
    market: Market | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Args:
        name: In its address.
        label: What people call it.
        page: The page that shows it.
        columns: Its columns.
        rows: Finds its rows.
        sources: What it is made of: "gardens", "markets", "places".
        takes: The parameters that it heeds.
    """

    name: str
    label: Label
    page: str
    columns: tuple[Column, ...]
    rows: Callable[[Asked], Rows]
    sources: tuple[str, ...]
    takes: tuple[str, ...] = ()


def column(of: str, field: str, name: str = "") -> Column:
    """A column that is a field of the catalogue."""
    found = measurement(of).field(field)
    return Column(name or field, found.label, "" if found.unit == "1" else found.unit, found.about)


def day(name: str, label: Label, about: str = "") -> Column:
    """A column of days of the site's calendar."""
    return Column(name, label, "", about or "day, ISO 8601")


COMMODITY: Final = Column("commodity", Label("Komoditas", "Commodity"), "", "slug; `semua` is all foods together")
NAME_ID: Final = Column("name_id", Label("Nama", "Name in Indonesian"))
NAME_EN: Final = Column("name_en", Label("Nama Inggris", "Name in English"))
MARKET: Final = Column("market", Label("Pasar", "Market"), "", "slug; see the sheet `about` for its name and licence")
N: Final = Column("n", Label("Jumlah masukan", "Number of inputs"), "", "how many lanes, quotes or foods it stands on")
EXPECTED: Final = Column("expected", Label("Jumlah masukan seharusnya", "Inputs expected"))
MARKS: Final = Column("marks", Label("Tanda", "Marks"), "", "what must be said of the value; see the sheet `about`")
REFUSED: Final = Column("refused", Label("Sebab tanpa nilai", "Why it has no value"))
PERIOD: Final = Column("period", Label("Jenis periode", "Kind of period"), "", "week (from Monday) or month")
START: Final = day("start", Label("Hari pertama", "First day"))
FOOD: Final = (COMMODITY, NAME_ID, NAME_EN)
ABOUT: Final = (N, EXPECTED, MARKS, REFUSED)


def about(row: dict[str, float | str | None]) -> tuple[Cell, ...]:
    """The cells of `ABOUT`."""
    return row.get("n"), row.get("expected"), row.get("marks") or None, row.get("refused") or None


def marks_in(table: Table, rows: Sequence[tuple[Cell, ...]]) -> set[str]:
    """The marks, and the origins that are marks, that any row of a table carries."""
    places = [place for place, found in enumerate(table.columns) if found.name.endswith((MARKS.name, "origin"))]
    return {mark for row in rows for place in places for mark in str(row[place] or "").split(",") if mark}
