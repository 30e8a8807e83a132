"""A recorded year of weather: a day's lowest and highest temperature and its rain, as a station wrote them down."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from commons.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A day's lowest and highest temperature [°C] and its rain [mm]."""

    low_c: float
    high_c: float
    rain_mm: float


class RecordedYear:
    """Recorded days; a day of another year is as the one of that date.

    Args:
        days: By date.
    """

    def __init__(self, days: dict[date, RecordedDay]) -> None:
        self._days = days
        self._of_year = {(day.month, day.day): found for day, found in sorted(days.items())}

    def day(self, day: date) -> RecordedDay | None:
        """A day, or None where neither it nor its date in another year was recorded."""
        return self._days.get(day) or self._of_year.get((day.month, day.day))


def read_year(path: Path) -> RecordedYear:
    """A table with the columns date, tmin_c, tmax_c and rain_mm; a day with a blank in it was not recorded.

    Raises:
        SettingsError: The table is missing, or a cell is neither blank nor what its column holds.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if all(row[name] for name in ("tmin_c", "tmax_c", "rain_mm"))]
        return RecordedYear({date.fromisoformat(row["date"]): _day(row) for row in rows})
    except OSError as error:
        raise SettingsError(f"recorded year {path.name} cannot be read ({error.strerror}); check the path") from error
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            f"recorded year {path.name}: {error!r}; it needs date as 2025-07-01, and tmin_c, tmax_c, rain_mm as numbers"
        ) from error


def _day(row: dict[str, str]) -> RecordedDay:
    found = RecordedDay(float(row["tmin_c"]), float(row["tmax_c"]), float(row["rain_mm"]))
    if found.low_c > found.high_c or found.rain_mm < 0:
        raise ValueError(f"{row['date']}: {found.low_c} to {found.high_c} °C with {found.rain_mm} mm cannot be")
    return found
