"""Multilateral indices: no drift, whichever way round; and splices that agree where nothing is revised."""

from __future__ import annotations

from itertools import product
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import Method, Splice, bilateral, multilateral
from commons.errors import UnknownNameError

METHODS: tuple[Method, ...] = get_args(Method)
SPLICES: tuple[Splice, ...] = get_args(Splice)
TABLE = st.lists(st.lists(st.floats(0.1, 100), min_size=3, max_size=3), min_size=3, max_size=6)


def ces(inputs: dict[str, Any]) -> tuple[Any, Any]:
    """Prices, and the quantities of people whose elasticity of substitution is 2."""
    prices = np.array(inputs["prices"], dtype=float).T
    shares = np.array(inputs["alpha"]) / prices
    shares /= shares.sum(axis=1, keepdims=True)
    return prices, np.array(inputs["expenditure"])[:, None] * shares / prices


def test_the_printed_indices_of_indexnumr_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.multilateral.ces"]
    prices, quantities = ces(example["inputs"])
    expected = example["expected"]

    geks = multilateral(prices, quantities, method="geks_tornqvist", window=11, splice="mean")
    dummies = multilateral(prices, quantities, method="time_product_dummy")

    assert list(geks / 100) == pytest.approx(expected["geks_tornqvist_11_mean"], abs=example["tolerance"])
    assert list(dummies / 100) == pytest.approx(expected["time_product_dummy"], rel=1e-13)


@pytest.mark.parametrize("splice", SPLICES)
def test_the_printed_splices_of_indexnumr_are_reproduced(worked: dict[str, dict[str, Any]], splice: Splice) -> None:
    example = worked["cpi.multilateral.ces"]
    prices, quantities = ces(example["inputs"])

    found = multilateral(prices, quantities, method="time_product_dummy", window=11, splice=splice)

    assert found[-1] / 100 == pytest.approx(example["expected"]["time_product_dummy_11_last"][splice], rel=1e-13)


def test_the_printed_indices_of_gpindex_are_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.multilateral.gpindex"]
    products, periods = example["inputs"]["products"], example["inputs"]["periods"]
    prices = np.arange(1.0, products * periods + 1).reshape(products, periods).T
    quantities = prices[::-1, ::-1]

    found = {
        "geks_tornqvist": multilateral(prices, quantities, method="geks_tornqvist"),
        "geks_walsh": multilateral(prices, quantities, method="geks_walsh"),
        "geks_fisher_11_movement": multilateral(prices, quantities, method="geks_fisher", window=11, splice="movement"),
    }

    for name, expected in example["expected"].items():
        assert list(found[name][1:] / 100) == pytest.approx(expected, rel=example["tolerance"])


@settings(deadline=None)
@given(TABLE, st.sampled_from(["fisher", "tornqvist", "walsh"]))
def test_geks_is_the_geometric_mean_of_all_ways_round(table: list[list[float]], formula: Any) -> None:
    prices, quantities = np.array(table), np.array(table[::-1])
    periods = range(len(table))

    def compare(s: int, t: int) -> float:
        return bilateral(prices[s], prices[t], quantities[s], quantities[t], formula=formula)

    by_hand = [100 * np.prod([compare(0, k) * compare(k, t) for k in periods]) ** (1 / len(table)) for t in periods]

    found = multilateral(prices, quantities, method=cast("Method", f"geks_{formula}"))
    assert list(found) == pytest.approx(by_hand, rel=1e-9)


@settings(deadline=None)
@given(TABLE, st.sampled_from(METHODS), st.integers(0, 5))
def test_the_base_period_does_not_matter(table: list[list[float]], method: Method, shift: int) -> None:
    prices, quantities = np.array(table), np.array(table[::-1])
    order = np.roll(np.arange(len(table)), shift)

    index = multilateral(prices, quantities, method=method)
    turned = multilateral(prices[order], quantities[order], method=method)

    assert list(index[order] / index[order[0]]) == pytest.approx(list(turned / 100), rel=1e-8)


@settings(deadline=None)
@given(TABLE, st.sampled_from(METHODS), st.floats(0.1, 10))
def test_units_do_not_matter_and_a_common_rise_is_the_index(table: list[list[float]], method: Method, k: float) -> None:
    prices, quantities = np.array(table), np.array(table[::-1])
    unit = np.array([[k, 1.0, 1.0]])

    index = multilateral(prices, quantities, method=method)
    other_unit = multilateral(prices * unit, quantities / unit, method=method)
    even = multilateral(np.outer([1.0, k, k * k], prices[0]), np.array(table[:3]), method=method)

    assert list(other_unit) == pytest.approx(list(index), rel=1e-8)
    assert list(even) == pytest.approx([100, 100 * k, 100 * k * k], rel=1e-8)


@settings(deadline=None)
@given(TABLE)
def test_the_dummies_of_a_matched_sample_without_quantities_are_jevons(table: list[list[float]]) -> None:
    found = multilateral(np.array(table), method="time_product_dummy")

    wanted = [100 * bilateral(table[0], row, formula="jevons") for row in table]
    assert list(found) == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_the_dummies_agree_with_a_plain_regression_where_prices_are_missing(method: Method) -> None:
    prices = np.array([[1.0, 2.0, np.nan], [1.2, np.nan, 5.0], [1.5, 2.2, 5.5], [np.nan, 2.1, 6.0]])
    quantities = np.array([[3.0, 1.0, 0.0], [2.0, 1.0, 1.0], [2.0, 2.0, 1.0], [1.0, 1.0, 1.0]])
    if method != "time_product_dummy":
        assert np.isfinite(list(multilateral(prices, quantities, method=method))).all()
        return
    spent = np.nan_to_num(prices * quantities)
    weights = np.sqrt(spent / spent.sum(axis=1, keepdims=True))
    seen = np.argwhere(~np.isnan(prices))
    design = np.array([[*np.eye(4)[t][1:], *np.eye(3)[i]] for t, i in seen])
    root = np.array([weights[t, i] for t, i in seen])
    logs = np.array([np.log(prices[t, i]) for t, i in seen])
    delta = np.linalg.lstsq(design * root[:, None], logs * root, rcond=None)[0][:3]

    found = multilateral(prices, quantities, method=method)

    assert list(found) == pytest.approx([100, *(100 * np.exp(delta))], rel=1e-12)


@pytest.mark.parametrize(("method", "splice"), list(product(METHODS, SPLICES)))
def test_splices_agree_while_all_prices_move_together(method: Method, splice: Splice) -> None:
    levels = np.array([1.0, 1.1, 1.3, 1.2, 1.5, 1.4, 1.6])
    prices = np.outer(levels, [10.0, 50.0, 3.0])
    quantities = np.random.default_rng(1).uniform(1, 5, size=(7, 3))

    found = multilateral(prices, quantities, method=method, window=4, splice=splice)

    assert list(found) == pytest.approx(list(100 * levels), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_new_period_never_revises_the_ones_before(method: Method) -> None:
    rng = np.random.default_rng(2)
    prices, quantities = rng.uniform(1, 5, (9, 4)), rng.uniform(1, 5, (9, 4))

    for splice in SPLICES:
        whole = multilateral(prices, quantities, method=method, window=5, splice=splice)
        first = multilateral(prices[:8], quantities[:8], method=method, window=5, splice=splice)
        assert list(whole[:8]) == pytest.approx(list(first), rel=1e-12)


def test_prices_that_return_bring_the_index_back_where_a_chain_would_drift() -> None:
    prices = np.array([[1.0, 1.0], [0.5, 1.0], [1.0, 1.0]])
    quantities = np.array([[1.0, 1.0], [9.0, 1.0], [1.0, 1.0]])

    for method in METHODS:
        assert multilateral(prices, quantities, method=method)[-1] == pytest.approx(100)


def test_a_period_without_prices_is_missing_and_counts_in_no_window() -> None:
    prices = pd.DataFrame({"rice": [10, np.nan, 11, 12], "chilli": [30, np.nan, 33, 36]})
    quantities = pd.DataFrame(1.0, index=prices.index, columns=prices.columns)

    for method in METHODS:
        found = multilateral(prices, quantities, method=method, window=2)
        assert list(found) == pytest.approx([100, np.nan, 110, 120], nan_ok=True)


def test_what_was_not_bought_has_no_price_in_it() -> None:
    prices, quantities = np.array([[1.0, 1.0], [2.0, 9.0]]), np.array([[1.0, 1.0], [1.0, 0.0]])

    for method in METHODS:
        assert multilateral(prices, quantities, method=method)[1] == pytest.approx(200)


@pytest.mark.parametrize("method", METHODS)
def test_periods_without_a_common_product_have_no_index_instead_of_a_guess(method: Method) -> None:
    prices = np.array([[1.0, np.nan], [1.1, np.nan], [np.nan, 5.0]])

    found = multilateral(prices, np.ones((3, 2)), method=method)

    assert np.isnan(found[2])


def test_dummies_compare_through_a_third_period() -> None:
    prices = np.array([[1.0, np.nan], [1.1, 4.0], [np.nan, 5.0]])

    found = multilateral(prices, method="time_product_dummy")

    assert list(found) == pytest.approx([100, 110, 137.5])


def test_without_any_price_there_is_no_index() -> None:
    assert np.isnan(multilateral(np.full((3, 2), np.nan), np.ones((3, 2)), method="geks_fisher")).all()


def test_what_cannot_be_computed_is_refused() -> None:
    prices = np.ones((3, 2))
    with pytest.raises(ValueError, match="window of 1"):
        multilateral(prices, prices, method="geks_fisher", window=1)
    with pytest.raises(ValueError, match="needs quantities"):
        multilateral(prices, method="geks_walsh")
    with pytest.raises(UnknownNameError, match="geks_fisher"):
        multilateral(prices, prices, method=cast("Method", "geks_fischer"))
    with pytest.raises(UnknownNameError, match="movement"):
        multilateral(prices, prices, method="geks_fisher", splice=cast("Splice", "movment"))
