"""Air that plants and people feel: vapour pressure deficit, dew point and heat index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.methods.evapotranspiration.air import numbers, saturation_vapour_pressure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]


def vapour_pressure_deficit(temperature_c: ArrayLike, rh_pct: ArrayLike) -> Values:
    """How much more vapour the air could hold [kPa]: e°(T) · (1 - RH/100), at least 0.

    Of the air, not of the leaf: a leaf in the sun is warmer.

    Args:
        temperature_c: Air temperature [°C].
        rh_pct: Relative humidity [%]; above 100 it counts as 100.

    Returns:
        An array of the common shape; NaN where an input is missing.

    Raises:
        ValueError: A humidity is negative.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, eq. 11.

    Examples:
        >>> round(float(vapour_pressure_deficit(30, 70)), 2)
        1.27
    """
    temperature, humidity = _checked(temperature_c, rh_pct)
    return _plain(np.maximum(saturation_vapour_pressure(temperature) * (1 - humidity / 100), 0.0))


def dew_point(temperature_c: ArrayLike, rh_pct: ArrayLike) -> Values:
    """Temperature at which dew falls [°C]: 237.3 L / (17.27 - L), L = ln(ea / 0.6108), ea = e°(T) · RH/100.

    Args:
        temperature_c: Air temperature [°C].
        rh_pct: Relative humidity [%].

    Returns:
        An array of the common shape; NaN where an input is missing or the air holds no vapour at all.

    Raises:
        ValueError: A humidity is negative.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, eq. 11 turned round.

    Examples:
        >>> round(float(dew_point(20, 52.5224541378)), 2)
        10.0
    """
    temperature, humidity = _checked(temperature_c, rh_pct)
    vapour = saturation_vapour_pressure(temperature) * np.where(humidity > 0, humidity, np.nan) / 100
    logarithm = np.log(vapour / 0.6108)
    return _plain(237.3 * logarithm / (17.27 - logarithm))


def heat_index(temperature_c: ArrayLike, rh_pct: ArrayLike) -> Values:
    """How hot it feels to people in the shade [°C] (US National Weather Service); for their safety, not for plants.

    In °F: H = 0.5 · (T + 61 + 1.2 (T - 68) + 0.094 RH); where the mean of H and T reaches 80 °F, Rothfusz's regression,
    less ((13 - RH)/4) · √((17 - |T - 95|)/17) in dry air (RH < 13 %, 80 to 112 °F), and more
    ((RH - 85)/10) · ((87 - T)/5) in humid air (RH > 85 %, 80 to 87 °F).

    Args:
        temperature_c: Air temperature [°C].
        rh_pct: Relative humidity [%].

    Returns:
        An array of the common shape; NaN where an input is missing.

    Raises:
        ValueError: A humidity is negative.

    Source:
        NWS, The Heat Index Equation; Rothfusz, SR 90-23, 1990.

    Examples:
        >>> round(float(heat_index(35, 70)), 1)
        50.3
    """
    temperature, rh = _checked(temperature_c, rh_pct)
    t = temperature * 9 / 5 + 32
    simple = 0.5 * (t + 61 + 1.2 * (t - 68) + 0.094 * rh)
    felt = _rothfusz(t, rh)
    felt = felt - np.where((rh < 13) & (t >= 80) & (t <= 112), _dry(t, rh), 0.0)  # noqa: PLR2004 - NWS's bounds
    felt = felt + np.where((rh > 85) & (t >= 80) & (t <= 87), (rh - 85) / 10 * (87 - t) / 5, 0.0)  # noqa: PLR2004
    fahrenheit = np.where((simple + t) / 2 >= 80, felt, simple)  # noqa: PLR2004 - the same
    return _plain((fahrenheit - 32) * 5 / 9)


def _rothfusz(t: Values, rh: Values) -> Values:
    return (
        -42.379
        + 2.04901523 * t
        + 10.14333127 * rh
        - 0.22475541 * t * rh
        - 6.83783e-3 * t**2
        - 5.481717e-2 * rh**2
        + 1.22874e-3 * t**2 * rh
        + 8.5282e-4 * t * rh**2
        - 1.99e-6 * t**2 * rh**2
    )


def _dry(t: Values, rh: Values) -> Values:
    return np.asarray((13 - rh) / 4 * np.sqrt(np.maximum(17 - np.abs(t - 95), 0.0) / 17))


def _checked(temperature_c: ArrayLike, rh_pct: ArrayLike) -> tuple[Values, Values]:
    temperature, humidity = numbers(temperature_c, rh_pct)
    if np.any(humidity < 0):
        raise ValueError(f"a relative humidity of {humidity} % cannot be; give 0 or more")
    return temperature, humidity


def _plain(values: NDArray[np.float64]) -> Values:
    plain: Values = np.asarray(values, dtype=np.float64)[()]
    return plain
