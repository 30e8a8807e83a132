"""Every food the gardens grow or the markets sell, and the names people give it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from commons.catalogue import Label
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Commodity:
    """One food.

    Args:
        slug: Its name in topics and tags.
        label: What people call it.
        group: The kind of food.
        unit: What a price is for: "kg" or "l".
        garden: Whether lanes grow it.
        pph_group: Its group in the desirable dietary pattern, or empty.
        kcal_per_100g: Energy of the edible part [kcal/100 g]; None = unknown.
        protein_g_per_100g: Protein of the edible part [g/100 g]; None = unknown.
        edible_pct: The share that is eaten [%]; None = unknown, not 100.
        composition: Its row in the food composition table, or empty: foods of one row are one food to a diet.
        diet_group: Its group in the Healthy Diet Basket, or empty.
        verified: Whether the row's source was seen.
    """

    slug: str
    label: Label
    group: str
    unit: str
    garden: bool
    pph_group: str
    kcal_per_100g: float | None
    protein_g_per_100g: float | None
    edible_pct: float | None
    composition: str
    diet_group: str
    verified: bool


@cache
def commodities() -> Mapping[str, Commodity]:
    """Every commodity by slug."""
    return MappingProxyType({row["slug"]: _commodity(row) for row in _rows()})


def commodity(name: str) -> Commodity:
    """The commodity of a slug, or of a name as some source spells it.

    Raises:
        UnknownNameError: Nothing is called so; the near names are offered.
    """
    table = commodities()
    found = table.get(name) or table.get(_aliases().get(_folded(name), ""))
    if found is None:
        raise UnknownNameError("commodity", name, table)
    return found


@cache
def _rows() -> list[dict[str, str]]:
    text = resources.files("commons.catalogue").joinpath("commodities.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _aliases() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in _rows():
        for alias in (row["slug"], row["name_id"], row["name_en"], *row["aliases"].split("|")):
            if alias:
                found.setdefault(_folded(alias), row["slug"])
    return MappingProxyType(found)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())


def _commodity(row: dict[str, str]) -> Commodity:
    return Commodity(
        slug=row["slug"],
        label=Label(row["name_id"], row["name_en"]),
        group=row["group"],
        unit=row["unit"],
        garden=row["garden"] == "1",
        pph_group=row["pph_group"],
        kcal_per_100g=_number(row["kcal_per_100g"]),
        protein_g_per_100g=_number(row["protein_g_per_100g"]),
        edible_pct=_number(row["edible_pct"]),
        composition=row["tkpi"],
        diet_group=row["diet_group"],
        verified=row["verified"] == "1",
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
