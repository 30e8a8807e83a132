"""The contract of windows, kept by every adapter and checked against pandas."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from commons.rows import Block
from store.contract import Query

if TYPE_CHECKING:
    from store.contract import Store, Window

_HOUR = 3_600_000_000_000
_ZONES = ["Asia/Makassar", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
_WINDOWS: tuple[Window, ...] = ("1h", "1d", "1w")


def _ns(text: str, zone: str = "UTC") -> int:
    return pd.Timestamp(text, tz=zone).as_unit("ns").value


def _air(times: list[int], *, node: str | list[str] = "n1", **fields: list[Any]) -> Block:
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "saga", "origin": "measured"}
    return Block("air", times, {**tags, "node": node}, dict(fields))


def _by_pandas(times: list[int], values: list[float], window: Window, zone: str) -> dict[int, float]:
    """The mean of each window, keyed by its first moment."""
    moments = pd.DatetimeIndex(pd.to_datetime(times, unit="ns", utc=True))
    local = moments.tz_convert(zone).tz_localize(None)
    if window == "1h":
        begins = local.floor("h") - (local - moments.tz_localize(None))
    else:
        days = pd.DatetimeIndex(local.normalize() if window == "1d" else local.to_period("W-SUN").start_time)
        zoned = days.tz_localize(zone, nonexistent="shift_forward", ambiguous=np.ones(len(days), dtype=bool))
        begins = zoned.tz_convert("UTC").tz_localize(None)
    frame = pd.DataFrame({"begins": begins.as_unit("ns").asi8, "value": values})
    means = frame.groupby("begins")["value"].mean()
    return dict(zip(means.index.tolist(), means.tolist(), strict=True))


@pytest.fixture(scope="module")
def year() -> tuple[list[int], list[float]]:
    """Uneven readings around the changes of clocks in both hemispheres."""
    rng = random.Random(7)
    spans = [("2018-09-28", "2018-11-12"), ("2019-02-09", "2019-04-15")]
    moments = [
        moment + rng.randrange(1_700_000) * 1_000_000
        for first, last in spans
        for moment in range(_ns(first), _ns(last), _HOUR // 2)
    ]
    return moments, [rng.uniform(20, 35) for _ in moments]


@pytest.mark.parametrize("zone", _ZONES)
def test_windows_are_those_of_the_zone_where_clocks_change(
    store: Store, year: tuple[list[int], list[float]], zone: str
) -> None:
    times, values = year
    store.write([_air(times, temperature=list(values))])

    for window in _WINDOWS:
        table = store.read(Query("air", fields=("temperature",), window=window, timezone=zone))
        found = dict(zip(table["time"].cast(pa.int64()).to_pylist(), table["temperature"].to_pylist(), strict=True))
        assert found == pytest.approx(_by_pandas(times, values, window, zone)), window
        assert list(found) == sorted(found)


def test_a_day_in_makassar_begins_at_four_in_the_afternoon_of_utc(store: Store) -> None:
    times = [_ns("2025-11-24 15:59"), _ns("2025-11-24 16:00"), _ns("2025-11-25 15:59:59.999")]
    store.write([_air(times, temperature=[20.0, 30.0, 32.0])])

    table = store.read(Query("air", fields=("temperature",), window="1d", timezone="Asia/Makassar"))

    assert table["time"].to_pylist() == [pd.Timestamp(f"2025-11-{day} 16:00", tz="UTC") for day in (23, 24)]
    assert table["temperature"].to_pylist() == [20.0, 31.0]


def test_a_week_begins_on_monday(store: Store) -> None:
    store.write([_air([_ns("2025-11-23 23:59"), _ns("2025-11-24 00:00")], temperature=[20.0, 30.0])])

    table = store.read(Query("air", fields=("temperature",), window="1w"))

    assert table["time"].to_pylist() == [pd.Timestamp(f"2025-11-{day}", tz="UTC") for day in (17, 24)]


def test_days_before_1970_and_states_at_time_zero_have_windows_too(store: Store) -> None:
    store.write([Block("sale", [-1, 0, _ns("1969-12-30")], {"city": "makassar"}, {"kg": [1.0, 2.0, 4.0]})])

    table = store.read(Query("sale", fields=("kg",), window="1d", timezone="America/New_York"))

    days = [("1969-12-29 05:00", 4.0), ("1969-12-31 05:00", 3.0)]
    assert table["time"].to_pylist() == [pd.Timestamp(day, tz="UTC") for day, _ in days]
    assert table["kg"].to_pylist() == [kg for _, kg in days]


def test_the_ends_of_time_have_no_room_for_a_window(store: Store) -> None:
    times = [-(2**63) + 2, _ns("2025-11-24"), 2**63 - 2]
    store.write([_air(times, temperature=[1.0, 2.0, 3.0])])

    for zone in ("Asia/Makassar", "Europe/Berlin", "America/New_York"):
        table = store.read(Query("air", fields=("temperature",), window="1w", timezone=zone))
        assert table["temperature"].to_pylist() == [2.0]


def test_each_field_is_put_together_as_the_catalogue_says(store: Store) -> None:
    times = [_ns("2025-11-24") + i for i in range(3)]
    tags: dict[str, str | list[str]] = {"city": "makassar"}
    fields: dict[str, Any] = {"received": [1.0, 2.0, 4.0], "missing": [7.0, 5.0, None]}
    fields |= {"waiting": [3.0, 9.0, 1.0], "batch_rows": [1.0, None, 4.0]}
    store.write([Block("collector", times, tags, fields)])

    table = store.read(Query("collector", fields=("received", "missing", "waiting", "batch_rows", "lag"), window="1h"))

    row = {"received": 7.0, "missing": 5.0, "waiting": 9.0, "batch_rows": 2.5, "lag": None}
    assert table.select(list(row)).to_pylist() == [row]


def test_by_keeps_a_tag_apart_and_puts_the_others_together(store: Store) -> None:
    start = _ns("2025-11-24")
    store.write(
        [
            _air(
                [start, start, start + 1, start + 25 * _HOUR],
                node=["n1", "n2", "n1", "n2"],
                temperature=[1.0, 4.0, 3.0, 8.0],
            )
        ]
    )

    apart = store.read(Query("air", fields=("temperature",), window="1d", by=("node",)))
    together = store.read(Query("air", fields=("temperature",), window="1d"))

    assert apart.column_names == ["time", "node", "temperature"]
    assert list(zip(apart["node"].to_pylist(), apart["temperature"].to_pylist(), strict=True)) == [
        ("n1", 2.0),
        ("n2", 4.0),
        ("n2", 8.0),
    ]
    assert together.column_names == ["time", "temperature"]
    assert together["temperature"].to_pylist() == [pytest.approx(8 / 3), 8.0]


def test_a_window_takes_only_what_is_in_range_and_where(store: Store) -> None:
    start = _ns("2025-11-24")
    store.write(
        [_air([start + i * _HOUR for i in range(4)], node=["n1", "n2", "n1", "n1"], temperature=[1.0, 2.0, 3.0, 5.0])]
    )

    def read(**query: Any) -> Any:
        return store.read(Query("air", fields=("temperature",), window="1d", **query))

    assert read(start=start + _HOUR, stop=start + 3 * _HOUR)["temperature"].to_pylist() == [2.5]
    assert read(start=start + _HOUR)["time"].cast(pa.int64()).to_pylist() == [start]
    assert read(where={"node": ["n1", "it's"]})["temperature"].to_pylist() == [3.0]
    assert read(stop=start)["temperature"].to_pylist() == []


def test_windows_without_any_value_are_not_there(store: Store) -> None:
    start = _ns("2025-11-24")
    store.write(
        [_air([start, start + 2 * _HOUR, start + 5 * _HOUR], temperature=[1.0, None, 3.0], humidity=[None, 50.0, None])]
    )

    table = store.read(Query("air", fields=("temperature",), window="1h"))

    assert table["temperature"].to_pylist() == [1.0, 3.0]
    assert store.read(Query("air", window="1h")).num_rows == 3
    assert store.read(Query("air", fields=("light",), window="1h")).num_rows == 0


def test_windows_can_be_read_backwards_and_limited(store: Store) -> None:
    start = _ns("2025-11-24")
    store.write([_air([start + i * _HOUR for i in range(5)], temperature=[float(i) for i in range(5)])])

    def read(**query: Any) -> Any:
        return store.read(Query("air", fields=("temperature",), window="1h", **query))["temperature"].to_pylist()

    assert read(limit=2) == [0.0, 1.0]
    assert read(limit=2, newest_first=True) == [4.0, 3.0]


@pytest.mark.parametrize("zone", ["Asia/Makassar", "Europe/Berlin"])
def test_a_window_leaves_out_bad_values_unless_all_are_asked_for(store: Store, zone: str) -> None:
    start = _ns("2025-11-24", zone)
    times = [start + i * _HOUR for i in range(3)] + [start + 30 * _HOUR]
    store.write([_air(times, temperature=[20.0, 90.0, 22.0, 91.0], humidity=[50.0, 60.0, None, 70.0])])
    store.write([_air([times[1], times[3]], temperature_flag=[4.0, 4.0]), _air([times[2]], temperature_flag=[3.0])])

    good = store.read(Query("air", fields=("temperature", "humidity"), window="1d", timezone=zone))
    every = store.read(Query("air", fields=("temperature",), window="1d", timezone=zone, quality="all"))

    assert good["temperature"].to_pylist() == [21.0, None]
    assert good["humidity"].to_pylist() == [55.0, 70.0]
    assert every["temperature"].to_pylist() == [44.0, 91.0]


def test_all_quality_columns_have_windows(store: Store) -> None:
    start = _ns("2025-11-24")
    store.write(
        [
            _air(
                [start, start + 1, start + 2],
                temperature=[20.0, 22.0, None],
                temperature_flag=[3.0, None, None],
                temperature_failed=[None, None, 99.0],
            )
        ]
    )

    table = store.read(Query("air", window="1d", quality="all"))

    assert table["temperature"].to_pylist() == [21.0]
    assert table["temperature_flag"].to_pylist() == [3.0]
    assert table["temperature_failed"].to_pylist() == [99.0]
