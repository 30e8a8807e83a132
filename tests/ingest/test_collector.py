"""The collector with real parts: what is acknowledged is stored, whatever dies meanwhile, and one collector works."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import LeaseHeldError
from ingest.collector import Collector
from ingest.ledger import Ledger
from ingest.settings import CollectorSettings
from store.contract import Query
from tests.flow.collecting import collecting as at_work
from tests.flow.waiting import MovedClock, wait_until
from tests.ingest.messages import BOX, Answers, account, count, pack, publish, readings

if TYPE_CHECKING:
    from pathlib import Path

    from commons.sites import Site
    from commons.topics import Address
    from tests.ingest.moody import Moody

SYSTEM = SystemClock()


@pytest.mark.mosquitto
def test_what_only_the_broker_keeps_is_acknowledged_after_the_write(
    mosquitto: Any, collecting: Any, store: Moody, address: Address
) -> None:
    with collecting(mosquitto):
        store.is_away = True
        publish(mosquitto, address, readings(1, 50))
        wait_until(lambda: store.turned_away >= 3, "three writes fail")
        assert count(store) == 0
        store.is_away = False
        wait_until(lambda: count(store) == 50, "all readings are stored")


@pytest.mark.mosquitto
def test_what_a_collector_could_not_store_waits_for_the_next_one(
    mosquitto: Any, collecting: Any, store: Moody, address: Address
) -> None:
    with collecting(mosquitto):
        store.is_away = True
        publish(mosquitto, address, readings(1, 20))
        wait_until(lambda: store.turned_away, "a write fails")

    store.is_away = False
    with collecting(mosquitto):
        wait_until(lambda: count(store) == 20, "all readings are stored")


def test_a_sender_forgets_nothing_while_the_store_is_away_and_all_is_stored_once(
    nats: Any, collecting: Any, store: Moody, address: Address, new_sender: Any
) -> None:
    clock = MovedClock()
    with collecting(nats):
        store.is_away = True
        outbox = new_sender(nats, address, packs=30, clock=clock)
        wait_until(lambda: store.turned_away >= 3, "three writes fail")
        assert outbox.depth == 30
        store.is_away = False
        clock.forward(61)  # the sender's patience ends
        wait_until(lambda: outbox.depth == 0, "the outbox is empty")

    assert count(store) == 90
    assert (account(store, address).stored, account(store, address).missing) == (90, [])


def test_marks_are_written_before_the_rows_and_the_ledger_behind_them(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    with collecting(nats):
        publish(nats, address, [pack(1)])
        wait_until(lambda: count(store) == 3, "the pack is stored")

    rows = store.order.index(["touched", "soil"])
    assert store.order[rows + 1] == ["ledger"]
    assert {(row["of"], row["place"]) for row in store.read(Query("touched")).to_pylist()} == {("soil", "saga")}


def test_a_pack_that_comes_again_is_counted_and_stored_once(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    with collecting(nats) as collector:
        publish(nats, address, [pack(1), pack(1), pack(2)])
        publish(nats, address, [pack(2), pack(1)])
        wait_until(lambda: collector.vitals.total.received == 15, "five packs come")

    with collecting(nats) as collector:
        publish(nats, address, [pack(2), pack(3)])
        wait_until(lambda: collector.vitals.total.received == 6, "two packs come")

    ledger = account(store, address)
    assert count(store) == 9
    assert (ledger.through, ledger.stored, ledger.duplicate, ledger.clones) == (3, 9, 12, 0)


def test_another_box_of_the_same_name_is_stored_too_and_noticed(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    with collecting(nats) as collector:
        publish(nats, address, [pack(1), pack(1, number=500)])
        wait_until(lambda: collector.vitals.total.received == 6, "two packs come")

    assert count(store) == 6
    accounts = {box: found for (_, node, box), found in Ledger.load(store).accounts() if node == address.node}
    assert (accounts[BOX].stored, accounts[BOX].clones) == (3, 1)
    assert sum(found.stored for found in accounts.values()) == 6


def test_answers_name_what_is_stored_what_is_missing_and_what_nobody_holds_any_more(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    answers = Answers(nats, address)
    with collecting(nats):
        publish(nats, address, [pack(1), pack(3)])
        wait_until(lambda: answers.last == (1, [[2, 2]], []), "the gap is named")
        publish(nats, address, [pack(2)])
        wait_until(lambda: answers.last == (3, [], []), "the gap is closed")
        publish(nats, address, [pack(9, first=7)])
        wait_until(lambda: answers.last == (6, [[7, 8]], [[4, 6]]), "what is gone is named")
        publish(nats, address, [pack(7, first=7), pack(8, first=7)])
        wait_until(lambda: answers.last == (9, [], [[4, 6]]), "the rest has come")
    answers.leave()

    assert answers.stores == {store.id}


def test_a_broker_that_is_killed_in_the_middle_costs_nothing(
    new_nats: Any, collecting: Any, store: Moody, new_sender: Any, new_address: Any
) -> None:
    server = new_nats()
    addresses = [new_address() for _ in range(3)]

    with collecting(server):
        outboxes = [new_sender(server, address, packs=1_500) for address in addresses]
        wait_until(lambda: count(store) > 0, "some packs are stored")
        server.stop(signal.SIGKILL)
        server.start()
        wait_until(lambda: not any(outbox.depth for outbox in outboxes), "all outboxes are empty", seconds=120)

    assert count(store) == 13_500
    assert [account(store, address).stored for address in addresses] == [4_500, 4_500, 4_500]


def test_a_subscription_that_has_fallen_silent_is_opened_anew(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    clock = MovedClock()
    with collecting(nats, clock=clock) as collector:
        clock.forward(100)  # nothing was heard for longer than three heartbeats
        wait_until(lambda: collector.vitals.state == "waiting", "the silence is noticed")
        publish(nats, address, readings(1, 5))
        wait_until(lambda: count(store) == 5, "messages come again")


def test_places_are_written_so_that_dashboards_can_chain_their_choices(
    nats: Any, collecting: Any, store: Moody, site: Site
) -> None:
    with collecting(nats):
        pass

    lanes = store.read(Query("place", where={"level": "lane"})).to_pylist()
    assert {row["place"] for row in lanes} == set(site.lanes)
    assert all(row["kelurahan"] in site.places for row in lanes)


def test_the_collector_reports_itself(nats: Any, collecting: Any, store: Moody, address: Address) -> None:
    clock = MovedClock()
    with collecting(nats, clock=clock) as collector:
        publish(nats, address, [*readings(1, 5), b"bad", pack(1), pack(1)])
        wait_until(lambda: collector.vitals.total.received == 12, "all messages come")
        clock.forward(CollectorSettings().report_seconds + 1)
        wait_until(lambda: count(store, "collector"), "the report is stored")

    report = store.read(Query("collector")).to_pylist()[0]
    assert [report[name] for name in ("received", "stored", "rejected", "duplicate", "missing")] == [12, 8, 1, 3, 0]


def test_a_sender_that_the_site_does_not_know_is_stored_counted_and_named_once_with_the_remedy(
    nats: Any, collecting: Any, store: Moody, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    clock = MovedClock()
    known = [replace(address, node=node) for node in ("saga-n1", "web", "import")]
    with collecting(nats, clock=clock) as collector:
        for number, sender in enumerate([address, *known]):
            publish(nats, sender, [pack(1).replace(BOX.encode(), f"{number}{address.node}".replace("-", "").encode())])
        wait_until(lambda: collector.vitals.total.stored == 12, "all are stored")
        for reports in (1, 2):
            clock.forward(CollectorSettings().report_seconds + 1)
            wait_until(lambda reports=reports: count(store, "collector") == reports, "the report is stored")  # type: ignore[misc]  # a default binds it

    assert {row["node"] for row in store.read(Query("soil")).to_pylist()} >= {address.node, "saga-n1"}
    assert [row["unknown_nodes"] for row in store.read(Query("collector")).to_pylist()][:2] == [1, 1]
    named = [line for line in caplog.messages if line.startswith("unknown node")]
    assert named == [
        f'unknown node node={address.node} lane=saga remedy="add to nodes.csv: {address.node},saga,<driver>,measured,"'
    ]


def test_what_another_city_sends_is_left_to_its_own_collector(
    nats: Any, collecting: Any, store: Moody, address: Address
) -> None:
    elsewhere = replace(address, city="banyuwangi")
    with collecting(nats):
        publish(nats, elsewhere, readings(1, 5))
        publish(nats, address, readings(1, 5))
        wait_until(lambda: count(store) == 5, "the city's own readings are stored")

    assert set(store.read(Query("soil"))["city"].to_pylist()) == {address.city}


def test_a_second_collector_in_the_same_folder_is_told_so(
    nats: Any, collecting: Any, store: Moody, site: Site, tmp_path: Path
) -> None:
    settings = CollectorSettings(data=tmp_path / "collector")

    with collecting(nats), pytest.raises(LeaseHeldError, match="another collector works in 'collector'; stop it or"):
        Collector(store, BrokerSettings(port=nats.port), site, settings, clock=SYSTEM)


def test_a_second_collector_on_the_same_store_is_told_so_until_the_first_has_ended(
    nats: Any, collecting: Any, store: Moody, site: Site, tmp_path: Path
) -> None:
    settings = CollectorSettings(data=tmp_path / "another")
    broker = BrokerSettings(port=nats.port)

    with collecting(nats), pytest.raises(LeaseHeldError, match="another collector writes to this store"):
        Collector(store, broker, site, settings, clock=SYSTEM).run(threading.Event())

    with at_work(store, broker, site, settings.data, clock=SYSTEM) as second:
        assert second.vitals.state == "collecting"
