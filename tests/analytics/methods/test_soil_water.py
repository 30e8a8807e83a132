"""The root zone's water: published examples, conservation, and what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.soil_water import (
    daily_step,
    depletion_fraction,
    depletion_from_moisture,
    litres_to_give,
    readily_available_water,
    root_depth,
    soil_state,
    stress_coefficient,
    total_available_water,
)

POT: dict[str, Any] = {"field_capacity_pct": 30, "wilting_point_pct": 15, "p": 0.4}
DAY: dict[str, Any] = {"taw_mm": 100.0, "p": 0.5, "kc": 1.0, "et0_mm": 5.0, "rain_mm": 0.0}


def soil(inputs: dict[str, Any]) -> dict[str, float]:
    return {name: inputs[name] for name in ("field_capacity_pct", "wilting_point_pct", "root_depth_m")}


def test_available_water_and_stress_are_as_published(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["swb.taw_raw_ks"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]

    taw = total_available_water(**soil(inputs))

    assert taw == pytest.approx(expected["taw_mm"], abs=tolerance)
    assert readily_available_water(taw, inputs["p"]) == pytest.approx(expected["raw_mm"], abs=tolerance)
    stress = stress_coefficient(inputs["depletion_mm"], taw_mm=taw, p=inputs["p"])
    assert stress.tolist() == pytest.approx(expected["stress"], abs=tolerance)
    depletion = depletion_from_moisture(inputs["theta_pct"], **soil(inputs))
    assert depletion == pytest.approx(expected["depletion_mm"], abs=tolerance)


def test_example_36_of_fao_56_is_as_printed(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["fao56.ex36"]

    for inputs, expected in zip(example["inputs"], example["expected"], strict=True):
        taw = total_available_water(**soil(inputs))
        assert taw == pytest.approx(expected["taw_mm"], abs=1e-9), inputs["crop"]
        assert readily_available_water(taw, inputs["p"]) == pytest.approx(expected["raw_mm"], abs=example["tolerance"])


def test_the_ten_days_of_example_37_of_fao_56_are_as_printed(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["fao56.ex37"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    taw = total_available_water(**soil(inputs))
    depletion, days = inputs["depletion_mm"], []

    for _ in expected["depletion_mm"]:
        day = daily_step(depletion, taw_mm=taw, p=inputs["p"], kc=inputs["kc"], et0_mm=inputs["et0_mm"], rain_mm=0)
        depletion = day.depletion
        days.append(day)

    assert taw == pytest.approx(expected["taw_mm"])
    assert [day.stress for day in days] == pytest.approx(expected["stress"], abs=tolerance["stress"])
    assert [day.depletion for day in days] == pytest.approx(expected["depletion_mm"], abs=tolerance["depletion_mm"])


@pytest.mark.parametrize("vector", ["swb.stressed_days", "swb.rainy_days"])
def test_published_two_day_runs_are_reproduced(worked: dict[str, dict[str, Any]], vector: str) -> None:
    example = worked[vector]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    taw = total_available_water(**soil(inputs))
    depletion = depletion_from_moisture(inputs["theta_pct"], **soil(inputs))

    for number, etc in enumerate(inputs["etc_mm"]):
        rain = inputs.get("rain_mm", [0, 0])[number]
        day = daily_step(depletion, taw_mm=taw, p=inputs["p"], kc=1, et0_mm=etc, rain_mm=rain)
        depletion = day.depletion
        assert depletion == pytest.approx(expected["depletion_mm"][number], abs=tolerance)
        assert day.stress == pytest.approx(expected["stress"][number], abs=tolerance)


amounts = st.floats(0, 200)


@settings(deadline=None)
@given(
    st.floats(1, 300),
    st.floats(0, 1),
    st.floats(0.1, 0.8),
    st.floats(0, 1.4),
    st.floats(0, 15),
    amounts,
    st.floats(0, 1),
    amounts,
)
def test_no_water_is_made_and_none_is_lost(
    taw: float,
    share_gone: float,
    p: float,
    kc: float,
    et0: float,
    rain: float,
    share_off: float,
    irrigation: float,
) -> None:
    before, runoff = share_gone * taw, share_off * rain

    day = daily_step(
        before, taw_mm=taw, p=p, kc=kc, et0_mm=et0, rain_mm=rain, irrigation_mm=irrigation, runoff_mm=runoff
    )

    came = rain - runoff + irrigation
    went = day.intercepted + day.evapotranspiration + day.percolation - (day.depletion - before)
    assert went == pytest.approx(came, abs=1e-9)
    assert 0 <= day.depletion <= taw
    assert 0 <= day.evapotranspiration <= kc * et0 + 1e-9
    assert min(day.percolation, day.intercepted) >= 0
    assert 0 <= day.stress <= 1


def test_water_runs_through_only_once_the_root_zone_is_full() -> None:
    filling, overflowing = (daily_step(20, **DAY | {"rain_mm": rain}) for rain in (25, 40))

    assert (filling.depletion, filling.percolation) == pytest.approx((0, 0))
    assert (overflowing.depletion, overflowing.percolation) == pytest.approx((0, 15))


def test_plants_at_the_wilting_point_use_nothing() -> None:
    day = daily_step(100, **DAY)

    assert (day.depletion, day.evapotranspiration, day.stress) == pytest.approx((100, 0, 0))


def test_a_shallow_pot_gives_no_more_than_it_holds() -> None:
    day = daily_step(0, **DAY | {"taw_mm": 3.0})

    assert (day.depletion, day.evapotranspiration) == pytest.approx((3, 3))


@pytest.mark.parametrize(("rain", "depletion", "intercepted"), [(0.99, 25, 0.99), (1.0, 24, 0)])
def test_rain_below_a_fifth_of_the_demand_does_not_reach_the_roots(
    rain: float, depletion: float, intercepted: float
) -> None:
    day = daily_step(20, **DAY | {"rain_mm": rain})

    assert day.depletion == pytest.approx(depletion)
    assert day.intercepted == intercepted


def test_depletion_beyond_a_root_zone_that_became_shallower_counts_as_all_of_it() -> None:
    assert daily_step(250, **DAY).depletion == 100


@pytest.mark.parametrize("name", ["taw_mm", "p", "kc", "et0_mm", "rain_mm"])
def test_a_missing_input_leaves_the_evening_unknown(name: str) -> None:
    assert np.isnan(daily_step(20, **DAY | {name: np.nan}).depletion)


def test_a_missing_morning_leaves_the_evening_unknown_and_no_other_bed() -> None:
    found = daily_step([20, np.nan, 30], **DAY).depletion

    assert found[[0, 2]].tolist() == [25, 35]
    assert np.isnan(found[1])


@pytest.mark.parametrize("amounts", [{"rain_mm": -1}, {"irrigation_mm": -1}, {"rain_mm": 1, "runoff_mm": 2}])
def test_amounts_that_cannot_be_are_refused(amounts: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        daily_step(20, **DAY | amounts)


@pytest.mark.parametrize(
    ("moisture", "state"), [(23.9, "dry"), (24.1, "good"), (30, "good"), (30.1, "wet"), (np.nan, None)]
)
def test_a_bed_is_dry_below_raw_and_wet_above_field_capacity(moisture: float, state: str | None) -> None:
    found = soil_state(moisture, **POT)

    assert found.state == state
    assert (found.dry_below_pct, found.wet_above_pct) == (24, 30)


@settings(deadline=None)
@given(st.floats(0, 60), st.floats(0.1, 2))
def test_the_state_agrees_with_the_depletion_at_every_root_depth(moisture: float, depth: float) -> None:
    depletion = depletion_from_moisture(moisture, 30, 15, depth)
    raw = readily_available_water(total_available_water(30, 15, depth), POT["p"])

    if depletion > raw + 1e-9:
        assert soil_state(moisture, **POT).state == "dry"
    elif depletion < raw - 1e-9:
        assert soil_state(moisture, **POT).state in {"good", "wet"}


def test_a_crop_without_a_depletion_fraction_has_no_state() -> None:
    assert soil_state(25, field_capacity_pct=30, wilting_point_pct=15, p=np.nan).state is None


def test_depletion_from_moisture_stays_between_nothing_and_all() -> None:
    found = depletion_from_moisture([45, 30, 22.5, 15, 2, np.nan], 30, 15, 0.2)

    assert found[:5].tolist() == pytest.approx([0, 0, 15, 30, 30])
    assert np.isnan(found[5])


def test_roots_end_at_the_bottom_of_the_container() -> None:
    assert root_depth([0.7, 0.7, 0.2, np.nan], container_m=[0.25, np.nan, 0.25, 0.25])[:3].tolist() == [0.25, 0.7, 0.2]
    assert np.isnan(root_depth(np.nan, container_m=0.25))


def test_heat_lowers_the_depletion_fraction_within_its_limits() -> None:
    found = depletion_fraction(0.4, [5, 7.5, 15, 0, np.nan])

    assert found[:4].tolist() == pytest.approx([0.4, 0.3, 0.1, 0.6])
    assert depletion_fraction(0.65, 0) == 0.8
    assert np.isnan(found[4])


def test_litres_fill_the_bed_through_what_is_lost_on_the_way() -> None:
    found = litres_to_give([12, 0, np.nan], 4, 0.8)

    assert found[:2].tolist() == [60, 0]
    assert np.isnan(found[2])


@pytest.mark.parametrize(("depletion", "area", "efficiency"), [(12, 4, 0), (12, 4, 1.1), (-1, 4, 0.8), (12, -4, 0.8)])
def test_litres_of_what_cannot_be_are_refused(depletion: float, area: float, efficiency: float) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        litres_to_give(depletion, area, efficiency)


@pytest.mark.parametrize(("capacity", "wilting", "depth"), [(15, 15, 0.3), (10, 15, 0.3), (30, 15, 0)])
def test_a_bed_that_holds_no_water_is_refused(capacity: float, wilting: float, depth: float) -> None:
    with pytest.raises(ValueError, match="hold no water"):
        total_available_water(capacity, wilting, depth)


def test_a_state_needs_a_field_capacity_above_the_wilting_point() -> None:
    with pytest.raises(ValueError, match="not above wilting point"):
        soil_state(20, field_capacity_pct=15, wilting_point_pct=15, p=0.4)
