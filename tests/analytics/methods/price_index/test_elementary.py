"""Elementary indices: chained Jevons with self-correcting imputation."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import Imputation, bilateral, elementary
from commons.errors import UnknownNameError

PRICES = st.lists(st.lists(st.floats(100, 1e5), min_size=3, max_size=3), min_size=2, max_size=8)


def quotes(**columns: list[float | None]) -> pd.DataFrame:
    table = pd.DataFrame(columns, dtype=float)
    return table.set_index(pd.period_range("2025-01", periods=len(table), freq="M"))


def test_the_published_elementary_indices_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.chain.matched_sample_overall_mean"]
    prices, business = pd.DataFrame(example["inputs"]["prices"], dtype=float), example["inputs"]["business"]

    b1, b2, b3, b4 = (
        elementary(prices[[product for product in prices if business[product] == name]])["index"].to_numpy() / 100
        for name in ("B1", "B2", "B3", "B4")
    )

    expected, tolerance = example["expected"]["index"], example["tolerance"]
    assert b1[:3] == pytest.approx(expected["B1"][:3], rel=tolerance)
    assert np.isnan(b1[3])
    assert b2[[0, 2, 3]] == pytest.approx(np.array(expected["B2"])[[0, 2, 3]], rel=tolerance)
    assert np.isnan(b2[1])
    assert b3 == pytest.approx(expected["B3"], rel=tolerance)
    assert b4[3] / b4[2] == pytest.approx(expected["B4"][3] / expected["B4"][2], rel=tolerance)
    assert np.isnan(b4[:2]).all()


def test_the_published_carry_forward_relatives_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    inputs = worked["cpi.chain.matched_sample_overall_mean"]["inputs"]
    prices, business = pd.DataFrame(inputs["prices"], dtype=float), inputs["business"]
    example = worked["cpi.chain.carry_forward"]

    for name, expected in example["expected"]["relatives"].items():
        own = prices[[product for product in prices if business[product] == name]]
        index = elementary(own, imputation="carry_forward", administered=True)["index"]
        assert (index / index.shift()).iloc[1:].to_numpy() == pytest.approx(expected, abs=example["tolerance"])


@settings(deadline=None)
@given(PRICES)
def test_chaining_equals_direct_comparison_on_a_matched_sample(prices: list[list[float]]) -> None:
    index = elementary(pd.DataFrame(prices))["index"]

    assert index.iloc[-1] == pytest.approx(100 * bilateral(prices[0], prices[-1], formula="jevons"), rel=1e-9)


@settings(deadline=None)
@given(PRICES, st.data())
def test_once_every_quote_is_back_no_trace_of_a_gap_is_left(prices: list[list[float]], data: st.DataObject) -> None:
    full = pd.DataFrame(prices)
    gappy = full.copy()
    for period in range(1, len(full) - 1):
        gone = data.draw(st.sets(st.integers(0, 2)), label=f"missing in {period}")
        gappy.iloc[period, sorted(gone)] = np.nan

    found = elementary(gappy, limit=len(full))["index"]

    assert found.iloc[-1] == pytest.approx(elementary(full)["index"].iloc[-1], rel=1e-9)


def test_a_missing_quote_moves_with_the_others() -> None:
    index = elementary(quotes(a=[100, 120, 120], b=[50, None, 60]))

    assert index["index"].to_list() == pytest.approx([100, 120, 120])
    assert index["priced"].to_list() == [2, 1, 2]
    assert index["imputed"].to_list() == [0, 1, 0]


def test_relatives_are_short_term_whoever_is_missing() -> None:
    index = elementary(quotes(a=[100, 121, 121], b=[100, 100, None], c=[100, None, 110]))

    assert index["index"].to_list() == pytest.approx([100, 110, 110])


def test_a_dear_seller_who_stays_away_does_not_make_things_cheaper() -> None:
    index = elementary(quotes(cheap=[100, 100], dear=[900, None]))

    assert index["index"].to_list() == pytest.approx([100, 100])


@pytest.mark.parametrize("nothing", [0, -5, np.inf, None])
def test_a_price_of_zero_is_no_price(nothing: float | None) -> None:
    index = elementary(quotes(a=[100, 110], b=[100, nothing]))

    assert index["index"].to_list() == pytest.approx([100, 110])
    assert index["priced"].to_list() == [2, 1]


def test_a_period_without_prices_has_no_index_and_the_next_one_spans_the_gap() -> None:
    index = elementary(quotes(a=[100, None, 130], b=[200, None, 260]))

    assert index["index"].to_list() == pytest.approx([100, np.nan, 130], nan_ok=True)
    assert index["imputed"].to_list() == [0, 0, 0]


def test_the_index_begins_with_the_first_price() -> None:
    index = elementary(quotes(a=[None, 100, 105]))["index"]

    assert index.to_list() == pytest.approx([np.nan, 100, 105], nan_ok=True)


def test_a_new_quote_enters_by_overlap_and_brings_its_level_not_along() -> None:
    index = elementary(quotes(old=[100, 110, None], new=[None, 500, 550]))

    assert index["index"].to_list() == pytest.approx([100, 110, 121])
    assert index["imputed"].to_list() == [0, 0, 1]


def test_a_new_quote_that_never_overlaps_cannot_speak_for_the_old_ones() -> None:
    index = elementary(quotes(old=[100, None, None], new=[None, 500, 550]))["index"]

    assert index.to_list() == pytest.approx([100, np.nan, np.nan], nan_ok=True)


def test_carrying_forward_holds_a_missing_price_still() -> None:
    index = elementary(quotes(a=[100, 121], b=[100, None]), imputation="carry_forward", administered=True)

    assert index["index"].to_list() == pytest.approx([100, 110])
    assert index["imputed"].to_list() == [0, 1]


def test_free_prices_are_not_carried_forward() -> None:
    with pytest.raises(ValueError, match="administered=True or take overall_mean"):
        elementary(quotes(a=[100, None]), imputation="carry_forward")


def test_a_parent_moves_what_is_missing_even_the_whole_aggregate() -> None:
    mango = quotes(a=[100, None, None, 130], b=[200, 220, None, 260])
    fruit = pd.Series([100.0, 120.0, 132.0, 110.0], index=mango.index)

    found = elementary(mango, imputation="parental", parent=fruit)

    second = 100 * np.sqrt(1.2 * 1.1)
    assert found["index"].to_list() == pytest.approx([100, second, second * 1.1, 130])
    assert found["priced"].to_list() == [2, 1, 0, 2]
    assert found["imputed"].to_list() == [0, 1, 2, 0]


def test_where_the_parent_has_no_index_a_quote_moves_with_the_others() -> None:
    mango = quotes(a=[100, None, 130], b=[200, 220, 260])
    fruit = pd.Series([100.0, np.nan, 110.0], index=mango.index)

    found = elementary(mango, imputation="parental", parent=fruit)["index"]

    assert found.to_list() == pytest.approx([100, 110, 130])


@pytest.mark.parametrize("gone", [3, 4])
def test_a_quote_is_imputed_for_three_periods_and_comes_back_as_a_new_one(gone: int) -> None:
    still = [100.0] * (gone + 3)
    away: list[float | None] = [50, *([None] * gone), 100, 110]

    found = elementary(quotes(still=list(still), away=away))

    back = [100 * np.sqrt(2), 100 * np.sqrt(2.2)] if gone == 3 else [100, 100 * np.sqrt(1.1)]
    assert found["index"].to_list() == pytest.approx([100] * (gone + 1) + back)
    assert found["imputed"].to_list() == [0, 1, 1, 1] + [0] * (gone - 3) + [0, 0]


def test_each_gap_has_a_limit_of_its_own() -> None:
    away: list[float | None] = [50, None, None, 50, None, None, 100]

    found = elementary(quotes(still=[100.0] * 7, away=away))

    assert found["index"].iloc[-1] == pytest.approx(100 * np.sqrt(2))
    assert found["imputed"].to_list() == [0, 1, 1, 0, 1, 1, 0]


def test_a_gap_of_the_whole_aggregate_imputes_nothing_and_so_may_be_long() -> None:
    found = elementary(quotes(a=[100, *([None] * 9), 130]))

    assert found["index"].to_list() == pytest.approx([100, *([np.nan] * 9), 130], nan_ok=True)


@pytest.mark.parametrize("imputation", ["parental", "carry_forward"])
def test_an_aggregate_is_imputed_for_three_periods_and_then_missing(imputation: Imputation) -> None:
    table = quotes(a=[100, *([None] * 5), 130])
    parent = pd.Series(100.0, index=table.index)

    found = elementary(table, imputation=imputation, parent=parent, administered=True)["index"]

    assert found.to_list() == pytest.approx([100, 100, 100, 100, np.nan, np.nan, 130], nan_ok=True)


@settings(deadline=None)
@given(st.lists(st.lists(st.none() | st.floats(100, 1e5), min_size=5, max_size=5), min_size=1, max_size=9), st.data())
def test_many_aggregates_at_once_are_what_each_is_alone(prices: list[list[float | None]], data: st.DataObject) -> None:
    table = pd.DataFrame(prices, columns=list("abcde"), dtype=float)
    drawn = data.draw(st.lists(st.sampled_from(["x", "y", "z"]), min_size=5, max_size=5))
    by: pd.Series[str] = pd.Series(drawn, index=table.columns)

    together = elementary(table, by=by)

    for name in by.unique():
        alone = elementary(table[list(by.index[by == name])])
        for figure in alone:
            assert together[figure, name].to_list() == pytest.approx(alone[figure].to_list(), nan_ok=True)


def test_a_quote_of_no_aggregate_is_named() -> None:
    with pytest.raises(ValueError, match="quote b belongs to no aggregate"):
        elementary(quotes(a=[1, 2], b=[1, 2]), by=pd.Series({"a": "x"}))


def test_parental_imputation_without_a_parent_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the index of the parent"):
        elementary(quotes(a=[1, 2]), imputation="parental")


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="limit of -1"):
        elementary(quotes(a=[1, 2]), limit=-1)


def test_no_prices_or_no_quotes_at_all_give_no_index() -> None:
    empty = quotes(a=[None, None])

    assert elementary(empty)["index"].isna().all()
    assert elementary(empty[[]]).to_numpy()[:, 1:].tolist() == [[0, 0], [0, 0]]
    assert elementary(empty[[]])["index"].isna().all()


def test_a_table_without_periods_has_no_rows_and_an_array_is_a_table() -> None:
    assert elementary(pd.DataFrame(columns=["a"], dtype=float)).shape == (0, 3)
    assert elementary(np.empty((0, 2)), by=pd.Series(["x", "y"])).shape == (0, 6)
    assert elementary(np.array([[100.0], [110.0]]))["index"].to_list() == pytest.approx([100, 110])


def test_periods_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        elementary(quotes(a=[1, 2]).iloc[::-1])


def test_an_unknown_imputation_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="overall_mean"):
        elementary(quotes(a=[1, 2]), imputation=cast("Imputation", "overal_mean"))
