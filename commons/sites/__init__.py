"""A city as a folder of small tables: its places, lanes, beds, nodes, markets and prices' ceilings."""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commons.catalogue import Label
from commons.errors import SiteError, UnknownNameError
from commons.sites.cells import ORIGINS, check_line, check_once, check_texts, slug_of, word_of
from commons.sites.outlines import Outlines, read_outlines
from commons.sites.rows import (
    PLACE_LEVELS,
    Bed,
    Ceiling,
    Lane,
    Licence,
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
from commons.topics import OFFICE_LANE, Address

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping
    from pathlib import Path

__all__ = [
    "RESERVED_NODES",
    "Bed",
    "Ceiling",
    "Lane",
    "Licence",
    "Market",
    "NodeEntry",
    "Norm",
    "Outlines",
    "Place",
    "Site",
    "Unit",
    "Weight",
]

T = TypeVar("T")
RESERVED_NODES: Final = ("web", "import", "devices")
"""What the pages, `lorong import` and the listener to other people's devices send as, whatever the lane."""


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
        try:
            check_texts("", facts)
            self._read_facts(facts)
        except ZoneInfoNotFoundError as error:
            raise SiteError(f"{folder.name}/site.toml: timezone {self.timezone!r} is unknown; see tzdata") from error
        except KeyError as error:
            raise SiteError(f"{folder.name}/site.toml lacks {error}; add it, as the README's 'a city' does") from error
        except (TypeError, ValueError) as error:
            raise SiteError(f"{folder.name}/site.toml: {error}") from error
        self.places = {p.slug: p for p in self._table("places.csv", read_place, lambda p: p.slug)}
        self.lanes = {lane.slug: lane for lane in self._table("lanes.csv", read_lane, lambda lane: lane.slug)}
        beds = self._table("beds.csv", read_bed, lambda bed: (bed.lane, bed.slug))
        self.beds = {(bed.lane, bed.slug): bed for bed in beds}
        nodes = self._table("nodes.csv", self._node, lambda node: node.address.node)
        self.nodes = {node.address.node: node for node in nodes}
        self._check()
        self.outlines = read_outlines(folder, self.places)
        self.weights = {w.commodity: w for w in self._table("weights.csv", read_weight, lambda w: w.commodity)}
        self.ceilings = self._table("ceilings.csv", read_ceiling, _begins)
        self.units = self._table("units.csv", read_unit, lambda u: (u.unit, u.commodity))
        self.basket = {n.commodity: n for n in self._table("basket.csv", read_norm, lambda n: n.commodity)}

    @property
    def kota(self) -> Place:
        """The city itself."""
        return next(p for p in self.places.values() if p.level == "kota")

    def lane(self, slug: str) -> Lane:
        """One lane, or an `UnknownNameError` that offers the near ones."""
        try:
            return self.lanes[slug]
        except KeyError:
            raise UnknownNameError("lane", slug, self.lanes) from None

    def knows_node(self, node: str) -> bool:
        """Whether a sender is one of nodes.csv, or a part of Lorong itself."""
        return node in self.nodes or node in RESERVED_NODES

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

    def _read_facts(self, facts: Mapping[str, Any]) -> None:
        self.slug: str = slug_of(facts, "slug")
        self.name = Label(**facts["name"])
        self.programme = Label(facts["programme"]["id"], facts["programme"]["en"])
        self.timezone: str = facts["timezone"]
        self.zone = ZoneInfo(self.timezone)
        self.currency: str = facts["currency"]
        self.lat, self.lon = float(facts["latitude"]), float(facts["longitude"])
        self.elevation_m = float(facts["elevation_m"])
        people = facts.get("household_people")
        self.household_people = None if people is None else float(people)
        if self.household_people is not None and not self.household_people > 0:
            raise ValueError(f"household_people is {people}; give how many people share a kitchen, or leave it out")
        self.words: Mapping[str, Mapping[str, str]] = _words(facts.get("words", {}))
        self.markets = {m["slug"]: read_market(m) for m in facts.get("market", [])}
        self.prices: Mapping[str, Any] = facts.get("prices", {})
        self.licence = Licence(**facts["licence"]) if "licence" in facts else None

    def _node(self, row: dict[str, str]) -> NodeEntry:
        pairs = [pair.partition("=") for pair in row["options"].split(";") if pair]
        for name, equals, _ in pairs:
            if not equals:
                raise ValueError(f"option {name[:60]!r} has no value; write {name[:20]}=value")
        address = Address(self.slug, slug_of(row, "lane"), slug_of(row, "node"))
        options = {name: value for name, _, value in pairs}
        return NodeEntry(address, row["driver"], word_of(row, "origin", ORIGINS), options)

    def _table(self, name: str, build: Callable[[dict[str, str]], T], key: Callable[[T], Hashable]) -> list[T]:
        """The rows of a table, each built and of a key that no other has."""
        path = self.folder / name
        lines: dict[Hashable, int] = {}
        built: list[T] = []
        at, end = 1, 1
        try:
            with path.open(encoding="utf-8-sig", newline="") as text:
                reader = csv.DictReader(text)
                for row in reader:
                    at, end = end + 1, reader.line_num
                    check_line(row)
                    one = build(row)
                    check_once(lines, key(one), at)
                    built.append(one)
        except OSError as error:
            raise SiteError(f"{name} of site {self.folder.name!r} is missing ({error.strerror}); add it") from error
        except KeyError as error:
            raise SiteError(f"{self.folder.name}/{name} has no column {error}; add it to the header") from error
        except UnicodeDecodeError as error:
            raise SiteError(f"{self.folder.name}/{name}, after line {at}: no UTF-8; save it as UTF-8") from error
        except (TypeError, ValueError, LookupError, csv.Error) as error:
            raise SiteError(f"{self.folder.name}/{name}, line {at}: {error}") from error
        return built

    def _check(self) -> None:
        """Whatever is named exists."""
        self._known(
            "lanes.csv", "kelurahan", ((lane.slug, lane.kelurahan) for lane in self.lanes.values()), self.places
        )
        self._known("places.csv", "parent", ((p.slug, p.parent) for p in self.places.values() if p.parent), self.places)
        for place in self.places.values():
            if place.parent and PLACE_LEVELS.index(self.places[place.parent].level) >= PLACE_LEVELS.index(place.level):
                reason = f"parent {place.parent!r} lies not above a {place.level}; name the place it lies in"
                raise SiteError(f"{self.folder.name}/places.csv, row {place.slug!r}: {reason}")
        self._known("beds.csv", "lane", ((bed.slug, bed.lane) for bed in self.beds.values()), self.lanes)
        lanes = {*self.lanes, OFFICE_LANE}
        self._known("nodes.csv", "lane", ((n.address.node, n.address.lane) for n in self.nodes.values()), lanes)

    def _known(self, file: str, column: str, pairs: Iterable[tuple[str, str]], known: Iterable[str]) -> None:
        names = set(known)
        for row, name in pairs:
            if name not in names:
                reason = UnknownNameError(column, name, names)
                raise SiteError(f"{self.folder.name}/{file}, row {row!r}: {reason}")


def _words(facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What pages call otherwise in this site, by language: whole words, and what stands for them."""
    found: dict[str, dict[str, str]] = {}
    for language, words in facts.items():
        for word, here in words.items():
            if not (isinstance(here, str) and word.strip() and here.strip()):
                raise ValueError(f"words.{language}.{word} is {here!r}; write a word that stands for it")
        found[language] = dict(words)
    return found


def _begins(ceiling: Ceiling) -> tuple[str, ...]:
    """Of one commodity, level of trade and unit no two begin on one day: nothing would say which holds."""
    return ceiling.commodity, ceiling.level, ceiling.unit, ceiling.valid_from.isoformat()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SiteError(
            f"{path.name} of site {path.parent.name!r} cannot be read ({error}); see the README's 'a city'"
        ) from error
