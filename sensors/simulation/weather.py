"""A city's weather, one local day at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sensors.days import ONE_DAY
from sensors.simulation.draws import draws, noise
from sensors.simulation.sun import STEPS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sensors.simulation.climate import Climate
    from sensors.simulation.recorded_year import RecordedYear
    from sensors.simulation.scenario import Spell, WeatherPlan

_PERSISTENCE: Final = 0.35  # how much likelier rain is after a day with rain than after a dry one
_DEPTH_SHAPE: Final = 0.8  # below 1: many light showers and a few floods
_DEPTH_MEAN: Final = math.gamma(1 + 1 / _DEPTH_SHAPE)
_MOST_PER_STEP_MM: Final = 20.0
_AFTERNOON: Final = 60  # 15:00
_SEA_LEVEL_HPA: Final = 1010.5
_MOST_STORMS: Final = 3
_RAINY: Final = 0.5  # share of wet days
_REMEMBERED_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class Storm:
    """A shower: the quarter of an hour it starts in, how many it lasts, and its share of the day's rain."""

    start: int
    length: int
    share: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the city's weather.

    Args:
        low_c: Lowest temperature, around 6 h [°C].
        high_c: Highest temperature, around 14 h [°C].
        dew_c: Dew point at the day's first moment [°C].
        pressure_hpa: Pressure at sea level at the day's first moment, without the daily tide [hPa].
        rain_mm: Rain [mm]; 0 on a dry day.
        clearness: Share of a clear sky's light that comes through.
        storms: When the rain falls.
    """

    low_c: float
    high_c: float
    dew_c: float
    pressure_hpa: float
    rain_mm: float
    clearness: float
    storms: tuple[Storm, ...]


@dataclass(frozen=True, slots=True)
class _Chance:
    """What a day was dealt; `warm`, `moist` and `high` lie around 0."""

    wet: float
    depth: float
    warm: float
    moist: float
    high: float
    clear: float
    storms: tuple[float, ...]


class Changes:
    """How a scenario's weather is otherwise than usual, day by day.

    Args:
        plan: The scenario's; None = nothing is otherwise.
        begin: The day that its spells count from as 1.
    """

    def __init__(self, plan: WeatherPlan | None = None, begin: date | None = None) -> None:
        self._plan = plan
        self._spells: dict[date, Spell] = {}
        if plan is not None and begin is not None:
            for spell in plan.spell:
                first = begin + timedelta(days=spell.day - 1)
                self._spells |= {first + timedelta(days=number): spell for number in range(spell.days)}

    def rain(self, day: date) -> float:
        """What a day's rain is multiplied with."""
        spell = self._spells.get(day)
        return (self._plan.rain if self._plan else 1.0) * (spell.rain if spell else 1.0)

    def rain_mm(self, day: date) -> float | None:
        """What a day's rain is whatever the climate says [mm]; None = it is not fixed."""
        spell = self._spells.get(day)
        if spell and spell.rain_mm:
            return spell.rain_mm
        return 0.0 if not self.rain(day) else None

    def warmer_c(self, day: date) -> float:
        """How much warmer a day is [°C]."""
        spell = self._spells.get(day)
        return (self._plan.warmer_c if self._plan else 0.0) + (spell.warmer_c if spell else 0.0)


class Weather:
    """The same seed always gives the same weather, whichever day is asked for first.

    Args:
        climate: The usual year.
        seed: What the weather is drawn from.
        changes: How it is otherwise than usual.
        recorded: Days as they were recorded, which go before what is made up.
    """

    def __init__(
        self,
        climate: Climate,
        *,
        seed: str,
        changes: Changes | None = None,
        recorded: RecordedYear | None = None,
    ) -> None:
        self._climate = climate
        self._seed = seed
        self._changes, self._recorded = changes or Changes(), recorded
        self._chance: Callable[[date], _Chance] = lru_cache(_REMEMBERED_DAYS)(self._deal)
        self.day: Callable[[date], Day] = lru_cache(_REMEMBERED_DAYS)(self._make)

    def is_wet(self, day: date) -> bool:
        """Whether it rains on a day: as recorded or by the changes, else a two-state Markov chain without a memory.

        A number is drawn for each day. Where the chain would go to rain after any day, or to none after any day, that
        decides; in between, the day is as the one before, which is asked in the same way. The share of wet days comes
        out as the climate's, and a wet day follows a wet one more often than a dry one.
        """
        known = self._known_rain_mm(day)
        if known is not None:
            return known > 0
        while True:
            share = self._climate.month(day).wet_share
            at = self._chance(day).wet
            if at < share * (1 - _PERSISTENCE):
                return True
            if at >= share * (1 - _PERSISTENCE) + _PERSISTENCE:
                return False
            day -= ONE_DAY

    def rain_mm(self, day: date) -> float:
        """A day's rain [mm]: as recorded or by the changes, else Weibull distributed on a wet day."""
        known = self._known_rain_mm(day)
        if known is not None:
            return known
        if not self.is_wet(day):
            return 0.0
        scale = self._climate.rain_on_a_wet_day(day) / _DEPTH_MEAN
        return self._changes.rain(day) * scale * math.pow(-math.log(1.0 - self._chance(day).depth), 1 / _DEPTH_SHAPE)

    def _known_rain_mm(self, day: date) -> float | None:
        """What needs not be made up of a day's rain [mm]."""
        fixed = self._changes.rain_mm(day)
        if fixed is not None:
            return fixed
        recorded = self._recorded.day(day) if self._recorded else None
        return self._changes.rain(day) * recorded.rain_mm if recorded else None

    def _make(self, day: date) -> Day:
        wet, share = self.is_wet(day), self._climate.month(day).wet_share
        chances = [self._chance(day - timedelta(days=back)) for back in range(3)]
        warm = sum(chance.warm for chance in chances)
        recorded = self._recorded.day(day) if self._recorded else None
        warmer = self._changes.warmer_c(day)
        if recorded:
            low_c, high_c = recorded.low_c + warmer, recorded.high_c + warmer
        else:
            low_c, high_c = self._climate.temperatures(day)
            low_c += warmer + 0.5 * warm
            high_c += warmer + 0.8 * warm - 1.5 * (wet - share)
        rain_mm = self.rain_mm(day)
        return Day(
            low_c=low_c,
            high_c=max(high_c, low_c + 2.0),
            dew_c=low_c + 0.2 - 4.0 * (1.0 - share) + 0.5 * (wet - share) + 0.5 * chances[0].moist,
            pressure_hpa=_SEA_LEVEL_HPA + 0.9 * sum(chance.high for chance in chances),
            rain_mm=rain_mm,
            clearness=(0.35 if wet else 0.7) + 0.3 * chances[0].clear,
            storms=_storms(chances[0].storms, rain_mm=rain_mm, rainy_season=share > _RAINY),
        )

    def _deal(self, day: date) -> _Chance:
        stream = draws(self._seed, "weather", day.toordinal())
        wet, depth, clear = stream.random(), stream.random(), stream.random()
        warm, moist, high = noise(stream, 3)
        storms = tuple(stream.random() for _ in range(1 + 3 * _MOST_STORMS))
        return _Chance(wet, depth, warm, moist, high, clear, storms)


def _storms(chances: tuple[float, ...], *, rain_mm: float, rainy_season: bool) -> tuple[Storm, ...]:
    """One shower in the afternoon; in the rainy season up to three, from late morning on."""
    if not rain_mm:
        return ()
    count = 1 + int(chances[0] * _MOST_STORMS) if rainy_season else 1
    spread = 18 if rainy_season else 10
    parts = [0.3 + chances[1 + 3 * n] for n in range(count)]
    storms = []
    for n, part in enumerate(parts):
        share = part / sum(parts)
        # a shower's first quarter of an hour brings twice its mean, see `rainfall`
        length = max(2 + int(chances[2 + 3 * n] * 6), math.ceil(2 * rain_mm * share / _MOST_PER_STEP_MM))
        start = _AFTERNOON + int((2 * chances[3 + 3 * n] - 1) * spread)
        storms.append(Storm(max(0, min(start, STEPS_PER_DAY - length)), length, share))
    return tuple(storms)
