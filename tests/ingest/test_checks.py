"""The gross range test: each flag at, inside and beyond its limit."""

from __future__ import annotations

import pytest

from commons.rows import Block
from ingest.checks import gross_range


def checked(*moisture: float | None) -> Block:
    times = list(range(1, len(moisture) + 1))
    return gross_range(Block("soil", times, {"bed": "b1"}, {"moisture": list(moisture)}))


@pytest.mark.parametrize("value", [2.0, 65.0, 31.2])
def test_a_value_at_or_within_the_suspect_span_is_good(value: float) -> None:
    assert dict(checked(value).fields) == {"moisture": [value]}


@pytest.mark.parametrize("value", [0.0, 1.999, 65.001, 100.0])
def test_a_value_between_the_spans_is_kept_and_flagged_three(value: float) -> None:
    assert dict(checked(value).fields) == {"moisture": [value], "moisture_flag": [3.0]}


@pytest.mark.parametrize("value", [-0.001, 100.001, -273.0, 1e30])
def test_an_impossible_value_moves_aside_and_leaves_a_null(value: float) -> None:
    assert dict(checked(value).fields) == {"moisture": [None], "moisture_failed": [value]}


def test_nulls_stay_nulls_beside_values_of_every_kind() -> None:
    assert dict(checked(None, 30.0, 70.0, 200.0).fields) == {
        "moisture": [None, 30.0, 70.0, None],
        "moisture_failed": [None, None, None, 200.0],
        "moisture_flag": [None, None, 3.0, None],
    }


def test_a_block_of_nulls_and_texts_is_left_as_it_is() -> None:
    block = Block("harvest", [1], {"bed": "b1"}, {"kg": [None], "entry": ["e"], "version": [1.0]})

    assert gross_range(block) is block


def test_a_flag_that_the_message_earned_before_is_kept() -> None:
    block = Block("soil", [1, 2], {"bed": "b1"}, {"moisture": [30.0, 70.0], "moisture_flag": [3.0, None]})

    assert list(gross_range(block).fields["moisture_flag"]) == [3.0, 3.0]
