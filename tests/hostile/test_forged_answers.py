"""Whatever a node is told: nothing stops it, it forgets no row without proof, and it does a bounded work."""

from __future__ import annotations

import json
import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.answering import node, run_answers, statements
from tests.hostile.forged_answers import HONEST, KINDS

_SEED = 4
_COUNT = 3_000
_MOST_BYTES = 256 * 16 * 1024  # 256 times what an answer may be long
_MOST_STATEMENTS = 16 * 1024  # an answer has fewer ranges than bytes

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text(max_size=20),
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(max_size=8), some, max_size=4),
    max_leaves=12,
)
_ANSWERS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("store", "through", "missing", "lost", "newest"), _ANYTHING)
)


def test_three_thousand_forged_answers_cost_a_node_nothing() -> None:
    tally = run_answers(_SEED, _COUNT)

    print(tally.table())  # noqa: T201  # issue 4 asks for the count by kind
    assert tally.broken == []
    assert tally.count == _COUNT
    assert {*tally.fates} == {*KINDS}
    assert tally.fates[HONEST]["forgot"] > tally.fates[HONEST].get("kept", 0)  # kept: the first behind another store's
    for kind in ("newest left out", "no JSON", "not UTF-8", "nested deep", "other documents"):
        assert set(tally.fates[kind]) == {"kept"}


@settings(max_examples=40, deadline=None)  # a node is made for each
@given(st.lists(st.sampled_from([*KINDS]), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_no_row_of_answers_makes_a_node_forget_what_is_not_proved(kinds: list[str], random: Random) -> None:
    with node() as told:
        for kind in kinds:
            told.hear(KINDS[kind][1](random, told.known))
            told.go_on()


@settings(max_examples=40, deadline=None)  # a node is made for each
@given(st.lists(st.binary(max_size=200) | _ANSWERS.map(json.dumps).map(str.encode), max_size=12))
def test_no_answer_that_anybody_thinks_of_makes_a_node_forget_anything(payloads: list[bytes]) -> None:
    with node() as told:
        depth = told.outbox.depth
        for payload in payloads:
            told.hear(payload)

        assert told.outbox.depth == depth


@pytest.mark.parametrize("kind", [*KINDS])
def test_no_kind_of_answer_takes_more_memory_or_work_than_it_may(kind: str) -> None:
    random = Random(_SEED)
    with node() as told:
        for _ in range(6):
            payload = KINDS[kind][1](random, told.known)
            tracemalloc.start()
            asked = statements(told, payload)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            told.go_on()

            assert most < _MOST_BYTES
            assert len(asked) < _MOST_STATEMENTS
