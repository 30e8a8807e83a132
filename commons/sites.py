"""A city as a folder of small tables: its places, lanes, beds, nodes, markets and prices' ceilings."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from commons.catalogue import Label
from commons.catalogue.commodities import commodity
from commons.errors import SiteError, UnknownNameError
from commons.topics import Address, is_slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

T = TypeVar("T")
OFFICE_LANE: Final = "kota"  # the lane, in topics, of nodes that stand in no lane


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
    """What a person eats of a commodity in a year [kg]."""

    commodity: str
    kg_per_person_year: float
    source: str
    verified: bool


class Site:
    """A city's folder, read once and checked.

    Args:
        folder: Where `site.toml` and the tables are.

    Raises:
        SiteError: A file is missing, or a row contradicts another; the message names file, line and remedy.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = _toml(folder / "site.toml")
        self.slug: str = facts["slug"]
        self.name = Label(**facts["name"])
        self.programme = Label(facts["programme"]["id"], facts["programme"]["en"])
        self.timezone: str = facts["timezone"]
        self.zone = ZoneInfo(self.timezone)
        self.currency: str = facts["currency"]
        self.lat, self.lon = float(facts["latitude"]), float(facts["longitude"])
        self.elevation_m = float(facts["elevation_m"])
        self.markets = {m["slug"]: _market(m) for m in facts.get("market", [])}
        self.prices: Mapping[str, Any] = facts.get("prices", {})
        self.places = {p.slug: p for p in self._table("places.csv", _place)}
        self.lanes = {lane.slug: lane for lane in self._table("lanes.csv", _lane)}
        self.beds = {(bed.lane, bed.slug): bed for bed in self._table("beds.csv", _bed)}
        self.nodes = {n.address.node: n for n in self._table("nodes.csv", self._node)}
        self._check()

    @property
    def kota(self) -> Place:
        """The city itself."""
        return next(p for p in self.places.values() if p.level == "kota")

    @cached_property
    def weights(self) -> dict[str, Weight]:
        """Index weights by commodity."""
        return {w.commodity: w for w in self._table("weights.csv", _weight)}

    @cached_property
    def ceilings(self) -> list[Ceiling]:
        """Every ceiling that ever held here."""
        return self._table("ceilings.csv", _ceiling)

    @cached_property
    def units(self) -> list[Unit]:
        """Household measures."""
        return self._table("units.csv", _unit)

    @cached_property
    def basket(self) -> dict[str, Norm]:
        """What a person eats, by commodity."""
        return {n.commodity: n for n in self._table("basket.csv", _norm)}

    def lane(self, slug: str) -> Lane:
        """One lane, or an `UnknownNameError` that offers the near ones."""
        try:
            return self.lanes[slug]
        except KeyError:
            raise UnknownNameError("lane", slug, self.lanes) from None

    def beds_of(self, lane: str) -> list[Bed]:
        """A lane's beds in the order of the table."""
        return [bed for bed in self.beds.values() if bed.lane == lane]

    def above(self, place: str) -> list[str]:
        """A lane's or place's slug, then its parents up to the kota."""
        chain = [place]
        parent = self.lanes[place].kelurahan if place in self.lanes else self.places[place].parent
        while parent:
            chain.append(parent)
            parent = self.places[parent].parent
        return chain

    def lanes_in(self, place: str) -> list[str]:
        """The lanes that lie in a place, sorted; a lane lies in itself."""
        return sorted(lane for lane in self.lanes if place in self.above(lane))

    def _node(self, row: dict[str, str]) -> NodeEntry:
        options = dict(pair.split("=", 1) for pair in row["options"].split(";") if pair)
        return NodeEntry(Address(self.slug, row["lane"], row["node"]), row["driver"], row["origin"], options)

    def _table(self, name: str, build: Callable[[dict[str, str]], T]) -> list[T]:
        path = self.folder / name
        built: list[T] = []
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    built.append(build(row))  # noqa: PERF401  # the line that failed must be known
        except OSError as error:
            raise SiteError(f"{name} of site {self.folder.name!r} is missing ({error.strerror}); add it") from error
        except (KeyError, TypeError, ValueError) as error:
            line = len(built) + 2
            raise SiteError(f"{self.folder.name}/{name}, line {line}: {error!r}; mend that line") from error
        return built

    def _check(self) -> None:
        """Names fit in topics, and whatever is named exists."""
        for slug in (self.slug, *self.places, *self.lanes, *self.nodes):
            if not is_slug(slug):
                raise SiteError(f"{self.folder.name}: {slug!r} is no slug; use lower-case letters, digits and hyphens")
        self._known(
            "lanes.csv", "kelurahan", ((lane.slug, lane.kelurahan) for lane in self.lanes.values()), self.places
        )
        self._known("places.csv", "parent", ((p.slug, p.parent) for p in self.places.values() if p.parent), self.places)
        self._known("beds.csv", "lane", ((bed.slug, bed.lane) for bed in self.beds.values()), self.lanes)
        lanes = {*self.lanes, OFFICE_LANE}
        self._known("nodes.csv", "lane", ((n.address.node, n.address.lane) for n in self.nodes.values()), lanes)
        for bed in self.beds.values():
            if bed.crop:
                commodity(bed.crop)

    def _known(self, file: str, column: str, pairs: Iterable[tuple[str, str]], known: Iterable[str]) -> None:
        names = set(known)
        for row, name in pairs:
            if name not in names:
                reason = UnknownNameError(column, name, names)
                raise SiteError(f"{self.folder.name}/{file}, row {row!r}: {reason}")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SiteError(
            f"{path.name} of site {path.parent.name!r} cannot be read ({error}); see the README's 'a city'"
        ) from error


def _market(row: dict[str, Any]) -> Market:
    return Market(**{key: row.get(key, "") for key in Market.__dataclass_fields__})


def _place(row: dict[str, str]) -> Place:
    return Place(
        slug=row["slug"],
        level=row["level"],
        parent=row["parent"],
        code=row["code"],
        name=row["name"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        population=int(row["population"]) if row["population"] else None,
        population_year=int(row["population_year"]) if row["population_year"] else None,
    )


def _lane(row: dict[str, str]) -> Lane:
    return Lane(row["lane"], row["name"], row["kelurahan"], float(row["lat"]), float(row["lon"]), row["origin"])


def _bed(row: dict[str, str]) -> Bed:
    return Bed(
        lane=row["lane"],
        slug=row["bed"],
        name=row["name"],
        crop=row["crop"],
        area_m2=float(row["area_m2"]),
        depth_m=float(row["depth_m"]),
        container=row["container"],
        field_capacity_pct=float(row["field_capacity_pct"]),
        wilting_point_pct=float(row["wilting_point_pct"]),
        saturation_pct=float(row["saturation_pct"]),
    )


def _weight(row: dict[str, str]) -> Weight:
    return Weight(row["commodity"], float(row["weight_pct"]), row["kind"], row["note"], row["source"])


def _ceiling(row: dict[str, str]) -> Ceiling:
    return Ceiling(
        commodity=row["commodity"],
        level=row["level"],
        kind=row["kind"],
        zone=row["zone"],
        min_idr=float(row["min_idr"]) if row["min_idr"] else None,
        max_idr=float(row["max_idr"]) if row["max_idr"] else None,
        unit=row["unit"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        regulation=row["regulation"],
        verified=row["verified"] == "1",
    )


def _unit(row: dict[str, str]) -> Unit:
    return Unit(row["unit"], row["commodity"], float(row["kg"]), row["verified"] == "1")


def _norm(row: dict[str, str]) -> Norm:
    return Norm(row["commodity"], float(row["kg_per_person_year"]), row["source"], row["verified"] == "1")
