"""What can never be stored: kept aside with its reason, counted, and in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons import catalogue
from commons.clock import SystemClock
from commons.rows import Block
from commons.topics import Address
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.packets import Arrival
from ingest.rejects import Rejects
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.waiting import wait_until
from tests.ingest.messages import BOX, START_MS, account, count, pack, publish, readings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.contract import Store
    from tests.ingest.moody import Moody

SYSTEM = SystemClock()
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
FIGURES = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
SENT = [m for m in catalogue.measurements().values() if m.kind in ("sample", "event") and m.name != "collector"]


@st.composite
def messages(draw: st.DrawFn) -> Arrival:
    """A pack or reading whose names are right and whose values may be anything that JSON holds."""
    of, rows = draw(st.sampled_from(SENT)), draw(st.integers(1, 3))
    document: dict[str, Any] = {tag: draw(TEXTS) for tag in of.tags if tag not in ("city", "lane", "node")}
    for name, field in of.fields.items():
        if name != "node" and draw(st.booleans()):
            document[name] = draw(st.lists(TEXTS if field.text else FIGURES, min_size=rows, max_size=rows))
    document |= draw(st.fixed_dictionaries({}, optional={"t": st.just([*range(START_MS, START_MS + rows)])}))
    if draw(st.booleans()):
        document |= {"box": BOX, "seq": draw(st.integers(1, 4)), "first": 1}
    topic = Address("makassar", "saga", "n1").up(of.name)
    return Arrival(topic, orjson.dumps(document))


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    opened = open_store(StoreSettings(url="duckdb://memory"), clock=SYSTEM)
    yield opened
    opened.close()


@given(arrivals=st.lists(messages(), min_size=1, max_size=20))
def test_whatever_messages_hold_each_row_can_be_written_or_is_rejected(memory: Store, arrivals: list[Arrival]) -> None:
    batch, ledger = Batch(START_MS), Ledger()

    for arrival in arrivals:
        batch.take(arrival, ledger)
    batch.close()

    memory.write([*batch.blocks, ledger.block(ledger.changes())])
    counts = batch.counts
    assert counts.received == counts.stored + counts.rejected + counts.duplicate
    assert counts.stored == sum(map(len, batch.blocks))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xfe", "payload is not JSON"),
        (b"[" * 5_000, "payload is not JSON"),
        (b'{"t":1795000000000,"bed":"b1","wetness":30}', "'wetness' is unknown"),
        (b'{"t":1795000000000,"bed":"b1","moisture":"30"}', "moisture '30' is a str"),
        (b'{"t":1795000000000,"bed":"b1","moisture":30,"note":"' + b"x" * 300_000 + b'"}', "is over 262144"),
        (pack(1).replace(b'"t":[', b'"t":["x",'), "is not whole milliseconds"),
    ],
)
def test_a_message_that_will_never_decode_is_kept_aside_and_blocks_no_other(
    nats: Any, collecting: Any, store: Moody, address: Address, tmp_path: Path, payload: bytes, reason: str
) -> None:
    with collecting(nats) as collector:
        publish(nats, address, [*readings(1, 5), payload, *readings(6, 10)])
        wait_until(lambda: count(store) == 10, "the others are stored")
        wait_until(lambda: collector.vitals.total.rejected, "the bad one is counted")

    ((_, reject),) = Rejects(tmp_path / "collector" / "rejects").all()
    assert (reject.topic, reject.payload) == (address.up("soil"), payload)
    assert reason in reject.reason


@pytest.mark.parametrize(
    "payload",
    [
        b'{"t":1795000000000,"bed":"b1","commodity":"bayam","kg":1,"version":0}',
        b'{"t":1795000000000,"bed":"b1","commodity":"bayam","kg":1,"version":2000000000}',
        b'{"t":1795000000000,"bed":"b1","commodity":"bayam","kg":1,"version":1.5}',
        b'{"t":1795000000000,"bed":"b1","commodity":"bayam","kg":1,"void":7}',
    ],
)
def test_an_entry_whose_version_is_impossible_stops_nobody_else(
    nats: Any, collecting: Any, store: Moody, address: Address, tmp_path: Path, payload: bytes
) -> None:
    good = b'{"bed":"b1","commodity":"bayam","kg":2,"version":1,"void":1}'  # without a time: it is flagged, and stored

    with collecting(nats):
        publish(nats, address, [payload, good], measurement="harvest")
        wait_until(lambda: count(store, "harvest") == 1, "the good entry is stored")

    ((_, reject),) = Rejects(tmp_path / "collector" / "rejects").all()
    assert reject.payload == payload
    assert store.read(Query("harvest", quality="all")).to_pylist()[0]["kg_flag"] == 3


def test_rows_that_the_store_refuses_are_kept_aside_and_the_others_stored(
    nats: Any, collecting: Any, store: Moody, address: Address, new_sender: Any, tmp_path: Path
) -> None:
    store.refuses = lambda moisture: moisture in (25.1, 26.2)

    with collecting(nats) as collector:
        outbox = new_sender(nats, address, packs=10)
        wait_until(lambda: outbox.depth == 0, "the outbox is empty")

    rejects = [reject for _, reject in Rejects(tmp_path / "collector" / "rejects").all()]
    assert count(store) == 28
    assert sorted(orjson.loads(reject.payload)["moisture"] for reject in rejects) == [25.1, 26.2]
    assert {(reject.topic, reject.reason) for reject in rejects} == {
        (address.up("soil"), "moisture is not to its liking")
    }
    ledger = account(store, address)
    assert (ledger.stored, ledger.rejected, ledger.through) == (28, 2, 10)
    assert (collector.vitals.total.stored, collector.vitals.total.rejected) == (28, 2)


@pytest.mark.influx
def test_readings_older_than_influxdb_keeps_are_kept_aside_and_counted(
    nats: Any, influx: Any, collecting: Any, address: Address, new_sender: Any, tmp_path: Path
) -> None:
    opened = open_store(influx.settings(raw_retention_days=1), clock=SYSTEM)
    now_ns = SYSTEM.wall_ms() * 1_000_000
    times = [now_ns, now_ns - 10 * 86_400 * 10**9]

    with collecting(nats, into=opened):
        outbox = new_sender(nats, address, packs=0)
        outbox.put(address, [Block("soil", times, {"bed": "b1"}, {"moisture": [30.0, 31.0]})])
        wait_until(lambda: outbox.depth == 0, "the outbox is empty")

    ((_, reject),) = Rejects(tmp_path / "collector" / "rejects").all()
    assert orjson.loads(reject.payload)["moisture"] == 31.0
    assert opened.read(Query("soil", where={"node": address.node}))["moisture"].to_pylist() == [30.0]
    assert (account(opened, address).stored, account(opened, address).rejected) == (1, 1)
    opened.close()
