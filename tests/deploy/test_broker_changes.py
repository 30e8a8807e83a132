"""Adding, rotating and removing one node, and renewing the certificate, disturb nobody else's connection."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from commons.topics import ROOT, Address
from deploy import secrets
from deploy.broker.users import name_of
from tests.deploy.peers import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.deploy.shipped import Shipped

STAYS = Address("makassar", "saga", "stays")
CHANGES = Address("makassar", "saga", "changes")
NEW = Address("makassar", "saga", "new")


@pytest.fixture
def others(broker: Shipped) -> Iterator[Callable[[], None]]:
    """A collector and a node that are connected throughout; what is yielded proves that they still are."""
    node = broker.node(STAYS)
    with ExitStack() as opened:
        collector = opened.enter_context(Peer(broker.role("collector"), "collector-of-changes", clean=False))
        sender = opened.enter_context(Peer(node, "stays"))
        collector.subscribe(f"{ROOT}/up/#")
        sender.subscribe(STAYS.stored("box"))

        def still_talk() -> None:
            said = str(len(collector.arrived)).encode()
            sender.publish(STAYS.up("soil"), said)
            collector.until(lambda: (STAYS.up("soil"), said) in collector.arrived)
            collector.publish(STAYS.stored("box"), said)
            sender.until(lambda: (STAYS.stored("box"), said) in sender.arrived)
            assert not collector.is_gone
            assert not sender.is_gone

        still_talk()
        yield still_talk
        still_talk()


def test_a_new_node_is_let_in(broker: Shipped, others: Callable[[], None]) -> None:
    with Peer(broker.node(NEW), "new") as node:
        assert node.is_welcome
        others()


def test_the_old_password_ends_at_once_and_the_new_one_holds(broker: Shipped, others: Callable[[], None]) -> None:
    old = broker.node(CHANGES)
    with Peer(old, "changes") as before:
        assert before.is_welcome
        new = broker.node(CHANGES)
        before.until(lambda: before.is_gone)
    others()

    with Peer(old, "changes") as late:
        assert not late.is_welcome
    with Peer(new, "changes") as now:
        assert now.is_welcome


def test_a_removed_node_is_put_out_and_stays_out(broker: Shipped, others: Callable[[], None]) -> None:
    login = broker.node(CHANGES)
    with Peer(login, "changes") as node:
        assert node.is_welcome
        assert broker.registry.remove(CHANGES)
        broker.reload()
        node.until(lambda: node.is_gone)
    others()

    with Peer(login, "changes") as late:
        assert not late.is_welcome
    assert name_of(CHANGES) not in (broker.folder / "broker" / "mosquitto-acl").read_text("utf-8")


def test_a_renewed_certificate_is_shown_after_a_reload(broker: Shipped, others: Callable[[], None]) -> None:
    before = _serial(broker)

    secrets.make(broker.folder, renew=True)
    broker.reload()

    assert _serial(broker) != before
    others()


def _serial(broker: Shipped) -> object:
    """Which certificate the broker shows to somebody who trusts its authority."""
    context = ssl.create_default_context(cafile=broker.ca)
    with (
        socket.create_connection(("127.0.0.1", broker.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as talk,
    ):
        certificate = talk.getpeercert()
    assert certificate is not None
    return certificate["serialNumber"]
