"""The contract of reading, kept by every adapter."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from commons.clock import NANOSECONDS_PER_DAY
from commons.errors import UnknownNameError
from commons.rows import Block, event_time
from store.contract import Query
from tests.store.blocks import rows_of, soil_block, values_of

if TYPE_CHECKING:
    from store.contract import Store

_T0 = 1_764_000_000_000_000_000
_NASTY = (
    "b 1",
    "b,2=x",
    'say "b"',
    "it's b",
    "back\\slash",
    "end\\",
    "a\\,b\\ c\\=d",
    "new\nline",
    "carriage\r",
    "tab\t",
    "nul\0",
    "kebun é☃𝄞",
    "#b",
    "\\n",
    "\\s",
    "; DROP MEASUREMENT soil --",
    "' OR 1=1 --",
)


def test_columns_are_time_then_tags_then_fields(store: Store) -> None:
    store.write([soil_block([_T0], moisture=[1.0])])

    table = store.read(Query("soil", fields=("temperature", "moisture")))

    assert table.schema == pa.schema(
        [
            ("time", pa.timestamp("ns", tz="UTC")),
            *((tag, pa.string()) for tag in ("city", "lane", "node", "bed", "origin")),
            ("temperature", pa.float64()),
            ("moisture", pa.float64()),
        ]
    )


def test_where_nothing_is_there_the_columns_are_the_same(store: Store) -> None:
    before = store.read(Query("soil"))
    store.write([soil_block([_T0], moisture=[1.0])])

    assert before.num_rows == 0
    assert before.schema == store.read(Query("soil")).schema
    assert store.read(Query("soil", where={"bed": "none"})).schema == before.schema
    assert store.read(Query("soil", where={"bed": []})).num_rows == 0
    assert store.read(Query("soil", where={"bed": "half a pair \ud800"})).num_rows == 0
    assert store.latest("air").num_rows == 0


def test_texts_and_numbers_come_back_as_they_went(store: Store) -> None:
    texts = [*_NASTY, "", "null", "1.5", "a\0b", '"', "\\"]
    times = [event_time(1_764_000_000_000 + i, entry=f"e{i}", version=1) for i in range(len(texts))]
    numbers = [1e300, -1e-300, 5e-324, 1e16, 2.0**53 + 2, 0.1 + 0.2, 123456789.123456789, 1e21, 1e17]
    numbers += [float(i) for i in range(len(texts) - len(numbers))]
    tags: dict[str, str | list[str]] = {"city": "makassar", "lane": "saga", "commodity": "cabai-rawit"}
    store.write(
        [Block("harvest", times, tags, {"kg": list(numbers), "note": list(texts), "version": [1.0] * len(texts)})]
    )

    table = store.read(Query("harvest", fields=("kg", "note")))

    assert table["note"].to_pylist() == texts
    assert list(map(repr, table["kg"].to_pylist())) == list(map(repr, numbers))
    assert table["time"].cast(pa.int64()).to_pylist() == times


def test_tags_may_be_any_text(store: Store) -> None:
    store.write([soil_block([_T0 + i for i in range(len(_NASTY))], bed=list(_NASTY), moisture=[1.0] * len(_NASTY))])

    assert store.read(Query("soil"))["bed"].to_pylist() == list(_NASTY)
    assert sorted(store.latest("soil")["bed"].to_pylist()) == sorted(_NASTY)
    for i, bed in enumerate(_NASTY):
        assert values_of(store, "moisture", where={"bed": bed}) == [1.0], bed
        assert store.read(Query("soil", where={"bed": [bed, "no"]}))["time"].cast(pa.int64()).to_pylist() == [_T0 + i]


def test_a_tag_that_no_row_has_is_an_empty_text(store: Store) -> None:
    store.write([Block("soil", [_T0], {"bed": "b1", "lane": ""}, {"moisture": [1.0]})])

    assert store.latest("soil")["lane"].to_pylist() == [""]
    assert store.read(Query("soil"))["city"].to_pylist() == [""]
    assert store.read(Query("soil", window="1d", by=("lane", "bed"), fields=("moisture",))).to_pylist()[0]["lane"] == ""


def test_a_tag_that_some_rows_have_not_is_an_empty_text_there(store: Store) -> None:
    store.write([Block("soil", [_T0], {"city": "makassar"}, {"moisture": [1.0]}), soil_block([_T0], moisture=[2.0])])

    assert sorted(store.read(Query("soil"))["bed"].to_pylist()) == ["", "b1"]
    assert values_of(store, "moisture", where={"bed": ""}) == [1.0]


def test_where_takes_one_value_or_several_of_each_tag(store: Store) -> None:
    beds = ["b1", "b2", "b3", "b4"]
    store.write([soil_block([_T0 + i for i in range(4)], bed=beds, moisture=[1.0, 2.0, 3.0, 4.0])])

    assert values_of(store, "moisture", where=MappingProxyType({"bed": "b2"})) == [2.0]
    assert values_of(store, "moisture", where={"bed": ("b4", "b1")}) == [1.0, 4.0]
    assert values_of(store, "moisture", where={"bed": ("b4", "b1"), "lane": "saga"}) == [1.0, 4.0]
    assert values_of(store, "moisture", where={"bed": "b1", "lane": "rambutan"}) == []
    assert store.latest("soil", {"bed": ["b2", "b3"]})["moisture"].to_pylist() == [2.0, 3.0]


def test_a_range_has_its_start_and_not_its_stop(store: Store) -> None:
    store.write([soil_block([_T0 + i for i in range(5)], moisture=[float(i) for i in range(5)])])

    assert values_of(store, "moisture", start=_T0 + 1, stop=_T0 + 3) == [1.0, 2.0]
    assert values_of(store, "moisture", start=_T0 + 3) == [3.0, 4.0]
    assert values_of(store, "moisture", stop=_T0 + 1) == [0.0]
    assert values_of(store, "moisture", start=_T0 + 3, stop=_T0 + 3) == []


def test_time_reaches_from_1677_to_2262_in_nanoseconds(store: Store) -> None:
    times = [-(2**63) + 2, -1, 0, 1, _T0 + 123_457, 2**63 - 2]
    store.write([soil_block(times, moisture=[1.0] * 6)])

    assert store.read(Query("soil"))["time"].cast(pa.int64()).to_pylist() == times
    assert store.latest("soil")["time"].cast(pa.int64()).to_pylist() == times[-1:]
    assert len(values_of(store, "moisture", start=-(2**70), stop=2**70)) == 6


def test_rows_come_in_time_order_and_the_limit_keeps_one_end(store: Store) -> None:
    order = [3, 0, 4, 1, 2]
    store.write([soil_block([_T0 + i], moisture=[float(i)]) for i in order])

    assert values_of(store, "moisture") == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert values_of(store, "moisture", limit=2) == [0.0, 1.0]
    assert values_of(store, "moisture", newest_first=True) == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert values_of(store, "moisture", newest_first=True, limit=2) == [4.0, 3.0]
    assert values_of(store, "moisture", limit=0) == []


def test_latest_is_the_newest_row_of_each_series(store: Store) -> None:
    beds = ["b1", "b2"] * 5
    store.write([soil_block([_T0 + i for i in range(10)], bed=beds, moisture=[float(i) for i in range(10)])])
    store.write([soil_block([_T0 - 1], bed="b1", moisture=[99.0])])

    rows = rows_of(store.latest("soil"))

    assert [(row["bed"], row["moisture"], row["time"]) for row in rows] == [("b1", 8.0, _T0 + 8), ("b2", 9.0, _T0 + 9)]
    assert store.latest("soil").schema == store.read(Query("soil")).schema


@pytest.mark.parametrize("quality", ["good", "all"])
def test_bad_values_are_left_out_unless_all_are_asked_for(store: Store, quality: Any) -> None:
    store.write([soil_block([_T0 + i for i in range(4)], moisture=[1.0, 2.0, 3.0, 4.0], ec=[None, 5.0, None, None])])
    store.write([soil_block([_T0 + 1, _T0 + 2, _T0 + 3], moisture_flag=[4.0, 3.0, 4.0])])

    table = store.read(Query("soil", quality=quality))

    assert ("moisture_flag" in table.column_names) == (quality == "all")
    good = [{"moisture": 1.0}, {"ec": 5.0}, {"moisture": 3.0}]
    every = [{"moisture": 1.0}, {"moisture": 2.0, "ec": 5.0}, {"moisture": 3.0}, {"moisture": 4.0}]
    rows = [{k: row[k] for k in ("moisture", "ec") if k in row} for row in rows_of(table)]
    assert rows == (good if quality == "good" else every)


def test_rows_without_a_value_are_left_out_unless_all_are_asked_for(store: Store) -> None:
    tags: dict[str, str | list[str]] = {"city": "makassar", "market": "pabaeng-baeng"}
    days = [_T0 + day * NANOSECONDS_PER_DAY for day in range(3)]
    numbers: dict[str, Any] = {"index": [100.0, 101.0, 102.0], "yoy": [5.0, 6.0, 7.0], "yoy_flag": [4.0, 1.0, None]}
    refused = {"refused": ["", "", "4 months of history, 36 needed"]}
    store.write([Block("price_index", days, tags, {**numbers, **refused})])

    assert _of_index(store, "index") == [100.0, 101.0]
    assert _of_index(store, "yoy") == [6.0]
    assert _of_index(store, "index", window="1w") == [101.0]
    assert store.latest("price_index")["index"].to_pylist() == [101.0]
    assert _of_index(store, "refused", quality="all") == ["", "", "4 months of history, 36 needed"]


def _of_index(store: Store, field: str, **asked: Any) -> list[Any]:
    return list(store.read(Query("price_index", fields=(field,), **asked))[field].to_pylist())


def test_a_flag_that_is_asked_for_by_name_is_shown(store: Store) -> None:
    store.write([soil_block([_T0, _T0 + 1], moisture=[1.0, 2.0], moisture_flag=[4.0, None])])

    table = store.read(Query("soil", fields=("moisture", "moisture_flag")))

    assert table["moisture"].to_pylist() == [None, 2.0]
    assert table["moisture_flag"].to_pylist() == [4.0, None]


def test_limit_and_latest_count_good_values_only(store: Store) -> None:
    flags = [None, None, *[4.0] * 20]
    store.write([soil_block([_T0 + i for i in range(22)], moisture=[float(i) for i in range(22)], moisture_flag=flags)])
    store.write([soil_block([_T0], bed="b2", moisture=[5.0], moisture_flag=[4.0])])

    assert values_of(store, "moisture", newest_first=True, limit=1) == [1.0]
    assert values_of(store, "moisture", limit=3) == [0.0, 1.0]
    assert values_of(store, "moisture", newest_first=True, limit=1, quality="all") == [21.0]
    assert store.latest("soil")["moisture"].to_pylist() == [1.0]


@pytest.mark.parametrize(
    "query",
    [
        Query("soll"),
        Query("soil", where={"bett": "b1"}),
        Query("soil", by=("bett",), window="1d"),
        Query("soil", fields=("moistur",)),
        Query("harvest", fields=("note",), window="1d"),
        Query("soil", window="1d", timezone="Asia/Makasar"),
        Query("soil", window="1d", timezone="../etc/passwd"),
    ],
)
def test_an_unknown_name_is_not_read(store: Store, query: Query) -> None:
    with pytest.raises(UnknownNameError):
        store.read(query)
