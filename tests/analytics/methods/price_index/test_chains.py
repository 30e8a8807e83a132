"""Chained and fixed-base indices over tables of periods by products."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import FORMULAS, Formula, bilateral, chained, elementary, fixed_base
from analytics.methods.price_index.formulas import ONE_BASKET
from commons.errors import UnknownNameError

Table = list[list[float]]
TABLE = st.lists(st.lists(st.floats(0.1, 1e4), min_size=3, max_size=3), min_size=2, max_size=6)
FORMULA = st.sampled_from(cast("list[Formula]", sorted(FORMULAS)))


def frame(**columns: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=float)


def quantities_for(formula: str, table: Table) -> Any:
    return np.array(table[0]) if formula in ONE_BASKET else np.array(table)


def test_the_manuals_artificial_data_give_the_printed_fixed_base_indices(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.bilateral.ppi_manual_ch19"]
    prices, quantities = (np.array(example["inputs"][name], dtype=float) for name in ("prices", "quantities"))

    for formula, expected in example["expected"].items():
        found = fixed_base(prices, quantities, formula=formula)
        assert list(found / 100) == pytest.approx(expected, abs=example["tolerance"])


def test_the_printed_chained_laspeyres_is_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.multilateral.ces"]
    prices, quantities = ces(example["inputs"])

    found = chained(prices, quantities, formula="laspeyres")

    assert list(found / 100) == pytest.approx(example["expected"]["chained_laspeyres"], abs=example["tolerance"])


def ces(inputs: dict[str, Any]) -> tuple[Any, Any]:
    """Prices, and the quantities of people whose elasticity of substitution is 2."""
    prices = np.array(inputs["prices"], dtype=float).T
    shares = np.array(inputs["alpha"]) / prices
    shares /= shares.sum(axis=1, keepdims=True)
    return prices, np.array(inputs["expenditure"])[:, None] * shares / prices


@settings(deadline=None)
@given(TABLE, FORMULA)
def test_two_periods_are_one_bilateral_comparison(table: Table, formula: Formula) -> None:
    prices, q = np.array(table[:2]), quantities_for(formula, table[:2])
    q0, q1 = (q, q) if formula in ONE_BASKET else q

    expected = 100 * bilateral(prices[0], prices[1], q0, q1, formula=formula)

    for index in (chained(prices, q, formula=formula), fixed_base(prices, q, formula=formula)):
        assert index[1] == pytest.approx(expected, rel=1e-12)


@settings(deadline=None)
@given(TABLE, st.sampled_from(["jevons", "dutot", "lowe"]))
def test_with_a_fixed_basket_the_chain_is_the_direct_comparison(table: Table, formula: Formula) -> None:
    prices, q = np.array(table), quantities_for(formula, table)

    assert list(chained(prices, q, formula=formula)) == pytest.approx(list(fixed_base(prices, q, formula=formula)))


@settings(deadline=None)
@given(TABLE, FORMULA)
def test_when_all_prices_return_the_fixed_base_index_does(table: Table, formula: Formula) -> None:
    there_and_back = np.array([*table, table[0]])

    found = fixed_base(there_and_back, quantities_for(formula, [*table, table[-1]]), formula=formula)

    assert found[-1] == pytest.approx(100, rel=1e-9)


def test_a_chain_of_carli_drifts_and_one_of_jevons_does_not() -> None:
    prices = np.array([[1.0, 1.0], [2.0, 1.0], [1.0, 1.0]])

    assert chained(prices, formula="carli")[-1] == pytest.approx(112.5)
    assert chained(prices, formula="jevons")[-1] == pytest.approx(100)


@settings(deadline=None)
@given(TABLE)
def test_chained_jevons_is_the_elementary_index_without_gaps(table: Table) -> None:
    prices = pd.DataFrame(table)

    found = chained(prices, formula="jevons")

    assert list(found) == pytest.approx(elementary(prices)["index"].to_list(), rel=1e-9)


def test_a_product_is_compared_only_where_both_periods_have_it() -> None:
    prices = frame(rice=[100, 110, 110], chilli=[100, None, 300])

    assert list(chained(prices, formula="jevons")) == pytest.approx([100, 110, 110])
    assert list(fixed_base(prices, formula="jevons")) == pytest.approx([100, 110, 100 * np.sqrt(1.1 * 3)])


def test_a_dear_product_that_disappears_makes_nothing_cheaper() -> None:
    prices, quantities = frame(rice=[10, 10], saffron=[900, None]), frame(rice=[5, 5], saffron=[1, None])

    for formula in cast("list[Formula]", sorted(set(FORMULAS) - set(ONE_BASKET))):
        assert list(fixed_base(prices, quantities, formula=formula)) == pytest.approx([100, 100])


def test_a_period_without_prices_is_missing_and_the_chain_spans_it() -> None:
    found = chained(frame(rice=[None, 100, None, 130]), formula="jevons")

    assert isinstance(found, pd.Series)
    assert found.to_list() == pytest.approx([np.nan, 100, np.nan, 130], nan_ok=True)


def test_periods_with_nothing_in_common_are_not_compared() -> None:
    found = chained(frame(old=[100, None], new=[None, 10]), formula="jevons")

    assert np.isnan(found.iloc[1])  # type: ignore[union-attr]  # a frame gives a Series


def test_a_price_without_a_quantity_is_left_out_where_the_formula_needs_it() -> None:
    prices, quantities = frame(rice=[10, 11], chilli=[10, 30]), frame(rice=[1, 1], chilli=[None, 1])

    assert list(chained(prices, quantities, formula="laspeyres")) == pytest.approx([100, 110])
    assert list(chained(prices, quantities, formula="paasche")) == pytest.approx([100, 205])


def test_quantities_are_matched_by_label() -> None:
    prices = frame(rice=[10, 11], chilli=[10, 30])
    shuffled = frame(chilli=[0, 0], rice=[1, 1]).iloc[::-1]

    assert list(chained(prices, shuffled, formula="laspeyres")) == pytest.approx([100, 110])
    assert list(chained(prices, pd.Series({"chilli": 0.0, "rice": 1.0}), formula="lowe")) == pytest.approx([100, 110])


def test_without_any_price_there_is_no_index() -> None:
    assert np.isnan(list(chained(frame(rice=[None, None]), formula="jevons"))).all()


@pytest.mark.parametrize(
    ("prices", "quantities", "formula", "complaint"),
    [
        (frame(rice=[10, 0]), None, "jevons", "rice in 1 is 0.0, which is no price"),
        (np.array([[1.0, -1.0]]), None, "jevons", "product 1 in period 0 is -1.0"),
        (np.array([[1.0, np.inf]]), None, "jevons", "product 1 in period 0 is inf"),
        (np.array([1.0, 2.0]), None, "jevons", "table of periods by products"),
        (np.empty((0, 3)), None, "jevons", "table of periods by products"),
        (frame(rice=[10, 11]).iloc[::-1], None, "jevons", "out of order"),
        (frame(rice=[10, 11]), None, "laspeyres", "laspeyres needs quantities"),
        (frame(rice=[10, 11]), frame(chilli=[1, 1]), "laspeyres", "differ in periods .* and products .*chilli"),
        (np.ones((2, 2)), np.ones((3, 2)), "fisher", "give one per price"),
        (np.ones((2, 2)), np.ones(2), "fisher", "as large as the prices"),
        (np.ones((2, 2)), np.ones((2, 2)), "lowe", "one row of quantities"),
        (np.ones((2, 2)), np.ones(3), "lowe", "give one per price"),
        (np.ones((2, 2)), np.array([[1.0, -1.0], [1.0, 1.0]]), "fisher", "quantity of product 1 in period 0 is -1.0"),
    ],
)
def test_what_cannot_be_compared_is_refused(prices: Any, quantities: Any, formula: Formula, complaint: str) -> None:
    for index in (chained, fixed_base):
        with pytest.raises(ValueError, match=complaint):
            index(prices, quantities, formula=formula)


def test_an_unknown_formula_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="jevons"):
        chained(np.ones((2, 2)), formula=cast("Formula", "jevon"))
