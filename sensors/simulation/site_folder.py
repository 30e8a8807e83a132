"""A scenario's site: the city's own folder, with the scenario's lanes, beds and nodes in it."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import SiteError
from commons.sites import Lane, Site
from commons.topics import OFFICE_LANE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from commons.sites import Bed
    from sensors.simulation.scenario import Scenario

_TABLES: Final = ("lanes.csv", "beds.csv", "nodes.csv")
_LANES: Final = ("lane", "name", "kelurahan", "lat", "lon", "origin", "verified")
_NODES: Final = ("node", "lane", "driver", "origin", "options")
_SHEETS: Final = ("price_sheet",)
_FILE: Final = "scenario.toml"
_ORIGIN: Final = "simulated"


def scenario_site(scenario: Scenario, base: Site, folder: Path, *, begin: date, truth: Path) -> Site:
    """Write a scenario's site; a folder that is there is written anew.

    Args:
        scenario: The scenario.
        base: The city that it plays in.
        folder: Where to write.
        begin: The first day to be simulated.
        truth: The file that what really was is written to.

    Raises:
        SiteError: The city has no lane or bed that the scenario could use.
        UnknownNameError: A lane is not the city's.
    """
    planted = {lane: [bed for bed in base.beds_of(lane) if bed.crop] for lane in base.lanes}
    lanes = _lanes(scenario, base, planted)
    beds = list(_beds(scenario, lanes, planted))
    shutil.copytree(base.folder, folder, ignore=shutil.ignore_patterns(*_TABLES), dirs_exist_ok=True)
    (folder / _FILE).write_bytes(scenario.source.read_bytes())
    if scenario.weather.recorded:
        shutil.copy(scenario.source.parent / scenario.weather.recorded, folder / scenario.weather.recorded)
    options = f"scenario={_FILE};begin={begin};truth={truth.resolve()}"
    _write(folder / "lanes.csv", _LANES, (_lane_row(lane) for lane in lanes))
    _write(folder / "beds.csv", tuple(_BED_COLUMNS), (_bed_row(bed) for bed in beds))
    _write(folder / "nodes.csv", _NODES, [*_nodes(scenario, lanes, options), *_sheets(scenario, base)])
    return Site(folder)


@dataclass(frozen=True, slots=True)
class _PlantedBed:
    """A bed like one of the city's, in a lane of the scenario, with its crop."""

    lane: str
    slug: str
    crop: str
    like: Bed


def _lanes(scenario: Scenario, base: Site, planted: dict[str, list[Bed]]) -> list[Lane]:
    """The lanes that are named, as many of the city's as are asked for, or all made up."""
    plan = scenario.lanes
    if plan.names:
        return [base.lane(name) for name in plan.names]
    own = [lane for lane in base.lanes.values() if planted[lane.slug]]
    if not own:
        raise SiteError(f"site {base.slug!r} has no lane with a crop to take as an example; plant one in beds.csv")
    if plan.count <= len(own):
        return own[: plan.count] if plan.count else own
    places = [place for place in base.places.values() if place.level == "kelurahan"]
    if not places:
        raise SiteError(f"site {base.slug!r} has no place of level kelurahan for made-up lanes; add one to places.csv")
    around = [places[number % len(places)] for number in range(plan.count)]
    return [
        Lane(f"lane-{number:05d}", f"Lorong {number}", place.slug, place.lat, place.lon, _ORIGIN)
        for number, place in enumerate(around, start=1)
    ]


def _beds(scenario: Scenario, lanes: Sequence[Lane], planted: dict[str, list[Bed]]) -> Iterable[_PlantedBed]:
    """A lane's own beds, or the city's by turns where it has too few; crops by turns where the scenario says."""
    every, crops, turn = [bed for beds in planted.values() for bed in beds], scenario.crops.plant, 0
    for lane in lanes:
        own = planted.get(lane.slug, [])
        count = scenario.lanes.beds or len(own) or 4
        for number in range(count):
            like = own[number] if number < len(own) else every[turn % len(every)]
            yield _PlantedBed(lane.slug, f"b{number + 1}", crops[turn % len(crops)] if crops else like.crop, like)
            turn += 1


def _nodes(scenario: Scenario, lanes: Sequence[Lane], options: str) -> Iterable[Sequence[object]]:
    gateways = scenario.lanes.gateways
    if gateways:
        for number in range(1, gateways + 1):
            share = f"{options};gateway={number}/{gateways}"
            yield f"gateway-{number:03d}", OFFICE_LANE, _ORIGIN, _ORIGIN, share
    else:
        for lane in lanes:
            yield f"{lane.slug}-n1", lane.slug, _ORIGIN, _ORIGIN, options
    if scenario.prices.foods:
        yield "market-1", OFFICE_LANE, _ORIGIN, _ORIGIN, options


def _sheets(scenario: Scenario, base: Site) -> Iterable[Sequence[object]]:
    """The city's recorded price sheets, where the scenario plays them."""
    for node in base.nodes.values():
        if scenario.prices.sheets and node.driver in _SHEETS:
            options = ";".join(f"{name}={value}" for name, value in node.options.items())
            yield node.address.node, node.address.lane, node.driver, node.origin, options


def _lane_row(lane: Lane) -> Sequence[object]:
    return lane.slug, lane.name, lane.kelurahan, lane.lat, lane.lon, _ORIGIN, 0


_BED_COLUMNS: Final = (
    "lane",
    "bed",
    "name",
    "crop",
    "area_m2",
    "depth_m",
    "container",
    "field_capacity_pct",
    "wilting_point_pct",
    "saturation_pct",
)


def _bed_row(bed: _PlantedBed) -> Sequence[object]:
    own = [getattr(bed.like, name) for name in _BED_COLUMNS[4:]]
    return bed.lane, bed.slug, bed.like.name, bed.crop, *own


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
