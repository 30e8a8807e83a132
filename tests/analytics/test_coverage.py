"""Enough by count, by share, or by either; an unknown share is never enough where one is asked for."""

from __future__ import annotations

import pandas as pd

from analytics.coverage import AtLeast, Either
from commons.catalogue import Label

N = pd.Series([0, 3, 10, 12], dtype=float)
COVERAGE = pd.Series([None, 0.5, 0.2, None], dtype=float)


def test_a_count_is_enough_without_a_share() -> None:
    assert AtLeast(count=3).admits(N, COVERAGE).to_list() == [False, True, True, True]


def test_a_share_must_be_known_to_be_enough() -> None:
    assert AtLeast(count=1, share=0.5).admits(N, COVERAGE).to_list() == [False, True, False, False]


def test_either_rule_is_enough() -> None:
    policy = Either(AtLeast(count=10), AtLeast(count=1, share=0.5))

    assert policy.admits(N, COVERAGE).to_list() == [False, True, True, True]


def test_a_policy_says_its_bounds_in_words() -> None:
    both = Either(AtLeast(count=10), AtLeast(count=1, share=0.125))

    assert AtLeast(count=3, share=0.5).words.id == "paling sedikit 3 masukan dan 50 % dari yang diharapkan"
    assert both.words == Label(
        "paling sedikit 10 masukan, atau paling sedikit 1 masukan dan 12,5 % dari yang diharapkan",
        "at least 10 inputs, or at least 1 input and 12.5 % of those expected",
    )
