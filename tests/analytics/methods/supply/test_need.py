"""Fulfilment, days of stock, yield and diversity: missing stays missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.supply import days_of_stock, diversity, fulfilment, yield_per_m2


def test_fulfilment_is_a_percentage_and_missing_where_something_is() -> None:
    found = fulfilment([12, 0, np.nan, 12, 12], [480, 480, 480, np.nan, 0])

    assert found[:2].tolist() == [2.5, 0]
    assert np.isnan(found[2:]).all()
    assert fulfilment(960, 480) == 200


@pytest.mark.parametrize("method", [days_of_stock, yield_per_m2])
def test_a_ratio_to_nothing_or_to_the_unknown_is_missing(method: Any) -> None:
    found = method([12, 0, np.nan, 12, 12], [4, 4, 4, np.nan, 0])

    assert found[:2].tolist() == [3, 0]
    assert np.isnan(found[2:]).all()


@pytest.mark.parametrize("method", [fulfilment, days_of_stock, yield_per_m2])
@pytest.mark.parametrize(("amount", "by"), [(-1, 1), (1, -1), (np.inf, 1)])
def test_amounts_that_cannot_be_are_refused(method: Any, amount: float, by: float) -> None:
    with pytest.raises(ValueError, match="no amount can be negative"):
        method(amount, by)


def test_the_known_diversities_are_reproduced() -> None:
    assert diversity([5, 5]).shannon / np.log(2) == pytest.approx(1)
    assert diversity([1, 0, 2, 5, 2]).gini_simpson == pytest.approx(0.66)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=8), st.floats(0.01, 100))
def test_diversity_is_between_one_food_and_equal_parts_whatever_the_unit(amounts: list[float], k: float) -> None:
    found, n = diversity(amounts), len(amounts)

    assert found.richness == n
    assert -1e-12 <= found.shannon <= np.log(n) + 1e-12
    assert -1e-12 <= found.gini_simpson <= 1 - 1 / n + 1e-12
    assert diversity([*(k * a for a in amounts), 0]) == pytest.approx(found)
    assert diversity(np.ones(n)).shannon == pytest.approx(np.log(n))


def test_an_unknown_amount_makes_every_share_unknown() -> None:
    found = diversity([3, np.nan])

    assert found.richness == 1
    assert np.isnan(found.shannon)
    assert np.isnan(diversity([]).gini_simpson)


def test_amounts_that_are_no_row_are_refused() -> None:
    with pytest.raises(ValueError, match="one row"):
        diversity(np.ones((2, 2)))
