"""A lane's weather and comfort: as by hand, by the better method where it can be, and only of whole days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.methods import evapotranspiration as et
from analytics.methods.comfort import heat_index

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

DAY = "2026-11-02"
NUMBER = 306


def radiation_above(city: City) -> float:
    return float(et.extraterrestrial_radiation(city.site.lanes["saga"].lat, NUMBER))


def test_evapotranspiration_is_penman_monteiths_put_together_by_hand(city: City, garden: Garden) -> None:
    garden.air("saga", DAY)

    city.run("lane_weather")

    ra = radiation_above(city)
    vapour = et.actual_vapour_pressure(24, 33, rh_min_pct=60, rh_max_pct=90)
    rs = et.solar_radiation_from_temperatures(24, 33, ra)
    rso = et.clear_sky_radiation(city.site.elevation_m, ra)
    by_hand = et.penman_monteith(
        28.5,
        net_radiation=et.net_shortwave(rs) - et.net_longwave(24, 33, ea_kpa=vapour, rs=rs, rso=rso),
        soil_heat_flux=0,
        wind_2m=2,
        es_kpa=et.mean_saturation_vapour_pressure(24, 33),
        ea_kpa=vapour,
        pressure_kpa=et.atmospheric_pressure(city.site.elevation_m),
    )
    row = city.row("lane_weather")
    assert row["et0"] == pytest.approx(float(by_hand), rel=2e-3)  # refet rounds other constants than FAO-56
    assert (row["et0_method"], row["marks"]) == ("penman_monteith", "")
    assert (row["temperature_min"], row["temperature_max"]) == (24.0, 33.0)
    assert row["rain"] is None


def test_without_humidity_it_is_hargreaves_and_says_so(city: City, garden: Garden) -> None:
    garden.air("saga", DAY, humid=False)

    city.run("lane_weather")

    row = city.row("lane_weather")
    assert row["et0"] == pytest.approx(float(et.hargreaves(24, 33, radiation_above(city))))
    assert (row["et0_method"], row["marks"]) == ("hargreaves", "stand_in")


def test_a_day_that_runs_has_no_weather_yet_and_one_half_heard_none(city: City, garden: Garden) -> None:
    city.at("2026-11-03 22:00")
    garden.air("saga", "2026-11-03", hours=range(22))
    garden.air("saga", DAY, hours=range(12))

    city.run("lane_weather")

    assert city.rows("lane_weather") == []


def test_two_gauges_are_one_rain_and_a_broken_one_none(city: City, garden: Garden) -> None:
    garden.air("saga", DAY)
    garden.rain("saga", DAY, 12.0)
    garden.rain("saga", DAY, 8.0, node="saga-n2")
    garden.rain("saga", DAY, 90.0, node="saga-n3", hours=[3])

    city.run("lane_weather")

    assert city.row("lane_weather")["rain"] == pytest.approx(10.0)


def test_comfort_is_that_of_the_hottest_hour(city: City, garden: Garden) -> None:
    garden.air("saga", DAY)

    city.run("comfort")

    row = city.row("comfort")
    assert row["heat_index_max"] == pytest.approx(float(heat_index(33, 60)))
    assert row["vpd_max"] > row["vpd_mean"] > 0


def test_late_air_changes_its_own_day_and_what_is_made_of_it(city: City, garden: Garden) -> None:
    for day in ("2026-10-30", "2026-10-31", "2026-11-01", DAY):
        garden.air("saga", day)
        garden.rain("saga", day, 0.0)
        city.soil("saga", "b1", day, 25.0)
    garden.settle()

    garden.air("saga", "2026-10-31", high=36.0)
    summary = city.run("lane_weather", "comfort", "soil_state")

    assert (summary.computed, summary.corrected) == (3, 3)
    changed = [row["day"] for name in ("lane_weather", "comfort", "soil_state") for row in city.rows(f"{name}_history")]
    assert changed == ["2026-10-31"] * 3
