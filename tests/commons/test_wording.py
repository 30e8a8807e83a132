"""Numbers and sentences, each language its own."""

from __future__ import annotations

import pytest

from commons.catalogue import Label
from commons.wording import filled, number, percent


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (1234.5, 1, Label("1.234,5", "1,234.5")),
        (1_234_567.0, None, Label("1.234.567", "1,234,567")),
        (0.3333333, None, Label("0,333333", "0.333333")),
        (24.0, None, Label("24", "24")),
    ],
)
def test_a_number_is_written_as_each_language_writes_it(value: float, digits: int | None, said: Label) -> None:
    assert number(value, digits) == said


def test_a_share_is_a_percentage() -> None:
    assert percent(0.125) == Label("12,5 %", "12.5 %")
    assert percent(1, 1).id == "100,0 %"


def test_a_sentence_is_filled_in_with_each_languages_own_words() -> None:
    words = filled(Label("{n} di {words}", "{n} in {words}"), n=number(0.5), words="saga")

    assert words == Label("0,5 di saga", "0.5 in saga")
