"""How the garden's crops draw water, from the catalogue's table."""

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


@dataclass(frozen=True, slots=True)
class CropWater:
    """What a crop needs to know of its soil.

    Args:
        p: The share of the available water that it draws without stress [1].
        root_depth_m: Its rooting depth [m], the smaller figure of FAO-56's range, which is the one for deciding when to
            water; None = as deep as the bed.
        generic: Whether this is no crop's own figure but a general one.
    """

    p: float
    root_depth_m: float | None
    generic: bool = False


GENERIC: Final = CropWater(_GENERIC_P, None, generic=True)


@cache
def crops() -> Mapping[str, CropWater]:
    """Every crop whose figures are known, by commodity."""
    text = resources.files("commons.catalogue").joinpath("crops.csv").read_text("utf-8")
    known = (row for row in csv.DictReader(text.splitlines()) if row["p"])
    return MappingProxyType({row["slug"]: CropWater(float(row["p"]), _depth(row["root_depth_min_m"])) for row in known})


def crop_water(commodity: str) -> CropWater:
    """A crop's figures, or the general ones for an empty bed and for a crop that FAO-56 does not list."""
    return crops().get(commodity, GENERIC)


def _depth(text: str) -> float | None:
    return float(text) if text else None
