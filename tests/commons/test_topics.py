"""Topics: one shape, and nothing that could leave it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.errors import WireError
from commons.topics import Address, parse_up

slugs = st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True)


@given(slugs, slugs, slugs)
def test_a_topic_says_who_speaks_and_of_what(city: str, lane: str, node: str) -> None:
    address = Address(city, lane, node)

    assert parse_up(address.up("soil")) == (address, "soil")


@pytest.mark.parametrize("name", ["", "Sydney", "a b", "a/b", "+", "#", "é", "..", "a\0", "a\n", "a" * 65])
def test_a_name_that_would_leave_its_place_in_the_topic_is_refused(name: str) -> None:
    with pytest.raises(WireError, match="cannot stand in a topic"):
        Address("makassar", name, "n1")


def test_a_topic_longer_than_any_of_ours_is_refused() -> None:
    with pytest.raises(WireError, match="is not lorong/v1/up"):
        parse_up(f"lorong/v1/up/makassar/saga/{'n' * 65}/soil")
