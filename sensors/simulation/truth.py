"""What really was in each bed on each day, written beside the readings: JSON lines, gzipped."""

from __future__ import annotations

import gzip
import threading
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons.errors import SensorError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from sensors.simulation.crops import Season
    from sensors.simulation.state import Tally

_EVENING_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class BedDay:
    """A day of a bed that is over.

    Args:
        day: The local day.
        lane: Its lane.
        bed: The bed.
        crop: What it carries.
        tally: Where its water went.
        water_mm: What is in the soil at its end [mm].
    """

    day: date
    lane: str
    bed: str
    crop: str
    tally: Tally
    water_mm: float


class Truth:
    """One file that all lanes of a run add to; each addition is whole, whoever else writes.

    A run that is begun again may write some days twice: `read_truth` takes the last.

    Args:
        path: The file, made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        day: BedDay,
        *,
        depth_mm: float,
        et0_mm: float,
        season: Season | None,
        fault: str,
        is_dead: bool,
    ) -> None:
        """A bed's day.

        Args:
            day: The day.
            depth_mm: The bed's depth [mm].
            et0_mm: The day's reference evapotranspiration [mm].
            season: What stands in it.
            fault: What is wrong with its probe.
            is_dead: Whether the lane's node had no power.
        """
        tally = asdict(day.tally)
        line = {
            "day": day.day,
            "lane": day.lane,
            "bed": day.bed,
            "crop": day.crop,
            "planted": season and season.planted,
            "first_pick": season and season.first_pick,
            "moisture_pct": tally.pop("evening_pct") / _EVENING_STEPS,
            "depth_mm": depth_mm,
            "et0_mm": et0_mm,
            **tally,
            "water_mm": day.water_mm,
            "fault": fault,
            "dead": is_dead,
        }
        packed = gzip.compress(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE), compresslevel=1, mtime=0)
        with self._lock, self._path.open("ab", buffering=0) as file:
            file.write(packed)


@cache
def truth(path: Path) -> Truth:
    """The one that writes a file."""
    return Truth(path)


def read_truth(path: Path) -> list[dict[str, Any]]:
    """Every bed's day once, in order of day, lane and bed.

    Raises:
        SensorError: The file cannot be read.
    """
    try:
        with gzip.open(path, "rb") as lines:
            found = [orjson.loads(line) for line in lines]
    except (OSError, EOFError, ValueError) as error:
        raise SensorError(f"truth file {path.name} cannot be read ({error}); run the scenario anew") from error
    last = {(day["day"], day["lane"], day["bed"]): day for day in found}
    return [last[key] for key in sorted(last)]
