"""Crops draw water by FAO-56's figures; where there are none, by a general one."""

from __future__ import annotations

from analytics.crops import GENERIC, crop_water, crops


def test_a_crop_has_the_figures_of_fao56() -> None:
    spinach_like = crop_water("kangkung")

    assert (spinach_like.p, spinach_like.root_depth_m, spinach_like.generic) == (0.2, 0.3, False)


def test_a_crop_without_figures_and_an_empty_bed_take_the_general_ones() -> None:
    assert crop_water("serai") is GENERIC
    assert crop_water("") is GENERIC


def test_every_depletion_fraction_is_one_that_fao56_allows() -> None:
    assert all(0.1 <= crop.p <= 0.8 for crop in crops().values())
    assert len(crops()) > 20
