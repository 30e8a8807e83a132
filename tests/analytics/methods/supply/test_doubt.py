"""Harvests that are not believed: a lie is named, and changes nothing but itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.supply import doubtful_harvests

MOST = {"bayam": 2.5, "cabai": 3.0}
FIRST = pd.Timestamp("2026-01-01")


def entry(lane: str, day: int, kg: float, *, area: float = 4.0, minute: int = 0, food: str = "bayam") -> pd.Series:
    at = FIRST + pd.Timedelta(days=day)
    time = at.tz_localize("UTC") + pd.Timedelta(minutes=minute)
    said = {"lane": lane, "bed": "b1", "commodity": food, "kg": kg, "pieces": np.nan, "area_m2": area}
    return pd.Series({**said, "day": at, "time": time})


def log(*entries: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(list(entries)).infer_objects()


def usual(lane: str, kg: float, *, days: int = 6, area: float = 4.0, food: str = "bayam") -> list[pd.Series]:
    return [entry(lane, day, kg * (1 + 0.1 * (day % 3)), area=area, food=food) for day in range(days)]


def verdicts(*entries: pd.Series) -> dict[int, str]:
    found = doubtful_harvests(log(*entries), MOST)["test"]
    return dict(zip(found.index.tolist(), found, strict=True))


def test_ten_times_the_usual_harvest_is_named_with_the_usual_one() -> None:
    found = doubtful_harvests(log(*usual("saga", 2.0), entry("saga", 9, 20.0)), MOST)

    assert found["test"].to_dict() == {6: "tenfold_harvest"}
    assert found["usual_kg"][6] == pytest.approx(2.2)


def test_a_harvest_as_rich_as_the_neighbours_is_believed_though_it_is_five_times_the_own() -> None:
    neighbours = [e for lane in ("a", "b", "c") for e in usual(lane, 6.0)]

    assert verdicts(*neighbours, *usual("saga", 1.0), entry("saga", 9, 7.0)) == {}
    assert verdicts(*usual("saga", 1.0), entry("saga", 9, 7.0)) == {6: "tenfold_harvest"}


def test_neighbours_are_compared_per_area() -> None:
    neighbours = [e for lane in ("a", "b", "c") for e in usual(lane, 2.0, area=4.0)]

    assert verdicts(*neighbours, entry("new", 9, 20.0, area=40.0)) == {}
    assert verdicts(*neighbours, entry("new", 9, 20.0, area=4.0)) == {18: "tenfold_harvest"}


def test_who_always_reports_tenfold_is_judged_by_the_neighbours() -> None:
    neighbours = [e for lane in ("a", "b", "c", "d") for e in usual(lane, 1.0)]

    found = verdicts(*neighbours, *(entry("liar", 10 + day, 10.0) for day in range(6)))

    assert found == dict.fromkeys(range(24, 30), "tenfold_harvest")


def test_a_lane_whose_usual_was_tenfold_before_others_came_is_judged_by_them() -> None:
    neighbours = [entry(lane, 10 + day, 1.0) for lane in "abc" for day in range(20)]

    assert verdicts(*usual("liar", 10.0), *neighbours, entry("liar", 40, 10.0)) == {66: "tenfold_harvest"}


def test_the_same_day_says_nothing_of_what_is_usual() -> None:
    lanes = [entry(lane, day, 2.0) for lane in "abc" for day in range(3)]

    assert verdicts(*lanes, entry("new", 2, 25.0)) == {}
    assert verdicts(*lanes, entry("new", 3, 25.0)) == {9: "tenfold_harvest"}


def test_a_lie_told_every_day_never_becomes_the_usual() -> None:
    lies = [entry("saga", 10 + day, 20.0) for day in range(9)]

    assert verdicts(*usual("saga", 2.0), *lies) == dict.fromkeys(range(6, 15), "tenfold_harvest")


def test_two_neighbours_say_nothing_of_what_is_usual() -> None:
    assert verdicts(*usual("a", 2.0), *usual("b", 2.0), entry("new", 9, 25.0)) == {}


def test_three_earlier_days_make_a_usual_harvest_and_two_do_not() -> None:
    assert verdicts(*usual("saga", 2.0, days=3), entry("saga", 9, 20.0)) == {3: "tenfold_harvest"}
    assert verdicts(*usual("saga", 2.0, days=2), entry("saga", 9, 20.0)) == {}


def test_the_days_that_follow_do_not_make_an_early_harvest_unusual() -> None:
    assert verdicts(entry("saga", 0, 20.0), *(entry("saga", 1 + day, 2.0) for day in range(9))) == {}


def test_more_than_three_of_the_best_seasons_at_once_is_impossible() -> None:
    assert verdicts(entry("saga", 0, 4 * 2.5 * 3)) == {}
    found = doubtful_harvests(log(entry("saga", 0, 31.0)), MOST)
    assert (found["test"][0], found["usual_kg"][0]) == ("impossible_yield", 10.0)


@pytest.mark.parametrize(("area", "food"), [(np.nan, "bayam"), (4.0, "telur")])
def test_nothing_is_impossible_of_an_unknown_area_or_food(area: float, food: str) -> None:
    assert verdicts(entry("saga", 0, 900.0, area=area, food=food)) == {}


@pytest.mark.parametrize(("minute", "test"), [(0, "double_entry"), (10, "double_entry"), (11, "repeated_entry")])
def test_one_harvest_under_two_ids_counts_once_and_a_later_one_is_only_named(minute: int, test: str) -> None:
    assert verdicts(entry("saga", 0, 2.0), entry("saga", 0, 2.0, minute=minute)) == {1: test}


@pytest.mark.parametrize("change", [{"lane": "agatis"}, {"bed": "b2"}, {"commodity": "cabai"}, {"kg": 2.1}])
def test_two_harvests_that_differ_are_two(change: dict[str, str | float]) -> None:
    other = entry("saga", 0, 2.0, minute=1)

    assert verdicts(entry("saga", 0, 2.0), pd.Series({**other, **change})) == {}


def test_the_order_of_the_entries_does_not_matter() -> None:
    entries = log(*usual("saga", 2.0), entry("saga", 9, 20.0), entry("saga", 9, 20.0, minute=5))

    shuffled = doubtful_harvests(entries.sample(frac=1, random_state=7), MOST).sort_index()

    pd.testing.assert_frame_equal(shuffled, doubtful_harvests(entries, MOST).sort_index())


def test_a_weight_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="correct the entry"):
        verdicts(entry("saga", 0, -1.0))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 30), st.floats(0.2, 9)), min_size=1, max_size=40),
    st.tuples(st.sampled_from("abcd"), st.integers(0, 30), st.floats(0.2, 9)),
)
def test_a_lie_that_is_named_changes_no_other_verdict(
    said: list[tuple[str, int, float]], lie: tuple[str, int, float]
) -> None:
    others = [entry(lane, day, kg) for lane, day, kg in said]
    lane, day, kg = lie
    with_it = verdicts(*others, entry(lane, day, 10 * kg, minute=30))

    if with_it.pop(len(said), "repeated_entry") != "repeated_entry":
        assert with_it == verdicts(*others)
