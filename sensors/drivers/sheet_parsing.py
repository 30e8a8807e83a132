"""Dates, prices and units as people in Indonesia type them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t].*)?")
_NAMED: Final = re.compile(r"(?:[a-z'’]+,? +)?(\d{1,2})[- ]([a-z]+)\.?[- ,]+(\d{4}|\d{2})")
_NAME_FIRST: Final = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})")
_MONTH_NAMES: Final = (
    *("jan", "feb|peb", "mar", "apr", "mei|may", "jun"),
    *("jul", "agu|agt|ags|aug", "sep", "okt|oct", "nov|nop", "des|dec"),
)
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split("|")}
_MONTH_LETTERS: Final = 3
_THIS_CENTURY: Final = 2000

_NO_PRICE: Final = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "kosong", "tidakada", "x"})
_DIGITS: Final = re.compile(r"\d[\d.,]*")
_DECIMALS: Final = 2
_GROUP: Final = 3

_UNIT: Final = re.compile(r"(?:rp\.?|idr)? *(?:/|per)? *(?:(\d+(?:[.,]\d+)?) *)?([a-z]+)\.?")
_AMOUNTS: Final = {
    **dict.fromkeys(("kg", "kilo", "kilogram"), ("kg", 1.0)),
    **dict.fromkeys(("ons", "on"), ("kg", 0.1)),  # the Indonesian ons is 100 g
    **dict.fromkeys(("g", "gr", "gram"), ("kg", 0.001)),
    **dict.fromkeys(("kuintal", "kwintal", "kw", "ku"), ("kg", 100.0)),
    **dict.fromkeys(("ton", "t"), ("kg", 1000.0)),
    **dict.fromkeys(("l", "lt", "ltr", "liter", "litre"), ("l", 1.0)),
    **dict.fromkeys(("ml", "cc"), ("l", 0.001)),
}


def parse_day(text: str) -> date:
    """A date: 2025-09-13, 13-9-2025, 19/05/2022, "18 Sep 26", "Senin, 3 Mei 2026", "Sep 21, 2026".

    The day comes before the month, as everywhere in Indonesia, unless the year or the month's name comes first; a
    year of two digits is of this century. Months are known by their first three letters, in Indonesian and English.

    Raises:
        ValueError: It is no date.
    """
    plain = " ".join(text.casefold().split())
    if found := _YEAR_FIRST.fullmatch(plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(plain):
        return date(_year(found[3]), int(found[2]), int(found[1]))
    if found := _NAMED.fullmatch(plain):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _NAME_FIRST.fullmatch(plain):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(f"{text!r} is no date")


def parse_price(text: str) -> float | None:
    """A price in rupiah: 41250, "41.250", "Rp41,250", "Rp 1.250.000,-", "41.250,50"; None where there is none.

    Zero, a blank and a dash say that there was no price. A point or comma before groups of three digits parts
    thousands, whatever the country.

    Raises:
        ValueError: It is something else, such as a range.
    """
    plain = re.sub(r"\s|rp\.?|idr", "", text.casefold()).removesuffix("-").rstrip(".,")
    if plain in _NO_PRICE:
        return None
    if not _DIGITS.fullmatch(plain):
        raise ValueError(f"{text!r} is no price")
    return _rupiah(plain, text) or None


def parse_unit(text: str) -> tuple[str, float]:
    """What a price is for: "Rp./Kg" is ("kg", 1.0), "per ons" ("kg", 0.1), "Rp/500 ml" ("l", 0.5).

    Returns:
        The unit and how much of it. Weights come in kg, volumes in l; any other word as it stands.

    Raises:
        ValueError: There is no unit.
    """
    found = _UNIT.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise ValueError(f"{text!r} is no unit")
    number = float((found[1] or "1").replace(",", "."))
    unit, amount = _AMOUNTS.get(found[2], (found[2], 1.0))
    if not number:
        raise ValueError(f"{text!r} is no unit")
    return unit, number * amount


def _year(text: str) -> int:
    return int(text) + (_THIS_CENTURY if len(text) == _DECIMALS else 0)


def _month(name: str) -> int:
    number = _MONTHS.get(name[:_MONTH_LETTERS])
    if number is None:
        raise ValueError(f"{name!r} is no month")
    return number


def _rupiah(plain: str, text: str) -> float:
    """Digits with points and commas as a number."""
    mark = max(".,", key=plain.rfind)
    other = "," if mark == "." else "."
    whole, _, rest = plain.rpartition(mark)
    if not whole:
        return float(plain)
    if other not in plain and whole != "0" and _is_grouped(plain.split(mark)):
        return float(plain.replace(mark, ""))
    groups = whole.split(other)  # the last mark parts the decimals
    if not _is_grouped(groups):
        raise ValueError(f"{text!r} is no price")
    return float(f"{''.join(groups)}.{rest}")


def _is_grouped(groups: list[str]) -> bool:
    """Whether these are the thousands of one number."""
    rest = groups[1:]
    digits = all(group.isdecimal() for group in groups)
    return digits and all(len(group) == _GROUP for group in rest) and (not rest or 1 <= len(groups[0]) <= _GROUP)
