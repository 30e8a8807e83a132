"""Every step of FAO-56 by its printed example, and the steps put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods import evapotranspiration as et

PRINTED: list[tuple[str, Any, float, float]] = [
    ("example 2, pressure at 1800 m", et.atmospheric_pressure(1800), 81.8, 0.05),
    ("example 2, psychrometric constant", et.psychrometric_constant(81.8), 0.054, 0.0005),
    ("example 3, e° of 24.5 °C", et.saturation_vapour_pressure(24.5), 3.075, 0.0005),
    ("example 3, e° of 15 °C", et.saturation_vapour_pressure(15), 1.705, 0.0005),
    ("example 3, mean", et.mean_saturation_vapour_pressure(15, 24.5), 2.39, 0.005),
    ("example 4, pressure at 1200 m", et.atmospheric_pressure(1200), 87.9, 0.05),
    ("example 4, psychrometer", et.vapour_pressure_from_wet_bulb(25.6, 19.5, 87.9), 1.91, 0.005),
    ("example 5, extremes", et.actual_vapour_pressure(18, 25, rh_min_pct=54, rh_max_pct=82), 1.70, 0.005),
    ("example 5, highest", et.vapour_pressure_from_rh_max(18, 82), 1.69, 0.005),
    ("example 5, mean", et.vapour_pressure_from_rh_mean(18, 25, 68), 1.78, 0.005),
    ("example 8, distance", et.inverse_relative_distance(246), 0.985, 0.0005),
    ("example 8, declination", et.solar_declination(246), 0.120, 0.0005),
    ("example 8, sunset", et.sunset_hour_angle(-20, 246), 1.527, 0.0005),
    ("example 8, Ra", et.extraterrestrial_radiation(-20, 246), 32.2, 0.05),
    ("example 9, daylight", et.daylight_hours(-20, 246), 11.7, 0.05),
    ("example 10, Rs", et.solar_radiation_from_sunshine(7.1, 10.9, 25.1), 14.5, 0.1),
    ("example 11, Rnl", et.net_longwave(19.1, 25.1, ea_kpa=2.1, rs=14.5, rso=18.8), 3.5, 0.05),
    ("example 12, Rns", et.net_shortwave(14.5), 11.1, 0.1),
    ("example 13, G", et.soil_heat_flux_monthly(14.1, 18.8), 0.33, 0.005),
    ("example 18, mean temperature", et.mean_temperature(12.3, 21.5), 16.9, 1e-9),
    ("example 19, G by day", et.soil_heat_flux_hourly(1.749, daylight=True), 0.175, 0.0005),
    ("example 19, G by night", et.soil_heat_flux_hourly(-0.1, daylight=False), -0.05, 1e-9),
    ("example 14, wind", et.wind_at_2m(3.2, 10), 2.4, 0.05),
    ("example 15, Rs", et.solar_radiation_from_temperatures(14.8, 26.6, 40.6, k_rs=0.16), 22.3, 0.05),
    ("example 18, deficit", et.saturation_deficit(1.997, 1.409), 0.589, 0.0011),
    (
        "example 19, Ra of the hour",
        et.extraterrestrial_radiation_hourly(16.217, -16.25, 274, 14.5, utc_offset_h=-1),
        3.543,
        0.0005,
    ),
    ("example 18, slope", et.vapour_pressure_slope(16.9), 0.122, 0.0005),
    ("example 18, Rso", et.clear_sky_radiation(100, 41.09), 30.90, 0.005),
    ("example 18, Rnl", et.net_longwave(12.3, 21.5, ea_kpa=1.409, rs=22.07, rso=30.90), 3.71, 0.005),
]


@pytest.mark.parametrize(("step", "found", "printed", "tolerance"), PRINTED, ids=[row[0] for row in PRINTED])
def test_a_step_gives_its_printed_figure(step: str, found: float, printed: float, tolerance: float) -> None:
    assert found == pytest.approx(printed, abs=tolerance), step


def test_the_steps_put_together_give_bangkoks_april() -> None:
    tmin, tmax, ea, ra = 25.6, 34.8, 2.85, 38.06
    rs = et.solar_radiation_from_sunshine(8.5, et.daylight_hours(13.73, 105), ra)
    rnl = et.net_longwave(tmin, tmax, ea_kpa=ea, rs=rs, rso=et.clear_sky_radiation(2, ra))
    rn = et.net_shortwave(rs) - rnl

    found = et.penman_monteith(
        (tmin + tmax) / 2,
        net_radiation=rn,
        soil_heat_flux=et.soil_heat_flux_monthly(29.2, this_c=30.2),
        wind_2m=2,
        es_kpa=et.mean_saturation_vapour_pressure(tmin, tmax),
        ea_kpa=ea,
        pressure_kpa=et.atmospheric_pressure(2),
    )

    assert (rs, rnl, rn) == pytest.approx((22.65, 3.11, 14.33), abs=0.01)
    assert found == pytest.approx(5.72, abs=0.01)


def test_an_hour_of_ndiaye_is_as_printed_by_day_and_by_night() -> None:
    def hour(temperature: float, rh: float, wind: float, *, rs: float, cloudiness: float, g: float) -> float:
        es = et.saturation_vapour_pressure(temperature)
        ea = es * rh / 100
        rn = et.net_shortwave(rs) - et.net_longwave_hourly(temperature, ea_kpa=ea, cloudiness=cloudiness)
        return float(
            et.penman_monteith(
                temperature,
                net_radiation=rn,
                soil_heat_flux=g * rn,
                wind_2m=wind,
                es_kpa=es,
                ea_kpa=ea,
                pressure_kpa=et.atmospheric_pressure(8),
                hourly=True,
            )
        )

    assert hour(38, 52, 3.3, rs=2.450, cloudiness=0.9217, g=0.1) == pytest.approx(0.63, abs=0.005)
    assert hour(28, 90, 1.9, rs=0, cloudiness=0.8, g=0.5) == pytest.approx(0.00, abs=0.005)


@settings(deadline=None)
@given(st.floats(5, 25), st.floats(1, 15), st.floats(0.3, 2), st.floats(2, 25), st.floats(0.5, 6), st.integers(1, 365))
def test_the_steps_agree_with_refets_day(
    tmin: float, spread: float, ea: float, rs: float, wind: float, day: int
) -> None:
    tmax, latitude, elevation = tmin + spread, -5.15, 10.0
    ea = min(ea, float(et.saturation_vapour_pressure(tmin)))
    ra = et.extraterrestrial_radiation(latitude, day)
    rso = et.clear_sky_radiation(elevation, ra)
    rs = max(rs, 0.3 * float(rso))
    rn = et.net_shortwave(rs) - et.net_longwave(tmin, tmax, ea_kpa=ea, rs=rs, rso=rso)

    by_steps = et.penman_monteith(
        (tmin + tmax) / 2,
        net_radiation=rn,
        soil_heat_flux=0,
        wind_2m=wind,
        es_kpa=et.mean_saturation_vapour_pressure(tmin, tmax),
        ea_kpa=ea,
        pressure_kpa=et.atmospheric_pressure(elevation),
    )

    by_refet = et.penman_monteith_daily(
        tmin,
        tmax,
        vapour_pressure_kpa=ea,
        radiation_mj=rs,
        wind_m_s=wind,
        wind_height_m=2,
        elevation_m=elevation,
        latitude_deg=latitude,
        day_of_year=day,
    )
    assert by_steps == pytest.approx(by_refet, rel=0.01, abs=0.02)


@settings(deadline=None)
@given(st.floats(-89, 89), st.integers(1, 365))
def test_the_sun_is_never_negative_and_polar_nights_are_dark(latitude: float, day: int) -> None:
    assert 0 <= et.daylight_hours(latitude, day) <= 24
    assert et.extraterrestrial_radiation(latitude, day) >= -1e-9
    assert et.extraterrestrial_radiation(80, 355) == pytest.approx(0, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.floats(-60, 60), st.floats(-180, 180), st.integers(1, 365))
def test_the_hours_of_a_day_add_up_to_the_day(latitude: float, longitude: float, day: int) -> None:
    hours = et.extraterrestrial_radiation_hourly(
        latitude, longitude, day, np.arange(-24, 48) + 0.5, utc_offset_h=longitude / 15
    )

    noon_to_noon = hours[24:48]
    assert np.all(hours >= -1e-9)
    assert noon_to_noon.sum() == pytest.approx(et.extraterrestrial_radiation(latitude, day), rel=0.02, abs=0.02)


def test_more_sun_than_a_clear_sky_gives_counts_as_a_clear_sky() -> None:
    clear, more = (et.net_longwave(19, 25, ea_kpa=2.1, rs=rs, rso=18.8) for rs in (18.8, 25.0))

    assert more == clear


def test_air_is_never_quite_still_and_dew_is_no_negative_evapotranspiration() -> None:
    def day(wind: float, rn: float, ea: float) -> float:
        known = {"soil_heat_flux": 0, "es_kpa": 2.0, "ea_kpa": ea, "pressure_kpa": 101.3}
        return float(et.penman_monteith(25, net_radiation=rn, wind_2m=wind, **known))  # type: ignore[arg-type]  # numbers

    assert day(0.1, 10, 1.5) == day(0.5, 10, 1.5) < day(0.6, 10, 1.5)
    assert day(2, -5, 2.0) == 0


def test_air_cannot_lack_less_than_nothing() -> None:
    assert et.saturation_deficit(1.2, 4.6) == 0


def test_missing_stays_missing() -> None:
    assert np.isnan(et.solar_radiation_from_temperatures(20, 10, 30))
    assert np.isnan(et.actual_vapour_pressure([18, np.nan], 25, rh_min_pct=54, rh_max_pct=82)).tolist() == [False, True]


def test_a_month_is_compared_with_one_other() -> None:
    with pytest.raises(ValueError, match="not both"):
        et.soil_heat_flux_monthly(14.1)
    with pytest.raises(ValueError, match="not both"):
        et.soil_heat_flux_monthly(14.1, 18.8, this_c=16)
