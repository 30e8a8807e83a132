"""The air of FAO-56, step by step: pressure, vapour pressure, dew point and wind.

Everything takes numbers or arrays and gives arrays of their common shape, a number for numbers; NaN where an input is
missing. Equation numbers are those of FAO Irrigation and Drainage Paper 56, 1998.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]


def mean_temperature(tmin_c: ArrayLike, tmax_c: ArrayLike) -> Values:
    """Temperature of a day [°C]: (Tmax + Tmin) / 2 (eq. 9), whatever the mean of its hours is.

    Examples:
        >>> float(mean_temperature(12.3, 21.5))
        16.9
    """
    tmin, tmax = numbers(tmin_c, tmax_c)
    return (tmin + tmax) / 2


def atmospheric_pressure(elevation_m: ArrayLike) -> Values:
    """Pressure of the air [kPa] at a height above the sea [m]: 101.3 · ((293 - 0.0065 z) / 293)^5.26 (eq. 7).

    Examples:
        >>> round(float(atmospheric_pressure(1800)), 1)
        81.8
    """
    (z,) = numbers(elevation_m)
    return 101.3 * ((293 - 0.0065 * z) / 293) ** 5.26


def psychrometric_constant(pressure_kpa: ArrayLike) -> Values:
    """γ [kPa/°C]: 0.665·10⁻³ · P (eq. 8).

    Examples:
        >>> round(float(psychrometric_constant(81.8)), 3)
        0.054
    """
    (pressure,) = numbers(pressure_kpa)
    return 0.665e-3 * pressure


def saturation_vapour_pressure(temperature_c: ArrayLike) -> Values:
    """Vapour pressure of saturated air, e° [kPa]: 0.6108 · exp(17.27 T / (T + 237.3)) (eq. 11).

    Examples:
        >>> round(float(saturation_vapour_pressure(24.5)), 3)
        3.075
    """
    (temperature,) = numbers(temperature_c)
    return 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))


def mean_saturation_vapour_pressure(tmin_c: ArrayLike, tmax_c: ArrayLike) -> Values:
    """Mean of a day, es [kPa]: (e°(Tmax) + e°(Tmin)) / 2 (eq. 12); e° of the mean temperature would be too small.

    Examples:
        >>> round(float(mean_saturation_vapour_pressure(15, 24.5)), 2)
        2.39
    """
    return (saturation_vapour_pressure(tmin_c) + saturation_vapour_pressure(tmax_c)) / 2


def vapour_pressure_slope(temperature_c: ArrayLike) -> Values:
    """Slope of e° at a temperature, Δ [kPa/°C]: 4098 e°(T) / (T + 237.3)² (eq. 13).

    Examples:
        >>> round(float(vapour_pressure_slope(16.9)), 3)
        0.122
    """
    (temperature,) = numbers(temperature_c)
    return 4098 * saturation_vapour_pressure(temperature) / (temperature + 237.3) ** 2


def vapour_pressure_from_dew_point(dew_point_c: ArrayLike) -> Values:
    """Vapour pressure of the air, ea [kPa]: e° of the dew point (eq. 14).

    Where nothing measures humidity, Tmin stands for the dew point (eq. 48); in dry places it is two degrees lower.

    Examples:
        >>> round(float(vapour_pressure_from_dew_point(17)), 2)
        1.94
    """
    return saturation_vapour_pressure(dew_point_c)


def vapour_pressure_from_wet_bulb(
    dry_c: ArrayLike, wet_c: ArrayLike, pressure_kpa: ArrayLike, *, coefficient: float = 0.000662
) -> Values:
    """Vapour pressure of the air, ea [kPa], from a psychrometer: e°(Twet) - a · P · (Tdry - Twet) (eq. 15, 16).

    The coefficient a [1/°C] is 0.000662 with ventilation, 0.0008 with natural ventilation, 0.0012 indoors.

    Examples:
        >>> round(float(vapour_pressure_from_wet_bulb(25.6, 19.5, 87.9)), 2)
        1.91
    """
    dry, wet, pressure = numbers(dry_c, wet_c, pressure_kpa)
    return saturation_vapour_pressure(wet) - coefficient * pressure * (dry - wet)


def actual_vapour_pressure(
    tmin_c: ArrayLike, tmax_c: ArrayLike, *, rh_min_pct: ArrayLike, rh_max_pct: ArrayLike
) -> Values:
    """Vapour pressure of the air, ea [kPa], from a day's extremes of humidity [%] (eq. 17).

    ea = (e°(Tmin) · RHmax + e°(Tmax) · RHmin) / 200

    Examples:
        >>> round(float(actual_vapour_pressure(18, 25, rh_min_pct=54, rh_max_pct=82)), 2)
        1.7
    """
    low, high = numbers(rh_min_pct, rh_max_pct)
    return (saturation_vapour_pressure(tmin_c) * high + saturation_vapour_pressure(tmax_c) * low) / 200


def vapour_pressure_from_rh_max(tmin_c: ArrayLike, rh_max_pct: ArrayLike) -> Values:
    """Vapour pressure of the air, ea [kPa], from the highest humidity [%]: e°(Tmin) · RHmax / 100 (eq. 18).

    For places where the lowest humidity is not to be trusted.

    Examples:
        >>> round(float(vapour_pressure_from_rh_max(18, 82)), 2)
        1.69
    """
    (high,) = numbers(rh_max_pct)
    return saturation_vapour_pressure(tmin_c) * high / 100


def vapour_pressure_from_rh_mean(tmin_c: ArrayLike, tmax_c: ArrayLike, rh_mean_pct: ArrayLike) -> Values:
    """Vapour pressure of the air, ea [kPa], from the mean humidity [%]: RHmean / 100 · es (eq. 19).

    Less sure than the extremes.

    Examples:
        >>> round(float(vapour_pressure_from_rh_mean(18, 25, 68)), 2)
        1.78
    """
    (mean,) = numbers(rh_mean_pct)
    return mean / 100 * mean_saturation_vapour_pressure(tmin_c, tmax_c)


def saturation_deficit(es_kpa: ArrayLike, ea_kpa: ArrayLike) -> Values:
    """How much vapour the air lacks [kPa]: es - ea, at least 0.

    Examples:
        >>> round(float(saturation_deficit(1.997, 1.409)), 3)
        0.588
    """
    es, ea = numbers(es_kpa, ea_kpa)
    return np.maximum(es - ea, 0.0)


def wind_at_2m(wind_m_s: ArrayLike, height_m: ArrayLike) -> Values:
    """Wind at 2 m [m/s] from one measured at another height [m]: u · 4.87 / ln(67.8 z - 5.42) (eq. 47).

    Examples:
        >>> round(float(wind_at_2m(3.2, 10)), 1)
        2.4
    """
    wind, height = numbers(wind_m_s, height_m)
    return wind * 4.87 / np.log(67.8 * height - 5.42)


def numbers(*given: ArrayLike) -> tuple[Values, ...]:
    """Each input as an array of floats, a number as a number.

    Examples:
        >>> numbers(1, [2, 3])
        (np.float64(1.0), array([2., 3.]))
    """
    return tuple(np.asarray(values, dtype=np.float64)[()] for values in given)
