"""A lane's air and rain through one local day, every quarter of an hour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sensors.days import ONE_DAY
from sensors.simulation.draws import draws, noise
from sensors.simulation.sun import STEPS_PER_DAY, extraterrestrial_radiation, hargreaves, sines_of_elevation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from sensors.simulation.weather import Day, Storm, Weather

_SUNRISE: Final = 24  # 6:00, when it is coolest
_HOTTEST: Final = 56  # 14:00
_NIGHT: Final = STEPS_PER_DAY - _HOTTEST + _SUNRISE
_FALL: Final = math.exp(-2.2)
_REMAINING: Final = [(math.exp(-2.2 * step / _NIGHT) - _FALL) / (1 - _FALL) for step in range(_NIGHT)]
_GAINED: Final = [(1 - math.cos(math.pi * step / (_HOTTEST - _SUNRISE))) / 2 for step in range(_HOTTEST - _SUNRISE)]
_TIDE_HPA: Final = [
    1.2 * math.cos(2 * math.pi * (step - 40) / 48) + 0.5 * math.cos(2 * math.pi * (step - 24) / 96)
    for step in range(STEPS_PER_DAY)
]
"""The tropical pressure tide: highest around 10 h and 22 h, lowest around 4 h and 16 h."""

_CLEAR_SKY_LX: Final = 115_000.0
_HPA_PER_M: Final = 0.12
_TIP_MM: Final = 0.2
_CLOSEST_DEW_C: Final = 0.2
_MOST_COOLING_C: Final = 5.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the air is measured: its position [°], height above the sea [m] and clock."""

    lat: float
    lon: float
    elevation_m: float
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class LaneDay:
    """A lane's day, 96 numbers each.

    Args:
        temperature: Of the air [°C].
        humidity: Relative [%].
        pressure: At the lane's height [hPa].
        light: [lx].
        rain: What fell since the number before [mm].
        gauge: The same as a tipping bucket counts it, in steps of 0.2 [mm].
        demand: Reference evapotranspiration since the number before [mm].
    """

    temperature: list[float]
    humidity: list[float]
    pressure: list[float]
    light: list[float]
    rain: list[float]
    gauge: list[float]
    demand: list[float]


def lane_day(weather: Weather, spot: Spot, *, seed: str, lane: str, day: date) -> LaneDay:
    """The city's day as one lane has it: a little warmer or cooler, with its own share of the showers."""
    today, tomorrow = weather.day(day), weather.day(day + ONE_DAY)
    warmer_c = noise(draws(seed, lane, "warmer"), 1)[0] * 0.6
    rain_before, rain = (_lane_rain(weather, seed, lane, at) for at in (day - ONE_DAY, day))
    course = temperatures(weather.day(day - ONE_DAY), today, tomorrow)
    cooling = _cooling([*rain_before, *rain])[STEPS_PER_DAY:]
    temperature = [usual + warmer_c - cooled for usual, cooled in zip(course, cooling, strict=True)]
    clouds = noise(draws(seed, lane, "sky", day.toordinal()), STEPS_PER_DAY)
    sines = sines_of_elevation(day, lat=spot.lat, lon=spot.lon, zone=spot.zone)
    height_hpa = spot.elevation_m * _HPA_PER_M
    return LaneDay(
        temperature=temperature,
        humidity=_humidities(temperature, _between(today.dew_c, tomorrow.dew_c)),
        pressure=[
            level + tide - height_hpa
            for level, tide in zip(_between(today.pressure_hpa, tomorrow.pressure_hpa), _TIDE_HPA, strict=True)
        ],
        light=[
            _CLEAR_SKY_LX * sine * min(1.0, max(0.05, today.clearness + 0.25 * cloud)) if sine else 0.0
            for sine, cloud in zip(sines, clouds, strict=True)
        ],
        rain=rain,
        gauge=_tipped(rain),
        demand=_demands(today, sines, extraterrestrial_radiation(day, lat=spot.lat)),
    )


def temperatures(before: Day, today: Day, after: Day) -> list[float]:
    """The air's course from last night through the afternoon into the next night [°C]."""
    return [
        *(today.low_c + (before.high_c - today.low_c) * share for share in _REMAINING[-_SUNRISE:]),
        *(today.low_c + (today.high_c - today.low_c) * share for share in _GAINED),
        *(after.low_c + (today.high_c - after.low_c) * share for share in _REMAINING[:-_SUNRISE]),
    ]


def rainfall(storms: Sequence[Storm], rain_mm: float) -> list[float]:
    """When a day's rain falls: each shower starts hard and thins out evenly [mm]."""
    rain = [0.0] * STEPS_PER_DAY
    for storm in storms:
        whole = storm.length * (storm.length + 1) / 2
        for step in range(storm.length):
            rain[storm.start + step] += rain_mm * storm.share * (storm.length - step) / whole
    return rain


def _lane_rain(weather: Weather, seed: str, lane: str, day: date) -> list[float]:
    """The lane's share of the city's showers [mm]."""
    share = 0.6 + 0.8 * draws(seed, lane, "showers", day.toordinal()).random()
    whole = weather.day(day)
    return rainfall(whole.storms, whole.rain_mm * share)


def _cooling(rain: Sequence[float]) -> list[float]:
    """How much rain cools the air [°C]; it is gone again some three hours later."""
    found, cooling = [], 0.0
    for depth in rain:
        cooling = min(_MOST_COOLING_C, 0.85 * cooling + 0.5 * depth)
        found.append(cooling)
    return found


def _humidities(temperature: Sequence[float], dew: Sequence[float]) -> list[float]:
    """Relative humidity of air with a dew point [%] (FAO-56 equations 11 and 14)."""
    exp, found = math.exp, []
    for air_c, dew_c in zip(temperature, dew, strict=True):
        at = min(dew_c, air_c - _CLOSEST_DEW_C)
        found.append(100.0 * exp(17.27 * at / (at + 237.3) - 17.27 * air_c / (air_c + 237.3)))
    return found


def _demands(day: Day, sines: Sequence[float], radiation: float) -> list[float]:
    """A day's evapotranspiration, shared out by the sun's height [mm]."""
    share = hargreaves(day.low_c, day.high_c, radiation) / (sum(sines) or 1.0)
    return [share * sine for sine in sines]


def _between(start: float, end: float) -> list[float]:
    slope = (end - start) / STEPS_PER_DAY
    return [start + slope * step for step in range(STEPS_PER_DAY)]


def _tipped(rain: Sequence[float]) -> list[float]:
    """Whole tips of a bucket of 0.2 mm; what does not fill one waits for the next."""
    found, fallen, told = [], 0.0, 0
    for depth in rain:
        fallen += depth
        tips = int(fallen / _TIP_MM + 0.5)
        found.append(round((tips - told) * _TIP_MM, 1))
        told = tips
    return found
