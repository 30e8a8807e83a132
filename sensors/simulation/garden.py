"""A lane's garden through a part of a local day: its readings and what its people type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from sensors.simulation.beats import STEP_MS, beats
from sensors.simulation.draws import draws, noise
from sensors.simulation.lane_day import LaneDay, Spot, lane_day
from sensors.simulation.people import SATURDAY, SUNDAY
from sensors.simulation.readings import air_block, health_block, rain_block, show, soil_block
from sensors.simulation.soil import flow
from sensors.simulation.state import BedState, LaneState, Tally
from sensors.simulation.sun import STEPS_PER_DAY
from sensors.simulation.truth import BedDay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from commons.rows import Block
    from sensors.simulation.crops import Plan, Season
    from sensors.simulation.events import Event
    from sensors.simulation.people import People
    from sensors.simulation.probes import Probe, ProbeDay
    from sensors.simulation.readings import Box, Shown
    from sensors.simulation.soil import Soil
    from sensors.simulation.truth import Truth
    from sensors.simulation.weather import Weather

_HARVEST, _PLANTING, _COMPOST, _REPORT = 28, 32, 40, 80  # 7:00, 8:00, 10:00, 20:00
_SOIL_LAG: Final = 0.06  # the soil follows the air in some four hours
_SUN_WARMS_C: Final = 1.0
_EVENING_STEPS: Final = 12  # the last three hours of a day
_MEASURED: Final = ("soil", "air", "rain", "health")


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

    steps: range = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", range(self.state.step, self.until))

    def at_ms(self, step: int) -> int:
        return self.midnight_ms + step * STEP_MS


@dataclass(frozen=True, slots=True)
class Kit:
    """What a lane's node is made of.

    Args:
        box: The node itself.
        every_minutes: How often its sensors are read [min].
        measure: What it measures.
    """

    box: Box
    every_minutes: int = 15
    measure: tuple[str, ...] = _MEASURED


class Garden:
    """A lane's garden.

    Args:
        lane: Its lane.
        beds: Its beds.
        people: Its people.
        weather: Its city's weather.
        spot: Where it lies.
        seed: What it is drawn from.
        kit: What measures it.
        truth: Where each day's truth goes, once the day is over.
    """

    def __init__(
        self,
        lane: str,
        beds: Sequence[GardenBed],
        people: People,
        weather: Weather,
        spot: Spot,
        *,
        seed: str,
        kit: Kit,
        truth: Truth | None = None,
    ) -> None:
        self._lane, self._beds, self._people = lane, beds, people
        self._weather, self._spot, self._seed = weather, spot, seed
        self._kit, self._truth, self.beats = kit, truth, beats(kit.every_minutes)
        self._dealt: Callable[[date], _Dealt] = lru_cache(1)(self._deal)

    def begin(self, day: date) -> LaneState:
        """The garden at a day's first moment, its crops at all stages."""
        found = {}
        for bed in self._beds:
            stream = draws(self._seed, self._lane, bed.slug, "begin", day.toordinal())
            water_mm = bed.soil.field_capacity_mm - 0.4 * stream.random() * bed.soil.available_mm
            found[bed.slug] = BedState(water_mm, self._weather.day(day).low_c + 3.0, today=Tally(before_mm=water_mm))
        return LaneState(day, 0, day, found)

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
            Samples, in time order, and the entries that were typed, in the order of what happened.
        """
        part = _Part(state, until, midnight_ms, self._dealt(state.day))
        shown = [self._pass(bed, part) for bed in self._beds]
        self._week(part)
        state.step = until
        samples = [] if self._kit.box.is_dead(state.day) else self._samples(part, shown, origin)
        if until == STEPS_PER_DAY:
            self._end(part)
        return [block for block in samples if len(block)], self._typed(part)

    def _samples(self, part: _Part, shown: Sequence[Sequence[Shown]], origin: str) -> list[Block]:
        dealt, kit = part.dealt, self._kit
        moments = [(at, step) for step in part.steps for at in self.beats.of_step[step]]
        begun_ms = part.midnight_ms + kit.box.ahead_ms
        times = [(begun_ms + self.beats.ms(at)) * NANOSECONDS_PER_MILLISECOND for at, _ in moments]
        made: dict[str, Callable[[], Block]] = {
            "soil": lambda: soil_block(times, [bed.slug for bed in self._beds], shown, origin=origin),
            "air": lambda: air_block(times, moments, dealt.air, dealt.errors, origin=origin),
            "rain": lambda: rain_block(times, moments, dealt.air, origin=origin),
            "health": lambda: health_block(
                times, moments, dealt.errors, day=part.state.day, node=kit.box, origin=origin
            ),
        }
        return [make() for name, make in made.items() if name in kit.measure]

    def _pass(self, bed: GardenBed, part: _Part) -> list[Shown]:
        """One bed's part of the day: people's work, the water's way, and what the probe shows of it."""
        now, air, day = part.state.beds[bed.slug], part.dealt.air, part.state.day
        kc, easy_share, errors = bed.plan.kc(day), bed.plan.crop.easy_share, part.dealt.probes[bed.slug]
        soil, today, of_step = bed.soil, now.today, self.beats.of_step
        shown = []
        for step in part.steps:
            rain_mm, given_mm = air.rain[step] * bed.open_share, self._work(bed, now, step, part)
            demand_mm = kc * air.demand[step]
            now.water_mm, uptake_mm, drained_mm, runoff_mm = flow(
                soil, now.water_mm, added_mm=rain_mm + given_mm, demand_mm=demand_mm, easy_share=easy_share
            )
            now.demand_mm += demand_mm
            now.uptake_mm += uptake_mm
            today.rain_mm += rain_mm
            today.given_mm += given_mm
            today.demand_mm += demand_mm
            today.uptake_mm += uptake_mm
            today.drained_mm += drained_mm
            today.runoff_mm += runoff_mm
            if step >= STEPS_PER_DAY - _EVENING_STEPS:
                today.evening_pct += 100.0 * now.water_mm / soil.depth_mm
            now.soil_c += (air.temperature[step] + _SUN_WARMS_C - now.soil_c) * _SOIL_LAG
            shown += [show(soil, now, errors, at) for at in of_step[step]]
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
        now.today.harvest_kg += kg
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

    def _typed(self, part: _Part) -> list[Event]:
        """Of what happened now or before, what is typed by the end of the part; the rest is held."""
        state, until_ms = part.state, part.at_ms(part.until)
        held = [*state.held, *((self._people.typed_ms(event), event) for event in part.events)]
        state.held = [(at_ms, event) for at_ms, event in held if at_ms >= until_ms]
        return [event for at_ms, event in held if at_ms < until_ms]

    def _end(self, part: _Part) -> None:
        """Write a day's truth down, and begin the next."""
        for bed in self._beds:
            now = part.state.beds[bed.slug]
            if self._truth is not None:
                season = bed.plan.growing(part.state.day)
                day = BedDay(part.state.day, self._lane, bed.slug, bed.plan.crop.slug, now.today, now.water_mm)
                self._truth.add(
                    day,
                    depth_mm=bed.soil.depth_mm,
                    et0_mm=sum(part.dealt.air.demand),
                    season=season,
                    fault=bed.probe.fault,
                    is_dead=self._kit.box.is_dead(part.state.day),
                )
            now.today = Tally(before_mm=now.water_mm)

    def _deal(self, day: date) -> _Dealt:
        count = self.beats.count
        return _Dealt(
            air=lane_day(self._weather, self._spot, seed=self._seed, lane=self._lane, day=day),
            probes={bed.slug: bed.probe.day(day, count) for bed in self._beds},
            turns=self._people.turns(day),
            errors=noise(draws(self._seed, self._lane, "errors", day.toordinal()), count),
        )
