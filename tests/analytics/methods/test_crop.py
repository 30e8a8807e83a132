"""A crop's coefficient over the season, and its harvest window."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.crop import crop_coefficient, harvest_window

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


def test_a_window_opens_and_closes_on_its_days() -> None:
    window = harvest_window(date(2025, 8, 3), days_min=21, days_max=30)

    days = [date(2025, 8, 3), date(2025, 8, 23), date(2025, 8, 24), date(2025, 9, 2), date(2025, 9, 3)]
    assert [window.is_open(day) for day in days] == [False, False, True, True, False]
    assert [window.days_until(day) for day in days] == [21, 1, 0, 0, 0]


@pytest.mark.parametrize(("days_min", "days_max"), [(-1, 30), (31, 30)])
def test_a_window_the_wrong_way_round_is_refused(days_min: int, days_max: int) -> None:
    with pytest.raises(ValueError, match="no harvest window"):
        harvest_window(date(2025, 8, 3), days_min=days_min, days_max=days_max)
