"""Crops in a bed: planted, growing, harvested, and planted again."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError
from sensors.simulation.draws import draws

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_SEASONS: Final = date(2020, 1, 1)
_BARE_KC: Final = 0.3
_YOUNG, _FULL = 0.2, 0.6  # shares of the time to the first harvest: the canopy begins to close, and is closed
_PLANTS_PER_M2: Final = {"multiple": 4}
_OTHER_PLANTS_PER_M2: Final = 25  # 20 x 20 cm
_STAND_IN_KC: Final = (0.7, 1.05, 0.95)  # FAO-56's small vegetables, for crops that its table does not have
_STAND_IN_P: Final = 0.3


@dataclass(frozen=True, slots=True)
class Crop:
    """How a crop drinks, grows and yields.

    Args:
        slug: Its commodity.
        kc: Crop coefficient when young, in full leaf, and at the end (FAO-56 table 12).
        easy_share: The share of the available water it draws without effort (FAO-56 table 22, p).
        days: Days to the first harvest, fewest and most.
        mode: How it is harvested: pull, single, cut, multiple.
        window_days: For how many days it is picked or cut again; 0 = harvested once.
        yield_kg_m2: What a season gives, low, typical and high [kg/m2].
    """

    slug: str
    kc: tuple[float, float, float]
    easy_share: float
    days: tuple[int, int]
    mode: str
    window_days: int
    yield_kg_m2: tuple[float, float, float]

    @property
    def plants_per_m2(self) -> int:
        """A usual density."""
        return _PLANTS_PER_M2.get(self.mode, _OTHER_PLANTS_PER_M2)


@dataclass(frozen=True, slots=True)
class Season:
    """One planting, from its day to its last harvest.

    Args:
        number: Which one it is in its bed, from 0.
        planted: The day of planting.
        picks: What each day of harvest would give if the crop were never thirsty [kg/m2].
    """

    number: int
    planted: date
    picks: Mapping[date, float]

    @property
    def first_pick(self) -> date:
        """The day of the first harvest."""
        return min(self.picks)

    @property
    def end(self) -> date:
        """The day of the last harvest, after which the bed is bare."""
        return max(self.picks)


class Plan:
    """What grows in a bed on which day; the same for the same seed, whichever day is asked for first.

    Args:
        crop: What the bed always carries.
        seed: What the seasons are drawn from.
        lane: The bed's lane.
        bed: The bed.
        begin: A day on which beds are at all stages, and from which on they are known.
        slower: By what share crops need longer than the table's days.
        yields: What harvests are multiplied with.
    """

    def __init__(
        self,
        crop: Crop,
        *,
        seed: str,
        lane: str,
        bed: str,
        begin: date = _FIRST_SEASONS,
        slower: float = 0.0,
        yields: float = 1.0,
    ) -> None:
        self.crop = crop
        self._begin, self._slower, self._yields = begin, slower, yields
        self._key = (seed, lane, bed, "season")
        self._seasons: list[Season] = []
        self._starts = [self._first_start()]

    def season(self, day: date) -> Season | None:
        """The latest planting up to a day; it may be over. None before there was any."""
        while self._starts[-1] <= day:
            self._add()
        return next((season for season in reversed(self._seasons) if season.planted <= day), None)

    def growing(self, day: date) -> Season | None:
        """The planting that stands in the bed on a day, or None for bare soil."""
        found = self.season(day)
        return found if found and day <= found.end else None

    def kc(self, day: date) -> float:
        """The crop coefficient of a day: even from stage to stage, and that of bare soil between plantings."""
        season = self.growing(day)
        if season is None:
            return _BARE_KC
        young, full, late = self.crop.kc
        age = (day - season.planted).days / (season.first_pick - season.planted).days
        if age <= 1:
            return young + (full - young) * min(1.0, max(0.0, (age - _YOUNG) / (_FULL - _YOUNG)))
        return full + (late - full) * (day - season.first_pick).days / (season.end - season.first_pick).days

    def _first_start(self) -> date:
        """Somewhere in a season's length before the first seasons, so that beds are at all stages."""
        length = self.crop.days[1] + self.crop.window_days
        return self._begin - timedelta(days=int(draws(*self._key, "first").random() * length))

    def _add(self) -> None:
        number = len(self._seasons)
        stream = draws(*self._key, number)
        fewest, most = self.crop.days
        grown, amount, pace, rest = (stream.random() for _ in range(4))
        days = fewest + int(grown * (most - fewest + 1))
        first = self._starts[-1] + timedelta(days=round(days * (1 + self._slower)))
        kg_m2 = self._yields * _triangular(self.crop.yield_kg_m2, amount)
        season = Season(number, self._starts[-1], _picks(self.crop, first, kg_m2, pace))
        self._seasons.append(season)
        self._starts.append(season.end + timedelta(days=2 + int(rest * 6)))


@cache
def crops() -> Mapping[str, Crop]:
    """Every crop of the catalogue's crops.csv, by commodity."""
    text = resources.files("commons.catalogue").joinpath("crops.csv").read_text("utf-8")
    return MappingProxyType({row["slug"]: _crop(row) for row in csv.DictReader(text.splitlines())})


def crop(slug: str) -> Crop:
    """One crop, or an `UnknownNameError` that offers the near ones."""
    try:
        return crops()[slug]
    except KeyError:
        raise UnknownNameError("crop", slug, crops()) from None


def _crop(row: dict[str, str]) -> Crop:
    known = bool(row["kc_ini"])
    return Crop(
        slug=row["slug"],
        kc=(float(row["kc_ini"]), float(row["kc_mid"]), float(row["kc_end"])) if known else _STAND_IN_KC,
        easy_share=float(row["p"]) if known else _STAND_IN_P,
        days=(int(row["days_to_first_harvest_min"]), int(row["days_to_first_harvest_max"])),
        mode=row["harvest_mode"],
        window_days=int(row["harvest_window_d"]),
        yield_kg_m2=(float(row["yield_kg_m2_low"]), float(row["yield_kg_m2_typ"]), float(row["yield_kg_m2_high"])),
    )


def _picks(crop: Crop, first: date, kg_m2: float, pace: float) -> Mapping[date, float]:
    """One harvest, or many over the window: little at first, most in the middle, little again at the end."""
    if not crop.window_days:
        return MappingProxyType({first: kg_m2})
    apart = 12 + int(pace * 7) if crop.mode == "cut" else 3 + int(pace * 3)
    days = [first + timedelta(days=after) for after in range(0, crop.window_days + 1, apart)]
    weights = [math.sin(math.pi * (index + 1) / (len(days) + 1)) for index in range(len(days))]
    return MappingProxyType({day: kg_m2 * weight / sum(weights) for day, weight in zip(days, weights, strict=True)})


def _triangular(span: tuple[float, float, float], at: float) -> float:
    """A number between low and high, most often typical."""
    low, typical, high = span
    middle = (typical - low) / (high - low)
    if at < middle:
        return low + math.sqrt(at * (high - low) * (typical - low))
    return high - math.sqrt((1 - at) * (high - low) * (high - typical))
