"""What people count in: a weight by the site's table is an estimate, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import ParameterError
from diary.measures import measures, weighed
from tests.diary.test_entry import row

if TYPE_CHECKING:
    from commons.sites import Site

HARVEST = {"kind": "harvest", "entry": "phone-1-0001", "commodity": "kangkung"}


def test_a_food_is_counted_in_its_own_measures_and_kilograms(site: Site) -> None:
    assert measures(site, "kangkung") == {"ikat": 0.3, "kg": 1.0}
    assert measures(site, "telur-bebek") == {"butir": 0.07, "rak": 2.1, "kg": 1.0}
    assert measures(site, "okra") == {"kg": 1.0}


@pytest.mark.parametrize(
    ("commodity", "amount", "unit", "kg", "pieces", "note"),
    [
        ("kangkung", "4", "ikat", 1.2, 4.0, "4 ikat, berat perkiraan"),
        ("kangkung", "1,5", "kg", 1.5, None, None),
        ("telur-ayam-ras", 2, "rak", 3.6, None, "2 rak, berat perkiraan"),
        ("ikan-nila", 8, "ekor", 2.0, 8.0, "8 ekor, berat perkiraan"),
    ],
)
def test_what_was_counted_becomes_a_weight_and_the_note_says_that_it_is_an_estimate(
    commodity: str, amount: object, unit: str, kg: float, pieces: float | None, note: str | None, site: Site
) -> None:
    found = row({**HARVEST, "commodity": commodity, "amount": amount, "unit": unit}, site)

    assert (found["kg"], found.get("pieces"), found.get("note")) == (kg, pieces, note)


def test_a_sale_is_weighed_too_and_keeps_no_number_of_pieces(site: Site) -> None:
    sold = {"kind": "sale", "entry": "phone-1-0002", "commodity": "kangkung", "price_idr": "5000"}
    found = row({**sold, "amount": "2", "unit": "ikat", "note": "pasar"}, site)

    assert (found["kg"], found["note"], "pieces" in found) == (0.6, "pasar 2 ikat, berat perkiraan", False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "4", "unit": "rak"}, "unit of kangkung 'rak' is unknown"),
        ({"amount": "4"}, "unit of kangkung 'None' is unknown"),
        ({"amount": "0", "unit": "ikat"}, "amount '0' is no number above 0; write it like 1.5, or report nothing"),
        ({"amount": "-1", "unit": "ikat"}, "amount '-1' is no number above 0"),
        ({"amount": "inf", "unit": "ikat"}, "amount 'inf' is no number above 0"),
        ({"amount": "nan", "unit": "ikat"}, "amount 'nan' is no number above 0"),
        ({"amount": True, "unit": "ikat"}, "amount 'True' is no number above 0"),
        ({"amount": "4", "unit": ["ikat"]}, "unit of kangkung \"['ikat']\" is unknown"),
        ({"amount": "999999", "unit": "ikat"}, "kg '299999.7' is not from 0 to 100000; mend it"),
        ({"amount": "4", "unit": "ikat", "kg": "2"}, "the entry has an amount and kg or pieces"),
        ({"amount": "4", "unit": "ikat", "note": 7}, "note '7' is no text; send it"),
        ({"amount": "", "unit": "ikat"}, "harvest says nothing"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_in_one_sentence(change: dict[str, Any], sentence: str, site: Site) -> None:
    with pytest.raises(ParameterError) as refused:
        row({**HARVEST, **change}, site)

    assert str(refused.value).startswith(sentence)


def test_an_entry_without_an_amount_stays_as_it_is(site: Site) -> None:
    assert weighed({"kg": 2, "unit": "kg"}, site, counts=True) == {"kg": 2}
