"""Household surveys: what is unknown stays unknown, and bounds belong to the worse side."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.methods import survey

WEEK = dict.fromkeys(survey.FOOD_GROUPS, 7)


def test_a_household_that_eats_all_every_day_has_the_highest_score() -> None:
    assert survey.food_consumption_score(pd.DataFrame([WEEK])).tolist() == [112.0]


@pytest.mark.parametrize("answer", [None, -1, 8])
def test_an_answer_that_is_not_known_or_cannot_be_leaves_the_score_unknown(answer: float | None) -> None:
    scores = survey.food_consumption_score(pd.DataFrame([WEEK | {"oil": answer}, WEEK]))

    assert scores.isna().tolist() == [True, False]
    assert survey.food_consumption_category(scores).tolist() == ["", "acceptable"]


def test_a_question_that_was_not_asked_is_refused() -> None:
    asked = {name: days for name, days in WEEK.items() if name != "sugar"}

    with pytest.raises(ValueError, match="no column sugar"):
        survey.food_consumption_score(pd.DataFrame([asked]))


def test_indonesias_thresholds_are_higher_because_oil_and_sugar_are_daily() -> None:
    assert survey.food_consumption_category([35]).tolist() == ["borderline"]
    assert survey.food_consumption_category([35.5], thresholds=survey.STANDARD).tolist() == ["acceptable"]


def test_a_coping_index_beyond_the_possible_has_no_phase() -> None:
    assert survey.coping_phase([56, 57, -1]).isna().tolist() == [False, True, True]


def test_a_group_nobody_asked_about_is_not_a_group_nobody_ate() -> None:
    eaten = dict.fromkeys(survey.DIET_GROUPS, 1)

    assert survey.dietary_diversity(pd.DataFrame([eaten, eaten | {"fish": None}])).isna().tolist() == [False, True]
