"""What is due, what water was given and who is silent, as the pages say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from store.contract import Store
    from tests.web.conftest import Garden


def said(page: str) -> str:
    """A page's words without its markup, no-break spaces as spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page).replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("opens", "closes", "first", "words"),
    [
        (5, 14, None, "first harvest 29 Nov to 8 Dec, in 5 days."),
        (-2, 7, None, "may be ready, by 1 Dec at the latest."),
        (-12, -3, None, "overdue: should have been picked by 21 Nov."),
        (-12, -3, -6, "being picked, until about 21 Dec."),
    ],
)
def test_a_bed_says_when_its_next_harvest_is(
    opens: int, closes: int, first: int | None, words: str, garden: Garden, visit: Callable[..., TestClient]
) -> None:
    garden.outlook("b1", opens=opens, closes=closes, first=first)

    page = said(visit(of=garden.store).get("/lanes/saga?lang=en").text)

    assert f"Water spinach: {words}" in page
    assert "Expected in all: 4.0–14.0 kg." in page
    assert "general figures" in page


def test_a_crop_that_was_picked_to_its_end_is_not_waited_for(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.outlook("b1", opens=-80, closes=-60, first=-70)

    assert "Expected in all" not in said(visit(of=garden.store).get("/lanes/saga?lang=en").text)


def test_a_bed_says_what_it_was_given_and_what_it_needed(garden: Garden, visit: Callable[..., TestClient]) -> None:
    garden.water("b1", 120.0, 150.0)
    garden.water("b2", None, 40.0)

    page = said(visit(of=garden.store).get("/lanes/saga?lang=en").text)

    assert "This week: 120 litres given, 150 litres needed." in page
    assert "This week: – litres given, 40 litres needed." in page


def test_the_city_says_what_is_due_this_week_and_next(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/?lang=en").text)

    assert "This week 23 Nov About 30 kg (15–60 kg). 2 plantings are overdue." in page
    assert "Next week 30 Nov About 45 kg (22–90 kg). general figures Water spinach 45.0 kg" in page


def test_the_city_says_compost_sales_and_who_is_silent(full: Store, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=full).get("/?lang=en").text)

    assert "321 kg of waste kept from the tip, 87 kg of compost made; 1 of 2 lanes reported." in page
    assert "65 kg sold, IDR 765,000 received; 1 of 2 lanes sold something." in page.replace("IDR765", "IDR 765")
    silent = page.split("Silent lanes")[1].split("Market prices")[0]
    assert "alert(1)" in silent
    assert "Saga" not in silent


def test_nothing_typed_is_said_as_nothing_typed(garden: Garden, visit: Callable[..., TestClient]) -> None:
    page = said(visit(of=garden.store).get("/?lang=en").text)

    assert "No planting has been noted yet." in page
    assert "Compost : no report yet" in page
