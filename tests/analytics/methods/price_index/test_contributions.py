"""Contributions: they explain the whole change, and nothing but it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import COMPARISONS, Comparison, aggregate, contributions, rates, value_index


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


def test_an_item_that_did_not_change_contributed_nothing() -> None:
    found = contributions(monthly("2025-01", rice=[60, 60], chilli=[40, 44]))

    assert found.iloc[1].to_dict() == pytest.approx({"rice": 0, "chilli": 4})


def test_the_first_month_has_nothing_to_explain() -> None:
    found = contributions(monthly("2025-01", rice=[60, 61]))["rice"]

    assert found.isna().to_list() == [True, False]
