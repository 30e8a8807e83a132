"""How the garden's crops draw water, grow and yield, from the catalogue's table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_GENERIC_P: Final = 0.4  # between leaf vegetables (0.2 to 0.3) and fruit vegetables (0.4 to 0.5) of FAO-56, Table 22
_INITIAL, _DEVELOPING = 0.2, 0.4  # shares of the days to the first harvest: small plants, then a closing canopy


@dataclass(frozen=True, slots=True)
class CropWater:
    """What a crop needs to know of its soil.

    Args:
        p: The share of the available water that it draws without stress [1].
        root_depth_m: Its rooting depth [m], the smaller figure of FAO-56's range, which is the one for deciding when to
            water; None = as deep as the bed.
        kc_mid: Its coefficient in full leaf [1] (FAO-56, Table 12); None = not known.
        generic: Whether this is no crop's own figure but a general one.
    """

    p: float
    root_depth_m: float | None
    kc_mid: float | None = None
    generic: bool = False


@dataclass(frozen=True, slots=True)
class CropSeason:
    """How long a crop grows and what it gives; nearly all of it general knowledge, see `unverified`.

    Args:
        days_min: Days from planting to the earliest first harvest.
        days_max: Days to the latest.
        window_d: For how many days after it the crop is picked or cut again; 0 = harvested once.
        kg_m2: What the whole harvest weighs: low, typical and high [kg/m2].
        kc: Coefficients when young, in full leaf and at the end [1]; None = FAO-56 has no such crop.
        unverified: The columns of the table that no source was read for.
    """

    days_min: int
    days_max: int
    window_d: int
    kg_m2: tuple[float, float, float]
    kc: tuple[float, float, float] | None
    unverified: frozenset[str]

    @property
    def stages_d(self) -> tuple[float, float, float, float]:
        """Lengths of FAO-56's four stages [d], up to the last possible harvest.

        Table 11's lengths are of other climates, far too long for the leaf crops of a warm lowland. So the canopy is
        taken to close between a fifth and three fifths of the middle way to the first harvest, as field guides draw it.
        """
        grown = (self.days_min + self.days_max) / 2
        initial, developing = _INITIAL * grown, _DEVELOPING * grown
        return initial, developing, grown - initial - developing, max(1.0, self.days_max - grown) + self.window_d


GENERIC: Final = CropWater(_GENERIC_P, None, generic=True)


@cache
def crops() -> Mapping[str, CropWater]:
    """Every crop whose figures for water are known, by commodity."""
    known = (row for row in _rows() if row["p"])
    return MappingProxyType({row["slug"]: _water(row) for row in known})


def crop_water(commodity: str) -> CropWater:
    """A crop's figures, or the general ones for an empty bed and for a crop that FAO-56 does not list."""
    return crops().get(commodity, GENERIC)


@cache
def seasons() -> Mapping[str, CropSeason]:
    """Every crop's season, by commodity."""
    return MappingProxyType({row["slug"]: _season(row) for row in _rows()})


@cache
def best_yields() -> Mapping[str, float]:
    """What a square metre of each crop gives in the best season [kg/m2], by commodity; unverified."""
    return MappingProxyType({slug: season.kg_m2[-1] for slug, season in seasons().items()})


def _rows() -> list[dict[str, str]]:
    text = resources.files("commons.catalogue").joinpath("crops.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _water(row: dict[str, str]) -> CropWater:
    return CropWater(float(row["p"]), _number(row["root_depth_min_m"]), _number(row["kc_mid"]))


def _season(row: dict[str, str]) -> CropSeason:
    return CropSeason(
        days_min=int(row["days_to_first_harvest_min"]),
        days_max=int(row["days_to_first_harvest_max"]),
        window_d=int(row["harvest_window_d"]),
        kg_m2=(float(row["yield_kg_m2_low"]), float(row["yield_kg_m2_typ"]), float(row["yield_kg_m2_high"])),
        kc=(float(row["kc_ini"]), float(row["kc_mid"]), float(row["kc_end"])) if row["kc_ini"] else None,
        unverified=frozenset(row["unverified"].split("|")),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
