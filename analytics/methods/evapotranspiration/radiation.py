"""The radiation of FAO-56, step by step: from the sun's place to the net radiation of a field.

Inputs and results as in `air`; radiation is in MJ/m2 per day, or per hour where a name says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analytics.methods.evapotranspiration.air import numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

_SOLAR_CONSTANT: Final = 0.0820  # MJ/(m2 min)
_PER_DAY: Final = 4.903e-9  # Stefan-Boltzmann, MJ/(K4 m2 d)
_PER_HOUR: Final = 2.043e-10
_KELVIN: Final = 273.16  # as FAO-56 rounds it
COAST: Final = 0.19
"""kRs for a coast, where the sea evens out the day; inland it is 0.16."""


def inverse_relative_distance(day_of_year: ArrayLike) -> Values:
    """Inverse relative distance from the sun, dr [1]: 1 + 0.033 · cos(2π J / 365) (eq. 23).

    Examples:
        >>> round(float(inverse_relative_distance(246)), 3)
        0.985
    """
    (day,) = numbers(day_of_year)
    return 1 + 0.033 * np.cos(2 * np.pi * day / 365)


def solar_declination(day_of_year: ArrayLike) -> Values:
    """Solar declination, δ [rad]: 0.409 · sin(2π J / 365 - 1.39) (eq. 24).

    Examples:
        >>> round(float(solar_declination(246)), 2)
        0.12
    """
    (day,) = numbers(day_of_year)
    return 0.409 * np.sin(2 * np.pi * day / 365 - 1.39)


def sunset_hour_angle(latitude_deg: ArrayLike, day_of_year: ArrayLike) -> Values:
    """Sunset hour angle, ωs [rad]: arccos(-tan φ · tan δ) (eq. 25); 0 in a polar night, π under a midnight sun.

    Examples:
        >>> round(float(sunset_hour_angle(-20, 246)), 3)
        1.527
    """
    (latitude,) = numbers(latitude_deg)
    return np.asarray(
        np.arccos(np.clip(-np.tan(np.radians(latitude)) * np.tan(solar_declination(day_of_year)), -1, 1))
    )[()]


def daylight_hours(latitude_deg: ArrayLike, day_of_year: ArrayLike) -> Values:
    """Longest possible sunshine, N [h]: 24 ωs / π (eq. 34).

    Examples:
        >>> round(float(daylight_hours(-20, 246)), 1)
        11.7
    """
    return 24 / np.pi * sunset_hour_angle(latitude_deg, day_of_year)


def extraterrestrial_radiation(latitude_deg: ArrayLike, day_of_year: ArrayLike) -> Values:
    """Ra, above the atmosphere [MJ/(m2 d)], on a day (1 = 1 January) at a latitude [deg], south negative (eq. 21).

    Ra = 24·60/π · 0.0820 · dr · (ωs·sin φ·sin δ + cos φ·cos δ·sin ωs)

    Examples:
        >>> round(float(extraterrestrial_radiation(-20, 246)), 1)
        32.2
    """
    (latitude,) = numbers(latitude_deg)
    phi, delta, sunset = np.radians(latitude), solar_declination(day_of_year), sunset_hour_angle(latitude, day_of_year)
    above = sunset * np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.sin(sunset)
    return np.asarray(24 * 60 / np.pi * _SOLAR_CONSTANT * inverse_relative_distance(day_of_year) * above)[()]


def extraterrestrial_radiation_hourly(
    latitude_deg: ArrayLike,
    longitude_deg: ArrayLike,
    day_of_year: ArrayLike,
    middle_h: ArrayLike,
    *,
    utc_offset_h: float,
) -> Values:
    """Ra of an hour [MJ/(m2 h)] by the clock time of its middle [h]; east and north positive (eq. 28-33).

    Ra = 12·60/π · 0.0820 · dr · ((ω2 - ω1)·sin φ·sin δ + cos φ·cos δ·(sin ω2 - sin ω1)), ω1 and ω2 the sun's hour
    angles at its ends, half an hour before and after, kept between sunrise and sunset.

    Examples:
        >>> round(float(extraterrestrial_radiation_hourly(16.217, -16.25, 274, 14.5, utc_offset_h=-1)), 3)
        3.543
    """
    latitude, longitude, day, middle = numbers(latitude_deg, longitude_deg, day_of_year, middle_h)
    b = 2 * np.pi * (day - 81) / 364
    equation_of_time = 0.1645 * np.sin(2 * b) - 0.1255 * np.cos(b) - 0.025 * np.sin(b)
    angle = np.pi / 12 * (middle + longitude / 15 - utc_offset_h + equation_of_time - 12)
    phi, delta, sunset = np.radians(latitude), solar_declination(day), sunset_hour_angle(latitude, day)
    begins, ends = (np.clip(angle + half, -sunset, sunset) for half in (-np.pi / 24, np.pi / 24))
    above = (ends - begins) * np.sin(phi) * np.sin(delta)
    above = above + np.cos(phi) * np.cos(delta) * (np.sin(ends) - np.sin(begins))
    return np.asarray(12 * 60 / np.pi * _SOLAR_CONSTANT * inverse_relative_distance(day) * above)[()]


def solar_radiation_from_sunshine(
    sunshine_h: ArrayLike, daylight_h: ArrayLike, ra: ArrayLike, *, a: float = 0.25, b: float = 0.50
) -> Values:
    """Rs at the ground from hours of sunshine: (a + b · n/N) · Ra (eq. 35).

    Examples:
        >>> round(float(solar_radiation_from_sunshine(7.1, 10.9, 25.1)), 1)
        14.4
    """
    sunshine, daylight, above = numbers(sunshine_h, daylight_h, ra)
    return (a + b * sunshine / daylight) * above


def solar_radiation_from_temperatures(
    tmin_c: ArrayLike, tmax_c: ArrayLike, ra: ArrayLike, *, k_rs: float = COAST
) -> Values:
    """Rs at the ground from the day's span of temperature: kRs · √(Tmax - Tmin) · Ra (eq. 50); a stand-in.

    NaN where Tmax is below Tmin.

    Examples:
        >>> round(float(solar_radiation_from_temperatures(14.8, 26.6, 40.6, k_rs=0.16)), 1)
        22.3
    """
    tmin, tmax, above = numbers(tmin_c, tmax_c, ra)
    return k_rs * np.sqrt(np.where(tmax >= tmin, tmax - tmin, np.nan))[()] * above


def clear_sky_radiation(elevation_m: ArrayLike, ra: ArrayLike) -> Values:
    """Rso: (0.75 + 2·10⁻⁵ z) · Ra (eq. 37).

    Examples:
        >>> round(float(clear_sky_radiation(100, 41.09)), 2)
        30.9
    """
    z, above = numbers(elevation_m, ra)
    return (0.75 + 2e-5 * z) * above


def net_shortwave(rs: ArrayLike, *, albedo: float = 0.23) -> Values:
    """Rns: (1 - α) · Rs (eq. 38), 0.23 being the albedo of grass.

    Examples:
        >>> round(float(net_shortwave(14.5)), 1)
        11.2
    """
    (radiation,) = numbers(rs)
    return (1 - albedo) * radiation


def net_longwave(tmin_c: ArrayLike, tmax_c: ArrayLike, *, ea_kpa: ArrayLike, rs: ArrayLike, rso: ArrayLike) -> Values:
    """Rnl, leaving the ground: σ · (Tmax⁴ + Tmin⁴)/2 · (0.34 - 0.14 √ea) · (1.35 Rs/Rso - 0.35) (eq. 39).

    Temperatures in kelvin within; Rs/Rso counts as at most 1.

    Examples:
        >>> round(float(net_longwave(19.1, 25.1, ea_kpa=2.1, rs=14.5, rso=18.8)), 1)
        3.5
    """
    tmin, tmax, ea, radiation, clear = numbers(tmin_c, tmax_c, ea_kpa, rs, rso)
    emitted = _PER_DAY * ((tmax + _KELVIN) ** 4 + (tmin + _KELVIN) ** 4) / 2
    return _kept(emitted, ea, radiation / clear)


def net_longwave_hourly(temperature_c: ArrayLike, *, ea_kpa: ArrayLike, cloudiness: ArrayLike) -> Values:
    """Rnl of an hour [MJ/(m2 h)], by its mean temperature and Rs/Rso; at night that of sunset (eq. 39 for hours).

    Examples:
        >>> round(float(net_longwave_hourly(38, ea_kpa=3.445, cloudiness=0.922)), 3)
        0.137
    """
    temperature, ea, ratio = numbers(temperature_c, ea_kpa, cloudiness)
    return _kept(_PER_HOUR * (temperature + _KELVIN) ** 4, ea, ratio)


def soil_heat_flux_hourly(rn: ArrayLike, *, daylight: ArrayLike) -> Values:
    """G of an hour [MJ/(m2 h)]: 0.1 Rn by day, 0.5 Rn by night (eq. 45, 46).

    Args:
        rn: Net radiation of the hour [MJ/(m2 h)].
        daylight: Whether the sun is up.

    Examples:
        >>> soil_heat_flux_hourly([1.749, -0.1], daylight=[True, False]).round(4).tolist()
        [0.1749, -0.05]
    """
    (net,) = numbers(rn)
    return np.asarray(np.where(np.asarray(daylight, dtype=bool), 0.1, 0.5) * net)[()]


def soil_heat_flux_monthly(
    before_c: ArrayLike, after_c: ArrayLike | None = None, *, this_c: ArrayLike | None = None
) -> Values:
    """G of a month [MJ/(m2 d)]: 0.07 · (T_next - T_before), or 0.14 · (T_this - T_before) (eq. 43, 44).

    Of a single day it is 0 (eq. 42).

    Examples:
        >>> round(float(soil_heat_flux_monthly(14.1, 18.8)), 2)
        0.33
    """
    if after_c is not None and this_c is None:
        before, after = numbers(before_c, after_c)
        return 0.07 * (after - before)
    if this_c is None or after_c is not None:
        raise ValueError("give the mean of the month after, or of this month, and not both")
    before, this = numbers(before_c, this_c)
    return 0.14 * (this - before)


def _kept(emitted: Values, ea: Values, cloudiness: Values) -> Values:
    humidity = 0.34 - 0.14 * np.sqrt(ea)
    return np.asarray(emitted * humidity * (1.35 * np.minimum(cloudiness, 1.0) - 0.35))[()]
