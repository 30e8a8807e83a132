"""What an entry must be: nothing that is taken here may be rejected later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commons.errors import ParameterError
from commons.topics import Address
from diary.entry import read_entry
from tests.diary.conftest import HARVEST
from tests.flow.waiting import NOON_MS

if TYPE_CHECKING:
    from commons.sites import Site

HERE = Address("makassar", "saga", "web")
DAY_MS = 86_400_000


def row(document: dict[str, Any], site: Site) -> dict[str, Any]:
    return next(read_entry(document, HERE, site, now_ms=NOON_MS).block.rows())


def test_a_harvest_is_a_row_of_its_moment(site: Site) -> None:
    found = row({**HARVEST, "at": NOON_MS - DAY_MS, "note": " for\n the  market "}, site)

    assert found == {
        "time": (NOON_MS - DAY_MS) * 10**6,
        "origin": "typed",
        "bed": "b1",
        "commodity": "kangkung",
        "kg": 1.5,
        "entry": "phone-1-0001",
        "version": 1.0,
        "note": "for the market",
    }


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "water", "bed": "b1", "litres": 20},
        {"kind": "planting", "bed": "b1", "commodity": "kangkung", "plants": 12},
        {"kind": "compost", "waste_kg": 3, "compost_kg": 0},
        {"kind": "sale", "commodity": "kangkung", "kg": 2, "price_idr": 15000},
        {"kind": "harvest", "nothing": 1},
        {"kind": "harvest", "commodity": "kangkung", "pieces": 4},
        {"kind": "harvest", "nothing": "1", "void": "1", "version": "2"},
        {"kind": "harvest", "bed": "b1", "commodity": "kangkung", "void": True, "version": 2},
        {"kind": "water", "bed": "b1", "litres": "2,5", "note": "", "at": "", "version": "", "void": ""},
    ],
)
def test_every_kind_can_be_entered(document: dict[str, Any], site: Site) -> None:
    assert row({"entry": "phone-1-0002", **document}, site)["entry"] == "phone-1-0002"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "soil"}, "kind 'soil' is unknown; did you mean sale?"),
        ({"kind": "price"}, "kind 'price' is unknown; "),
        ({"kind": 7}, "kind '7' is no text; send it"),
        ({"entry": None}, "entry 'None' is no text; send it"),
        ({"entry": "a"}, "entry 'a' is no id; draw 8 to 64 letters"),
        ({"entry": "../../etc/passwd"}, "entry '../../etc/passwd' is no id"),
        ({"bed": "b9"}, "bed 'b9' is unknown; did you mean b"),
        ({"bed": ["b1"]}, "bed \"['b1']\" is no text; send it"),
        ({"commodity": "kangkun"}, "commodity 'kangkun' is unknown; did you mean kangkung"),
        ({"commodity": None}, "harvest reading lacks the tag commodity; send it"),
        ({"kg": "much"}, "kg 'much' is no number; write it like 1.5"),
        ({"kg": True}, "kg 'True' is no number"),
        ({"kg": "nan"}, "kg 'nan' is no number"),
        ({"kg": "1e999"}, "kg '1e999' is no number"),
        ({"kg": -1}, "kg '-1' is not from 0 to 100000; mend it"),
        ({"kg": [1, 2]}, "kg '[1, 2]' is no number"),
        ({"kg": None}, "harvest says nothing; give at least one of kg, pieces, nothing"),
        ({"version": 0}, "version '0' is no whole number from 1"),
        ({"version": 1.5}, "version '1.5' is no whole number from 1"),
        ({"at": NOON_MS - 40 * DAY_MS}, f"at '{NOON_MS - 40 * DAY_MS}' is not in the last 31 days"),
        ({"at": NOON_MS + DAY_MS}, f"at '{NOON_MS + DAY_MS}' is not in the last 31 days"),
        ({"note": "x" * 301}, "note of 301 letters is too long or not readable"),
        ({"note": "a\x00b"}, "note of 3 letters is too long or not readable"),
        ({"node": "saga-n1"}, "part of an entry 'node' is unknown"),
        ({"origin": "measured"}, "part of an entry 'origin' is unknown"),
        ({"lane": "sydney"}, "part of an entry 'lane' is unknown"),
        ({"kg_flag": 1}, "part of an entry 'kg_flag' is unknown"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(change: dict[str, Any], sentence: str, site: Site) -> None:
    with pytest.raises(ParameterError) as refused:
        row({**HARVEST, **change}, site)

    assert str(refused.value).startswith(sentence)


def test_a_bed_of_another_lane_is_not_known_here(site: Site) -> None:
    others = {bed.slug for bed in site.beds_of("sydney")} - {bed.slug for bed in site.beds_of("saga")}
    for bed in others or {"nowhere"}:
        with pytest.raises(ParameterError, match="is unknown"):
            row({**HARVEST, "bed": bed}, site)
