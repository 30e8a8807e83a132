"""A planting's harvest is spread over the days on which it may come, and none of it is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.harvest_outlook import expected_share

WEEKS = np.arange(-7, 420, 7)


def by_counting(start: int, stop: int, earliest: int, latest: int, window: int) -> float:
    """The same share, each possible day of harvest counted."""
    picks = [first + after for first in range(earliest, latest + 1) for after in range(window + 1)]
    return sum(start <= day < stop for day in picks) / len(picks) if picks else 0.0


@settings(deadline=None)
@given(st.integers(0, 120), st.integers(0, 60), st.integers(0, 200))
def test_the_weeks_of_a_planting_add_up_to_its_whole_harvest(earliest: int, spread: int, window: int) -> None:
    shares = expected_share(WEEKS, WEEKS + 7, earliest=earliest, latest=earliest + spread, window_d=window)

    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    assert (shares[earliest >= WEEKS + 7] == 0).all()


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 30), st.integers(0, 9), st.integers(0, 9))
def test_a_share_is_that_of_counting_every_possible_day(
    start: int, length: int, earliest: int, spread: int, window: int
) -> None:
    found = expected_share(start, start + length, earliest=earliest, latest=earliest + spread, window_d=window)

    assert found == pytest.approx(by_counting(start, start + length, earliest, earliest + spread, window))


def test_what_should_have_come_by_now_is_not_expected_and_what_is_missing_stays_missing() -> None:
    assert expected_share(30, 37, earliest=30, latest=29, window_d=0) == 0
    assert np.isnan(expected_share(30, 37, earliest=30, latest=np.nan, window_d=0))


@pytest.mark.parametrize(("start", "stop", "window"), [(7, 0, 0), (0, 7, -1)])
def test_a_span_that_cannot_be_is_refused(start: int, stop: int, window: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        expected_share(start, stop, earliest=0, latest=1, window_d=window)
