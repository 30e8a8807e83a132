"""A lane's garden through a part of a local day: its readings and what its people type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from sensors.simulation.draws import draws, noise
from sensors.simulation.lane_day import LaneDay, Spot, lane_day
from sensors.simulation.people import SATURDAY, SUNDAY
from sensors.simulation.readings import air_blocks, health_block, show, soil_block
from sensors.simulation.soil import flow
from sensors.simulation.state import BedState, LaneState
from sensors.simulation.sun import STEPS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from commons.rows import Block
    from sensors.simulation.crops import Plan, Season
    from sensors.simulation.events import Event
    from sensors.simulation.people import People
    from sensors.simulation.probes import Probe, ProbeDay
    from sensors.simulation.readings import Shown
    from sensors.simulation.soil import Soil
    from sensors.simulation.weather import Weather

STEP_MS: Final = 900_000
_HARVEST, _PLANTING, _COMPOST, _REPORT = 28, 32, 40, 80  # 7:00, 8:00, 10:00, 20:00
_SOIL_LAG: Final = 0.06  # the soil follows the air in some four hours
_SUN_WARMS_C: Final = 1.0


@dataclass(frozen=True, slots=True)
class GardenBed:
    """A bed of the garden.

    Args:
        slug: Its name.
        soil: How it holds water.
        plan: What grows in it when.
        probe: What is stuck in it.
        open_share: The share of the rain that reaches it past roofs and leaves.
    """

    slug: str
    soil: Soil
    plan: Plan
    probe: Probe
    open_share: float


@dataclass(frozen=True, slots=True)
class _Dealt:
    """What a day brings whatever the garden does: air, probes' errors by bed, turns, and small errors of the rest."""

    air: LaneDay
    probes: dict[str, ProbeDay]
    turns: tuple[int, int]
    errors: list[float]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a day as it passes: where the garden stood, until when, the day's first moment, and what is typed."""

    state: LaneState
    until: int
    midnight_ms: int
    dealt: _Dealt
    events: list[Event] = field(default_factory=list)

    @property
    def steps(self) -> range:
        return range(self.state.step, self.until)

    def at_ms(self, step: int) -> int:
        return self.midnight_ms + step * STEP_MS


class Garden:
    """A lane's garden.

    Args:
        lane: Its lane.
        beds: Its beds.
        people: Its people.
        weather: Its city's weather.
        spot: Where it lies.
        seed: What it is drawn from.
    """

    def __init__(
        self, lane: str, beds: Sequence[GardenBed], people: People, weather: Weather, spot: Spot, *, seed: str
    ) -> None:
        self._lane, self._beds, self._people = lane, beds, people
        self._weather, self._spot, self._seed = weather, spot, seed
        self._dealt: Callable[[date], _Dealt] = lru_cache(1)(self._deal)

    def begin(self, day: date) -> LaneState:
        """The garden at a day's first moment, its crops at all stages."""
        beds = {}
        for bed in self._beds:
            stream = draws(self._seed, self._lane, bed.slug, "begin", day.toordinal())
            missing_mm = 0.4 * stream.random() * bed.soil.available_mm
            beds[bed.slug] = BedState(bed.soil.field_capacity_mm - missing_mm, self._weather.day(day).low_c + 3.0)
        return LaneState(day, 0, day, beds)

    def standing(self, day: date, midnight_ms: Callable[[date], int]) -> list[Event]:
        """The plantings of the crops that already stand in the beds when a day begins."""
        found = []
        for bed in self._beds:
            season = bed.plan.growing(day)
            if season and season.planted < day:
                found.append(self._planted(bed, season, midnight_ms(season.planted)))
        return found

    def advance(
        self, state: LaneState, until: int, *, midnight_ms: int, origin: str
    ) -> tuple[list[Block], list[Event]]:
        """Let time pass, and say what was measured and typed meanwhile.

        Args:
            state: Where the garden stands; it is moved on.
            until: The first quarter of an hour that is still to come.
            midnight_ms: The moment the state's day began [ms].
            origin: The rows' origin.

        Returns:
            Samples, in time order, and entries.
        """
        part = _Part(state, until, midnight_ms, self._dealt(state.day))
        day, steps, dealt = state.day, part.steps, part.dealt
        shown = [self._pass(bed, part) for bed in self._beds]
        self._week(part)
        state.step = until
        times = [part.at_ms(step) * NANOSECONDS_PER_MILLISECOND for step in steps]
        samples = [
            soil_block(times, [bed.slug for bed in self._beds], shown, origin=origin),
            *air_blocks(times, steps, dealt.air, dealt.errors, origin=origin),
            health_block(times, steps, dealt.errors, day=day, node=(self._seed, self._lane), origin=origin),
        ]
        return [block for block in samples if len(block)], part.events

    def _pass(self, bed: GardenBed, part: _Part) -> list[Shown]:
        """One bed's part of the day: people's work, the water's way, and what the probe shows of it."""
        now, air, day = part.state.beds[bed.slug], part.dealt.air, part.state.day
        kc, easy_share, errors = bed.plan.kc(day), bed.plan.crop.easy_share, part.dealt.probes[bed.slug]
        shown = []
        for step in part.steps:
            added_mm = air.rain[step] * bed.open_share + self._work(bed, now, step, part)
            demand_mm = kc * air.demand[step]
            now.water_mm, uptake_mm, _, _ = flow(
                bed.soil, now.water_mm, added_mm=added_mm, demand_mm=demand_mm, easy_share=easy_share
            )
            now.demand_mm += demand_mm
            now.uptake_mm += uptake_mm
            now.soil_c += (air.temperature[step] + _SUN_WARMS_C - now.soil_c) * _SOIL_LAG
            shown.append(show(bed.soil, now, errors, step))
        return shown

    def _work(self, bed: GardenBed, now: BedState, step: int, part: _Part) -> float:
        """What people do in the bed, and the water they give it [mm]."""
        if step == _HARVEST:
            self._harvest(bed, now, part)
        if step == _PLANTING:
            self._plant(bed, now, part)
        if step not in part.dealt.turns or part.dealt.air.rain[step]:
            return 0.0
        day = part.state.day
        litres = self._people.litres(bed.soil, now.water_mm, bed=bed.slug, day=day, step=step)
        if litres:
            part.events.append(self._people.watered(litres, bed=bed.slug, at_ms=part.at_ms(step), day=day, step=step))
        return litres / bed.soil.area_m2

    def _harvest(self, bed: GardenBed, now: BedState, part: _Part) -> None:
        day = part.state.day
        season = bed.plan.growing(day)
        pick = season.picks.get(day) if season else None
        if pick is None:
            return
        # a thirsty crop yields less, in proportion to what it drank (FAO-33 with a response of 1)
        kg = pick * bed.soil.area_m2 * (now.uptake_mm / now.demand_mm if now.demand_mm else 1.0)
        typed = self._people.harvested(kg, bed.plan.crop, bed=bed.slug, at_ms=part.at_ms(_HARVEST), day=day)
        if typed and self._people.types(day):
            part.events.extend(typed)
            part.state.last_harvest = day

    def _plant(self, bed: GardenBed, now: BedState, part: _Part) -> None:
        season = bed.plan.growing(part.state.day)
        if season and season.planted == part.state.day:
            now.demand_mm = now.uptake_mm = 0.0
            part.events.append(self._planted(bed, season, part.midnight_ms))

    def _planted(self, bed: GardenBed, season: Season, midnight_ms: int) -> Event:
        at_ms = midnight_ms + _PLANTING * STEP_MS
        return self._people.planted(bed.plan.crop, season, bed=bed.slug, area_m2=bed.soil.area_m2, at_ms=at_ms)

    def _week(self, part: _Part) -> None:
        """What a week brings: compost on Saturday, and on Sunday a report if there was no harvest."""
        day = part.state.day
        if day.weekday() == SATURDAY and _COMPOST in part.steps:
            part.events.extend(self._people.composted(at_ms=part.at_ms(_COMPOST), day=day))
        if day.weekday() == SUNDAY and _REPORT in part.steps:
            idle = (day - part.state.last_harvest).days > SUNDAY
            if idle and self._people.types(day):
                part.events.append(self._people.reported_nothing(at_ms=part.at_ms(_REPORT), day=day))

    def _deal(self, day: date) -> _Dealt:
        return _Dealt(
            air=lane_day(self._weather, self._spot, seed=self._seed, lane=self._lane, day=day),
            probes={bed.slug: bed.probe.day(day) for bed in self._beds},
            turns=self._people.turns(day),
            errors=noise(draws(self._seed, self._lane, "errors", day.toordinal()), STEPS_PER_DAY),
        )
