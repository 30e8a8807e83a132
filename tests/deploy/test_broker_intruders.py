"""What a node and a stranger must not do is tried on both brokers, as they are shipped, and has no effect."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
import warnings
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import orjson
import pytest

from commons.clock import SystemClock
from commons.errors import BrokerUnavailableError
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import ROOT, Address
from commons.uplink import Uplink
from commons.wire import digest_of
from deploy.broker import certificates
from deploy.broker.users import name_of
from ingest.session import identity
from tests.deploy.peers import Peer
from tests.deploy.shipped import Shipped, shipped
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commons.broker import BrokerSettings

VICTIM = Address("makassar", "saga", "saga-p1")
INTRUDER = Address("makassar", "saga", "saga-p2")
MARK = INTRUDER.up("air")
BOX, LISTENED = "box", "listened"
HEARTBEAT = f"{ROOT}/heartbeat/makassar"
FORBIDDEN_TOPICS = [
    VICTIM.up("soil"),
    f"{ROOT}/up/makassar/saga/saga-p",
    Address("makassar", "agatis", INTRUDER.node).up("soil"),
    Address("banyuwangi", "saga", INTRUDER.node).up("soil"),
    Address("makassar", "saga", "web").up("harvest"),
    VICTIM.stored(BOX),
    HEARTBEAT,
]
FORBIDDEN_FILTERS = [
    "#",
    "+/+/+/+/+/+/+",
    "$SYS/#",
    "$MQTT/#",
    "$JS/#",
    f"{ROOT}/#",
    f"{ROOT}/up/#",
    f"$share/thieves/{ROOT}/up/#",
    f"{VICTIM.up('soil')}",
    f"{ROOT}/down/#",
    f"{ROOT}/down/makassar/saga/+/stored/{LISTENED}",
    VICTIM.stored(LISTENED),
    f"{ROOT}/heartbeat/#",
]


@pytest.fixture
def unclosed() -> Iterator[None]:
    """Paho forgets to close a socket whose handshake fails; Python does it, with a warning, when it gets to it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def victim(broker: Shipped) -> BrokerSettings:
    return broker.node(VICTIM)


@pytest.fixture(scope="module")
def intruder(broker: Shipped, victim: BrokerSettings) -> BrokerSettings:
    return broker.node(INTRUDER)


@pytest.fixture
def collector(broker: Shipped) -> Iterator[Peer]:
    """Hears everything that the collector may hear."""
    with Peer(broker.role("collector"), "the-collector-of-the-test") as peer:
        assert peer.subscribe(f"{ROOT}/up/#")
        assert peer.subscribe(HEARTBEAT)
        yield peer


def marked(collector: Peer, intruder: BrokerSettings, mark: bytes) -> list[tuple[str, bytes]]:
    """What the collector heard before a message that the intruder may send, sent after all others."""
    with Peer(intruder, "marker") as peer:
        peer.publish(MARK, mark)
    collector.publish(HEARTBEAT, mark)  # a subscription of its own, which may be slower than the other
    marks = {(MARK, mark), (HEARTBEAT, mark)}
    collector.until(lambda: marks <= set(collector.arrived))
    return [message for message in collector.arrived if message not in marks]


@pytest.mark.parametrize("topic", FORBIDDEN_TOPICS)
@pytest.mark.parametrize("retain", [False, True], ids=["passing", "retained"])
def test_a_node_publishes_nothing_under_anothers_topic(
    collector: Peer,
    victim: BrokerSettings,
    intruder: BrokerSettings,
    topic: str,
    retain: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    with Peer(victim, "v") as target, Peer(intruder, "i") as forger:
        target.subscribe(VICTIM.stored(BOX))

        forger.publish(topic, b"forged", retain=retain)

        assert marked(collector, intruder, b"after it") == []
        collector.publish(VICTIM.stored(BOX), b"true")
        target.until(lambda: (VICTIM.stored(BOX), b"true") in target.arrived)
        assert [payload for _, payload in target.arrived] == [b"true"]


@pytest.mark.parametrize("topic", [VICTIM.up("soil"), VICTIM.stored(BOX)])
def test_a_node_that_falls_silent_leaves_no_will_under_anothers_topic(
    collector: Peer, victim: BrokerSettings, intruder: BrokerSettings, topic: str
) -> None:
    with Peer(victim, "v") as target:
        target.subscribe(VICTIM.stored(BOX))
        with Peer(intruder, "i", will=topic) as forger:
            if forger.is_welcome:
                forger.fall_silent()

        assert marked(collector, intruder, b"after its will") == []
        collector.publish(VICTIM.stored(BOX), b"true")
        target.until(lambda: (VICTIM.stored(BOX), b"true") in target.arrived)
        assert [payload for _, payload in target.arrived] == [b"true"]


@pytest.mark.parametrize("topic", FORBIDDEN_FILTERS)
def test_a_node_hears_nothing_that_is_not_its_own(
    collector: Peer, victim: BrokerSettings, intruder: BrokerSettings, topic: str
) -> None:
    with Peer(victim, "v") as sender, Peer(intruder, "i") as listener:
        own = INTRUDER.stored("own")
        assert listener.subscribe(own)
        listener.subscribe(topic)

        sender.publish(VICTIM.up("soil"), b"reading")
        collector.until(lambda: (VICTIM.up("soil"), b"reading") in collector.arrived)
        collector.publish(VICTIM.stored(LISTENED), b"answer", retain=True)
        collector.publish(HEARTBEAT, b"{}")
        for mark in (b"1", b"2", b"3"):  # what comes by another subscription may be slower than the first
            collector.publish(own, mark)
            listener.until(partial(_has, listener, (own, mark)))

    assert {message for message in listener.arrived if message[0] != own} == set()


def test_a_forged_answer_makes_no_node_delete_its_packs(
    collector: Peer, victim: BrokerSettings, intruder: BrokerSettings, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite")
    for number in range(3):
        outbox.put(VICTIM, [Block("soil", [number], {"bed": "b1"}, {"moisture": [30.0]})])
    uplink = Uplink(outbox, victim, city=VICTIM.city, node=VICTIM.node, clock=SystemClock())
    uplink.start()
    sent: dict[int, bytes] = {}

    def all_have_come() -> bool:
        packs = [(orjson.loads(payload)["seq"], payload) for topic, payload in collector.arrived if topic != MARK]
        sent.update(packs)
        return set(sent) == {1, 2, 3}

    collector.until(all_have_come)
    answers = VICTIM.stored(outbox.box)
    for retain in (False, True):
        with Peer(intruder, "i") as forger:
            forger.publish(answers, _answer(3, sent), retain=retain)
    marked(collector, intruder, b"after it")
    collector.publish(answers, _answer(1, sent))
    wait_until(lambda: outbox.depth < 3, "an answer is heard")
    assert outbox.depth == 2

    collector.publish(answers, _answer(3, sent))
    wait_until(lambda: outbox.depth == 0, "the same answer from the collector counts")
    uplink.stop()
    outbox.close()


@pytest.mark.parametrize("guess", ["collector", "lorong-collector", "lorong-collector-0", name_of(VICTIM)])
def test_a_guessed_client_id_takes_no_session(
    broker: Shipped, victim: BrokerSettings, intruder: BrokerSettings, tmp_path: Path, guess: str
) -> None:
    secret_id = identity(tmp_path)
    with Peer(broker.role("collector"), secret_id, clean=False) as collector:
        collector.subscribe(f"{ROOT}/up/#")
        for clean in (True, False):
            with Peer(intruder, guess, clean=clean) as thief:
                thief.publish(MARK, b"mark")
        assert not collector.is_gone
    with Peer(victim, "v") as sender:
        sender.publish(VICTIM.up("soil"), b"while it was away")
    with Peer(intruder, guess):
        pass

    with Peer(broker.role("collector"), secret_id, clean=False) as collector:
        collector.until(lambda: (VICTIM.up("soil"), b"while it was away") in collector.arrived)


def test_even_the_true_client_id_tells_a_thief_nothing(
    broker: Shipped, victim: BrokerSettings, intruder: BrokerSettings, tmp_path: Path
) -> None:
    """Mosquitto binds a session to its user; NATS does not: there the id is a secret, and this is the worst of it."""
    secret_id = identity(tmp_path)
    with Peer(broker.role("collector"), secret_id, clean=False) as collector:
        collector.subscribe(f"{ROOT}/up/#")

        with Peer(intruder, secret_id, clean=False) as thief, Peer(victim, "v") as sender:
            sender.publish(VICTIM.up("soil"), b"reading")
            thief.subscribe(f"{ROOT}/up/#")
            thief.publish(MARK, b"mark")
            assert thief.arrived == []
        assert collector.is_gone == (broker.kind == "nats")

    with Peer(broker.role("collector"), secret_id, clean=False) as again:
        if broker.kind == "nats":
            again.until(lambda: (VICTIM.up("soil"), b"reading") in again.arrived)
    assert thief.arrived == []


def test_a_node_cannot_empty_what_nats_keeps_for_the_collector(
    broker: Shipped, victim: BrokerSettings, intruder: BrokerSettings, tmp_path: Path
) -> None:
    with Peer(broker.role("collector"), identity(tmp_path), clean=False) as collector:
        collector.subscribe(f"{ROOT}/up/#")
    with Peer(victim, "v") as sender:
        sender.publish(VICTIM.up("soil"), b"kept")

    for order in ("STREAM/PURGE/$MQTT_msgs", "STREAM/DELETE/$MQTT_msgs", "STREAM/PURGE/$MQTT_sess"):
        with Peer(intruder, "i") as forger:
            forger.publish(f"$JS/API/{order}", b"")

    with Peer(broker.role("collector"), identity(tmp_path), clean=False) as collector:
        collector.until(lambda: (VICTIM.up("soil"), b"kept") in collector.arrived)


@pytest.mark.parametrize("user", ["collector", "office", "web", "lanes", name_of(VICTIM), "nobody", ""])
def test_a_wrong_password_and_no_name_are_refused(broker: Shipped, intruder: BrokerSettings, user: str) -> None:
    for password in ("wrong", intruder.password.reveal(), ""):
        with Peer(broker.settings(user, password), "stranger") as stranger:
            assert not stranger.is_welcome


def test_nobody_logs_in_by_natss_own_protocol_which_is_not_encrypted(tmp_path: Path) -> None:
    with shipped("nats", tmp_path) as broker:
        login = broker.role("collector")
        words = {"user": login.username, "pass": login.password.reveal(), "verbose": True}
        with socket.create_connection(("127.0.0.1", broker.native), 20) as link, link.makefile("rb") as answers:
            assert answers.readline().startswith(b"INFO ")
            link.sendall(b"CONNECT " + orjson.dumps(words) + b"\r\nPING\r\n")
            assert answers.readline() == b"-ERR 'Authorization Violation'\r\n"


def test_without_tls_nobody_is_heard(broker: Shipped, victim: BrokerSettings) -> None:
    with Peer(replace(victim, tls=False), "plain") as stranger:
        assert not stranger.is_welcome


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("unclosed")
def test_a_broker_that_another_authority_vouches_for_hears_no_password(victim: BrokerSettings, tmp_path: Path) -> None:
    certificates.make_authority(tmp_path / "ca.key", tmp_path / "ca.crt")
    with pytest.raises(BrokerUnavailableError, match="is not the broker that"):
        Peer(replace(victim, ca=str(tmp_path / "ca.crt")), "v")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("unclosed")
def test_an_impostor_with_a_certificate_of_its_own_hears_no_password(victim: BrokerSettings, tmp_path: Path) -> None:
    certificates.make_authority(tmp_path / "ca.key", tmp_path / "ca.crt")
    key, certificate = tmp_path / "server.key", tmp_path / "server.crt"
    certificates.make_server(key, certificate, ["127.0.0.1"], authority=(tmp_path / "ca.key", tmp_path / "ca.crt"))
    with impostor(certificate, key) as (port, heard), pytest.raises(BrokerUnavailableError, match="is not the broker"):
        Peer(replace(victim, port=port), "v")
    assert heard == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("unclosed")
def test_a_certificate_for_another_name_is_refused(victim: BrokerSettings) -> None:
    also_this_machine = "127.1"
    with pytest.raises(BrokerUnavailableError, match="is not the broker that"):
        Peer(replace(victim, host=also_this_machine), "v")


def _has(peer: Peer, message: tuple[str, bytes]) -> bool:
    return message in peer.arrived or peer.is_gone


def _answer(through: int, sent: dict[int, bytes]) -> bytes:
    """As the collector says what is stored, to somebody who knows every pack that was sent."""
    newest = [through, digest_of(sent[through])]
    return orjson.dumps({"store": "s", "through": through, "missing": [], "lost": [], "newest": newest})


@contextmanager
def impostor(certificate: Path, key: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A server that pretends to be the broker: its port, and what it is told over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []

    def listen(server: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection, context.wrap_socket(connection, server_side=True) as talk:
                heard.append(talk.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
