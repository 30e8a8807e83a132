"""Price changes that are too large to believe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_alarm import robust_outliers

# Rice at Bendul Mrisi market, Surabaya, 28 August to 14 September 2018 (Siskaperbapo Jawa Timur) [IDR/kg].
SURABAYA_RICE = [9200] * 10 + [9100, 9100, 920017] + [9200] * 5


def changes(prices: Any) -> Any:
    return np.diff(np.log(prices))


def test_east_javas_rice_at_920017_is_caught_on_the_way_up_and_down() -> None:
    found = robust_outliers(changes(SURABAYA_RICE))

    assert np.flatnonzero(found).tolist() == [11, 12]


@pytest.mark.parametrize(
    ("lie", "what"), [(5_500, "per 100 g as per kg"), (14_000, "the price of rice"), (95_000, "a digit too many")]
)
def test_a_lie_among_lively_prices_is_caught(lie: float, what: str) -> None:
    rng = np.random.default_rng(4)
    chilli = 55_000 * np.exp(np.cumsum(rng.normal(0, 0.02, 60)))
    chilli[30] = lie

    assert {29, 30} <= set(np.flatnonzero(robust_outliers(changes(chilli)))), what


def test_a_price_that_mostly_stands_still_may_take_an_ordinary_step() -> None:
    assert not robust_outliers(changes([10_000] * 20 + [11_000] * 20)).any()


def test_a_lively_price_may_do_what_would_be_odd_in_a_sticky_one() -> None:
    lively = changes(50_000 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.1, 50))))
    jump = np.array([0.35])

    assert not robust_outliers(np.concatenate([lively, jump]))[-1]
    assert robust_outliers(np.concatenate([lively / 100, jump]))[-1]


@settings(deadline=None)
@given(st.lists(st.floats(-0.03, 0.03), min_size=20, max_size=40), st.integers(0, 9), st.floats(1, 20))
def test_many_lies_cannot_hide_one_another(quiet: list[float], lies: int, size: float) -> None:
    values = np.array(quiet)
    values[:lies] = size

    found = robust_outliers(values)

    assert found[:lies].all()
    assert not found[lies:].any()


@settings(deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=5, max_size=30), st.floats(-0.01, 0.01))
def test_a_common_drift_changes_nothing_and_neither_does_the_order(values: list[float], drift: float) -> None:
    plain = robust_outliers(np.array(values))

    assert robust_outliers(np.array(values)[::-1])[::-1].tolist() == plain.tolist()
    shifted = robust_outliers(np.array(values) + drift, cutoff=5 + 1e-9)
    assert (shifted <= robust_outliers(np.array(values), cutoff=5 - 1e-9)).all()


def test_what_is_missing_is_not_flagged_and_hides_nothing() -> None:
    values = pd.Series([*changes(SURABAYA_RICE), np.nan], index=range(10, 28))

    found = robust_outliers(values)

    assert found.index[found].to_list() == [21, 22]
    assert found.dtype == bool


def test_each_column_has_a_usual_behaviour_of_its_own() -> None:
    rng = np.random.default_rng(6)
    table = pd.DataFrame({"rice": rng.normal(0, 0.01, 30), "chilli": rng.normal(0, 0.15, 30)})
    table.iloc[3] = 0.4

    assert robust_outliers(table).iloc[3].to_dict() == {"rice": True, "chilli": False}
    assert robust_outliers(table)["rice"].to_list() == robust_outliers(table["rice"]).to_list()


def test_four_values_have_no_usual_behaviour() -> None:
    assert not robust_outliers(np.array([0.0, 0.0, 0.0, 5.0])).any()
    assert robust_outliers(np.array([0.0, 0.0, 0.0, 0.0, 5.0])).tolist() == [False] * 4 + [True]
    assert robust_outliers(np.array([])).tolist() == []


def test_what_cannot_be_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="log of a price of 0"):
        robust_outliers(np.array([0.0, np.inf]))
    with pytest.raises(ValueError, match="cutoff 0"):
        robust_outliers(np.array([0.0]), cutoff=0)
    with pytest.raises(ValueError, match="least spread 0"):
        robust_outliers(np.array([0.0]), least_spread=0)
