"""Bilateral formulas: published figures, and the axioms they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import FORMULAS, Formula, bilateral
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

Rows = tuple[list[float], list[float], list[float], list[float]]
UNWEIGHTED = ("jevons", "dutot", "carli", "harmonic", "cswd")
REVERSIBLE = ("jevons", "dutot", "cswd", "fisher", "tornqvist", "walsh", "lowe", "marshall_edgeworth")
UNIT_FREE = tuple(sorted(set(FORMULAS) - {"dutot", "marshall_edgeworth"}))


def rows(most: float = 1e5) -> SearchStrategy[Rows]:
    """Prices and quantities of one to eight products in two periods."""
    positive = st.floats(0.01, most)

    def of(n: int) -> SearchStrategy[Rows]:
        row = st.lists(positive, min_size=n, max_size=n)
        return st.tuples(row, row, row, row)

    return st.integers(1, 8).flatmap(of)


def formulas(names: Iterable[str] = FORMULAS) -> SearchStrategy[Formula]:
    return st.sampled_from(cast("list[Formula]", sorted(names)))


@pytest.mark.parametrize(
    "formula",
    [
        "laspeyres",
        "paasche",
        "fisher",
        "tornqvist",
        "walsh",
        "geometric_laspeyres",
        "geometric_paasche",
        "marshall_edgeworth",
        "palgrave",
        "harmonic_laspeyres",
    ],
)
def test_the_manuals_artificial_data_give_the_printed_indices(
    worked: dict[str, dict[str, Any]], formula: Formula
) -> None:
    example = worked["cpi.bilateral.ppi_manual_ch19"]
    prices, quantities = example["inputs"]["prices"], example["inputs"]["quantities"]

    found = [
        bilateral(prices[0], p, quantities[0], q, formula=formula) for p, q in zip(prices, quantities, strict=True)
    ]

    assert found == pytest.approx(example["expected"][formula], abs=example["tolerance"])


def test_jevons_gives_the_printed_index(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.bilateral.gpindex_jevons"]

    found = bilateral(**example["inputs"], formula="jevons")

    assert found == pytest.approx(example["expected"]["jevons"], abs=example["tolerance"])


@pytest.mark.parametrize(
    ("formula", "by_hand"),
    [("dutot", 9 / 6), ("carli", (2 + 1.25) / 2), ("harmonic", 2 / (0.5 + 0.8)), ("cswd", (1.625 * 2 / 1.3) ** 0.5)],
)
def test_unweighted_formulas_agree_with_a_calculation_by_hand(formula: Formula, by_hand: float) -> None:
    assert bilateral([2, 4], [4, 5], formula=formula) == pytest.approx(by_hand, rel=1e-14)


def test_every_formula_has_a_name_in_the_type_and_a_row_in_the_table() -> None:
    assert set(get_args(Formula)) == set(FORMULAS)


@settings(deadline=None)
@given(rows(), formulas())
def test_the_same_prices_give_one(row: Rows, formula: Formula) -> None:
    p, _, q0, q1 = row

    assert bilateral(p, p, q0, q1, formula=formula) == pytest.approx(1, rel=1e-12)


@settings(deadline=None)
@given(rows(), formulas(), st.floats(0.01, 100))
def test_all_prices_times_k_give_k(row: Rows, formula: Formula, k: float) -> None:
    p, _, q0, q1 = row

    assert bilateral(p, np.multiply(p, k), q0, q1, formula=formula) == pytest.approx(k, rel=1e-9)


@settings(deadline=None)
@given(rows(), formulas(REVERSIBLE))
def test_back_and_forth_cancel_where_a_formula_is_reversible(row: Rows, formula: Formula) -> None:
    p0, p1, q0, q1 = row

    then, now = (q0, q0) if formula == "lowe" else (q0, q1)

    forth, back = bilateral(p0, p1, then, now, formula=formula), bilateral(p1, p0, now, then, formula=formula)

    assert forth * back == pytest.approx(1, rel=1e-9)


@settings(deadline=None)
@given(rows(most=1e3))
def test_paasche_is_laspeyres_looked_at_from_the_other_side(row: Rows) -> None:
    p0, p1, q0, q1 = row

    back = bilateral(p1, p0, q1, q0, formula="laspeyres")

    assert bilateral(p0, p1, q0, q1, formula="paasche") == pytest.approx(1 / back, rel=1e-9)


@settings(deadline=None)
@given(rows(most=1e3))
def test_lowe_with_the_quantities_of_period_0_is_laspeyres_and_so_is_young_with_its_expenditure(row: Rows) -> None:
    p0, p1, q0, _ = row
    laspeyres = bilateral(p0, p1, q0, formula="laspeyres")

    assert bilateral(p0, p1, q0, formula="lowe") == pytest.approx(laspeyres, rel=1e-9)
    assert bilateral(p0, p1, np.multiply(p0, q0), formula="young") == pytest.approx(laspeyres, rel=1e-9)


@settings(deadline=None)
@given(rows(most=1e3), st.lists(st.floats(0.1, 10), min_size=8, max_size=8))
def test_lowe_is_young_with_price_updated_weights(row: Rows, earlier: list[float]) -> None:
    p0, p1, q_b, _ = row
    p_b = np.array(earlier[: len(p0)])
    updated = p_b * q_b * (np.array(p0) / p_b)

    assert bilateral(p0, p1, updated, formula="young") == pytest.approx(
        bilateral(p0, p1, q_b, formula="lowe"), rel=1e-9
    )


def test_carli_is_biased_upwards_over_back_and_forth() -> None:
    forth, back = bilateral([1, 1], [2, 1], formula="carli"), bilateral([2, 1], [1, 1], formula="carli")

    assert forth * back == pytest.approx(1.125)


@settings(deadline=None)
@given(rows(most=1e3), formulas(UNIT_FREE), st.floats(0.001, 1000))
def test_the_unit_of_a_product_does_not_matter(row: Rows, formula: Formula, k: float) -> None:
    p0, p1, q0, q1 = (np.array(values) for values in row)
    scale = np.array([k] + [1.0] * (len(p0) - 1))
    less = np.ones(len(p0)) if formula == "young" else 1 / scale

    rescaled = bilateral(p0 * scale, p1 * scale, q0 * less, q1 * less, formula=formula)

    assert rescaled == pytest.approx(bilateral(p0, p1, q0, q1, formula=formula), rel=1e-9)


def test_the_unit_of_a_product_moves_dutot() -> None:
    assert bilateral([1, 1], [2, 1], formula="dutot") != bilateral([10, 1], [20, 1], formula="dutot")


@settings(deadline=None)
@given(rows())
def test_harmonic_is_at_most_jevons_is_at_most_carli(row: Rows) -> None:
    p0, p1, _, _ = row
    harmonic, jevons, carli = (bilateral(p0, p1, formula=name) for name in ("harmonic", "jevons", "carli"))

    assert harmonic <= jevons * (1 + 1e-12)
    assert jevons <= carli * (1 + 1e-12)


@settings(deadline=None)
@given(rows(), formulas())
def test_an_index_lies_between_the_smallest_and_the_largest_change(row: Rows, formula: Formula) -> None:
    p0, p1, q0, q1 = row
    changes = np.divide(p1, p0)

    found = bilateral(p0, p1, q0, q1, formula=formula)

    assert changes.min() * (1 - 1e-9) <= found <= changes.max() * (1 + 1e-9)


@pytest.mark.parametrize("price", [0, -1, np.nan, np.inf])
def test_what_is_no_price_is_refused_with_its_place(price: float) -> None:
    with pytest.raises(ValueError, match=r"p1\[1\] is .* which is no price"):
        bilateral([1, 1], [1, price], formula="jevons")


@pytest.mark.parametrize("formula", sorted(set(FORMULAS) - set(UNWEIGHTED)))
def test_a_formula_without_its_quantities_is_refused(formula: Formula) -> None:
    with pytest.raises(ValueError, match=rf"{formula} needs q[01]"):
        bilateral([1, 1], [1, 2], formula=formula)


@pytest.mark.parametrize("quantities", [[1, np.nan], [-1, 2], [0, 0]])
def test_quantities_that_are_none_are_refused(quantities: list[float]) -> None:
    with pytest.raises(ValueError, match="q0 is"):
        bilateral([1, 1], [1, 2], quantities, formula="laspeyres")


def test_products_that_do_not_match_are_refused() -> None:
    with pytest.raises(ValueError, match="do not match"):
        bilateral([1, 1], [1, 2, 3], formula="jevons")
    with pytest.raises(ValueError, match="one price per product"):
        bilateral([], [], formula="jevons")


def test_series_are_matched_by_their_labels_and_not_by_their_place() -> None:
    p0 = pd.Series({"rice": 10.0, "chilli": 50.0})
    p1 = pd.Series({"chilli": 100.0, "rice": 11.0})

    assert bilateral(p0, p1, formula="jevons") == pytest.approx((1.1 * 2) ** 0.5)
    assert bilateral(p0, p1, pd.Series({"chilli": 0.0, "rice": 1.0}), formula="laspeyres") == pytest.approx(1.1)


@pytest.mark.parametrize("labels", [["rice", "shallot"], ["rice"], ["rice", "rice"]])
def test_series_of_other_products_are_refused(labels: list[str]) -> None:
    p0 = pd.Series({"rice": 10.0, "chilli": 50.0})

    with pytest.raises(ValueError, match="match the products"):
        bilateral(p0, pd.Series(1.0, index=labels), formula="jevons")


def test_a_basket_that_nobody_bought_twice_has_no_walsh_index() -> None:
    with pytest.raises(ValueError, match="walsh is undefined"):
        bilateral([1, 1], [1, 2], [1, 0], [0, 1], formula="walsh")


def test_prices_beyond_all_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="price is beyond bounds"):
        bilateral([1e-300], [1e300], formula="carli")


def test_an_unknown_formula_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="laspeyres"):
        bilateral([1], [1], formula=cast("Formula", "laspeyers"))
