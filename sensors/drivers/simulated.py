"""A lane without hardware: seeded weather, soil, crops and people, and a market without traders."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from commons.errors import SiteError
from commons.topics import OFFICE_LANE
from sensors.days import ONE_DAY, local_day, midnight_ms
from sensors.drivers.driver import Reading
from sensors.options import read_number, read_options
from sensors.simulation.climate import read_climate
from sensors.simulation.crops import Plan, crop
from sensors.simulation.draws import draws
from sensors.simulation.events import event_blocks
from sensors.simulation.garden import Garden, GardenBed, Kit
from sensors.simulation.lane_day import Spot
from sensors.simulation.market import build_market
from sensors.simulation.people import People
from sensors.simulation.probes import fault_counts, faulty, probe
from sensors.simulation.readings import box
from sensors.simulation.recorded_year import read_year
from sensors.simulation.scenario import find
from sensors.simulation.soil import soil_of
from sensors.simulation.state import from_text, to_text
from sensors.simulation.sun import STEPS_PER_DAY
from sensors.simulation.truth import truth
from sensors.simulation.weather import Changes, Weather

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from commons.sites import Bed, NodeEntry, Site
    from sensors.drivers.driver import Driver
    from sensors.simulation.probes import Fault
    from sensors.simulation.readings import Box
    from sensors.simulation.scenario import Scenario
    from sensors.simulation.state import LaneState

DRIVER: Final = "simulated"
_UNDER_LEAVES: Final = ("polybag", "pot")
_DEFAULTS: Final = {"seed": "1", "history_days": "45", "scenario": "", "begin": "", "truth": ""}


class Simulated:
    """A garden whose past is made at the first look, and whose present afterwards.

    The rows are a function of the seed, the lane and the day it begins on, however the looks fall: one look gives at
    most one local day, and what the garden must remember travels in the bookmark. A day of 25 hours stays silent in its
    last one.

    Args:
        garden: The garden.
        zone: Its clock.
        history_days: How many local days before the first look the garden begins, where no day is set.
        origin: The rows' origin.
        begin: The day that it begins on.
    """

    def __init__(
        self, garden: Garden, zone: ZoneInfo, *, history_days: int, origin: str, begin: date | None = None
    ) -> None:
        self._garden, self._zone, self._begin = garden, zone, begin
        self._history, self._origin = timedelta(days=history_days), origin
        self._last: tuple[str, LaneState] | None = None

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The rows since the last look, at most to the end of a local day."""
        midnight = partial(midnight_ms, zone=self._zone)
        if bookmark is None:
            state = self._garden.begin(self._begin or local_day(now_ms, self._zone) - self._history)
            events = self._garden.standing(state.day, midnight)
        else:
            state, events = self._state(bookmark), []
        start_ms, end_ms = midnight(state.day), midnight(state.day + ONE_DAY)
        steps = min(STEPS_PER_DAY, self._garden.beats.steps_until(end_ms - start_ms - 1))
        until = min(steps, self._garden.beats.steps_until(now_ms - start_ms))
        if until <= state.step < steps:
            return Reading([])
        samples, typed = self._garden.advance(state, until, midnight_ms=start_ms, origin=self._origin)
        if state.step >= steps:
            state.day, state.step = state.day + ONE_DAY, 0
        next_ms = end_ms if state.step == 0 else start_ms
        self._last = to_text(state), state
        return Reading(
            [*samples, *event_blocks([*events, *typed], origin=self._origin)],
            bookmark=self._last[0],
            more=self._garden.beats.steps_until(now_ms - next_ms) > state.step,
        )

    def _state(self, bookmark: str) -> LaneState:
        """What a bookmark says; the last one need not be read again."""
        last, self._last = self._last, None
        return last[1] if last and last[0] == bookmark else from_text(bookmark)


def build(entry: NodeEntry, site: Site) -> Driver:
    """The simulated garden of a node's lane; in the office's lane, a simulated market.

    Options: `scenario`, the name of one that comes with Lorong or a .toml file below the site's folder, with `begin`,
    the day it begins on if not its own, and `truth`, the file that tells what really was. Without a scenario: `seed`
    (default 1), `history_days` (default 45).

    Raises:
        SiteError: The lane has no bed with a crop, or an option means nothing.
        SettingsError: The scenario cannot be read.
        UnknownNameError: The lane, a crop, an option or the scenario is not known.
    """
    options = read_options(entry, optional=_DEFAULTS)
    scenario = find(options["scenario"], beside=site.folder) if options["scenario"] else None
    if entry.address.lane == OFFICE_LANE:
        return build_market(entry, site, scenario)
    town = _town(site, scenario, options["seed"])
    lane = site.lane(entry.address.lane)
    beds = town.planted.get(lane.slug, [])
    if not beds:
        raise SiteError(f"lane {lane.slug!r} has no bed with a crop to simulate; give one a crop in beds.csv")
    plan = scenario and scenario.sensors
    garden = Garden(
        lane.slug,
        [_bed(bed, town) for bed in beds],
        People(seed=town.seed, lane=lane.slug, **({"plan": scenario.people} if scenario else {})),
        town.weather,
        Spot(lane.lat, lane.lon, site.elevation_m, site.zone),
        seed=town.seed,
        kit=Kit(_box(lane.slug, town), scenario.every_minutes if scenario else 15, *([plan.measure] if plan else [])),
        truth=truth(site.folder / options["truth"]) if options["truth"] else None,
    )
    begin = _begin(entry, options["begin"]) or (scenario.begin if scenario else None)
    history = read_number(entry, options, "history_days")
    return Simulated(garden, site.zone, history_days=history, origin=entry.origin, begin=begin)


class _Town(NamedTuple):
    """What all lanes of a site share: seed, scenario, weather, planted beds by lane, and what is wrong where."""

    seed: str
    scenario: Scenario | None
    weather: Weather
    planted: Mapping[str, list[Bed]]
    faults: Mapping[tuple[str, str], Fault]
    dying: frozenset[str]
    ahead: frozenset[str]


@lru_cache(8)
def _town(site: Site, scenario: Scenario | None, seed: str) -> _Town:
    seed = str(scenario.seed) if scenario else seed
    planted: dict[str, list[Bed]] = {}
    for bed in site.beds.values():
        if bed.crop:
            planted.setdefault(bed.lane, []).append(bed)
    lanes = sorted(planted) if scenario else sorted(planted.keys() & set(_simulated_lanes(site)))
    probes = [(lane, bed.slug) for lane in lanes for bed in planted[lane]]
    counts = {"counts": fault_counts(scenario.sensors, len(probes))} if scenario else {}
    return _Town(
        seed,
        scenario,
        _weather(site, scenario, seed),
        planted,
        faulty(probes, seed=seed, **counts),
        _some(lanes, scenario.sensors.dying if scenario else 0.0, seed, "dying"),
        _some(lanes, scenario.clocks.wrong if scenario else 0.0, seed, "clock"),
    )


@cache
def _weather(site: Site, scenario: Scenario | None, seed: str) -> Weather:
    """One weather for all lanes of a city."""
    climate = read_climate(site.folder / "climate.csv")
    if scenario is None:
        return Weather(climate, seed=seed)
    plan = scenario.weather
    recorded = read_year(scenario.source.parent / plan.recorded) if plan.recorded else None
    return Weather(climate, seed=seed, changes=Changes(plan, scenario.begin), recorded=recorded)


def _bed(bed: Bed, town: _Town) -> GardenBed:
    scenario, seed = town.scenario, town.seed
    fault = town.faults.get((bed.lane, bed.slug), "")
    if scenario is None:
        plan = Plan(crop(bed.crop), seed=seed, lane=bed.lane, bed=bed.slug)
        found = probe(seed=seed, lane=bed.lane, bed=bed.slug, fault=fault)
    else:
        crops = scenario.crops
        plan = Plan(
            crop(bed.crop),
            seed=seed,
            lane=bed.lane,
            bed=bed.slug,
            begin=scenario.begin,
            slower=crops.slower,
            yields=crops.yields,
        )
        found = probe(seed=seed, lane=bed.lane, bed=bed.slug, fault=fault, plan=scenario.sensors)
    return GardenBed(bed.slug, soil_of(bed), plan, found, _open_share(bed, seed=seed))


def _box(lane: str, town: _Town) -> Box:
    if town.scenario is None:
        return box(town.seed, lane)
    ahead_ms = round(town.scenario.clocks.ahead_seconds * 1000) if lane in town.ahead else 0
    return box(town.seed, lane, dying=lane in town.dying, plan=town.scenario.sensors, ahead_ms=ahead_ms)


def _some(lanes: list[str], share: float, seed: str, what: str) -> frozenset[str]:
    """A share of the lanes."""
    order = sorted(lanes, key=lambda lane: draws(seed, lane, what).random()) if share else lanes
    return frozenset(order[: round(share * len(lanes))])


def _begin(entry: NodeEntry, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SiteError(
            f"node {entry.address.node!r}: option begin={text!r} is no day; write it as 2025-07-01"
        ) from None


def _simulated_lanes(site: Site) -> list[str]:
    return sorted({node.address.lane for node in site.nodes.values() if node.driver == DRIVER})


def _open_share(bed: Bed, *, seed: str) -> float:
    """Pots and bags stand under roofs' edges and big leaves: a part of the rain misses them."""
    return 1.0 - (0.5 * draws(seed, bed.lane, bed.slug, "roof").random() if bed.container in _UNDER_LEAVES else 0.0)
