"""Contributions: they explain the whole change, and nothing but it."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import (
    COMPARISONS,
    FORMULAS,
    Comparison,
    Formula,
    aggregate,
    bilateral,
    bilateral_contributions,
    contributions,
    linked_contributions,
    rates,
    value_index,
)


def monthly(first: str, **columns: list[float | None]) -> pd.DataFrame:
    table = pd.DataFrame(columns, dtype=float)
    return table.set_index(pd.period_range(first, periods=len(table), freq="M"))


def test_the_hicp_manuals_monthly_contributions_of_energy_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.contrib.hicp_manual"]
    inputs = example["inputs"]
    series = monthly(inputs["first_month"], energy=inputs["energy"], all_items=inputs["all_items"])
    since_december = series / series.iloc[0]
    energy = inputs["energy_weight"] * since_december["energy"]
    nk = pd.DataFrame({"energy": energy, "rest": inputs["all_items_weight"] * since_december["all_items"] - energy})

    found = contributions(nk)["energy"].iloc[2:]

    expected = example["expected"]["month_on_month_from_2014-02"]
    assert found.to_list() == pytest.approx(expected, abs=example["tolerance"])


@settings(deadline=None)
@given(
    st.lists(st.lists(st.floats(10, 1000), min_size=3, max_size=3), min_size=14, max_size=20),
    st.lists(st.floats(0.1, 100), min_size=3, max_size=3),
    st.sampled_from(COMPARISONS),
)
def test_contributions_add_up_to_the_rate(
    levels: list[list[float]], weights: list[float], comparison: Comparison
) -> None:
    indices = pd.DataFrame(levels, index=pd.period_range("2023-12", periods=len(levels), freq="M"))
    nk = aggregate(indices, pd.Series(weights)).nk

    summed = contributions(nk, comparison=comparison).sum(axis=1, skipna=False)

    wanted = rates(value_index(nk))[comparison]
    assert wanted.notna().any()
    assert summed.to_list() == pytest.approx(wanted.to_list(), rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_month_in_which_one_value_is_missing_has_no_contributions() -> None:
    nk = monthly("2025-01", rice=[60, 61, 62, 63], chilli=[40, None, 50, 60])

    found = contributions(nk)

    assert found.iloc[:3].isna().all(axis=None)
    assert found.iloc[3].to_dict() == pytest.approx({"rice": 100 / 112, "chilli": 1000 / 112})


def test_the_items_of_each_group_explain_the_change_of_their_group() -> None:
    nk = monthly("2025-01", rice=[60, 66, 66], maize=[40, None, 44], chilli=[10, 20, 15])
    groups = pd.Series({"chilli": "spice", "rice": "grain", "maize": "grain"})

    found = contributions(nk, within=groups)

    for group, items in groups.groupby(groups).groups.items():
        alone = contributions(nk[[name for name in nk if name in items]])
        assert group in {"grain", "spice"}
        pd.testing.assert_frame_equal(found[alone.columns.to_list()], alone)
    assert found["chilli"].iloc[1] == pytest.approx(100)


def test_an_item_of_no_group_is_named() -> None:
    with pytest.raises(ValueError, match="item chilli belongs to no group"):
        contributions(monthly("2025-01", rice=[1, 2], chilli=[1, 2]), within=pd.Series({"rice": "grain"}))


def test_an_item_that_did_not_change_contributed_nothing() -> None:
    found = contributions(monthly("2025-01", rice=[60, 60], chilli=[40, 44]))

    assert found.iloc[1].to_dict() == pytest.approx({"rice": 0, "chilli": 4})


def test_the_first_month_has_nothing_to_explain() -> None:
    found = contributions(monthly("2025-01", rice=[60, 61]))["rice"]

    assert found.isna().to_list() == [True, False]


def test_the_hicp_manuals_contributions_over_three_years_of_weights_are_reproduced(
    worked: dict[str, dict[str, Any]],
) -> None:
    example = worked["cpi.contrib.hicp_manual_linked"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    energy = monthly(inputs["first_month"], energy=inputs["energy"])
    everything = monthly(inputs["first_month"], all=inputs["all_items"])["all"]
    shares = pd.DataFrame({"energy": inputs["energy_share_permille"]}).rename(index=int) / 1000

    yearly = linked_contributions(energy, everything, shares)["energy"]
    by_month = linked_contributions(energy, everything, shares, comparison="month_on_month")["energy"]

    assert yearly["2015-01":].to_list() == pytest.approx(expected["year_on_year_from_2015-01"], abs=tolerance)
    assert by_month["2014-02":].to_list() == pytest.approx(expected["month_on_month_from_2014-02"], abs=tolerance)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.floats(50, 200), min_size=3, max_size=3), min_size=30, max_size=30),
    st.lists(st.lists(st.floats(0.1, 1), min_size=3, max_size=3), min_size=3, max_size=3),
    st.sampled_from(COMPARISONS),
)
def test_contributions_add_up_across_a_change_of_weights(
    levels: list[list[float]], amounts: list[list[float]], comparison: Comparison
) -> None:
    months = pd.period_range("2022-12", periods=len(levels), freq="M")
    indices = pd.DataFrame(levels, index=months)
    shares = pd.DataFrame([np.divide(row, np.sum(row)) for row in amounts], index=[2023, 2024, 2025])
    total = annual_chain(indices, shares)

    summed = linked_contributions(indices, total, shares, comparison=comparison).sum(axis=1, skipna=False)

    wanted = rates(total)[comparison]
    assert wanted.notna().sum() > 12
    assert summed[wanted.notna()].to_list() == pytest.approx(wanted.dropna().to_list(), rel=1e-9, abs=1e-9)


def annual_chain(indices: pd.DataFrame, shares: pd.DataFrame) -> pd.Series[float]:
    """Laspeyres within each year on its December, the years chained: a plain calculation month by month."""
    total = [100.0]
    levels = indices.to_numpy()
    for row in range(1, len(levels)):
        december = row - 1 - (row - 1) % 12
        total.append(total[december] * float(shares.to_numpy()[december // 12] @ (levels[row] / levels[december])))
    return pd.Series(total, index=indices.index)


def test_within_one_weight_basis_both_kinds_of_contribution_are_the_same() -> None:
    nk = monthly("2024-12", rice=[60, 61, 66], chilli=[40, 50, 44])
    shares = pd.DataFrame({"rice": [0.6], "chilli": [0.4]}, index=[2025])

    linked = linked_contributions(nk, value_index(nk), shares, comparison="month_on_month")

    pd.testing.assert_frame_equal(linked, contributions(nk))


def test_a_year_without_weights_has_no_contributions() -> None:
    indices = monthly("2023-12", rice=[100.0] * 26)
    shares = pd.DataFrame({"rice": [1.0]}, index=[2025])

    found = linked_contributions(indices, indices["rice"], shares)["rice"]

    assert found.dropna().index.astype(str).to_list() == ["2025-12"]


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ({"chilli": [0.5]}, "differ in .*chilli"),
        ({"rice": [50.0]}, "not from 0 to 1"),
        ({"rice": [-0.1]}, "not from 0"),
    ],
)
def test_weights_that_are_no_shares_of_the_items_are_refused(shares: dict[str, list[float]], complaint: str) -> None:
    indices = monthly("2024-12", rice=[100, 101])

    with pytest.raises(ValueError, match=complaint):
        linked_contributions(indices, indices["rice"], pd.DataFrame(shares, index=[2025]))


@pytest.mark.parametrize(("vector", "formula"), [("cpi.contrib.jevons", "jevons"), ("cpi.contrib.fisher", "fisher")])
def test_the_printed_contributions_of_gpindex_are_reproduced(
    worked: dict[str, dict[str, Any]], vector: str, formula: Formula
) -> None:
    example = worked[vector]

    found = bilateral_contributions(**example["inputs"], formula=formula)

    assert list(found) == pytest.approx(example["expected"]["contributions"], abs=example["tolerance"])


@settings(deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(st.floats(0.05, 50), min_size=n, max_size=n), min_size=4, max_size=4)
    ),
    st.sampled_from(cast("list[Formula]", sorted(FORMULAS))),
)
def test_contributions_to_every_formula_add_up(rows: list[list[float]], formula: Formula) -> None:
    p0, p1, q0, q1 = rows

    found = bilateral_contributions(p0, p1, q0, q1, formula=formula)

    assert found.sum() == pytest.approx(bilateral(p0, p1, q0, q1, formula=formula) - 1, rel=1e-9, abs=1e-9)
    assert np.all(np.sign(found) * np.sign(np.subtract(p1, p0)) >= 0)


def test_contributions_carry_the_labels_of_the_prices() -> None:
    p0, p1 = pd.Series({"rice": 1.0, "chilli": 1.0}), pd.Series({"chilli": 2.0, "rice": 1.0})

    found = bilateral_contributions(p0, p1, formula="carli")

    assert isinstance(found, pd.Series)
    assert found.to_dict() == {"rice": 0.0, "chilli": 0.5}
