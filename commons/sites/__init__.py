"""A city as a folder of small tables: its places, lanes, beds, nodes, markets and prices' ceilings."""

from __future__ import annotations

import csv
import tomllib
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from commons.catalogue import Label
from commons.catalogue.commodities import commodity
from commons.errors import SiteError, UnknownNameError
from commons.sites.rows import (
    Bed,
    Ceiling,
    Lane,
    Market,
    NodeEntry,
    Norm,
    Place,
    Unit,
    Weight,
    read_bed,
    read_ceiling,
    read_lane,
    read_market,
    read_norm,
    read_place,
    read_unit,
    read_weight,
)
from commons.topics import Address, is_slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ["OFFICE_LANE", "Bed", "Ceiling", "Lane", "Market", "NodeEntry", "Norm", "Place", "Site", "Unit", "Weight"]

T = TypeVar("T")
OFFICE_LANE: Final = "kota"  # the lane, in topics, of nodes that stand in no lane


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
        self.markets = {m["slug"]: read_market(m) for m in facts.get("market", [])}
        self.prices: Mapping[str, Any] = facts.get("prices", {})
        self.places = {p.slug: p for p in self._table("places.csv", read_place)}
        self.lanes = {lane.slug: lane for lane in self._table("lanes.csv", read_lane)}
        self.beds = {(bed.lane, bed.slug): bed for bed in self._table("beds.csv", read_bed)}
        self.nodes = {n.address.node: n for n in self._table("nodes.csv", self._node)}
        self._check()

    @property
    def kota(self) -> Place:
        """The city itself."""
        return next(p for p in self.places.values() if p.level == "kota")

    @cached_property
    def weights(self) -> dict[str, Weight]:
        """Index weights by commodity."""
        return {w.commodity: w for w in self._table("weights.csv", read_weight)}

    @cached_property
    def ceilings(self) -> list[Ceiling]:
        """Every ceiling that ever held here."""
        return self._table("ceilings.csv", read_ceiling)

    @cached_property
    def units(self) -> list[Unit]:
        """Household measures."""
        return self._table("units.csv", read_unit)

    @cached_property
    def basket(self) -> dict[str, Norm]:
        """What a person eats, by commodity."""
        return {n.commodity: n for n in self._table("basket.csv", read_norm)}

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
