"""What is read back from a real store is what the second reading says, to the last letter of odd texts."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from commons import catalogue
from commons.clock import SystemClock
from commons.errors import StoreRejectedError
from ingest.batch import Batch
from ingest.ledger import Ledger
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.hostile.judging import arrival, judge
from tests.hostile.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.contract import Store
    from tests.hostile.cases import Case

Identity = tuple[str, tuple[tuple[str, str], ...], int]

_SEED = 4
_MESSAGES = 1_500
_NOW_MS = 1_795_492_800_000
_HEAVY = 2  # the weight of kinds that make the sample slow and say nothing new here


@pytest.fixture(params=["duckdb", pytest.param("influxdb", marks=pytest.mark.influx)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "influxdb":
        settings = request.getfixturevalue("influx").settings()
    else:
        settings = StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb")
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()


def test_what_is_read_back_is_what_was_said(store: Store) -> None:
    cases, expected = _sample()
    batch, ledger = Batch(_NOW_MS), Ledger()
    for case in cases:
        batch.take(arrival(case), ledger)
    batch.close()

    try:
        store.write(batch.blocks)
    except StoreRejectedError as error:  # named row by row: those are rejects
        for b, r in error.rows:
            block = batch.blocks[b].take([r])
            (row,) = block.rows()
            expected.pop(_identity(block.measurement, {k: v for k, v in row.items() if v is not None}), None)

    found: dict[Identity, dict[str, Any]] = {}
    for name in sorted({name for name, _, _ in expected}):
        for row in _read(store, name):
            _merge(found, name, row)
    lost, strange = expected.keys() - found.keys(), found.keys() - expected.keys()
    assert (sorted(lost)[:3], sorted(strange)[:3]) == ([], [])
    assert [(k, expected[k], found[k]) for k in expected if expected[k] != found[k]][:3] == []
    assert len(expected) > _MESSAGES // 4


def _sample() -> tuple[list[Case], dict[Identity, dict[str, Any]]]:
    """Messages and the rows they say; no box, so that none is a repeat, and no two speak of the same row."""
    random, kinds = Random(_SEED), [make for weight, make in KINDS.values() if weight > _HEAVY]
    cases: list[Case] = []
    rows: dict[Identity, dict[str, Any]] = {}
    while len(cases) < _MESSAGES:
        case = random.choice(kinds)(random)
        said = None if b'"box":' in case.payload else judge(case)
        own: dict[Identity, dict[str, Any]] = {}
        for row in said.rows if said else ():
            _merge(own, said.measurement, row)  # type: ignore[union-attr]  # rows are said by something
        if b'"box":' not in case.payload and rows.keys().isdisjoint(own):
            cases.append(case)
            rows |= own
    return cases, rows


def _identity(measurement: str, row: dict[str, Any]) -> Identity:
    of = catalogue.measurement(measurement)
    return measurement, tuple((tag, row.get(tag, "")) for tag in of.tags), row["time"]


def _merge(rows: dict[Identity, dict[str, Any]], measurement: str, row: dict[str, Any]) -> None:
    """A row over those of its identity, as stores do; of nothing but tags nothing is kept."""
    of = catalogue.measurement(measurement)
    values = {name: value for name, value in row.items() if name in of.columns and value is not None}
    if values:
        rows.setdefault(_identity(measurement, row), {}).update(values)


def _read(store: Store, measurement: str) -> Iterator[dict[str, Any]]:
    table = store.read(Query(measurement, quality="all"))
    yield from table.set_column(0, "time", table["time"].cast(pa.int64())).to_pylist()
