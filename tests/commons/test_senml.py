"""SenML: base fields, relative times, units and names as RFC 8428 has them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from commons import wire
from commons.errors import UnknownNameError, WireError

TOPIC = "lorong/v1/up/makassar/sydney/probe-3/soil"
NOW = 1_764_000_000_000


def decoded(records: list[Any]) -> list[dict[str, Any]]:
    block = wire.decode(TOPIC, orjson.dumps(records), arrival_ms=NOW).block
    assert block is not None
    return list(block.rows())


def test_records_of_one_bed_and_moment_are_one_row() -> None:
    rows = decoded(
        [
            {"bn": "b1/", "bt": 1764000000, "n": "moisture", "u": "%", "v": 31.2},
            {"n": "temperature", "u": "Cel", "v": 27.4},
            {"n": "moisture", "u": "%", "v": 30.0, "t": 60},
        ]
    )

    assert [(row["time"], row["bed"], row["moisture"], row["temperature"]) for row in rows] == [
        (NOW * 1_000_000, "b1", 31.2, 27.4),
        ((NOW + 60_000) * 1_000_000, "b1", 30.0, None),
    ]


def test_a_small_time_is_relative_to_the_arrival_and_a_base_value_is_added() -> None:
    rows = decoded([{"n": "b2:moisture", "bv": 20, "v": 1.5, "t": -10}])

    assert [(row["time"], row["moisture"]) for row in rows] == [((NOW - 10_000) * 1_000_000, 21.5)]


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([], "0 records"),
        ([5], "is no object"),
        ([{"n": "b1/moisture", "v": "x"}], "no number"),
        ([{"n": "b1/temperature", "u": "K", "v": 300}], "in 'K'; send it in Cel"),
        ([{"bver": 99, "n": "b1/moisture", "v": 1}], "version 99"),
        ([{"bn": "b1/"}], "no value"),
        ([{"n": "b1/moisture", "v": 1, "t": "now"}], "no number of seconds"),
        ([{"n": "b1/moisture", "v": 1, "bt": 1e300}], "not between 1970 and 2100"),
    ],
)
def test_what_breaks_the_standard_is_refused_with_its_reason(records: list[Any], sentence: str) -> None:
    with pytest.raises(WireError, match=sentence):
        decoded(records)


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="'moist'"):
        decoded([{"n": "b1/moist", "v": 1}])
