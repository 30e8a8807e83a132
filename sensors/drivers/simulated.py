"""A lane without hardware: seeded weather, soil, crops and people."""

from __future__ import annotations

from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from commons.errors import SiteError
from sensors.days import ONE_DAY, local_day, midnight_ms
from sensors.drivers.driver import Reading
from sensors.options import read_number, read_options
from sensors.simulation.climate import read_climate
from sensors.simulation.crops import Plan, crop
from sensors.simulation.draws import draws
from sensors.simulation.events import event_blocks
from sensors.simulation.garden import STEP_MS, Garden, GardenBed
from sensors.simulation.lane_day import Spot
from sensors.simulation.people import People
from sensors.simulation.probes import faulty, probe
from sensors.simulation.soil import soil_of
from sensors.simulation.state import from_text, to_text
from sensors.simulation.sun import STEPS_PER_DAY
from sensors.simulation.weather import Weather

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from commons.sites import Bed, NodeEntry, Site
    from sensors.drivers.driver import Driver

DRIVER: Final = "simulated"
_UNDER_LEAVES: Final = ("polybag", "pot")


class Simulated:
    """A garden whose past is made at the first look, and whose present afterwards.

    The rows are a function of the seed, the lane and the day of the first look, however the looks fall: one look
    gives at most one local day, and what the garden must remember travels in the bookmark. A day of 25 hours stays
    silent in its last one.

    Args:
        garden: The garden.
        zone: Its clock.
        history_days: How many local days before the first look the garden begins.
        origin: The rows' origin.
    """

    def __init__(self, garden: Garden, zone: ZoneInfo, *, history_days: int, origin: str) -> None:
        self._garden, self._zone = garden, zone
        self._history, self._origin = timedelta(days=history_days), origin

    def read(self, now_ms: int, bookmark: str | None) -> Reading:
        """The rows since the last look, at most to the end of a local day."""
        midnight = partial(midnight_ms, zone=self._zone)
        if bookmark is None:
            state = self._garden.begin(local_day(now_ms, self._zone) - self._history)
            events = self._garden.standing(state.day, midnight)
        else:
            state, events = from_text(bookmark), []
        start_ms = midnight(state.day)
        steps = min(STEPS_PER_DAY, (midnight(state.day + ONE_DAY) - start_ms) // STEP_MS)
        until = min(steps, (now_ms - start_ms) // STEP_MS + 1)
        if until <= state.step < steps:
            return Reading([])
        samples, typed = self._garden.advance(state, until, midnight_ms=start_ms, origin=self._origin)
        if state.step >= steps:
            state.day, state.step = state.day + ONE_DAY, 0
        return Reading(
            [*samples, *event_blocks([*events, *typed], origin=self._origin)],
            bookmark=to_text(state),
            more=midnight(state.day) + state.step * STEP_MS <= now_ms,
        )


def build(entry: NodeEntry, site: Site) -> Driver:
    """The simulated garden of a node's lane.

    Options: `seed` (default 1), `history_days` (default 45).

    Raises:
        SiteError: The lane has no bed with a crop, or an option is no number.
        UnknownNameError: The lane, a crop or an option is not known.
    """
    options = read_options(entry, optional={"seed": "1", "history_days": "45"})
    seed, lane = options["seed"], site.lane(entry.address.lane)
    beds = _planted(site, lane.slug)
    if not beds:
        raise SiteError(f"lane {lane.slug!r} has no bed with a crop to simulate; give one a crop in beds.csv")
    broken = faulty([(bed.lane, bed.slug) for at in _simulated_lanes(site) for bed in _planted(site, at)], seed=seed)
    garden = Garden(
        lane.slug,
        [
            GardenBed(
                bed.slug,
                soil_of(bed),
                Plan(crop(bed.crop), seed=seed, lane=lane.slug, bed=bed.slug),
                probe(seed=seed, lane=lane.slug, bed=bed.slug, fault=broken.get((bed.lane, bed.slug), "")),
                _open_share(bed, seed=seed),
            )
            for bed in beds
        ],
        People(seed=seed, lane=lane.slug),
        _weather(site.folder / "climate.csv", seed),
        Spot(lane.lat, lane.lon, site.elevation_m, site.zone),
        seed=seed,
    )
    return Simulated(garden, site.zone, history_days=read_number(entry, options, "history_days"), origin=entry.origin)


@cache
def _weather(climate: Path, seed: str) -> Weather:
    """One weather for all lanes of a city."""
    return Weather(read_climate(climate), seed=seed)


def _simulated_lanes(site: Site) -> list[str]:
    return sorted({node.address.lane for node in site.nodes.values() if node.driver == DRIVER})


def _planted(site: Site, lane: str) -> list[Bed]:
    return [bed for bed in site.beds_of(lane) if bed.crop]


def _open_share(bed: Bed, *, seed: str) -> float:
    """Pots and bags stand under roofs' edges and big leaves: a part of the rain misses them."""
    return 1.0 - (0.5 * draws(seed, bed.lane, bed.slug, "roof").random() if bed.container in _UNDER_LEAVES else 0.0)
