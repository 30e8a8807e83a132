"""Where the sun stands, and the water it draws."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

STEPS_PER_DAY: Final = 96
_HOURS_PER_STEP: Final = 24 / STEPS_PER_DAY
_SOLAR_CONSTANT: Final = 24 * 60 / math.pi * 0.0820  # [MJ m-2 d-1]
_MM_PER_MJ: Final = 0.408


def declination(day: date) -> float:
    """The sun's declination [rad] (FAO-56 equation 24)."""
    return 0.409 * math.sin(2 * math.pi * day.timetuple().tm_yday / 365 - 1.39)


def sines_of_elevation(day: date, *, lat: float, lon: float, zone: ZoneInfo) -> list[float]:
    """The sine of the sun's elevation at each quarter of an hour of a local day; 0 at night.

    Args:
        day: The local day.
        lat: Latitude [°].
        lon: Longitude [°].
        zone: The clock on the wall.

    Returns:
        96 numbers from 0 to 1.
    """
    noon = datetime.combine(day, time(12), zone)
    ahead_h = lon / 15 - (noon.replace(tzinfo=UTC) - noon).total_seconds() / 3600
    phi, delta = math.radians(lat), declination(day)
    still, turning = math.sin(phi) * math.sin(delta), math.cos(phi) * math.cos(delta)
    angles = ((step * _HOURS_PER_STEP + ahead_h - 12) * math.pi / 12 for step in range(STEPS_PER_DAY))
    return [max(0.0, still + turning * math.cos(angle)) for angle in angles]


def extraterrestrial_radiation(day: date, *, lat: float) -> float:
    """Radiation above the air [MJ m-2 d-1] (FAO-56 equation 21).

    Args:
        day: The day.
        lat: Latitude [°].
    """
    phi, delta = math.radians(lat), declination(day)
    nearness = 1 + 0.033 * math.cos(2 * math.pi * day.timetuple().tm_yday / 365)
    sunset = math.acos(min(1.0, max(-1.0, -math.tan(phi) * math.tan(delta))))
    return (
        _SOLAR_CONSTANT
        * nearness
        * (sunset * math.sin(phi) * math.sin(delta) + math.cos(phi) * math.cos(delta) * math.sin(sunset))
    )


def hargreaves(low_c: float, high_c: float, radiation: float) -> float:
    """Reference evapotranspiration [mm/d] (FAO-56 equation 52).

    Args:
        low_c: The day's lowest temperature [°C].
        high_c: The day's highest temperature [°C].
        radiation: Extraterrestrial radiation [MJ m-2 d-1].
    """
    mean_c = (low_c + high_c) / 2
    return 0.0023 * (mean_c + 17.8) * math.sqrt(max(0.0, high_c - low_c)) * radiation * _MM_PER_MJ
