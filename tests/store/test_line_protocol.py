"""Line protocol, read back by a small parser of its own and by a real InfluxDB."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commons.catalogue import measurement
from commons.clock import SystemClock
from commons.rows import Block
from store import open_store
from store.contract import Query
from store.line_protocol import encode, kept_tag, meant_tag

if TYPE_CHECKING:
    from tests.conftest import Influx

_EARLIEST, _LATEST = -(2**63) + 2, 2**63 - 2
_WEEK = 7 * 86_400 * 10**9  # one shard of InfluxDB: it makes a folder for each
_HARVEST = measurement("harvest")
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    " ,=\\\"\\'\n\r\t\0nsr0#é☃", max_size=8
)
_NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_TIME = st.integers(_EARLIEST, _LATEST)


def _columns(size: int) -> st.SearchStrategy[Block]:
    def column(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(values, min_size=size, max_size=size)

    tags = st.fixed_dictionaries({"city": _TEXT, "lane": _TEXT | column(_TEXT), "bed": column(_TEXT)})
    fields = st.fixed_dictionaries(
        {"kg": column(_NUMBER), "pieces": column(_NUMBER), "note": column(st.none() | _TEXT)}
    )
    return st.builds(Block, st.just("harvest"), column(_TIME), tags, fields)


_BLOCKS = st.integers(1, 6).flatmap(_columns)


def _parsed(line: str) -> tuple[str, dict[str, str], dict[str, float | str], int]:
    """One line as the specification reads it: a backslash before a comma, space or equals sign takes its meaning."""
    head, fields, time = re.fullmatch(r"((?:\\.|[^ \\])+) (.*) (-?\d+)", line, re.DOTALL).groups()  # type: ignore[union-attr]  # must match
    name, *tags = re.split(r"(?<!\\),", head)
    pairs = [re.split(r"(?<!\\)=", tag) for tag in tags]
    texts = {key: re.sub(r"\\([,= ])", r"\1", value) for key, value in pairs}
    values: dict[str, float | str] = {}
    for key, quoted, text, number in re.findall(r'(\w+)=("((?:\\.|[^"\\])*)"|[^,]+)(?:,|$)()', fields, re.DOTALL):
        values[key] = (
            re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if quoted.startswith('"') else float(quoted + number)
        )
    return name, texts, values, int(time)


@given(_BLOCKS)
def test_a_line_says_what_its_row_said(block: Block) -> None:
    text, rows = encode(block, _HARVEST)
    made = [encode(block.take([row]), _HARVEST)[0] for row in rows]

    assert "".join(made) == text
    everything = list(block.rows())
    expected = [row for row in everything if any(row[name] is not None for name in block.fields)]
    assert [everything[row] for row in rows] == expected
    for line, row in zip(made, expected, strict=True):
        name, tags, values, time = _parsed(line.removesuffix("\n"))
        assert (name, time) == ("harvest", row["time"])
        assert {key: meant_tag(value) for key, value in tags.items()} == {k: row[k] for k in block.tags if row[k]}
        assert values == {key: row[key] for key in block.fields if row[key] is not None}


@given(_TEXT)
def test_a_tag_is_kept_on_one_line_and_read_as_it_was_meant(text: str) -> None:
    kept = kept_tag(text)

    assert not set(kept) & set("\n\r\0")
    assert not kept.endswith("\\")
    assert meant_tag(kept) == text


def test_a_number_is_always_a_float_and_never_has_a_type_of_its_own() -> None:
    numbers: list[float | None] = [31.0, 31.25, -0.5, 1e21, 1e-7, 123456789012345680.0]

    text, _ = encode(Block("soil", list(range(6)), {"bed": "b1"}, {"moisture": numbers}), measurement("soil"))

    values = [re.fullmatch(r"soil,bed=b1 moisture=([^ ]+) \d", line).group(1) for line in text.splitlines()]  # type: ignore[union-attr]  # must match
    assert [float(value) for value in values] == numbers
    assert all(re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", value) for value in values)


def test_tags_stand_in_order_and_empty_ones_do_not_stand_at_all() -> None:
    block = Block("soil", [5], {"node": "n1", "bed": ["b 1"], "city": "makassar", "lane": ""}, {"moisture": [1.5]})

    assert encode(block, measurement("soil")) == ("soil,bed=b\\ 1,city=makassar,node=n1 moisture=1.5 5\n", range(1))


@pytest.mark.parametrize("block", [Block("soil", [], {}, {"moisture": []}), Block("soil", [1], {}, {})])
def test_nothing_to_say_makes_no_line(block: Block) -> None:
    text, rows = encode(block, measurement("soil"))

    assert text == ""
    assert list(rows) == []


@pytest.mark.influx
def test_influxdb_reads_every_line_as_it_was_meant(influx: Influx) -> None:
    store = open_store(influx.settings(), clock=SystemClock())
    runs = itertools.count()

    @given(_BLOCKS)
    @settings(max_examples=60, deadline=None)
    def is_read_as_meant(block: Block) -> None:
        city = f"run-{next(runs)}"
        own = Block("harvest", [time % _WEEK for time in block.times], {**block.tags, "city": city}, block.fields)

        store.write([own])
        table = store.read(Query("harvest", fields=("kg", "pieces", "note"), where={"city": city}))

        assert _by_identity(_rows(table)) == _by_identity(list(own.rows()))

    is_read_as_meant()
    store.close()


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    times = table["time"].cast(pa.int64()).to_pylist()
    return [{**row, "time": time} for row, time in zip(table.drop_columns("time").to_pylist(), times, strict=True)]


def _by_identity(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What is known of each identity, later rows over earlier ones."""
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        there = {name: row[name] for name in ("kg", "pieces", "note") if row[name] is not None}
        if there:
            known.setdefault((row["lane"], row["bed"], row["time"]), {}).update(there)
    return known
