"""Enough by count, by share, or by either; an unknown share is never enough where one is asked for."""

from __future__ import annotations

import pandas as pd

from analytics.coverage import AtLeast, Either

N = pd.Series([0, 3, 10, 12], dtype=float)
COVERAGE = pd.Series([None, 0.5, 0.2, None], dtype=float)


def test_a_count_is_enough_without_a_share() -> None:
    assert AtLeast(count=3).admits(N, COVERAGE).to_list() == [False, True, True, True]


def test_a_share_must_be_known_to_be_enough() -> None:
    assert AtLeast(count=1, share=0.5).admits(N, COVERAGE).to_list() == [False, True, False, False]


def test_either_rule_is_enough() -> None:
    policy = Either(AtLeast(count=10), AtLeast(count=1, share=0.5))

    assert policy.admits(N, COVERAGE).to_list() == [False, True, True, True]


def test_a_policy_shows_its_bounds() -> None:
    assert repr(AtLeast(count=3, share=0.5)) == "AtLeast(count=3, share=0.5)"
