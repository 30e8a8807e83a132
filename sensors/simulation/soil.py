"""A bed's soil: how much water it holds, and what happens to it in a quarter of an hour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from commons.sites import Bed

_MM_PER_M: Final = 1000.0
_DRAIN_HOURS: Final = {"polybag": 4.0, "pot": 4.0, "raised": 8.0, "ground": 16.0}
_OTHER_DRAIN_HOURS: Final = 12.0
_STEP_HOURS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Soil:
    """How a bed's soil holds water; the whole depth of the bed is its root zone.

    Args:
        area_m2: The bed's area [m2].
        depth_mm: Its depth [mm].
        field_capacity_mm: Water that stays when the rest has drained [mm].
        wilting_point_mm: Water that no root can draw [mm].
        saturation_mm: Water that fills every pore [mm].
        draining: The share of the water above field capacity that drains in a step.
    """

    area_m2: float
    depth_mm: float
    field_capacity_mm: float
    wilting_point_mm: float
    saturation_mm: float
    draining: float

    @property
    def available_mm(self) -> float:
        """Total available water [mm] (FAO-56 equation 82)."""
        return self.field_capacity_mm - self.wilting_point_mm


class Flow(NamedTuple):
    """What became of a step's water [mm]: in the soil now, drunk or evaporated, drained below, run off above."""

    water_mm: float
    uptake_mm: float
    drained_mm: float
    runoff_mm: float


def soil_of(bed: Bed) -> Soil:
    """The soil of a bed in the site's table."""
    depth_mm = bed.depth_m * _MM_PER_M
    return Soil(
        area_m2=bed.area_m2,
        depth_mm=depth_mm,
        field_capacity_mm=bed.field_capacity_pct / 100 * depth_mm,
        wilting_point_mm=bed.wilting_point_pct / 100 * depth_mm,
        saturation_mm=bed.saturation_pct / 100 * depth_mm,
        draining=1 - math.exp(-_STEP_HOURS / _DRAIN_HOURS.get(bed.container, _OTHER_DRAIN_HOURS)),
    )


def flow(soil: Soil, water_mm: float, *, added_mm: float, demand_mm: float, easy_share: float) -> Flow:
    """One step of the water balance (FAO-56 chapter 8); every millimetre is accounted for.

    Args:
        soil: The soil.
        water_mm: Water in it before [mm].
        added_mm: Rain and watering [mm].
        demand_mm: What the crop would draw from wet soil [mm].
        easy_share: The share of the available water that the crop draws without effort (FAO-56's p).

    Returns:
        Water, uptake, drainage and runoff; before + added = their sum.
    """
    water_mm += added_mm
    runoff_mm = max(0.0, water_mm - soil.saturation_mm)
    water_mm -= runoff_mm
    drained_mm = max(0.0, water_mm - soil.field_capacity_mm) * soil.draining
    water_mm -= drained_mm
    left_mm = max(0.0, water_mm - soil.wilting_point_mm)
    ease = min(1.0, left_mm / ((1.0 - easy_share) * (soil.field_capacity_mm - soil.wilting_point_mm)))
    uptake_mm = min(left_mm, ease * demand_mm)
    return Flow(water_mm - uptake_mm, uptake_mm, drained_mm, runoff_mm)
