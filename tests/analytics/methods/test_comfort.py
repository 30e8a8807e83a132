"""Vapour pressure deficit, dew point and heat index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.comfort import dew_point, heat_index, vapour_pressure_deficit

TEMPERATURE, HUMIDITY = st.floats(-10, 50), st.floats(1, 100)

NWS = [
    (80, 40, 80),
    (88, 100, 121),
    (92, 70, 112),
    (110, 40, 136),
    (86, 88, 104),
    (96, 65, 121),
    (86, 45, 87),
    (111, 27, 121),
    (96, 60, 116),
]
"""Air [°F], humidity [%], heat index [°F]: the National Weather Service's calculator, through MetPy's tests."""


@pytest.mark.parametrize(("air", "humidity", "felt"), NWS)
def test_the_weather_services_heat_indices_are_reproduced(air: float, humidity: float, felt: float) -> None:
    found = heat_index((air - 32) * 5 / 9, humidity)

    assert found * 9 / 5 + 32 == pytest.approx(felt, abs=0.5)


def regression(t: float, rh: float) -> float:
    """Rothfusz's regression [°F], without adjustments."""
    by_t = np.array([[-42.379, 10.14333127, -0.05481717], [2.04901523, -0.22475541, 0.00085282]])
    by_t = np.vstack([by_t, [-0.00683783, 0.00122874, -0.00000199]])
    return float(np.polynomial.polynomial.polyval2d(t, rh, by_t))


@pytest.mark.parametrize(
    ("t", "rh", "felt"),
    [
        (70, 50, 0.5 * (70 + 61 + 1.2 * 2 + 0.094 * 50)),
        (84, 95, regression(84, 95) + (95 - 85) / 10 * (87 - 84) / 5),
        (100, 5, regression(100, 5) - (13 - 5) / 4 * ((17 - 5) / 17) ** 0.5),
        (95, 50, regression(95, 50)),
    ],
)
def test_each_branch_of_the_equation_is_as_the_weather_service_writes_it(t: float, rh: float, felt: float) -> None:
    assert heat_index((t - 32) * 5 / 9, rh) * 9 / 5 + 32 == pytest.approx(felt, rel=1e-9)


def test_dry_heat_is_felt_less_and_humid_heat_more() -> None:
    plain = heat_index((np.array([95, 86]) - 32) * 5 / 9, [13, 85])
    adjusted = heat_index((np.array([95, 86]) - 32) * 5 / 9, [5, 95])

    assert plain[0] - adjusted[0] > 1
    assert adjusted[1] - plain[1] > 1


def test_the_published_dew_point_is_reproduced() -> None:
    assert dew_point(20, 52.5224541378) == pytest.approx(10, abs=0.01)


@settings(deadline=None)
@given(TEMPERATURE, HUMIDITY)
def test_dew_falls_at_the_airs_own_temperature_when_it_is_full_and_lower_else(
    temperature: float, humidity: float
) -> None:
    assert dew_point(temperature, 100) == pytest.approx(temperature, abs=1e-9)
    assert dew_point(temperature, humidity) <= temperature + 1e-9


@settings(deadline=None)
@given(TEMPERATURE, HUMIDITY)
def test_the_deficit_is_what_is_missing_to_saturation(temperature: float, humidity: float) -> None:
    deficit, empty = vapour_pressure_deficit(temperature, humidity), vapour_pressure_deficit(temperature, 0)

    assert 0 <= deficit <= empty
    assert deficit == pytest.approx(empty * (1 - humidity / 100), abs=1e-12)


def test_a_sensor_that_reads_above_100_per_cent_gives_no_negative_deficit() -> None:
    assert vapour_pressure_deficit(25, 104) == 0


@pytest.mark.parametrize("figure", [vapour_pressure_deficit, dew_point, heat_index])
def test_missing_stays_missing_and_shapes_are_kept(figure: Any) -> None:
    found = figure([25.0, np.nan, 25.0, 33.0], [60.0, 60.0, np.nan, 80.0])

    assert np.isnan(found).tolist() == [False, True, True, False]
    assert np.isscalar(figure(25, 60))
    with pytest.raises(ValueError, match="give 0 or more"):
        figure(25, -1)


def test_air_without_vapour_has_no_dew_point() -> None:
    assert np.isnan(dew_point(25, 0))
