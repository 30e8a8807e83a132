"""Water in the root zone by FAO-56: what the soil holds, what is gone, when and how much to water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

State = Literal["dry", "good", "wet"]
_LIGHT_RAIN: Final = 0.2  # of the day's ET0: less than that dries off leaves and surface (FAO-56, ch. 8)


@dataclass(frozen=True, slots=True)
class SoilState:
    """A bed in one word.

    Args:
        state: "dry" (the plants begin to suffer), "good", "wet" (above field capacity); None = the moisture or a
            threshold is missing.
        dry_below_pct: Moisture below which the bed is dry [% of the volume].
        wet_above_pct: Moisture above which it is wet [% of the volume].
    """

    state: State | None
    dry_below_pct: float
    wet_above_pct: float


@dataclass(frozen=True, slots=True)
class WaterDay:
    """Where a day's water went [mm each]; all arrays of one shape, or numbers.

    rain - runoff + irrigation = intercepted + evapotranspiration + percolation - (depletion now - depletion before).

    Args:
        depletion: Water missing to field capacity at the end of the day.
        evapotranspiration: What the crop and its soil really used.
        percolation: What ran through below the roots.
        intercepted: Rain too light to reach the roots.
        stress: Ks, 1 = no stress, 0 = the plants can draw nothing [1].
    """

    depletion: Values
    evapotranspiration: Values
    percolation: Values
    intercepted: Values
    stress: Values


def total_available_water(
    field_capacity_pct: ArrayLike, wilting_point_pct: ArrayLike, root_depth_m: ArrayLike
) -> Values:
    """Water that the root zone holds for plants [mm] (FAO-56 eq. 82).

    TAW = 1000 · (θFC - θWP) · Zr

    Args:
        field_capacity_pct: Moisture that stays after draining [% of the volume].
        wilting_point_pct: Moisture at which plants wilt for good [% of the volume].
        root_depth_m: Depth of the roots [m], see `root_depth`.

    Returns:
        TAW [mm]; NaN where an input is missing.

    Raises:
        ValueError: Field capacity is not above the wilting point, or there is no root zone.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 36 (onion on loamy sand: 36 mm).

    Examples:
        >>> round(float(total_available_water(15, 6, 0.4)), 6)
        36.0
    """
    capacity, wilting, depth = _numbers(field_capacity_pct, wilting_point_pct, root_depth_m)
    if np.any(capacity <= wilting) or np.any(depth <= 0):
        raise ValueError(
            f"field capacity {capacity} %, wilting point {wilting} %, roots {depth} m hold no water; correct the bed"
        )
    return 10 * (capacity - wilting) * depth


def readily_available_water(taw_mm: ArrayLike, p: ArrayLike) -> Values:
    """The part of TAW that plants draw without stress [mm]: RAW = p · TAW (FAO-56 eq. 83)."""
    taw, fraction = _numbers(taw_mm, p)
    return fraction * taw


def depletion_fraction(p_table: ArrayLike, etc_mm: ArrayLike) -> Values:
    """The depletion fraction p for the day's heat [1]: p = p_table + 0.04 (5 - ETc), 0.1 to 0.8 (FAO-56 Table 22).

    Args:
        p_table: The crop's fraction at 5 mm/d.
        etc_mm: Crop evapotranspiration of the day [mm/d].

    Examples:
        >>> [round(float(depletion_fraction(0.5, etc)), 2) for etc in (5, 12, 20)]
        [0.5, 0.22, 0.1]
    """
    table, etc = _numbers(p_table, etc_mm)
    return np.clip(table + 0.04 * (5 - etc), 0.1, 0.8)


def stress_coefficient(depletion_mm: ArrayLike, *, taw_mm: ArrayLike, p: ArrayLike) -> Values:
    """Share of its need that a crop can still draw, Ks [1] (FAO-56 eq. 84).

    Ks = (TAW - Dr) / ((1 - p) TAW) once Dr is above RAW, else 1.

    Examples:
        >>> round(float(stress_coefficient(37.746, taw_mm=73.5, p=0.5)), 3)
        0.973
    """
    depletion, taw, fraction = _numbers(depletion_mm, taw_mm, p)
    return np.clip((taw - depletion) / ((1 - fraction) * taw), 0.0, 1.0)


def root_depth(table_m: ArrayLike, *, container_m: ArrayLike | None = None) -> Values:
    """Depth of the roots [m]: the crop's own, or the container's where that is shallower.

    Args:
        table_m: The crop's rooting depth in open soil.
        container_m: Depth of soil in the pot or box; None or NaN = open soil.

    Examples:
        >>> float(root_depth(0.7, container_m=0.25)), float(root_depth(0.7))
        (0.25, 0.7)
    """
    table, container = _numbers(table_m, np.inf if container_m is None else container_m)
    return np.minimum(table, np.where(np.isnan(container), np.inf, container))


def depletion_from_moisture(
    theta_pct: ArrayLike, field_capacity_pct: ArrayLike, wilting_point_pct: ArrayLike, root_depth_m: ArrayLike
) -> Values:
    """Water missing to field capacity [mm], from a measured moisture (FAO-56 eq. 86, 87).

    Dr = 1000 · (θFC - θ) · Zr, at least 0 and at most TAW.

    Args:
        theta_pct: Moisture [% of the volume], taken for the whole root zone.
        field_capacity_pct: As in `total_available_water`.
        wilting_point_pct: Likewise.
        root_depth_m: Likewise.

    Returns:
        Dr [mm]; NaN where an input is missing.

    Raises:
        ValueError: Field capacity is not above the wilting point, or there is no root zone.

    Examples:
        >>> round(float(depletion_from_moisture(27.7326, 28.7, 14, 0.5)), 3)
        4.837
    """
    taw = total_available_water(field_capacity_pct, wilting_point_pct, root_depth_m)
    theta, capacity, depth = _numbers(theta_pct, field_capacity_pct, root_depth_m)
    return np.clip(10 * (capacity - theta) * depth, 0.0, taw)


def soil_state(moisture_pct: float, *, field_capacity_pct: float, wilting_point_pct: float, p: float) -> SoilState:
    """Tell a dry bed from a good and a wet one, and say at which moisture it changes.

    Dry: depletion above RAW, that is θ < θFC - p (θFC - θWP), whatever the root depth. Wet: θ > θFC.

    Args:
        moisture_pct: Measured moisture [% of the volume]; NaN = missing.
        field_capacity_pct: As in `total_available_water`.
        wilting_point_pct: Likewise.
        p: The crop's depletion fraction [1], see `depletion_fraction`.

    Raises:
        ValueError: Field capacity is not above the wilting point.

    Examples:
        >>> soil_state(18, field_capacity_pct=30, wilting_point_pct=15, p=0.4)
        SoilState(state='dry', dry_below_pct=24.0, wet_above_pct=30.0)
    """
    if field_capacity_pct <= wilting_point_pct:
        raise ValueError(
            f"field capacity {field_capacity_pct} % is not above wilting point {wilting_point_pct} %; correct the bed"
        )
    dry_below = field_capacity_pct - p * (field_capacity_pct - wilting_point_pct)
    state: State | None = "dry" if moisture_pct < dry_below else "wet" if moisture_pct > field_capacity_pct else "good"
    if np.isnan(moisture_pct) or np.isnan(dry_below):
        state = None
    return SoilState(state, float(dry_below), float(field_capacity_pct))


def daily_step(
    depletion_mm: ArrayLike,
    *,
    taw_mm: ArrayLike,
    p: ArrayLike,
    kc: ArrayLike,
    et0_mm: ArrayLike,
    rain_mm: ArrayLike,
    irrigation_mm: ArrayLike = 0.0,
    runoff_mm: ArrayLike = 0.0,
) -> WaterDay:
    """Carry the depletion of the root zone over one day (FAO-56 eq. 80, 81, 84-88).

    Dr_i = Dr_(i-1) - (P - RO) - I + Ks·Kc·ET0 + DP, from 0 to TAW, with DP = max(0, P - RO + I - Ks·Kc·ET0 - Dr_(i-1))
    and Ks by the depletion of the evening before. Rain below 0.2 ET0 does not reach the roots; capillary rise is nil.
    What the soil cannot give is not used: evapotranspiration ends where the wilting point begins.

    Args:
        depletion_mm: Dr at the end of the day before [mm]; beyond TAW (the roots became shallower) it counts as TAW.
        taw_mm: Total available water [mm].
        p: Depletion fraction [1].
        kc: Crop coefficient [1].
        et0_mm: Reference evapotranspiration [mm/d].
        rain_mm: Rain [mm].
        irrigation_mm: Water given that reached the soil [mm].
        runoff_mm: Rain that ran off, at most all of it [mm].

    Returns:
        The depletion in the evening and where the water went; NaN where an input is missing.

    Raises:
        ValueError: More rain ran off than fell, or an amount is negative.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, chapter 8 and example 37.

    Examples:
        Tomatoes on the third day of example 37: Ks 0.97, Dr 72.8 mm.

        >>> day = daily_step(67, taw_mm=160, p=0.4, kc=1.2, et0_mm=5, rain_mm=0)
        >>> round(float(day.stress), 2), round(float(day.depletion), 1)
        (0.97, 72.8)
    """
    taw, et0, rain, runoff, given = _numbers(taw_mm, et0_mm, rain_mm, runoff_mm, irrigation_mm)
    if np.any(runoff > rain) or any(np.any(amount < 0) for amount in (rain, runoff, given)):
        raise ValueError(f"rain {rain}, runoff {runoff}, irrigation {given} mm cannot be; give amounts of 0 or more")
    before = np.clip(np.asarray(depletion_mm, dtype=np.float64), 0.0, taw)
    reaching = rain - runoff
    intercepted = np.where(reaching < _LIGHT_RAIN * et0, reaching, 0.0)
    water = reaching - intercepted + given
    stress = stress_coefficient(before, taw_mm=taw, p=p)
    need = stress * np.asarray(kc, dtype=np.float64) * et0
    used = np.minimum(need, taw - before + water)
    percolation = np.maximum(water - used - before, 0.0)
    after = np.clip(before - water + used + percolation, 0.0, taw)
    parts = np.broadcast_arrays(after, used, percolation, intercepted, stress)
    return WaterDay(*(np.array(part)[()] for part in parts))


def litres_to_give(depletion_mm: ArrayLike, area_m2: ArrayLike, efficiency: ArrayLike) -> Values:
    """Water that fills a bed up to field capacity [l]: depletion · area / efficiency, 1 mm on 1 m² being 1 litre.

    Args:
        depletion_mm: Water missing in the root zone [mm].
        area_m2: Area of the bed [m2].
        efficiency: Share of the water given that stays in the root zone [1].

    Returns:
        Litres; NaN where an input is missing.

    Raises:
        ValueError: The efficiency is not above 0 and at most 1, or depletion or area is negative.

    Examples:
        >>> float(litres_to_give(12, 4, 0.8))
        60.0
    """
    depletion, area, share = _numbers(depletion_mm, area_m2, efficiency)
    if np.any(share <= 0) or np.any(share > 1) or np.any(depletion < 0) or np.any(area < 0):
        raise ValueError(
            f"depletion {depletion} mm, area {area} m2, efficiency {share} cannot be; efficiency is above 0, at most 1"
        )
    return depletion * area / share


def _numbers(*given: ArrayLike) -> tuple[Values, ...]:
    return tuple(np.asarray(values, dtype=np.float64) for values in given)
