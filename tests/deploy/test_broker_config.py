"""Both brokers, as they are shipped, give every part of Lorong what it needs."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from commons.topics import Address
from deploy import secrets
from deploy.docker.reach import unreached
from tests.deploy.peers import SECONDS, Peer
from tests.deploy.shipped import Shipped, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from commons.broker import BrokerSettings

NODE = Address("makassar", "saga", "saga-p1")
SENDERS = {
    "node": NODE,
    "web": Address("makassar", "saga", "web"),
    "office": Address("makassar", "kota", "import"),
    "lanes": Address("makassar", "saga", "saga-n1"),
}


def login(broker: Shipped, sender: str) -> BrokerSettings:
    return broker.node(NODE) if sender == "node" else broker.role(sender)


@pytest.mark.parametrize("sender", SENDERS)
def test_a_reading_reaches_the_collector_and_its_answer_the_sender(broker: Shipped, sender: str) -> None:
    address = SENDERS[sender]
    up, down = address.up("harvest"), address.stored("box")
    with (
        Peer(broker.role("collector"), f"collector-of-{sender}") as collector,
        Peer(login(broker, sender), f"{sender}-1") as node,
    ):
        assert collector.subscribe("lorong/v1/up/#")
        assert node.subscribe(down)

        node.publish(up, b"reading")
        collector.until(lambda: (up, b"reading") in collector.arrived)
        collector.publish(down, b"stored", retain=True)
        node.until(lambda: (down, b"stored") in node.arrived)


def test_the_office_replays_rejects_under_any_nodes_topic(broker: Shipped) -> None:
    with Peer(broker.role("collector"), "collector-replay") as collector, Peer(broker.role("office"), "o") as office:
        collector.subscribe("lorong/v1/up/#")

        office.publish(NODE.up("soil"), b"mended")

        collector.until(lambda: (NODE.up("soil"), b"mended") in collector.arrived)


def test_the_collectors_heartbeat_comes_back_beside_its_readings(broker: Shipped) -> None:
    with Peer(broker.role("collector"), "collector-heart") as collector:
        assert collector.subscribe("lorong/v1/up/#")
        assert collector.subscribe("lorong/v1/heartbeat/makassar")

        collector.publish("lorong/v1/heartbeat/makassar", b"{}")

        collector.until(lambda: ("lorong/v1/heartbeat/makassar", b"{}") in collector.arrived)


def test_a_collector_that_is_away_gets_more_than_a_broker_keeps_by_default(broker: Shipped) -> None:
    count, topic = 2_500, "lorong/v1/up/makassar/away/n1/soil"
    with Peer(broker.role("collector"), "collector-away", clean=False) as collector:
        assert collector.subscribe("lorong/v1/up/makassar/away/#")
    with Peer(broker.role("office"), "meanwhile") as sender:
        for number in range(count):
            sender.publish(topic, str(number).encode(), wait=False)
        sender.publish(topic, b"last")

    with Peer(broker.role("collector"), "collector-away", clean=False) as collector:
        collector.until(lambda: len(collector.arrived) > count)

    assert [payload for _, payload in collector.arrived] == [*(str(n).encode() for n in range(count)), b"last"]


def test_nats_answers_the_health_check_of_compose(tmp_path: Path) -> None:
    with (
        shipped("nats", tmp_path) as broker,
        urllib.request.urlopen(f"http://127.0.0.1:{broker.http}/healthz", timeout=SECONDS) as answer,
    ):
        assert b'"ok"' in answer.read()


def test_a_health_check_leaves_no_complaint_in_the_brokers_log(broker: Shipped, tmp_path: Path) -> None:
    secrets.make(tmp_path / "other", ["127.0.0.1"])
    address = f"mqtts://127.0.0.1:{broker.port}"
    before = len(broker.log)

    assert [unreached([address], ca=broker.ca) for _ in range(5)] == [[]] * 5
    with Peer(broker.role("web"), "comes-later"):
        said = broker.log[before:]
    assert [line for line in said.splitlines() if re.search(r"TLS|SSL|\[ERR\]", line)] == []
    assert unreached([address], ca=str(tmp_path / "other" / "broker-ca.crt")) == [address]
    assert unreached([address]) == [address]
