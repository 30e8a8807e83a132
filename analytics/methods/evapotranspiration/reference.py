"""Water that a reference grass would use [mm/d]: Hargreaves, and Penman-Monteith by FAO-56."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import refet
import refet.calcs

from analytics.methods.evapotranspiration.air import numbers, psychrometric_constant, vapour_pressure_slope

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

_MM_PER_MJ: Final = 0.408  # mm of water that 1 MJ/m2 evaporates, 1/2.45
_LEAST_WIND: Final = 0.5  # m/s at 2 m: air is never quite still (FAO-56)


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
        >>> round(float(hargreaves(14.8, 26.6, 40.55)), 2)
        5.03
    """
    tmin, tmax = np.asarray(tmin_c, dtype=np.float64), np.asarray(tmax_c, dtype=np.float64)
    tmean = (tmin + tmax) / 2 if tmean_c is None else np.asarray(tmean_c, dtype=np.float64)
    spread = np.where(tmax >= tmin, tmax - tmin, np.nan)
    et0 = 0.0023 * (tmean + 17.8) * np.sqrt(spread) * _MM_PER_MJ * np.asarray(ra, dtype=np.float64)
    return _plain(np.maximum(et0, 0.0))


def penman_monteith(
    temperature_c: ArrayLike,
    *,
    net_radiation: ArrayLike,
    soil_heat_flux: ArrayLike,
    wind_2m: ArrayLike,
    es_kpa: ArrayLike,
    ea_kpa: ArrayLike,
    pressure_kpa: ArrayLike,
    hourly: bool = False,
) -> Values:
    """Reference evapotranspiration from the steps before it [mm/d, or mm/h] (FAO-56 eq. 6, 53).

    ET0 = (0.408 Δ (Rn - G) + γ · 900/(T + 273) · u2 · (es - ea)) / (Δ + γ (1 + 0.34 u2)), for an hour 37 instead of
    900. Wind counts as at least 0.5 m/s. (ASCE's hourly equation has other constants: refet's gives 0.66 where FAO-56
    prints 0.63.)

    Args:
        temperature_c: Mean air temperature [°C].
        net_radiation: Rn [MJ/m2 per day, or hour].
        soil_heat_flux: G [the same]: 0 for a day; for an hour 0.1 Rn by day, 0.5 Rn by night (eq. 45, 46).
        wind_2m: Wind at 2 m [m/s].
        es_kpa: Saturation vapour pressure [kPa], for a day the mean of its extremes.
        ea_kpa: Actual vapour pressure [kPa].
        pressure_kpa: Atmospheric pressure [kPa].
        hourly: Whether the radiation is that of an hour.

    Returns:
        An array of the common shape, not below 0; NaN where an input is missing.

    Source:
        FAO Irrigation and Drainage Paper 56, 1998, examples 18 (Uccle, 6 July: 3.9 mm/d) and 19 (N'Diaye: 0.63 mm/h).

    Examples:
        >>> uccle = {"net_radiation": 13.28, "soil_heat_flux": 0, "wind_2m": 2.078, "es_kpa": 1.997, "ea_kpa": 1.409}
        >>> round(float(penman_monteith(16.9, **uccle, pressure_kpa=100.1)), 2)
        3.88
    """
    temperature, rn, g, es, ea = numbers(temperature_c, net_radiation, soil_heat_flux, es_kpa, ea_kpa)
    wind = np.maximum(numbers(wind_2m)[0], _LEAST_WIND)
    slope, gamma = vapour_pressure_slope(temperature), psychrometric_constant(pressure_kpa)
    drying = gamma * (37 if hourly else 900) / (temperature + 273) * wind * (es - ea)
    et0 = (_MM_PER_MJ * slope * (rn - g) + drying) / (slope + gamma * (1 + 0.34 * wind))
    return _plain(np.maximum(et0, 0.0))


def penman_monteith_daily(  # noqa: PLR0913 - the equation has that many inputs, each by its name
    tmin_c: ArrayLike,
    tmax_c: ArrayLike,
    *,
    vapour_pressure_kpa: ArrayLike,
    radiation_mj: ArrayLike,
    wind_m_s: ArrayLike,
    wind_height_m: float,
    elevation_m: float,
    latitude_deg: ArrayLike,
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
    given = (tmin_c, tmax_c, vapour_pressure_kpa, radiation_mj, wind_m_s, latitude_deg, day_of_year)
    # refet itself does not broadcast: a year of days with one number for the rest fails in it.
    arrays = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in given))
    tmin, tmax, pressure, radiation, wind, latitude, day = arrays
    to_2m = refet.calcs.wind_height_adjust(1.0, wind_height_m)
    reference = refet.Daily(
        tmin=tmin,
        tmax=np.where(tmax >= tmin, tmax, np.nan),
        ea=pressure,
        rs=radiation,
        uz=np.maximum(wind, _LEAST_WIND / to_2m),
        zw=wind_height_m,
        elev=elevation_m,
        lat=latitude,
        doy=day,
    )
    return _plain(np.reshape(reference.eto(), tmin.shape))


def asce_hourly(  # noqa: PLR0913 - the equation has that many inputs, each by its name
    temperature_c: ArrayLike,
    *,
    vapour_pressure_kpa: ArrayLike,
    radiation_mj: ArrayLike,
    wind_m_s: ArrayLike,
    wind_height_m: float,
    elevation_m: float,
    latitude_deg: float,
    longitude_deg: float,
    day_of_year: ArrayLike,
    begins_utc_h: ArrayLike,
) -> Values:
    """Reference evapotranspiration of an hour [mm/h] by ASCE's standardized equation; say "ASCE hourly" where shown.

    ET0 = (0.408 Δ (Rn - G) + γ · 37/(T + 273) · u2 · (es - ea)) / (Δ + γ (1 + Cd u2)), Cd = 0.24 and G = 0.1 Rn by day,
    0.96 and 0.5 Rn by night (Rn < 0). FAO-56's hourly equation has Cd = 0.34 all day (`penman_monteith`, `hourly`).

    Args:
        temperature_c: Mean air temperature [°C].
        vapour_pressure_kpa: Actual vapour pressure [kPa].
        radiation_mj: Solar radiation at the ground [MJ/(m2 h)].
        wind_m_s: Mean wind speed [m/s].
        wind_height_m: Height of the anemometer [m].
        elevation_m: Height above the sea [m].
        latitude_deg: Latitude [deg], south negative.
        longitude_deg: Longitude [deg], west negative.
        day_of_year: 1 on 1 January, of the day in UTC.
        begins_utc_h: The hour it begins with [h UTC].

    Returns:
        An array of the common shape; NaN where an input is missing. Slightly negative in a night with dew.

    Source:
        ASCE-EWRI 2005, The ASCE standardized reference evapotranspiration equation, computed by refet; its test of
        Fallon, Nevada, 1 July 2015, 11 a.m.

    Examples:
        >>> fallon = {"wind_height_m": 3, "elevation_m": 1208.5, "latitude_deg": 39.4575, "longitude_deg": -118.77388}
        >>> hour = {"vapour_pressure_kpa": 1.19901, "radiation_mj": 2.560647, "wind_m_s": 1.4886432}
        >>> round(float(asce_hourly(33.2222, **hour, **fallon, day_of_year=182, begins_utc_h=18)), 4)
        0.6064
    """
    given = (temperature_c, vapour_pressure_kpa, radiation_mj, wind_m_s, day_of_year, begins_utc_h)
    temperature, pressure, radiation, wind, day, begins = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in given)
    )
    reference = refet.Hourly(
        tmean=temperature,
        ea=pressure,
        rs=radiation,
        uz=wind,
        zw=wind_height_m,
        elev=elevation_m,
        lat=latitude_deg,
        lon=longitude_deg,
        doy=day,
        time=begins,
        method="asce",
    )
    return _plain(np.reshape(reference.eto(), temperature.shape))


def _plain(values: NDArray[np.float64]) -> Values:
    """The same; a single value without dimensions as a number."""
    plain: Values = np.asarray(values, dtype=np.float64)[()]
    return plain
