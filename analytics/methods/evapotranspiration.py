"""Water that a reference grass would use [mm/d]: Hargreaves, and Penman-Monteith by FAO-56."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import refet
import refet.calcs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

_MM_PER_MJ: Final = 0.408  # mm of water that 1 MJ/m2 evaporates, 1/2.45
_LEAST_WIND: Final = 0.5  # m/s at 2 m: air is never quite still (FAO-56)


def extraterrestrial_radiation(latitude_deg: ArrayLike, day_of_year: ArrayLike) -> Values:
    """Solar radiation above the atmosphere on a day [MJ/(m2 d)] (FAO-56 eq. 21).

    Ra = 24·60/π · 0.0820 · dr · (ωs·sin φ·sin δ + cos φ·cos δ·sin ωs)

    Args:
        latitude_deg: Latitude [deg], south negative; a number or an array.
        day_of_year: 1 on 1 January; a number or an array.

    Returns:
        An array of the common shape; a number for numbers.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 8.

    Examples:
        >>> round(float(extraterrestrial_radiation(-20, 246)), 1)
        32.2
    """
    latitude = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    return _plain(refet.calcs.ra_daily(latitude, np.asarray(day_of_year, dtype=np.float64)))


def hargreaves(tmin_c: ArrayLike, tmax_c: ArrayLike, ra: ArrayLike, *, tmean_c: ArrayLike | None = None) -> Values:
    """Reference evapotranspiration from temperatures alone [mm/d] (FAO-56 eq. 52).

    ET0 = 0.0023 · (Tmean + 17.8) · √(Tmax - Tmin) · 0.408 Ra. A stand-in for Penman-Monteith where there is no
    radiation, humidity or wind: it gives too much in humid air and too little in wind above 3 m/s. Mark what is made
    from it.

    Args:
        tmin_c: Lowest air temperature of the day [°C].
        tmax_c: Highest air temperature of the day [°C].
        ra: Extraterrestrial radiation [MJ/(m2 d)].
        tmean_c: Mean air temperature [°C]; without it the middle of the two.

    Returns:
        An array of the common shape, never negative; NaN where an input is missing or Tmax is below Tmin.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 20 (Lyon, July: 5.0 mm/d).

    Examples:
        >>> round(float(hargreaves(14.8, 26.6, extraterrestrial_radiation(45.72, 196))), 2)
        5.03
    """
    tmin, tmax = np.asarray(tmin_c, dtype=np.float64), np.asarray(tmax_c, dtype=np.float64)
    tmean = (tmin + tmax) / 2 if tmean_c is None else np.asarray(tmean_c, dtype=np.float64)
    spread = np.where(tmax >= tmin, tmax - tmin, np.nan)
    et0 = 0.0023 * (tmean + 17.8) * np.sqrt(spread) * _MM_PER_MJ * np.asarray(ra, dtype=np.float64)
    return _plain(np.maximum(et0, 0.0))


def actual_vapour_pressure(
    tmin_c: ArrayLike, tmax_c: ArrayLike, *, rh_min_pct: ArrayLike, rh_max_pct: ArrayLike
) -> Values:
    """Vapour pressure of the air from a day's extremes [kPa] (FAO-56 eq. 17).

    ea = (e°(Tmin) · RHmax + e°(Tmax) · RHmin) / 200, e°(T) = 0.6108 · exp(17.27 T / (T + 237.3))

    Args:
        tmin_c: Lowest air temperature [°C].
        tmax_c: Highest air temperature [°C].
        rh_min_pct: Lowest relative humidity [%].
        rh_max_pct: Highest relative humidity [%].

    Returns:
        An array of the common shape; NaN where an input is missing.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 5.

    Examples:
        >>> round(float(actual_vapour_pressure(18, 25, rh_min_pct=54, rh_max_pct=82)), 2)
        1.7
    """
    at_tmin, at_tmax = _saturated(tmin_c), _saturated(tmax_c)
    return _plain((at_tmin * np.asarray(rh_max_pct) + at_tmax * np.asarray(rh_min_pct)) / 200)


def penman_monteith_daily(  # noqa: PLR0913 - the equation has that many inputs, each by its name
    tmin_c: ArrayLike,
    tmax_c: ArrayLike,
    *,
    vapour_pressure_kpa: ArrayLike,
    radiation_mj: ArrayLike,
    wind_m_s: ArrayLike,
    wind_height_m: float,
    elevation_m: float,
    latitude_deg: float,
    day_of_year: ArrayLike,
) -> Values:
    """Reference evapotranspiration of a day [mm/d] by Penman-Monteith (FAO-56 eq. 6).

    ET0 = (0.408 Δ (Rn - G) + γ · 900/(T + 273) · u2 · (es - ea)) / (Δ + γ (1 + 0.34 u2)), with G = 0; wind at 2 m
    counts as at least 0.5 m/s.

    Args:
        tmin_c: Lowest air temperature [°C].
        tmax_c: Highest air temperature [°C].
        vapour_pressure_kpa: Actual vapour pressure [kPa], see `actual_vapour_pressure`.
        radiation_mj: Solar radiation at the ground [MJ/(m2 d)].
        wind_m_s: Mean wind speed [m/s].
        wind_height_m: Height of the anemometer [m].
        elevation_m: Height above the sea [m].
        latitude_deg: Latitude [deg], south negative.
        day_of_year: 1 on 1 January.

    Returns:
        An array of the common shape; NaN where an input is missing or Tmax is below Tmin.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, example 18 (Uccle, 6 July: 3.9 mm/d), computed by refet.

    Examples:
        >>> et0 = penman_monteith_daily(
        ...     12.3,
        ...     21.5,
        ...     vapour_pressure_kpa=1.409,
        ...     radiation_mj=22.07,
        ...     wind_m_s=2.78,
        ...     wind_height_m=10,
        ...     elevation_m=100,
        ...     latitude_deg=50.8,
        ...     day_of_year=187,
        ... )
        >>> round(float(et0), 2)
        3.88
    """
    given = (tmin_c, tmax_c, vapour_pressure_kpa, radiation_mj, wind_m_s, day_of_year)
    # refet itself does not broadcast: a year of days with one number for the rest fails in it.
    tmin, tmax, pressure, radiation, wind, day = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in given))
    to_2m = refet.calcs.wind_height_adjust(1.0, wind_height_m)
    reference = refet.Daily(
        tmin=tmin,
        tmax=np.where(tmax >= tmin, tmax, np.nan),
        ea=pressure,
        rs=radiation,
        uz=np.maximum(wind, _LEAST_WIND / to_2m),
        zw=wind_height_m,
        elev=elevation_m,
        lat=latitude_deg,
        doy=day,
    )
    return _plain(np.reshape(reference.eto(), tmin.shape))


def _saturated(temperature_c: ArrayLike) -> Values:
    """Vapour pressure of saturated air [kPa] (FAO-56 eq. 11)."""
    temperature = np.asarray(temperature_c, dtype=np.float64)
    pressure: Values = 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))
    return pressure


def _plain(values: NDArray[np.float64]) -> Values:
    """The same; a single value without dimensions as a number."""
    plain: Values = np.asarray(values, dtype=np.float64)[()]
    return plain
