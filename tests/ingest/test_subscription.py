"""A persistent session with real brokers: nothing is forgotten before it is acknowledged, and nothing floods memory."""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import BrokerUnavailableError
from commons.settings import Secret
from ingest.subscription import Subscription
from lorong.sending import publish_all
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.packets import Arrival

CLOCK = SystemClock()
NUMBERS = itertools.count()


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def server(request: pytest.FixtureRequest) -> Any:
    """A broker that gives an unacknowledged message again soon after the next connection."""
    server = request.getfixturevalue(f"new_{request.param}")()
    if request.param == "nats":
        configure(server, "ack_wait: 1s")
    return server


@pytest.fixture
def topic() -> str:
    return f"subscription/{next(NUMBERS)}"


@pytest.fixture
def subscribe(server: Any, topic: str) -> Iterator[Callable[..., Subscription]]:
    """Opens subscriptions of one session to the topic."""
    opened: list[Subscription] = []

    def new(*, waiting_bytes: int = 1_000_000, **login: Any) -> Subscription:
        broker = BrokerSettings(port=server.port, **login)
        opened.append(Subscription(broker, "session", (topic,), waiting_bytes=waiting_bytes, clock=CLOCK))
        opened[-1].open()
        return opened[-1]

    yield new
    for subscription in opened:
        subscription.close()


def configure(server: Any, line: str) -> None:
    """Start a NATS server again with one more line in its MQTT section."""
    server.stop()
    config: Path = server.folder / "server.conf"
    config.write_text(config.read_text("utf-8").replace("mqtt {", f"mqtt {{ {line},"), "utf-8")
    server.start()


def publish(server: Any, topic: str, payloads: list[bytes]) -> None:
    """Publish them in order, a thousand at a time: each thousand has its own patience."""
    for first in range(0, len(payloads), 1_000):
        some = [(topic, payload) for payload in payloads[first : first + 1_000]]
        assert publish_all(BrokerSettings(port=server.port), some, clock=CLOCK) == len(some)


def take(subscription: Subscription, count: int, *, acknowledge: int = 0) -> list[Arrival]:
    """So many messages, however they come, the first of them acknowledged at once."""
    taken: list[Arrival] = []

    def enough() -> bool:
        for arrival in subscription.take(messages=count, size=1_000_000, patience=0.1):
            if len(taken) < acknowledge:
                subscription.acknowledge([arrival.mid])
            taken.append(arrival)
        return len(taken) >= count

    wait_until(enough, f"{count} messages")
    return taken


def numbers(first: int, last: int) -> list[bytes]:
    return [b"%d" % number for number in range(first, last + 1)]


def test_messages_come_in_the_order_they_were_sent(server: Any, subscribe: Any, topic: str) -> None:
    subscription = subscribe()

    publish(server, topic, numbers(1, 100))

    arrivals = take(subscription, 100)
    assert [arrival.payload for arrival in arrivals] == numbers(1, 100)
    assert {(arrival.topic, arrival.retained, arrival.again) for arrival in arrivals} == {(topic, False, False)}


def test_what_was_not_acknowledged_comes_again_on_the_next_connection_and_only_that(
    server: Any, subscribe: Any, topic: str
) -> None:
    first = subscribe()
    publish(server, topic, numbers(1, 10))
    take(first, 10, acknowledge=7)
    first.close()

    publish(server, topic, numbers(11, 12))
    arrivals = take(subscribe(), 5, acknowledge=5)

    # A broker may have sent 11 and 12 into the connection that was just closing; then they come again too.
    assert {arrival.payload for arrival in arrivals if arrival.again} >= set(numbers(8, 10))
    assert sorted(int(arrival.payload) for arrival in arrivals) == [8, 9, 10, 11, 12]


def test_what_is_sent_while_nobody_listens_waits(server: Any, subscribe: Any, topic: str) -> None:
    subscribe().close()

    publish(server, topic, numbers(1, 200))

    # What was on its way into the closing connection comes behind newer messages.
    assert sorted(int(arrival.payload) for arrival in take(subscribe(), 200)) == list(range(1, 201))


def test_a_take_is_bounded_by_messages_and_by_size(server: Any, subscribe: Any, topic: str) -> None:
    subscription = subscribe()
    publish(server, topic, [b"x" * 100] * 20)
    wait_until(lambda: subscription.waiting == 20, "all messages wait")

    by_count = subscription.take(messages=5, size=1_000_000, patience=1)
    by_size = subscription.take(messages=100, size=250, patience=1)

    assert (len(by_count), len(by_size), subscription.waiting) == (5, 3, 12)


def test_patience_ends_without_a_message(subscribe: Any) -> None:
    assert subscribe().take(messages=5, size=100, patience=0.01) == []


def test_more_than_may_wait_stays_with_the_broker_until_there_is_room(server: Any, subscribe: Any, topic: str) -> None:
    subscription = subscribe(waiting_bytes=300_000)
    publish(server, topic, [b"%010000d" % number for number in range(300)])
    wait_until(lambda: subscription.waiting >= 30, "as many wait as may")

    taken: list[Arrival] = []
    most = 0
    while len(taken) < 300:
        most = max(most, subscription.waiting)
        taken += subscription.take(messages=4, size=1_000_000, patience=10)

    assert most < 60  # what may wait, and what one look at the connection brings
    assert [int(arrival.payload[-10:]) for arrival in taken] == list(range(300))


def test_small_messages_that_wait_count_for_the_memory_that_they_take(server: Any, subscribe: Any, topic: str) -> None:
    subscription = subscribe(waiting_bytes=240_000)
    publish(server, topic, [b"%020d" % number for number in range(12_000)])
    wait_until(lambda: subscription.waiting >= 900, "as many wait as may")
    before = 0
    while subscription.waiting > before:  # nothing says that no more is coming
        before = subscription.waiting
        CLOCK.sleep(1)

    assert subscription.waiting < 8_000  # what may wait, and what one look at the connection brings


def test_a_filter_that_is_given_up_brings_nothing_more(server: Any, topic: str) -> None:
    settings = BrokerSettings(port=server.port)
    before = Subscription(settings, "moving", (topic,), waiting_bytes=1_000, clock=CLOCK)
    before.open()
    before.close()

    after = Subscription(settings, "moving", (f"{topic}/own",), waiting_bytes=1_000, clock=CLOCK)
    after.open(former=[topic])
    publish(server, topic, [b"unwanted"])
    publish(server, f"{topic}/own", [b"wanted"])
    arrivals = take(after, 1)
    after.close()

    assert [arrival.payload for arrival in arrivals] == [b"wanted"]


def test_a_retained_message_is_told_from_a_fresh_one(server: Any, subscribe: Any, topic: str) -> None:
    publisher = subscribe()
    publisher.publish(topic, b"kept", retain=True)
    assert not take(publisher, 1)[0].retained
    publisher.close()

    arrivals: list[Arrival] = []
    other = Subscription(BrokerSettings(port=server.port), "other", (topic,), waiting_bytes=1_000, clock=CLOCK)
    other.open()
    arrivals = take(other, 1)
    other.close()

    assert [(arrival.payload, arrival.retained) for arrival in arrivals] == [(b"kept", True)]


def test_a_lost_connection_is_said_to_whoever_waits(server: Any, subscribe: Any, topic: str) -> None:
    subscription = subscribe()

    server.stop(signal.SIGKILL)

    with pytest.raises(BrokerUnavailableError, match="closed the connection"):
        wait_until(lambda: subscription.take(messages=1, size=1, patience=0.5), "a message that never comes")
    server.start()


def test_a_broker_that_is_away_is_named(server: Any, topic: str) -> None:
    server.stop()
    subscription = Subscription(BrokerSettings(port=server.port), "s", (topic,), waiting_bytes=1, clock=CLOCK)

    with pytest.raises(BrokerUnavailableError, match=f"no broker answers at 127.0.0.1:{server.port}"):
        subscription.open()
    server.start()


def test_a_broker_that_refuses_the_login_is_named_as_that(new_nats: Any) -> None:
    server = new_nats()
    configure(server, 'authorization { username: "collector", password: "right" }')
    settings = BrokerSettings(port=server.port, username="collector", password=Secret("wrong"))
    subscription = Subscription(settings, "s", ("t",), waiting_bytes=1, clock=CLOCK)

    with pytest.raises(BrokerUnavailableError, match="check its user and permissions"):
        subscription.open()
