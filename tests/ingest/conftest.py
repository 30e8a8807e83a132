"""A collector at work with a real broker and a real store, and senders that send to it."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.topics import Address
from commons.uplink import Uplink
from store import open_store
from store.settings import StoreSettings
from tests.flow.collecting import collecting as at_work
from tests.flow.small_site import small_site
from tests.ingest.messages import soil
from tests.ingest.moody import Moody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from commons.sites import Site
    from store.contract import Store
    from tests.flow.waiting import MovedClock

SYSTEM = SystemClock()
NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file with its tables; to make them takes longer than most tests."""
    file = tmp_path_factory.mktemp("made") / "lorong.duckdb"
    open_store(StoreSettings(url=f"duckdb:///{file}"), clock=SYSTEM).close()
    return file


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Moody]:
    file = shutil.copy(made, tmp_path / "lorong.duckdb")
    opened = Moody(open_store(StoreSettings(url=f"duckdb:///{file}"), clock=SYSTEM))
    yield opened
    opened.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


@pytest.fixture
def collecting(store: Moody, site: Site, tmp_path: Path) -> Any:
    """Lets a collector work on a broker until the block ends."""

    def work(server: Any, *, into: Store = store, clock: MovedClock | None = None) -> Any:
        broker = BrokerSettings(port=server.port)
        return at_work(into, broker, site, tmp_path / "collector", clock=clock or SYSTEM)

    return work


@pytest.fixture
def new_address() -> Callable[[], Address]:
    """Makes nodes that no other test knows."""
    return lambda: Address("makassar", "saga", f"node-{next(NUMBERS)}")


@pytest.fixture
def address(new_address: Callable[[], Address]) -> Address:
    """A node that no other test knows."""
    return new_address()


@pytest.fixture
def new_sender(tmp_path: Path) -> Iterator[Callable[..., Outbox]]:
    """Starts senders, each an outbox with an uplink; their readings stay until they are stored."""
    running: list[tuple[Outbox, Uplink]] = []

    def start(server: Any, address: Address, *, packs: int, clock: MovedClock | None = None) -> Outbox:
        outbox = Outbox(tmp_path / f"{address.node}.sqlite")
        outbox.put(address, [soil(number) for number in range(packs)])
        broker = BrokerSettings(port=server.port)
        uplink = Uplink(outbox, broker, city=address.city, node=address.node, clock=clock or SYSTEM)
        uplink.start()
        running.append((outbox, uplink))
        return outbox

    yield start
    for outbox, uplink in running:
        uplink.stop()
        outbox.close()
