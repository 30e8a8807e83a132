"""No water appears or vanishes in a bed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulation.soil import Soil, flow, soil_of

if TYPE_CHECKING:
    from commons.sites import Site

BAG = Soil(1.0, 250.0, 80.0, 35.0, 125.0, 0.06)
DEPTH = st.floats(0, 60)


@given(water=st.floats(35, 125), steps=st.lists(st.tuples(DEPTH, st.floats(0, 2)), max_size=60))
def test_every_millimetre_is_accounted_for(water: float, steps: list[tuple[float, float]]) -> None:
    now, out = water, 0.0
    for added, demand in steps:
        step = flow(BAG, now, added_mm=added, demand_mm=demand, easy_share=0.3)
        assert min(step) >= 0
        assert step.water_mm <= BAG.saturation_mm
        now, out = step.water_mm, out + step.uptake_mm + step.drained_mm + step.runoff_mm

    assert now + out == pytest.approx(water + sum(added for added, _ in steps), abs=1e-6)


def test_soil_dries_faster_with_more_demand() -> None:
    slow = flow(BAG, 78.0, added_mm=0, demand_mm=0.02, easy_share=0.3)
    fast = flow(BAG, 78.0, added_mm=0, demand_mm=0.10, easy_share=0.3)

    assert slow.water_mm == pytest.approx(77.98)
    assert fast.water_mm == pytest.approx(77.90)


def test_roots_draw_less_from_dry_soil_and_nothing_at_wilting_point() -> None:
    # FAO-56 equation 84 with TAW 45 mm and p 0.3: 40 mm missing leave Ks = 5 / 31.5
    dry = flow(BAG, 40.0, added_mm=0, demand_mm=1.0, easy_share=0.3)
    dead = flow(BAG, 35.0, added_mm=0, demand_mm=1.0, easy_share=0.3)

    assert dry.uptake_mm == pytest.approx(5 / 31.5)
    assert dead.uptake_mm == 0


def test_water_above_saturation_runs_off_and_above_field_capacity_drains() -> None:
    flood = flow(BAG, 120.0, added_mm=20.0, demand_mm=0, easy_share=0.3)

    assert flood.runoff_mm == 15.0
    assert flood.drained_mm == pytest.approx((125 - 80) * 0.06)
    assert flow(BAG, 80.0, added_mm=0, demand_mm=0, easy_share=0.3).drained_mm == 0


def test_a_bed_of_the_site_holds_what_its_row_says(site: Site) -> None:
    soil = soil_of(site.beds["sydney", "b2"])  # 0.25 m of 32, 14 and 50 %

    assert (soil.field_capacity_mm, soil.wilting_point_mm, soil.saturation_mm) == pytest.approx((80, 35, 125))
