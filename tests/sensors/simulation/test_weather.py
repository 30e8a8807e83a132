"""The weather is the climate's over the years, and a plausible day each day."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import SiteError
from sensors.simulation.climate import read_climate, usual_rain_days
from sensors.simulation.lane_day import LaneDay, Spot, lane_day, rainfall
from sensors.simulation.sun import extraterrestrial_radiation, hargreaves, sines_of_elevation
from sensors.simulation.weather import Storm, Weather

if TYPE_CHECKING:
    from pathlib import Path

    from commons.sites import Site
    from sensors.simulation.climate import Climate

YEARS = 40
MONTHS = range(1, 13)


@pytest.fixture(scope="module")
def climate(site: Site) -> Climate:
    return read_climate(site.folder / "climate.csv")


@pytest.fixture(scope="module")
def days(climate: Climate) -> dict[int, list[Any]]:
    """Forty simulated years by month."""
    weather = Weather(climate, seed="years")
    found: dict[int, list[Any]] = {month: [] for month in MONTHS}
    for number in range(365 * YEARS):
        day = date(2001, 1, 1) + timedelta(days=number)
        found[day.month].append(weather.day(day))
    return found


@pytest.fixture(scope="module")
def lane_days(climate: Climate, site: Site) -> list[LaneDay]:
    """A year of one lane."""
    weather = Weather(climate, seed="1")
    spot = Spot(site.lat, site.lon, site.elevation_m, site.zone)
    first = date(2026, 1, 1)
    return [
        lane_day(weather, spot, seed="1", lane="sydney", day=first + timedelta(days=number)) for number in range(365)
    ]


def test_a_month_has_the_rain_of_the_climate_over_the_years(days: dict[int, list[Any]], climate: Climate) -> None:
    for month in MONTHS:
        usual_mm = climate.month(date(2025, month, 1)).rain_mm
        found_mm = sum(day.rain_mm for day in days[month]) / YEARS
        assert found_mm == pytest.approx(usual_mm, rel=0.1, abs=10)


def test_a_year_has_the_rain_of_the_climate(days: dict[int, list[Any]]) -> None:
    assert sum(day.rain_mm for month in MONTHS for day in days[month]) / YEARS == pytest.approx(3086, rel=0.04)


def test_a_month_has_the_rain_days_of_the_climate(days: dict[int, list[Any]]) -> None:
    found = [sum(day.rain_mm > 0 for day in days[month]) / YEARS for month in range(1, 7)]
    assert found == pytest.approx([27, 26, 23, 20, 17, 8], abs=1.2)


def test_a_month_has_the_temperatures_of_the_climate(days: dict[int, list[Any]], climate: Climate) -> None:
    for month in MONTHS:
        usual = climate.month(date(2025, month, 1))
        assert statistics.mean(day.low_c for day in days[month]) == pytest.approx(usual.low_c, abs=0.35)
        assert statistics.mean(day.high_c for day in days[month]) == pytest.approx(usual.high_c, abs=0.35)


def test_rain_comes_in_spells(climate: Climate) -> None:
    weather = Weather(climate, seed="spells")
    wet = [
        weather.is_wet(date(2001, 5, 1) + timedelta(days=365 * year + day)) for year in range(60) for day in range(31)
    ]

    after_wet = [now for before, now in pairwise(wet) if before]
    after_dry = [now for before, now in pairwise(wet) if not before]

    assert statistics.mean(after_wet) - statistics.mean(after_dry) == pytest.approx(0.35, abs=0.08)


def test_a_day_is_the_same_whichever_day_is_asked_for_first(climate: Climate) -> None:
    some = [date(2026, 3, 1) + timedelta(days=number) for number in range(40)]
    forwards, backwards = Weather(climate, seed="1"), Weather(climate, seed="1")

    assert [forwards.day(day) for day in some] == [backwards.day(day) for day in reversed(some)][::-1]
    assert [Weather(climate, seed="2").day(day) for day in some] != [forwards.day(day) for day in some]


def test_humidity_falls_while_temperature_rises(lane_days: list[LaneDay]) -> None:
    for day in lane_days:
        assert statistics.correlation(day.temperature, day.humidity) < -0.8


def test_it_is_hottest_after_noon_and_coolest_around_sunrise(lane_days: list[LaneDay]) -> None:
    dry = [day for day in lane_days if not sum(day.rain)]
    for day in dry:
        assert day.temperature.index(max(day.temperature)) == 56
        assert 20 <= day.temperature.index(min(day.temperature)) <= 26 or day.temperature[-1] == min(day.temperature)


def test_days_join_at_midnight(lane_days: list[LaneDay]) -> None:
    for before, after in pairwise(lane_days):
        assert after.temperature[0] == pytest.approx(before.temperature[-1], abs=0.6)
        assert after.pressure[0] == pytest.approx(before.pressure[-1], abs=0.3)


def test_pressure_has_the_tropical_tide(lane_days: list[LaneDay]) -> None:
    mean = [statistics.mean(day.pressure[step] for day in lane_days) for step in range(96)]

    assert abs(mean.index(max(mean)) - 40) <= 2  # around 10 h
    assert abs(mean.index(min(mean)) - 64) <= 2  # around 16 h
    assert max(mean) - min(mean) == pytest.approx(3.0, abs=0.7)


def test_it_is_dark_at_night_and_bright_at_noon(lane_days: list[LaneDay]) -> None:
    for day in lane_days:
        assert max(day.light[:20] + day.light[80:]) == 0
        assert 2_000 < day.light[48] <= 120_000


def test_a_tipping_bucket_counts_what_fell(lane_days: list[LaneDay]) -> None:
    for day in lane_days:
        assert sum(day.gauge) == pytest.approx(sum(day.rain), abs=0.1001)
        assert all(round(depth / 0.2, 6).is_integer() for depth in day.gauge)


def test_a_shower_brings_all_its_rain_and_thins_out() -> None:
    rain = rainfall([Storm(60, 4, 0.75), Storm(80, 2, 0.25)], 40.0)

    assert sum(rain) == pytest.approx(40.0)
    assert rain[60] > rain[61] > rain[62] > rain[63] > 0
    assert rain[59] == rain[64] == 0


def test_lanes_share_the_weather_but_not_every_drop(climate: Climate, site: Site) -> None:
    weather, spot = Weather(climate, seed="1"), Spot(site.lat, site.lon, site.elevation_m, site.zone)
    wettest = max((date(2026, 1, 1) + timedelta(days=number) for number in range(60)), key=weather.rain_mm)

    one, other = (lane_day(weather, spot, seed="1", lane=lane, day=wettest) for lane in ("sydney", "saga"))

    assert sum(one.rain) != sum(other.rain)
    assert sum(other.rain) / sum(one.rain) == pytest.approx(1.0, abs=0.7)
    assert [depth > 0 for depth in one.rain] == [depth > 0 for depth in other.rain]


def test_hargreaves_gives_the_worked_figure_of_lyon() -> None:
    # FAO-56 example 20: July, 26.6 and 14.8 °C at 45.72° N; the paper prints 5.0
    radiation = extraterrestrial_radiation(date(2025, 7, 15), lat=45.72)

    assert radiation == pytest.approx(40.6, abs=0.1)
    assert hargreaves(14.8, 26.6, radiation) == pytest.approx(5.03, abs=0.02)


def test_the_sun_stands_highest_at_local_noon(site: Site) -> None:
    sines = sines_of_elevation(date(2026, 10, 10), lat=site.lat, lon=site.lon, zone=site.zone)

    assert sines.index(max(sines)) == 48
    assert max(sines) == pytest.approx(1.0, abs=0.01)


def test_unknown_rain_days_are_near_the_known_ones() -> None:
    assert usual_rain_days(66, 30) == pytest.approx(8, abs=1)
    assert usual_rain_days(127, 31) == pytest.approx(17, abs=4)
    assert usual_rain_days(0, 31) == 0
    assert usual_rain_days(5000, 30) == 27


def test_a_climate_with_a_month_missing_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "climate.csv"
    table.write_text("month,tmin_c,tmax_c,rain_mm,rain_days\n1,23,31,734,27\n")

    with pytest.raises(SiteError, match=r"climate\.csv.*months 1 to 12"):
        read_climate(table)
