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


def test_a_value_dated_by_its_arrival_is_suspect_and_one_with_a_time_of_its_own_is_not() -> None:
    (now, then) = decoded([{"n": "b2/moisture", "v": 30.5}, {"n": "b1/moisture", "v": 30.5, "t": 1764000000}])

    assert (now["moisture_flag"], then["moisture_flag"]) == (3.0, None)


def test_a_kept_pack_without_a_time_of_its_own_is_refused() -> None:
    payload = orjson.dumps([{"n": "b2/moisture", "v": 30.5, "t": -10}])

    with pytest.raises(WireError, match="retained SenML has no absolute time"):
        wire.decode(TOPIC, payload, arrival_ms=NOW, retained=True)


def test_two_devices_of_a_measurement_without_beds_are_not_two_rows_of_one_place() -> None:
    records = [{"n": "inside/temperature", "v": 20}, {"n": "outside/temperature", "v": 30}]

    with pytest.raises(WireError, match="temperature stands twice"):
        wire.decode("lorong/v1/up/makassar/sydney/probe-3/air", orjson.dumps(records), arrival_ms=NOW)


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([], "0 records"),
        ([5], "is no object"),
        ([{"n": "b1/moisture", "v": "x"}], "v 'x' is a str"),
        ([{"n": "b1/moisture", "vs": "x"}], "no number"),
        ([{"n": "b1/moisture", "vb": True}, {"n": "b1/ec", "v": 1}], "no number"),
        ([{"n": "b1/moisture", "v": 1, "vs": "1"}], "no number"),
        ([{"n": "b1/moisture", "s": 9}], "no number"),
        ([{"bn": None, "n": "b1/moisture", "v": 1}], "bn 'None' is a NoneType"),
        ([{"bn": 5, "n": "/moisture", "v": 1}], "bn '5' is a int"),
        ([{"n": "b 1/moisture", "v": 1}], "name 'b 1/moisture'"),
        ([{"n": "moisture", "v": 1}], "names no bed"),
        ([{"n": "b1/moisture", "v": 1, "calibrate_": 2}], "'calibrate_' must be understood"),
        ([{"n": "b1/moisture", "bv": 1e308, "v": 1e308}], "no finite number"),
        ([{"n": "b1/moisture", "v": 1}, {"n": "b1/moisture", "v": 2}], "stands twice"),
        ([{"n": "x/b1/moisture", "v": 1}, {"n": "y/b1/moisture", "v": 2}], "stands twice"),
        ([{"bver": 10.0, "n": "b1/moisture", "v": 1}], "bver '10.0' is a float"),
        ([{"n": "b1/temperature", "u": "K", "v": 300}], "in 'K'; send it in Cel"),
        ([{"bver": 99, "n": "b1/moisture", "v": 1}], "version 99"),
        ([{"bn": "b1/"}], "no value"),
        ([{"n": "b1/moisture", "v": 1, "t": "now"}], "t 'now' is a str"),
        ([{"n": "b1/moisture", "v": 1, "bt": 1e300}], "not between 1970 and 2100"),
        ([{"n": "b1/moisture", "v": 1, "t": 1e308, "bt": 1e308}], "time inf is not between"),
    ],
)
def test_what_breaks_the_standard_is_refused_with_its_reason(records: list[Any], sentence: str) -> None:
    with pytest.raises(WireError, match=sentence):
        decoded(records)


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="'moist'"):
        decoded([{"n": "b1/moist", "v": 1}])
