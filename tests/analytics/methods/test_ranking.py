"""Ranks are as wide as their figures are uncertain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.ranking import rank_range


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=12))
def test_ranks_are_those_of_comparing_every_pair(ranges: list[tuple[int, int]]) -> None:
    low = [low for low, _ in ranges]
    high = [low + width for low, width in ranges]

    best, worst = rank_range(low, high)

    for i, _ in enumerate(ranges):
        assert best[i] == 1 + sum(other > high[i] for other in low)
        assert worst[i] == len(ranges) - sum(other < low[i] for other in high)


def test_figures_that_are_certain_have_one_rank_each() -> None:
    best, worst = rank_range([3, 1, 2], [3, 1, 2])

    assert best.tolist() == worst.tolist() == [1, 3, 2]


def test_an_unknown_figure_has_no_rank() -> None:
    with pytest.raises(ValueError, match="leave out the unknown"):
        rank_range([1, np.nan], [2, np.nan])
