"""The benchmark's rows: sent, as line protocol and as Arrow, they are the same rows."""

from __future__ import annotations

import pyarrow as pa
import pytest

from commons import catalogue, wire
from store.line_protocol import encode
from tests.bench.load import FIELDS, Load, catching_up, requests, tables


@pytest.fixture(params=[60, 1])
def load(request: pytest.FixtureRequest) -> Load:
    return catching_up("some", readings=request.param, packs=3)


def test_what_a_node_sends_is_what_the_load_counts(load: Load) -> None:
    sent = [wire.decode(message.topic, message.payload, arrival_ms=0) for message in load.messages()]

    assert [one.block for one in sent] == list(load.blocks)
    assert sum(one.rows for one in sent) == load.rows


def test_each_outbox_counts_its_packs_and_the_last_one_sends_only_once(load: Load) -> None:
    sent = [wire.decode(message.topic, message.payload, arrival_ms=0) for message in load.messages()]

    assert [one.seq for one in sent if one.box == load.boxes[0]] == [1, 2, 3]
    assert [one.seq for one in sent if one.box == load.boxes[-1]] == [1]
    assert load.last_answer == sent[-1].address.stored(load.boxes[-1])


def test_the_limit_of_influxdb_is_taken_with_the_lines_that_the_store_would_write(load: Load) -> None:
    bodies = requests(load, 500)

    written = "".join(encode(block, catalogue.measurement("soil"))[0] for block in load.blocks)
    assert b"\n".join(bodies).decode() + "\n" == written
    assert {body.count(b"\n") + 1 for body in bodies[:-1]} == {500}


def test_the_limit_of_duckdb_is_taken_with_the_same_rows(load: Load) -> None:
    made = pa.concat_tables(tables(load, 500))

    sent = [row for block in load.blocks for row in block.rows()]
    assert made["time"].cast(pa.int64()).to_pylist() == [row["time"] for row in sent]
    assert made.select(FIELDS).to_pylist() == [{name: row[name] for name in FIELDS} for row in sent]
    assert len(set(made["series"].to_pylist())) == len({row["node"] for row in sent})
