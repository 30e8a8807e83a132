"""The people of a lane: who waters, harvests, sells, composts and reports, and what they forget."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sensors.simulation.draws import draws
from sensors.simulation.events import Event, entry_id
from sensors.simulation.scenario import PeoplePlan

if TYPE_CHECKING:
    from sensors.simulation.crops import Crop, Season
    from sensors.simulation.soil import Soil

SATURDAY, SUNDAY = 5, 6
_MINUTE_MS: Final = 60_000
_MORNING, _EVENING = 24, 66  # the first quarter of an hour of each turn: 6:00 and 16:30
_TURN_LENGTH: Final = 5
_MOST_LITRES: Final = 400.0  # what a hose gives before somebody else wants it
_LEAST_KG: Final = 0.05  # the step of a kitchen scale
_LEAST_SALE_KG: Final = 1.0
_CHILLI_IDR_PER_KG, _OTHER_IDR_PER_KG = 40_000, 10_000
_USUAL: Final = PeoplePlan()
_DAY_MS: Final = 86_400_000


class People:
    """Habits that are drawn once, and days on which they are kept or not.

    Args:
        seed: What everything is drawn from.
        lane: Their lane.
        plan: What people of this scenario are like.
    """

    def __init__(self, *, seed: str, lane: str, plan: PeoplePlan = _USUAL) -> None:
        self._seed, self._lane, self._plan = seed, lane, plan
        stream = draws(seed, lane, "people")
        self._patience = _between(plan.patience, stream.random())
        self._forgetful = _between(plan.forgetful, stream.random())
        self._composts = stream.random() < plan.composts
        self._sells = 0.3 + 0.4 * stream.random() if stream.random() < plan.sells else 0.0

    def turns(self, day: date) -> tuple[int, int]:
        """The quarters of an hour in which somebody goes round with the watering can, morning and evening."""
        stream = draws(self._seed, self._lane, "turns", day.toordinal())
        return _MORNING + int(stream.random() * _TURN_LENGTH), _EVENING + int(stream.random() * _TURN_LENGTH)

    def litres(self, soil: Soil, water_mm: float, *, bed: str, day: date, step: int) -> float:
        """What a bed is given in a turn [l]: about what is missing, if it is drier than they like and not forgotten."""
        missing_mm = soil.field_capacity_mm - water_mm
        if missing_mm < self._patience * soil.available_mm:
            return 0.0
        stream = draws(self._seed, self._lane, bed, "water", day.toordinal(), step)
        if stream.random() < self._forgetful:
            return 0.0
        guess_mm = missing_mm * (0.6 + 0.5 * stream.random())
        return min(_MOST_LITRES, max(1.0, float(round(guess_mm * soil.area_m2))))

    def types(self, day: date) -> bool:
        """Whether anybody types harvests and reports in the week of a day; else there is silence, which is no zero."""
        monday = day - timedelta(days=day.weekday())
        return draws(self._seed, self._lane, "types", monday.toordinal()).random() >= self._plan.silent_weeks

    def typed_ms(self, event: Event) -> int:
        """When they type an entry [ms]: as it happens, or days later."""
        if not self._plan.late:
            return event.at_ms
        stream = draws(self._seed, event.entry, "late")
        if stream.random() >= self._plan.late:
            return event.at_ms
        return event.at_ms + int(stream.random() * self._plan.late_days * _DAY_MS)

    def watered(self, litres: float, *, bed: str, at_ms: int, day: date, step: int) -> Event:
        """What they type after watering."""
        minutes = 1 + int(draws(self._seed, self._lane, bed, "minute", day.toordinal(), step).random() * 14)
        entry = self._entry(bed, "water", day, step)
        return Event(at_ms - minutes * _MINUTE_MS, "water", entry, {"litres": litres}, {"bed": bed})

    def planted(self, crop: Crop, season: Season, *, bed: str, area_m2: float, at_ms: int) -> Event:
        """What they type after planting."""
        fields = {"plants": float(max(1, round(area_m2 * crop.plants_per_m2))), "area": area_m2}
        entry = self._entry(bed, "planting", season.planted)
        return Event(at_ms, "planting", entry, fields, {"bed": bed, "commodity": crop.slug})

    def harvested(self, kg: float, crop: Crop, *, bed: str, at_ms: int, day: date) -> list[Event]:
        """What they type after a harvest: its weight, and what part of it a neighbour bought."""
        weighed = round(round(kg / _LEAST_KG) * _LEAST_KG, 2)
        if not weighed:
            return []
        tags = {"bed": bed, "commodity": crop.slug}
        events = [Event(at_ms - 10 * _MINUTE_MS, "harvest", self._entry(bed, "harvest", day), {"kg": weighed}, tags)]
        if self._sells and weighed >= _LEAST_SALE_KG:
            events.append(self._sold(weighed, crop, bed=bed, at_ms=at_ms, day=day))
        return events

    def reported_nothing(self, *, at_ms: int, day: date) -> Event:
        """What they type on Sunday after a week without a harvest."""
        return Event(at_ms, "harvest", self._entry("", "nothing", day), {"nothing": 1.0})

    def composted(self, *, at_ms: int, day: date) -> list[Event]:
        """What they type on Saturday, where they compost: the kitchens' waste, and what an older heap has become."""
        if not self._composts:
            return []
        stream = draws(self._seed, self._lane, "compost", day.toordinal())
        waste_kg = round(10 + 30 * stream.random(), 1)
        fields = {"waste_kg": waste_kg, "compost_kg": round(waste_kg * (0.2 + 0.2 * stream.random()), 1)}
        return [Event(at_ms, "compost", self._entry("", "compost", day), fields)]

    def _sold(self, kg: float, crop: Crop, *, bed: str, at_ms: int, day: date) -> Event:
        stream = draws(self._seed, self._lane, bed, "sale", day.toordinal())
        sold = round(kg * self._sells * (0.8 + 0.4 * stream.random()), 1)
        chilli = crop.slug.startswith("cabai")
        idr = sold * (_CHILLI_IDR_PER_KG if chilli else _OTHER_IDR_PER_KG) * (0.8 + 0.4 * stream.random())
        fields = {"kg": sold, "price_idr": float(round(idr / 500) * 500)}
        tags = {"commodity": crop.slug}
        return Event(at_ms - 5 * _MINUTE_MS, "sale", self._entry(bed, "sale", day), fields, tags)

    def _entry(self, bed: str, kind: str, day: date, step: int = 0) -> str:
        return entry_id(self._seed, self._lane, bed, kind, day.toordinal(), step)


def _between(span: tuple[float, ...], at: float) -> float:
    low, high = span
    return low + (high - low) * at
