"""A revision changes with every input, and with nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.revision import digest

ATOMS = st.none() | st.integers(-(10**6), 10**6) | st.text(max_size=5) | st.dates()
PARTS = st.recursive(ATOMS, lambda inner: st.lists(inner, max_size=3), max_leaves=8)


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a site table, for instance."""

    name: str
    since: date | None


@given(st.lists(PARTS, max_size=4), st.lists(PARTS, max_size=4))
def test_different_inputs_have_different_revisions(one: list[object], other: list[object]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_the_last_bits_of_a_mean_do_not_matter() -> None:
    assert digest(0.1 + 0.2) == digest(0.3)
    assert digest(31.25) != digest(31.2500001)


def test_the_order_of_tables_and_sets_does_not_matter() -> None:
    assert digest({"a": 1, "b": 2}, {"x", "y"}) == digest({"b": 2, "a": 1}, {"y", "x"})


def test_a_dataclass_counts_by_its_fields() -> None:
    assert digest(Fact("a", None)) == digest(Fact("a", None)) != digest(Fact("a", date(2026, 1, 1)))


def test_a_thing_without_a_lasting_text_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        digest(object())
