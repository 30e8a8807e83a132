"""A site's climate.csv: the months of a usual year."""

from __future__ import annotations

import calendar
import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.errors import SiteError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_MONTHS: Final = 12
_WETTING_MM: Final = 200.0  # fits the six months of Makassar whose rain days are known within four days
_WETTEST: Final = 0.9  # even the wettest month has dry days


@dataclass(frozen=True, slots=True)
class Month:
    """A usual month: its mean daily lowest and highest temperature [°C], its rain [mm], and the share of wet days."""

    low_c: float
    high_c: float
    rain_mm: float
    wet_share: float


class Climate:
    """The twelve months of a usual year.

    Args:
        months: January first.
    """

    def __init__(self, months: list[Month]) -> None:
        self._months = months

    def month(self, day: date) -> Month:
        """The month that a day lies in."""
        return self._months[day.month - 1]

    def temperatures(self, day: date) -> tuple[float, float]:
        """The usual lowest and highest temperature of a day [°C], moving evenly from mid-month to mid-month."""
        away = (day.day - 0.5) / _days_in(day.year, day.month) - 0.5
        here = self._months[day.month - 1]
        near = self._months[(day.month - 1 + (1 if away > 0 else -1)) % _MONTHS]
        share = abs(away)
        return (
            here.low_c + (near.low_c - here.low_c) * share,
            here.high_c + (near.high_c - here.high_c) * share,
        )

    def rain_on_a_wet_day(self, day: date) -> float:
        """The mean depth of rain on a day with rain [mm]."""
        month = self.month(day)
        return month.rain_mm / (month.wet_share * _days_in(day.year, day.month)) if month.rain_mm else 0.0


def read_climate(path: Path) -> Climate:
    """A climate table with the columns month, tmin_c, tmax_c, rain_mm and rain_days (blank where unknown).

    Raises:
        SiteError: The table is missing, or does not have each month once.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = {int(row["month"]): _month(row) for row in csv.DictReader(lines)}
        return Climate([rows[number] for number in range(1, _MONTHS + 1)])
    except OSError as error:
        raise SiteError(f"{path.name} of site {path.parent.name!r} is missing ({error.strerror}); add it") from error
    except (KeyError, TypeError, ValueError) as error:
        raise SiteError(f"{path.parent.name}/{path.name}: {error!r}; it needs months 1 to 12 in numbers") from error


def usual_rain_days(rain_mm: float, days: int) -> float:
    """How many days of a month have rain, where only its sum is known.

    The share of wet days is 1 - exp(-rain / 200 mm), at most 0.9: more rain first wets more days, then falls harder.

    Args:
        rain_mm: The month's rain [mm].
        days: The month's days.

    Returns:
        Days with rain.
    """
    return days * min(_WETTEST, 1.0 - math.exp(-rain_mm / _WETTING_MM))


def _month(row: dict[str, str]) -> Month:
    days = _days_in(2025, int(row["month"]))
    rain_mm = float(row["rain_mm"])
    rain_days = float(row["rain_days"]) if row["rain_days"] else usual_rain_days(rain_mm, days)
    return Month(float(row["tmin_c"]), float(row["tmax_c"]), rain_mm, rain_days / days)


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
