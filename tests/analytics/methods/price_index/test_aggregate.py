"""Aggregation: values carried forward, and three policies for a missing item."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.methods.price_index import Missing, aggregate, elementary, value_index
from commons.errors import UnknownNameError

LEVELS = st.lists(st.lists(st.floats(10, 1000), min_size=3, max_size=3), min_size=2, max_size=6)
WEIGHTS = st.lists(st.floats(0.1, 100), min_size=3, max_size=3)


def table(**columns: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=float)


def weights(**amounts: float) -> pd.Series[float]:
    return pd.Series(amounts, dtype=float)


def test_the_published_hierarchy_with_missing_quotes_is_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    example = worked["cpi.chain.matched_sample_overall_mean"]
    inputs, expected, tolerance = example["inputs"], example["expected"], example["tolerance"]
    prices = pd.DataFrame(inputs["prices"], index=inputs["months"], dtype=float)
    quotes = {name: [p for p in prices if inputs["business"][p] == name] for name in inputs["weights"]}
    indices = pd.DataFrame({name: elementary(prices[own])["index"] for name, own in quotes.items()})
    classes = pd.Series(inputs["class"])

    result = aggregate(indices, pd.Series(inputs["weights"]), hierarchy=classes.to_frame())

    assert (result.index / 100).to_list() == pytest.approx(expected["index"]["1"], rel=tolerance)
    for name in ("11", "12"):
        members = classes.index[classes == name]
        of_class = value_index(result.nk[members]) / 100
        assert of_class.to_list() == pytest.approx(expected["index"][name], rel=tolerance)
    for name in quotes:
        item = result.nk[name] / inputs["weights"][name]
        assert item.to_list() == pytest.approx(expected["index"][name], rel=tolerance)
    for month, values in expected["nk"].items():
        assert result.nk.loc[month].to_dict() == pytest.approx(values, rel=tolerance)


def test_the_published_three_levels_of_one_quote_per_business_are_reproduced(
    worked: dict[str, dict[str, Any]],
) -> None:
    example = worked["cpi.chain.fixed_sample"]
    inputs = example["inputs"]
    prices = pd.DataFrame(inputs["prices"], index=inputs["months"], dtype=float)
    within, classes = pd.Series(inputs["business_weight"]), pd.Series(inputs["class"])
    nk: pd.Series[float] = classes.map(inputs["class_weight"]) * within / within.groupby(classes).transform("sum")
    levels = pd.DataFrame({"1": "1", "2": classes.str[:2], "3": classes})
    index = dict.fromkeys(example["expected"]["index"], 1.0)

    # The example's relatives need the price of the month before itself, so each month is a link of its own.
    for month in range(1, len(prices)):
        relatives = prices.iloc[month] / prices.iloc[month - 1]
        result = aggregate(pd.DataFrame([relatives * 0 + 1, relatives], index=[0, 1]), nk, levels)
        nk = result.nk.iloc[1]
        for name in index:
            path = tuple(name[: depth + 1] for depth in range(len(name)))
            index[name] *= result.groups[path].loc[1] / 100
            assert index[name] == pytest.approx(example["expected"]["index"][name][month], rel=example["tolerance"])


def test_the_published_index_with_prices_carried_forward_is_reproduced(worked: dict[str, dict[str, Any]]) -> None:
    inputs = worked["cpi.chain.matched_sample_overall_mean"]["inputs"]
    example = worked["cpi.chain.carry_forward_whole"]
    prices = pd.DataFrame(inputs["prices"], index=inputs["months"], dtype=float)
    left = ["1"]  # no row after January: it was not missing but gone
    business = pd.Series(inputs["business"]).drop(left)
    carried = elementary(prices[list(business.index)], by=business, imputation="carry_forward", administered=True)
    indices = pd.DataFrame({name: carried["index"].get(name, np.nan) for name in inputs["weights"]})

    result = aggregate(indices, pd.Series(inputs["weights"]), pd.Series(inputs["class"]).to_frame())

    found = {"1": result.index, "11": result.groups["11",], "12": result.groups["12",]}
    for name, expected in example["expected"]["relatives"].items():
        relatives = (found[name] / found[name].shift()).to_list()
        assert relatives[1:] == pytest.approx(expected[1:], abs=example["tolerance"])


@pytest.mark.parametrize("vector", ["cpi.aggregate.weighted_mean", "cpi.aggregate.missing_component"])
def test_the_published_weighted_means_are_reproduced(worked: dict[str, dict[str, Any]], vector: str) -> None:
    example = worked[vector]

    for month, given_inputs in example["inputs"].items():
        levels = pd.DataFrame([[100.0, 100.0, 100.0], given_inputs["indices"]], index=["0000-00", month], dtype=float)
        result = aggregate(levels, pd.Series(given_inputs["weights"]), missing="drop")
        assert result.index[month] == pytest.approx(example["expected"][month], abs=example["tolerance"])


@settings(deadline=None)
@given(LEVELS, WEIGHTS, st.sampled_from(["impute", "drop", "refuse"]))
def test_without_gaps_every_policy_is_laspeyres(
    levels: list[list[float]], given_weights: list[float], policy: str
) -> None:
    result = aggregate(pd.DataFrame(levels), pd.Series(given_weights), missing=cast("Missing", policy))

    by_hand = 100 * np.average(np.divide(levels[-1], levels[0]), weights=given_weights)
    assert result.index.iloc[-1] == pytest.approx(by_hand, rel=1e-9)
    assert result.missing_share.to_list() == [0.0] * len(levels)


@settings(deadline=None)
@given(LEVELS, WEIGHTS, st.data())
def test_an_item_that_returns_leaves_no_trace_of_its_gap(
    levels: list[list[float]], given_weights: list[float], data: st.DataObject
) -> None:
    full = pd.DataFrame(levels)
    gappy = full.copy()
    for period in range(1, len(full) - 1):
        gone = data.draw(st.sets(st.integers(0, 2)), label=f"missing in {period}")
        gappy.iloc[period, sorted(gone)] = np.nan

    found, wanted = (aggregate(given_levels, pd.Series(given_weights)).index for given_levels in (gappy, full))

    assert found.iloc[-1] == pytest.approx(wanted.iloc[-1], rel=1e-9)


@settings(deadline=None)
@given(LEVELS, WEIGHTS, st.floats(0.001, 1000))
def test_neither_the_unit_of_the_weights_nor_an_items_base_matters(
    levels: list[list[float]], given_weights: list[float], k: float
) -> None:
    plain = aggregate(pd.DataFrame(levels), pd.Series(given_weights)).index
    scaled = aggregate(pd.DataFrame(levels).mul([k, 1, 1]), pd.Series(given_weights) * k).index

    assert scaled.to_list() == pytest.approx(plain.to_list(), rel=1e-9)


def test_a_dear_item_that_disappears_does_not_make_the_basket_cheaper() -> None:
    indices = table(rice=[100, 100, 100], chilli=[100, 300, None])

    result = aggregate(indices, weights(rice=50, chilli=50))

    assert result.index.to_list() == pytest.approx([100, 200, 200])
    assert result.missing["chilli"].to_list() == [False, False, True]
    assert result.missing_share.to_list() == [0, 0, 0.5]


def test_renormalising_jumps_when_a_dear_item_disappears_and_says_how_much_is_missing() -> None:
    result = aggregate(
        table(rice=[100, 100, 100], chilli=[100, 300, None]), weights(rice=50, chilli=50), missing="drop"
    )

    assert result.index.to_list() == pytest.approx([100, 200, 100])
    assert result.missing_share.iloc[2] == 0.5
    assert np.isnan(result.nk["chilli"].iloc[2])


def test_refusing_leaves_the_period_without_an_index() -> None:
    result = aggregate(
        table(rice=[100, 101, 102], chilli=[100, None, 110]), weights(rice=1, chilli=1), missing="refuse"
    )

    assert result.index.to_list() == pytest.approx([100, np.nan, 106], nan_ok=True)


def test_a_missing_item_moves_with_its_own_group_and_only_then_with_all() -> None:
    indices = table(rice=[100, 100], chilli=[100, 150], shallot=[100, None])
    groups = pd.DataFrame({"group": {"rice": "grain", "chilli": "spice", "shallot": "spice"}})
    amounts = weights(rice=50, chilli=25, shallot=25)

    grouped, flat = aggregate(indices, amounts, hierarchy=groups), aggregate(indices, amounts)

    assert grouped.nk["shallot"].iloc[1] == pytest.approx(37.5)
    assert flat.nk["shallot"].iloc[1] == pytest.approx(25 * (50 + 37.5) / 75)


def test_the_narrowest_group_that_has_an_index_speaks_for_a_missing_item() -> None:
    indices = table(red=[100, 200], bird=[100, None], shallot=[100, 110], garlic=[100, None], rice=[100, 100])
    groups = pd.DataFrame(
        {
            "division": {"red": "spice", "bird": "spice", "shallot": "spice", "garlic": "spice", "rice": "grain"},
            "class": {"red": "chilli", "bird": "chilli", "shallot": "bulb", "garlic": "garlic", "rice": "rice"},
        }
    )

    result = aggregate(indices, pd.Series(1.0, index=indices.columns), hierarchy=groups)

    assert result.nk["bird"].iloc[1] == pytest.approx(2)
    assert result.nk["garlic"].iloc[1] == pytest.approx((2 + 2 + 1.1) / 3)


def test_dropping_shares_the_weight_inside_the_group_first() -> None:
    indices = table(red=[100, 200], bird=[100, None], rice=[100, 100])
    groups = pd.DataFrame({"group": {"red": "spice", "bird": "spice", "rice": "grain"}})
    amounts = weights(red=10, bird=30, rice=60)

    grouped = aggregate(indices, amounts, groups, missing="drop")

    assert grouped.groups["spice",].to_list() == pytest.approx([100, 200])
    assert grouped.index.to_list() == pytest.approx([100, 140])
    assert aggregate(indices, amounts, missing="drop").index.iloc[1] == pytest.approx(100 * 80 / 70)


def test_a_group_is_refused_with_its_item_and_the_others_are_not() -> None:
    indices = table(red=[100, 200], bird=[100, None], rice=[100, 110])
    groups = pd.DataFrame({"group": {"red": "spice", "bird": "spice", "rice": "grain"}})

    result = aggregate(indices, weights(red=1, bird=1, rice=1), groups, missing="refuse")

    assert np.isnan(result.groups["spice",].iloc[1])
    assert result.groups["grain",].iloc[1] == pytest.approx(110)
    assert np.isnan(result.index.iloc[1])


@settings(deadline=None)
@given(LEVELS, WEIGHTS)
def test_groups_put_together_are_the_whole(levels: list[list[float]], given_weights: list[float]) -> None:
    amounts = pd.Series(given_weights)
    groups = pd.DataFrame({"group": ["x", "x", "y"]})

    result = aggregate(pd.DataFrame(levels), amounts, groups)

    of_groups = aggregate(result.groups, amounts.groupby(groups["group"]).sum().set_axis(result.groups.columns))
    assert of_groups.index.to_list() == pytest.approx(result.index.to_list(), rel=1e-9)


def test_groups_of_the_same_name_in_different_parents_stay_apart() -> None:
    indices = table(a=[100, 200], b=[100, None], c=[100, 100])
    groups = pd.DataFrame({"division": {"a": "x", "b": "y", "c": "y"}, "class": {"a": "1", "b": "1", "c": "2"}})

    result = aggregate(indices, weights(a=1, b=1, c=1), hierarchy=groups)

    assert result.nk["b"].to_list() == pytest.approx([1, 1])


def test_a_period_without_any_item_has_no_index_and_the_next_one_spans_it() -> None:
    result = aggregate(table(rice=[100, None, 120], chilli=[100, None, None]), weights(rice=1, chilli=1))

    assert result.index.to_list() == pytest.approx([100, np.nan, 120], nan_ok=True)
    assert result.missing_share.to_list() == [0, 1, 0.5]


@pytest.mark.parametrize("policy", ["drop", "refuse"])
def test_no_item_at_all_is_missing_and_not_zero(policy: Missing) -> None:
    result = aggregate(table(rice=[100, None], chilli=[100, None]), weights(rice=1, chilli=1), missing=policy)

    assert np.isnan(result.index.iloc[1])


def test_an_item_that_begins_later_joins_at_its_imputed_value() -> None:
    result = aggregate(table(rice=[100, 110, 110], chilli=[None, 100, 120]), weights(rice=50, chilli=50))

    assert result.nk["chilli"].to_list() == pytest.approx([50, 55, 66])
    assert result.missing["chilli"].to_list() == [True, True, False]


def test_weights_are_matched_by_name_not_by_place() -> None:
    indices = table(rice=[100, 200], chilli=[100, 100])

    found = aggregate(indices, weights(chilli=90, rice=10)).index

    assert found.iloc[1] == pytest.approx(110)


@pytest.mark.parametrize(
    ("indices", "amounts", "complaint"),
    [
        (table(rice=[100, 101]), weights(rice=1, chilli=1), "differ in .*chilli"),
        (table(rice=[100, 101]), weights(rice=0), "not positive"),
        (table(rice=[100, 101]), weights(rice=np.nan), "not positive"),
        (table(rice=[100, 0]), weights(rice=1), "not positive"),
        (table(rice=[100, np.inf]), weights(rice=1), "not positive"),
        (table(rice=[None, 101]), weights(rice=1), "first period"),
        (table(rice=[100, 101]).iloc[::-1], weights(rice=1), "out of order"),
    ],
)
def test_what_cannot_be_aggregated_is_refused(indices: pd.DataFrame, amounts: pd.Series[float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        aggregate(indices, amounts)


def test_an_item_without_a_group_is_named() -> None:
    with pytest.raises(ValueError, match="chilli"):
        aggregate(
            table(rice=[100, 101], chilli=[100, 101]),
            weights(rice=1, chilli=1),
            hierarchy=pd.DataFrame({"group": {"rice": "grain"}}),
        )


def test_an_unknown_policy_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="impute"):
        aggregate(table(rice=[100, 101]), weights(rice=1), missing=cast("Missing", "imputed"))
