"""Energy, protein and PPH points: the unknown is not zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.supply import PPH_GROUPS, desirable_dietary_pattern, nutrients
from commons.errors import UnknownNameError

COLUMNS = ["kcal_per_100g", "protein_g_per_100g", "edible_pct"]
POLMAN = [1209.78, 42.89, 254.72, 193.02, 45.49, 71.44, 47.90, 102.08, 132.76]
IDEAL = [1050, 126, 252, 210, 63, 105, 105, 126, 63]


def composition(**foods: list[float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(foods, orient="index", columns=COLUMNS)


def by_group(kcal: list[float]) -> pd.Series[float]:
    return pd.Series(kcal, index=list(PPH_GROUPS), dtype=float)


def test_polewali_mandars_published_score_is_reproduced() -> None:
    assert desirable_dietary_pattern(by_group(POLMAN)).points == pytest.approx(87.87, abs=0.005)


def test_the_ideal_pattern_has_100_points_and_more_of_it_no_more() -> None:
    assert desirable_dietary_pattern(by_group([float(k) for k in IDEAL])).points == pytest.approx(100)
    assert desirable_dietary_pattern(by_group([9999.0] * 9)).points == pytest.approx(100)
    assert sum(group.most for group in PPH_GROUPS.values()) == 100


@settings(deadline=None)
@given(st.lists(st.floats(0, 2000), min_size=9, max_size=9), st.integers(0, 8), st.floats(0, 500))
def test_more_of_a_group_never_takes_points_away(kcal: list[float], which: int, more: float) -> None:
    fed = [*kcal]
    fed[which] += more

    before, after = (desirable_dietary_pattern(by_group(given_kcal)).points for given_kcal in (kcal, fed))

    assert after >= before - 1e-9


def test_the_energy_recommended_is_a_parameter() -> None:
    vegetables = by_group([0.0] * 9)
    vegetables["sayur_buah"] = 24.0

    assert desirable_dietary_pattern(vegetables, ake_kcal=2400).points == pytest.approx(5)
    assert desirable_dietary_pattern(vegetables).points == pytest.approx(100 * 24 / 2100 * 5)


def test_an_unknown_group_has_no_points_and_the_sum_is_missing() -> None:
    found = desirable_dietary_pattern(by_group(POLMAN).drop("gula"))

    assert np.isnan(found.by_group["points"]["gula"])
    assert np.isnan(found.points)
    assert found.by_group["points"].notna().sum() == 8


def test_a_group_that_is_none_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="sayur_buah"):
        desirable_dietary_pattern(pd.Series({"sayur_buahan": 10.0}))


@pytest.mark.parametrize(("kcal", "ake"), [(-1.0, 2100.0), (1.0, 0.0), (1.0, np.nan)])
def test_an_energy_that_cannot_be_is_refused(kcal: float, ake: float) -> None:
    with pytest.raises(ValueError, match="correct it"):
        desirable_dietary_pattern(by_group([kcal] * 9), ake_kcal=ake)


def test_energy_is_that_of_the_edible_part() -> None:
    found = nutrients(pd.Series({"singkong": 2.0}), composition(singkong=[154.0, 1.0, 85.0]))

    assert found.kcal == pytest.approx(2 * 10 * 0.85 * 154)
    assert found.protein_g == pytest.approx(2 * 10 * 0.85 * 1)
    assert found.unknown == ()


@pytest.mark.parametrize("gap", range(3))
def test_an_unknown_share_or_energy_stays_unknown_and_is_named(gap: int) -> None:
    row = [154.0, 1.0, 85.0]
    row[gap] = np.nan
    harvest = pd.Series({"singkong": 2.0, "beras": 1.0})

    found = nutrients(harvest, composition(singkong=row, beras=[357.0, 8.4, 100.0]))

    assert found.unknown == ("singkong",)
    assert np.isnan([found.kcal, found.protein_g][0 if gap != 1 else 1])
    assert found.by_food.T["beras"].to_list() == pytest.approx([3570, 84])


def test_a_food_that_was_not_harvested_gives_nothing_even_if_unknown() -> None:
    found = nutrients(pd.Series({"kelor": 0.0}), composition())

    assert (found.kcal, found.protein_g, found.unknown) == (0, 0, ())


@pytest.mark.parametrize(("kg", "edible"), [(-1.0, 85.0), (1.0, 101.0), (1.0, -1.0)])
def test_what_cannot_be_is_refused(kg: float, edible: float) -> None:
    with pytest.raises(ValueError, match="correct it"):
        nutrients(pd.Series({"singkong": kg}), composition(singkong=[154.0, 1.0, edible]))


def test_a_food_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="there twice"):
        nutrients(pd.Series([1.0, 1.0], index=["a", "a"]), composition(a=[1.0, 1.0, 1.0]))
