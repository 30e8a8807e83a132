"""Two nodes with one outbox: a copied SD card, both at work, and every row of both is in the store."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from commons.uplink import Uplink
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.collecting import collecting
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.contract import Store

CLOCK = SystemClock()
ME = Address("makassar", "saga", "saga-c1")
START_MS = 1_795_000_000_000
_COMMON, _OWN = 30, 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=CLOCK)
    yield opened
    opened.close()


@pytest.fixture
def broker(nats: Any) -> BrokerSettings:
    return BrokerSettings(port=nats.port)


@pytest.fixture
def collector(store: Store, broker: BrokerSettings, tmp_path: Path) -> Any:
    site = small_site(tmp_path / "site", recorded=0)
    return lambda: collecting(store, broker, site, tmp_path / "collector", clock=CLOCK)


def put(outbox: Outbox, card: int, first: int, last: int) -> None:
    """One pack a reading; the two cards read at other times and get other values."""
    for number in range(first, last):
        time = (START_MS + number * 60_000 + card) * 1_000_000
        outbox.put(ME, [Block("soil", [time], {"bed": "b1"}, {"moisture": [20.0 + card + number / 100]})])


def copied(tmp_path: Path) -> tuple[Outbox, Outbox]:
    """An outbox with some packs, and what a copy of its card makes of it."""
    first = Outbox(tmp_path / "first.sqlite")
    put(first, 0, 0, _COMMON)
    first.close()
    shutil.copy(tmp_path / "first.sqlite", tmp_path / "second.sqlite")
    return Outbox(tmp_path / "first.sqlite"), Outbox(tmp_path / "second.sqlite")


@contextmanager
def sending(outbox: Outbox, broker: BrokerSettings) -> Iterator[Uplink]:
    uplink = Uplink(outbox, broker, city=ME.city, node=ME.node, clock=CLOCK)
    uplink.start()
    yield uplink
    uplink.stop()
    outbox.close()


def rows(store: Store) -> set[tuple[int, float]]:
    table = store.read(Query("soil"))
    times = [time.as_py().timestamp() * 1000 for time in table["time"]]
    return {(round(time - START_MS), value.as_py()) for time, value in zip(times, table["moisture"], strict=True)}


def taken(card: int, first: int, last: int) -> set[tuple[int, float]]:
    return {(number * 60_000 + card, 20.0 + card + number / 100) for number in range(first, last)}


def test_clones_at_work_together_part_and_every_row_of_both_is_stored(
    store: Store, collector: Any, broker: BrokerSettings, tmp_path: Path
) -> None:
    one, two = copied(tmp_path)
    assert one.box == two.box
    end = _COMMON + _OWN
    with collector(), sending(one, broker) as first, sending(two, broker) as second:
        for number in range(_COMMON, end):
            put(one, 1, number, number + 1)
            put(two, 2, number, number + 1)
            CLOCK.sleep(0.02)
        wait_until(lambda: first.is_drained and second.is_drained, "both outboxes are empty")
        wait_until(lambda: one.box != two.box, "one of them has drawn another name")

    assert rows(store) == taken(0, 0, _COMMON) | taken(1, _COMMON, end) | taken(2, _COMMON, end)
    assert one.clones + two.clones >= 1


def test_a_clone_that_wakes_up_when_the_other_has_gone_on_loses_nothing(
    store: Store, collector: Any, broker: BrokerSettings, tmp_path: Path
) -> None:
    one, two = copied(tmp_path)
    end = _COMMON + _OWN
    put(one, 1, _COMMON, end + 5)
    put(two, 2, _COMMON, end)
    with collector():
        with sending(one, broker) as first:
            wait_until(lambda: first.is_drained, "the first outbox is empty")
        with sending(two, broker) as second:
            wait_until(lambda: second.is_drained, "the second outbox is empty")

    assert rows(store) == taken(0, 0, _COMMON) | taken(1, _COMMON, end + 5) | taken(2, _COMMON, end)
    assert two.clones == 1


def test_a_clone_whose_own_packs_reached_no_one_loses_nothing(
    store: Store, collector: Any, broker: BrokerSettings, tmp_path: Path
) -> None:
    one, two = copied(tmp_path)
    end = _COMMON + _OWN
    put(one, 1, _COMMON, end)
    put(two, 2, _COMMON, end)
    with collector(), sending(one, broker) as first:
        wait_until(lambda: first.is_drained, "the first outbox is empty")
        put(two, 2, end, end + 1)
        with sending(two, broker) as second:
            wait_until(lambda: second.is_drained, "the second outbox is empty")

    assert rows(store) == taken(0, 0, _COMMON) | taken(1, _COMMON, end) | taken(2, _COMMON, end + 1)


def test_a_new_card_is_a_new_box_and_nothing_is_taken_for_a_repeat(
    store: Store, collector: Any, broker: BrokerSettings, tmp_path: Path
) -> None:
    before = Outbox(tmp_path / "card.sqlite")
    put(before, 0, 0, _COMMON)
    with collector():
        with sending(before, broker) as uplink:
            wait_until(lambda: uplink.is_drained, "the outbox is empty")
        for file in tmp_path.glob("card.sqlite*"):
            file.unlink()
        after = Outbox(tmp_path / "card.sqlite")
        put(after, 0, _COMMON, _COMMON + _OWN)
        with sending(after, broker) as uplink:
            wait_until(lambda: uplink.is_drained, "the outbox of the new card is empty")

    assert after.box != before.box
    assert rows(store) == taken(0, 0, _COMMON + _OWN)
