"""One batch on its way into the store: rejects, rows, refused rows, ledger, and no fault in one block stops another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from commons.clock import SystemClock
from commons.errors import StoreUnavailableError
from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.packets import Arrival
from ingest.rejects import Rejects
from ingest.writing import Writer, Written
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.small_site import small_site
from tests.ingest.messages import BOX, START_MS, pack
from tests.ingest.moody import Moody

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from commons.rows import Block
    from commons.sites import Site

TOPIC = "lorong/v1/up/makassar/saga/saga-n1/soil"


class Faulty(Moody):
    """A store whose adapter has a fault of its own for one value."""

    def write(self, batch: Sequence[Block]) -> None:
        if any(25.1 in block.fields.get("moisture", ()) for block in batch):
            raise ZeroDivisionError("a fault of ours")
        super().write(batch)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", lanes=["saga"], recorded=0)


@pytest.fixture
def store() -> Iterator[Moody]:
    opened = Faulty(open_store(StoreSettings(url="duckdb://memory"), clock=SystemClock()))
    yield opened
    opened.close()


@pytest.fixture
def rejects(tmp_path: Path) -> Rejects:
    return Rejects(tmp_path / "rejects")


@pytest.fixture
def writer(store: Moody, rejects: Rejects, site: Site) -> Iterator[Writer]:
    writer = Writer(store, rejects, site, clock=SystemClock())
    yield writer
    writer.close()


def write(writer: Writer, ledger: Ledger, *payloads: bytes) -> Written:
    batch = Batch(START_MS)
    for number, payload in enumerate(payloads, start=1):
        batch.take(Arrival(TOPIC, payload, 2, number), ledger)
    batch.close()
    writer.begin(batch, ledger.changes(), ledger)
    written = writer.finish()
    assert written is not None
    return written


def moistures(store: Moody) -> list[float]:
    return sorted(store.read(Query("soil"))["moisture"].to_pylist())


def test_a_fault_of_ours_in_one_block_stops_no_other(store: Moody, writer: Writer, rejects: Rejects) -> None:
    written = write(writer, Ledger.load(store), *(pack(seq) for seq in range(1, 9)))

    refused = [orjson.loads(reject.payload)["moisture"] for _, reject in rejects.all()]
    assert refused == [25.0, 25.1, 25.2]
    assert len(moistures(store)) == 21
    assert all("a fault of ours" in reject.reason for _, reject in rejects.all())
    assert written.refused == [(("makassar", "saga-n1", BOX), "stored")] * 3


def test_the_ledger_that_is_written_has_the_refused_rows_as_rejected(store: Moody, writer: Writer) -> None:
    store.refuses = lambda moisture: moisture == 22.2

    write(writer, Ledger.load(store), pack(1), pack(2), pack(3))

    ((_, account),) = Ledger.load(store).accounts()
    assert (account.stored, account.rejected, account.through) == (8, 1, 3)


def test_refused_rows_are_in_the_rejects_before_the_ledger_speaks_of_them(
    store: Moody, writer: Writer, rejects: Rejects
) -> None:
    store.refuses = lambda moisture: moisture == 22.2
    seen: list[tuple[list[str], int]] = []
    kept = store.order

    class Watched(list[list[str]]):
        def append(self, names: list[str]) -> None:
            seen.append((names, sum(1 for _ in rejects.all())))
            kept.append(names)

    store.order = Watched()

    write(writer, Ledger.load(store), pack(1), pack(2))

    assert seen == [(["touched", "soil", "soil"], 0), (["ledger"], 1)]


def test_nothing_is_said_of_a_batch_that_could_not_be_written(store: Moody, writer: Writer) -> None:
    store.is_away = True

    with pytest.raises(StoreUnavailableError):
        write(writer, Ledger.load(store), pack(1))

    store.is_away = False
    assert list(Ledger.load(store).accounts()) == []


def test_while_one_batch_is_written_answers_speak_only_of_what_came_before(store: Moody) -> None:
    ledger = Ledger()
    batch = Batch(START_MS)
    batch.take(Arrival(TOPIC, pack(1), 2, 1), ledger)
    written = ledger.changes()
    batch.take(Arrival(TOPIC, pack(2), 2, 2), ledger)

    ((address, box),) = ledger.settle(written)

    assert orjson.loads(ledger.answer(address, box, now=0.0))["through"] == 1
    ledger.settle(ledger.changes())
    assert orjson.loads(ledger.answer(address, box, now=0.0))["through"] == 2
