"""The rows of a site's tables, and how each is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue.commodities import commodity
from commons.sites.cells import ORIGINS, name_of, number_of, slug_of, word_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.topics import Address

LEVELS: Final = ("consumer", "producer", "wholesale")
"""Where in trade a price is taken."""
PLACE_LEVELS: Final = ("kota", "kecamatan", "kelurahan")
"""Kinds of places, each of which lies in one before it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A kota, kecamatan or kelurahan; `population` may be unknown."""

    slug: str
    level: str
    parent: str
    code: str
    name: str
    lat: float
    lon: float
    population: int | None
    population_year: int | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane (lorong) with a garden; `origin` says whether its readings are real."""

    slug: str
    name: str
    kelurahan: str
    lat: float
    lon: float
    origin: str


@dataclass(frozen=True, slots=True)
class Bed:
    """One bed: what grows there, its size and how its soil holds water (by volume)."""

    lane: str
    slug: str
    name: str
    crop: str
    area_m2: float
    depth_m: float
    container: str
    field_capacity_pct: float
    wilting_point_pct: float
    saturation_pct: float


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One box that sends: where it stands, what it reads and with which options."""

    address: Address
    driver: str
    origin: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Market:
    """Where prices are observed; a stand-in is a market elsewhere, shown until there is one here."""

    slug: str
    name: str
    where: str
    level: str
    stand_in: bool
    source: str
    licence: str
    credit: str


@dataclass(frozen=True, slots=True)
class Licence:
    """On which terms everybody may use what a city's gardens and own markets say; prices of others keep theirs."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Weight:
    """What a commodity counts for in the price index [%]; `kind` says how the figure came about."""

    commodity: str
    weight_pct: float
    kind: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """An official price band or limit [IDR per unit] and the days it holds, both included."""

    commodity: str
    level: str
    kind: str
    zone: str
    min_idr: float | None
    max_idr: float | None
    unit: str
    valid_from: date
    valid_to: date | None
    regulation: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """What one of a household measure weighs [kg]; an empty commodity = whatever it is."""

    unit: str
    commodity: str
    kg: float
    verified: bool


@dataclass(frozen=True, slots=True)
class Norm:
    """What a person eats of a commodity in a year [kg].

    Args:
        commodity: The food.
        kg_per_person_year: As much as that [kg].
        panel: Whether the national price panel quotes it.
        stand_in: Whether the figure is of other people than the city's.
        source: Where it was read.
        verified: Whether it was read so, and not reckoned.
    """

    commodity: str
    kg_per_person_year: float
    panel: bool
    stand_in: bool
    source: str
    verified: bool


def read_market(row: dict[str, Any]) -> Market:
    """A market from a `[[market]]` table; what is not there is empty."""
    slug_of(row, "slug")
    for column in ("name", "where"):
        name_of({column: row.get(column, "")}, column)
    word_of(row, "level", LEVELS)
    return Market(**{key: row.get(key, "") for key in Market.__dataclass_fields__})


def read_place(row: dict[str, str]) -> Place:
    """A place from its row."""
    return Place(
        slug=slug_of(row, "slug"),
        level=word_of(row, "level", PLACE_LEVELS),
        parent=row["parent"],
        code=row["code"],
        name=name_of(row),
        lat=_lat(row),
        lon=_lon(row),
        population=int(row["population"]) if row["population"] else None,
        population_year=int(row["population_year"]) if row["population_year"] else None,
    )


def read_lane(row: dict[str, str]) -> Lane:
    """A lane from its row."""
    origin = word_of(row, "origin", ORIGINS)
    return Lane(slug_of(row, "lane"), name_of(row), row["kelurahan"], _lat(row), _lon(row), origin)


def read_bed(row: dict[str, str]) -> Bed:
    """A bed from its row."""
    return Bed(
        lane=row["lane"],
        slug=slug_of(row, "bed"),
        name=name_of(row),
        crop=commodity(row["crop"]).slug if row["crop"] else "",
        area_m2=number_of(row, "area_m2"),
        depth_m=number_of(row, "depth_m"),
        container=row["container"],
        field_capacity_pct=number_of(row, "field_capacity_pct"),
        wilting_point_pct=number_of(row, "wilting_point_pct"),
        saturation_pct=number_of(row, "saturation_pct"),
    )


def read_weight(row: dict[str, str]) -> Weight:
    """A weight from its row."""
    return Weight(row["commodity"], number_of(row, "weight_pct"), row["kind"], row["note"], row["source"])


def read_ceiling(row: dict[str, str]) -> Ceiling:
    """A ceiling from its row."""
    return Ceiling(
        commodity=row["commodity"],
        level=row["level"],
        kind=row["kind"],
        zone=row["zone"],
        min_idr=number_of(row, "min_idr") if row["min_idr"] else None,
        max_idr=number_of(row, "max_idr") if row["max_idr"] else None,
        unit=row["unit"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        regulation=row["regulation"],
        verified=row["verified"] == "1",
    )


def read_unit(row: dict[str, str]) -> Unit:
    """A household measure from its row."""
    return Unit(row["unit"], row["commodity"], number_of(row, "kg"), row["verified"] == "1")


def read_norm(row: dict[str, str]) -> Norm:
    """A norm from its row."""
    return Norm(
        commodity=row["commodity"],
        kg_per_person_year=number_of(row, "kg_per_person_year"),
        panel=row["panel"] == "1",
        stand_in=row["stand_in"] == "1",
        source=row["source"],
        verified=row["verified"] == "1",
    )


def _lat(row: Mapping[str, str]) -> float:
    return number_of(row, "lat", low=-90, high=90)


def _lon(row: Mapping[str, str]) -> float:
    return number_of(row, "lon", low=-180, high=180)
