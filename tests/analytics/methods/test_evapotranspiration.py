"""Reference evapotranspiration: the worked examples of FAO-56, and what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.evapotranspiration import (
    actual_vapour_pressure,
    extraterrestrial_radiation,
    hargreaves,
    penman_monteith_daily,
)

UCCLE: dict[str, Any] = {
    "tmin_c": 12.3,
    "tmax_c": 21.5,
    "vapour_pressure_kpa": 1.409,
    "radiation_mj": 22.07,
    "wind_m_s": 2.78,
    "wind_height_m": 10,
    "elevation_m": 100,
    "latitude_deg": 50.8,
    "day_of_year": 187,
}
SITE = ("radiation_mj", "wind_m_s", "wind_height_m", "elevation_m", "latitude_deg", "day_of_year")


@pytest.mark.parametrize("vector", ["fao56.ex08_Ra", "fao56.ex18", "fao56.ex20"])
def test_extraterrestrial_radiation_is_as_printed(worked: dict[str, dict[str, Any]], vector: str) -> None:
    example = worked[vector]

    found = extraterrestrial_radiation(example["inputs"]["latitude_deg"], example["inputs"]["day_of_year"])

    assert found == pytest.approx(example["expected"]["ra"], abs=example["tolerance"]["ra"])


@pytest.mark.parametrize("vector", ["fao56.ex05_ea_rh", "fao56.ex18"])
def test_vapour_pressure_is_as_printed(worked: dict[str, dict[str, Any]], vector: str) -> None:
    example = worked[vector]
    weather = {name: example["inputs"][name] for name in ("tmin_c", "tmax_c", "rh_min_pct", "rh_max_pct")}

    found = actual_vapour_pressure(**weather)

    wanted, tolerance = example["expected"]["vapour_pressure_kpa"], example["tolerance"]["vapour_pressure_kpa"]
    assert found == pytest.approx(wanted, abs=tolerance)


def test_penman_monteith_is_as_printed_for_uccle(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["fao56.ex18"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    pressure = actual_vapour_pressure(12.3, 21.5, rh_min_pct=inputs["rh_min_pct"], rh_max_pct=inputs["rh_max_pct"])

    found = penman_monteith_daily(
        inputs["tmin_c"], inputs["tmax_c"], vapour_pressure_kpa=pressure, **{name: inputs[name] for name in SITE}
    )

    assert found == pytest.approx(expected["et0_printed"], abs=tolerance["et0_printed"])
    assert found == pytest.approx(expected["et0"], abs=tolerance["et0"])


def test_penman_monteith_from_temperatures_alone_is_as_printed_for_lyon(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["fao56.ex20"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    tmin, tmax = inputs["tmin_c"], inputs["tmax_c"]
    saturated_at_tmin = actual_vapour_pressure(tmin, tmin, rh_min_pct=100, rh_max_pct=100)

    found = penman_monteith_daily(
        tmin, tmax, vapour_pressure_kpa=saturated_at_tmin, **{name: inputs[name] for name in SITE}
    )

    assert saturated_at_tmin == pytest.approx(expected["vapour_pressure_kpa"], abs=tolerance["vapour_pressure_kpa"])
    assert found == pytest.approx(expected["et0"], abs=tolerance["et0"])


def test_hargreaves_is_as_printed_for_lyon(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["hargreaves.lyon"]
    inputs = example["inputs"]

    ra = extraterrestrial_radiation(inputs["latitude_deg"], inputs["day_of_year"])
    found = hargreaves(inputs["tmin_c"], inputs["tmax_c"], ra)

    assert found == pytest.approx(example["expected"]["et0"], abs=example["tolerance"]["et0"])


def test_hargreaves_takes_a_measured_mean_temperature(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["hargreaves.arghyam"]

    found = hargreaves(**example["inputs"])

    assert found == pytest.approx(example["expected"]["et0"], abs=example["tolerance"]["et0"])


def test_hargreaves_of_numbers_is_a_number_and_of_arrays_an_array() -> None:
    assert np.ndim(hargreaves(23, 32, 37.0)) == 0
    assert hargreaves([23, 24], [32, 33], [[37.0], [38.0]]).shape == (2, 2)


def test_penman_monteith_of_numbers_is_a_number_and_of_arrays_an_array() -> None:
    assert np.ndim(penman_monteith_daily(**UCCLE)) == 0

    days = penman_monteith_daily(**UCCLE | {"day_of_year": np.array([187, 188, 189])})

    assert days.shape == (3,)
    assert days[0] == penman_monteith_daily(**UCCLE)


@pytest.mark.parametrize("name", ["tmin_c", "tmax_c", "vapour_pressure_kpa", "radiation_mj", "wind_m_s"])
def test_a_missing_input_makes_that_day_missing_and_no_other(name: str) -> None:
    two_days = UCCLE | {name: np.array([UCCLE[name], np.nan])}

    found = penman_monteith_daily(**two_days)

    assert np.isnan(found).tolist() == [False, True]


def test_a_maximum_below_the_minimum_gives_no_evapotranspiration() -> None:
    assert np.isnan(hargreaves([23, 33, np.nan], [32, 24, 32], 37.0)).tolist() == [False, True, True]
    assert np.isnan(penman_monteith_daily(**UCCLE | {"tmin_c": 22.0}))


def test_still_air_counts_as_half_a_metre_a_second() -> None:
    at_2m = UCCLE | {"wind_height_m": 2}
    to_2m = 4.87 / np.log(67.8 * 2 - 5.42)

    still, least = (penman_monteith_daily(**at_2m | {"wind_m_s": wind}) for wind in (0.0, 0.5 / to_2m))

    assert still == pytest.approx(least, rel=1e-12)


def test_wind_is_brought_down_to_two_metres() -> None:
    at_2m = UCCLE | {"wind_m_s": 2.78 * 4.87 / np.log(67.8 * 10 - 5.42) / (4.87 / np.log(67.8 * 2 - 5.42))}

    found = penman_monteith_daily(**at_2m | {"wind_height_m": 2})

    assert found == pytest.approx(penman_monteith_daily(**UCCLE), rel=1e-12)


def test_the_polar_night_has_no_radiation_and_the_polar_day_has() -> None:
    midwinter, midsummer = extraterrestrial_radiation(80, [355, 172])

    assert midwinter == pytest.approx(0, abs=1e-9)
    assert midsummer > 40


@settings(deadline=None)
@given(st.floats(-66, 66), st.integers(1, 366))
def test_radiation_is_positive_wherever_the_sun_rises(latitude: float, day: int) -> None:
    assert 0 < extraterrestrial_radiation(latitude, day) < 50


@settings(deadline=None)
@given(st.floats(-40, 50), st.floats(0, 30), st.floats(0, 45))
def test_hargreaves_is_never_negative(tmin: float, spread: float, ra: float) -> None:
    assert hargreaves(tmin, tmin + spread, ra) >= 0
