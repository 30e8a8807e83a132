"""Dates, prices and units are read as people type them, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.drivers.sheet_parsing import parse_day, parse_price, parse_unit

THIRD_OF_MAY = date(2026, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-03",
        "2026-5-3",
        "2026/05/03",
        "2026-05-03T00:00:00",
        "2026-05-03 00:00",
        "3-5-2026",
        "03/05/2026",
        "3.5.2026",
        "03/05/26",
        "03 Mei 26",
        "3 Mei 2026",
        "3-Mei-2026",
        "3 May 2026",
        "Minggu, 3 Mei 2026",
        "  3   MEI  2026 ",
        "Mei 3, 2026",
        "May 03, 2026",
    ],
)
def test_a_day_is_read_in_every_style(text: str) -> None:
    assert parse_day(text) == THIRD_OF_MAY


def test_the_day_comes_before_the_month() -> None:
    assert parse_day("12-9-2025") == date(2025, 9, 12)
    assert parse_day("19/05/2022") == date(2022, 5, 19)
    assert parse_day("18 Sep 26") == date(2026, 9, 18)


def test_indonesian_and_english_months_are_known() -> None:
    names = ["Januari", "Pebruari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"]
    names += ["September", "Oktober", "Nopember", "Desember"]
    short = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Agt", "Sept", "Oct", "Nov", "Dec"]

    for words in (names, short):
        assert [parse_day(f"1 {word} 2025").month for word in words] == list(range(1, 13))
    assert [parse_day(f"1 {word} 2025").month for word in ("Ags", "Aug", "Februari", "November")] == [8, 8, 2, 11]


@pytest.mark.parametrize("text", ["", "kemarin", "31/02/2025", "13/13/2025", "3 Foo 2026", "2026", "45123", "5/2026"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_day(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_day_survives_every_style(day: date) -> None:
    for style in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%y", "%d %b %Y", "%b %d, %Y", "%A, %d %B %Y"):
        assert parse_day(day.strftime(style)) == day


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("41250", 41250),
        ("41.250", 41250),
        ("41,250", 41250),
        ("Rp41,250", 41250),
        ("Rp. 41.250,-", 41250),
        ("RP 41 250", 41250),
        ("IDR 41250.00", 41250),
        ("41.250,50", 41250.5),
        ("41,250.5", 41250.5),
        ("1.250.000", 1_250_000),
        ("1,250,000.00", 1_250_000),
        ("10895.0", 10895),
        ("10895,5", 10895.5),
        ("41666.667", 41666.667),
        ("22", 22),
    ],
)
def test_a_price_is_read_with_any_separators(text: str, rupiah: float) -> None:
    assert parse_price(text) == rupiah


@pytest.mark.parametrize("text", ["", "0", "0.00", "Rp0", "-", "–", "n/a", "NaN", "kosong", "tidak ada", " "])
def test_a_price_of_zero_is_no_price(text: str) -> None:
    assert parse_price(text) is None


@pytest.mark.parametrize("text", ["20.000-25.000", "mahal", "41.25.0", "4,1250,0", "-500", "Rp41.250/kg", "1e5"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no price"):
        parse_price(text)


@given(st.integers(1, 10**8))
def test_any_price_survives_grouping(rupiah: int) -> None:
    for text in (f"{rupiah}", f"Rp{rupiah:,}", f"Rp {rupiah:,}".replace(",", "."), f"{rupiah:,}.00"):
        assert parse_price(text) == rupiah


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("Rp./Kg", "kg", 1),
        ("Rp/kg", "kg", 1),
        ("Rp/Kg", "kg", 1),
        ("kg", "kg", 1),
        ("per kilo", "kg", 1),
        ("Rp./Liter", "l", 1),
        ("Rp/Liter", "l", 1),
        ("ltr", "l", 1),
        ("Rp/500 ml", "l", 0.5),
        ("per ons", "kg", 0.1),
        ("Rp/100 gr", "kg", 0.1),
        ("Rp / kuintal", "kg", 100),
        ("per ton", "kg", 1000),
        ("Rp/0,5 kg", "kg", 0.5),
        ("Rp/rak", "rak", 1),
        ("10 butir", "butir", 10),
    ],
)
def test_a_unit_is_read_in_every_spelling(text: str, unit: str, amount: float) -> None:
    found, of_it = parse_unit(text)
    assert found == unit
    assert of_it == pytest.approx(amount)


@pytest.mark.parametrize("text", ["", "1", "Rp/0 kg", "kg?", "/"])
def test_what_is_no_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no unit"):
        parse_unit(text)


def test_a_word_that_nobody_knows_stays_as_it_is() -> None:
    assert parse_unit("Rp./Keranjang") == ("keranjang", 1.0)
