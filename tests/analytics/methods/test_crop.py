"""A crop's coefficient over the season, and its harvest window."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.crop import (
    DegreeDays,
    crop_coefficient,
    days_to_degree_days,
    growing_degree_days,
    harvest_window,
    kc_for_climate,
)
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

STAGES = (25, 25, 30, 20)
KC = (0.15, 1.19, 0.35)


def test_example_28_of_fao_56_is_as_printed(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["kc.ex28"]

    found = crop_coefficient(**{name: example["inputs"][name] for name in ("day", "stages_d", "kc")})

    assert found.tolist() == pytest.approx(example["expected"]["kc"], abs=example["tolerance"])


def test_kc_turns_at_the_ends_of_the_stages() -> None:
    found = crop_coefficient([1, 25, 50, 80, 100], stages_d=STAGES, kc=KC)

    assert found.tolist() == pytest.approx([0.15, 0.15, 1.19, 1.19, 0.35])


@pytest.mark.parametrize("day", [0, -5, 101, np.nan])
def test_outside_the_season_there_is_no_kc(day: float) -> None:
    assert np.isnan(crop_coefficient(day, stages_d=STAGES, kc=KC))


def test_a_crop_of_unknown_kc_has_none() -> None:
    assert np.isnan(crop_coefficient([40, 60, 90], stages_d=STAGES, kc=(0.15, np.nan, 0.35))).all()


@settings(deadline=None)
@given(st.integers(1, 100))
def test_kc_stays_between_its_stages(day: int) -> None:
    assert min(KC) <= crop_coefficient(day, stages_d=STAGES, kc=KC) <= max(KC)


@pytest.mark.parametrize(
    ("stages", "kc"), [((25, 25, 30), KC), ((25, 0, 30, 20), KC), ((25, 25, 30, np.nan), KC), (STAGES, (0.15, 1.19))]
)
def test_what_is_no_season_is_refused(stages: Sequence[float], kc: Sequence[float]) -> None:
    with pytest.raises(ValueError, match="no season"):
        crop_coefficient(1, stages_d=stages, kc=kc)


@settings(deadline=None)
@given(st.floats(1, 6), st.floats(20, 79), st.floats(0.1, 3))
def test_a_crop_wants_more_in_wind_and_less_in_humid_air(wind: float, rh: float, height: float) -> None:
    here = kc_for_climate(1.05, wind_2m=wind, rh_min_pct=rh, height_m=height)

    assert here <= kc_for_climate(1.05, wind_2m=wind + 1, rh_min_pct=rh, height_m=height)
    assert here > kc_for_climate(1.05, wind_2m=wind, rh_min_pct=rh + 1, height_m=height)


def test_the_air_of_fao_56s_table_and_a_small_coefficient_change_nothing() -> None:
    assert kc_for_climate(1.2, wind_2m=2, rh_min_pct=45, height_m=2) == pytest.approx(1.2)
    assert kc_for_climate(0.3, wind_2m=5, rh_min_pct=20, height_m=2) == pytest.approx(0.3)


def test_a_window_opens_and_closes_on_its_days() -> None:
    window = harvest_window(date(2025, 8, 3), days_min=21, days_max=30)

    days = [date(2025, 8, 3), date(2025, 8, 23), date(2025, 8, 24), date(2025, 9, 2), date(2025, 9, 3)]
    assert [window.is_open(day) for day in days] == [False, False, True, True, False]
    assert [window.days_until(day) for day in days] == [21, 1, 0, 0, 0]


@pytest.mark.parametrize(("days_min", "days_max"), [(-1, 30), (31, 30)])
def test_a_window_the_wrong_way_round_is_refused(days_min: int, days_max: int) -> None:
    with pytest.raises(ValueError, match="no harvest window"):
        harvest_window(date(2025, 8, 3), days_min=days_min, days_max=days_max)


SIX_DAYS = {
    "mean": [7.0, 0.0, 22.0, 22.0, 4.5, 14.5],
    "clamped_extremes": [7.0, 0.0, 19.5, 21.0, 6.0, 12.0],
    "clamped_above": [7.0, 0.0, 19.5, 21.0, 4.5, 12.0],
}
"""Degree days of six days by AquaCrop's three methods, base 8 and upper 30 °C."""

METHODS = st.sampled_from(get_args(DegreeDays))
WARMTH = st.floats(-5, 45)


@pytest.mark.parametrize("method", get_args(DegreeDays))
def test_aquacrops_six_days_are_reproduced(method: DegreeDays) -> None:
    tmin, tmax = np.array([10, 2, 25, 28, 5, 10.0]), np.array([20, 6, 35, 32, 20, 35.0])

    found = growing_degree_days(tmin, tmax, base_c=8, upper_c=30, method=method)

    assert found.tolist() == pytest.approx(SIX_DAYS[method])


@settings(deadline=None)
@given(WARMTH, st.floats(0, 15), st.floats(0, 10), st.floats(0, 10), METHODS)
def test_more_heat_never_means_fewer_degree_days(
    tmin: float, spread: float, more_low: float, more_high: float, method: DegreeDays
) -> None:
    tmax = tmin + spread
    hotter = max(tmax + more_high, tmin + more_low)

    before = growing_degree_days(tmin, tmax, base_c=8, upper_c=30, method=method)
    after = growing_degree_days(tmin + more_low, hotter, base_c=8, upper_c=30, method=method)

    assert 0 <= before <= after + 1e-9
    assert after <= 22 + 1e-9


def test_a_missing_day_stays_missing_and_one_upside_down_is() -> None:
    found = growing_degree_days([10, np.nan, 20], [20, 20, 10], base_c=8, upper_c=30, method="mean")

    assert np.isnan(found).tolist() == [False, True, True]


def test_degree_days_that_cannot_be_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="clamped_above"):
        growing_degree_days(1, 2, base_c=8, upper_c=30, method=cast("DegreeDays", "clamped_abov"))
    with pytest.raises(ValueError, match="not below"):
        growing_degree_days(1, 2, base_c=30, upper_c=8, method="mean")


def test_the_day_is_that_on_which_the_sum_is_reached() -> None:
    assert days_to_degree_days([10, 10, 10], 20) == 2
    assert days_to_degree_days([10, 10, 10], 30.5) is None
    assert days_to_degree_days([10, np.nan, 10, 50], 20) is None
    assert days_to_degree_days([], 20) is None


@pytest.mark.parametrize(("daily", "needed"), [([1.0], 0.0), ([1.0], np.nan), ([-1.0], 5.0)])
def test_a_sum_that_cannot_be_is_refused(daily: list[float], needed: float) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        days_to_degree_days(daily, needed)
