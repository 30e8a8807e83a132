"""The uplink against a real broker: oldest first, nothing forgotten before it is stored, all again when needed."""

from __future__ import annotations

import itertools
import signal
import threading
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.broker import BrokerSettings
from commons.outbox import Outbox
from commons.rows import Block
from commons.topics import Address
from commons.uplink import Uplink
from commons.wire import digest_of
from tests.flow.waiting import MovedClock, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import paho.mqtt.client as mqtt

NUMBERS = itertools.count()


class Desk:
    """Stands where the collector would: sees every pack of a city, and answers what the test tells it to.

    Args:
        port: The broker's.
        city: Whose packs.
    """

    def __init__(self, port: int, city: str) -> None:
        self.packs: list[tuple[int, int]] = []
        self.boxes: list[str] = []
        self.seen: list[tuple[int, str]] = []
        self._ready = threading.Event()
        self._client = BrokerSettings(port=port).client(f"desk-of-{city}", clean_session=False)
        self._client.on_connect = lambda client, *_: client.subscribe(f"lorong/v1/up/{city}/#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._see
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(30)

    @property
    def numbers(self) -> list[int]:
        """The packs' numbers as they came."""
        return [seq for seq, _ in self.packs]

    def say(self, me: Address, outbox: Outbox, payload: bytes, *, retain: bool = False) -> None:
        """Publish something where an uplink listens for answers, and wait until the broker has it."""
        self._client.publish(me.stored(outbox.box), payload, qos=1, retain=retain).wait_for_publish(30)

    def answer(self, me: Address, outbox: Outbox, through: int, *, retain: bool = False, **rest: Any) -> None:
        """Answer as the collector does, which knows the newest pack that it has seen."""
        seen = [pack for pack, box in zip(self.seen, self.boxes, strict=True) if box == outbox.box]
        known = {"store": "one", "through": through, "missing": [], "lost": [], "newest": max(seen, default=None)}
        self.say(me, outbox, orjson.dumps({**known, **rest}), retain=retain)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _see(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        pack = orjson.loads(message.payload)
        self.seen.append((pack["seq"], digest_of(bytes(message.payload))))
        self.boxes.append(pack["box"])
        self.packs.append((pack["seq"], pack["first"]))


@pytest.fixture
def me() -> Address:
    """A node in a city of its own, so that no other test is heard."""
    return Address(f"city-{next(NUMBERS)}", "saga", "n1")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def outbox(tmp_path: Path, me: Address) -> Iterator[Outbox]:
    """An outbox with twenty packs."""
    box = Outbox(tmp_path / "box.sqlite")
    put(box, me, 20)
    yield box
    box.close()


@pytest.fixture
def new_desk(me: Address) -> Iterator[Callable[[int], Desk]]:
    desks: list[Desk] = []

    def made(port: int) -> Desk:
        desks.append(Desk(port, me.city))
        return desks[-1]

    yield made
    for desk in desks:
        desk.leave()


@pytest.fixture
def desk(nats: Any, new_desk: Callable[[int], Desk]) -> Desk:
    return new_desk(nats.port)


@pytest.fixture
def new_uplink(outbox: Outbox, me: Address, clock: MovedClock) -> Iterator[Callable[[int], Uplink]]:
    """Starts uplinks of the outbox to a broker's port; they stop with the test."""
    uplinks: list[Uplink] = []

    def started(port: int) -> Uplink:
        uplinks.append(Uplink(outbox, BrokerSettings(port=port), city=me.city, node=me.node, clock=clock))
        uplinks[-1].start()
        return uplinks[-1]

    yield started
    for uplink in uplinks:
        uplink.stop()


@pytest.fixture
def uplink(nats: Any, desk: Desk, new_uplink: Callable[[int], Uplink]) -> Uplink:
    """An uplink that has sent everything."""
    found = new_uplink(nats.port)
    wait_until(lambda: len(desk.packs) == 20, "twenty packs come")
    return found


def put(outbox: Outbox, me: Address, packs: int) -> None:
    for number in range(packs):
        time = 1_795_000_000_000_000_000 + number * 1_000_000
        outbox.put(me, [Block("soil", [time], {"bed": "b1"}, {"moisture": [30.0]})])


def test_packs_are_sent_oldest_first_each_with_the_oldest_still_held(desk: Desk, uplink: Uplink) -> None:
    assert desk.packs == [(seq, 1) for seq in range(1, 21)]


def test_a_pack_leaves_the_outbox_when_it_is_stored_and_not_when_the_broker_has_it(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    assert (outbox.depth, outbox.first(), uplink.is_drained) == (20, 1, False)

    desk.answer(me, outbox, 12)
    wait_until(lambda: outbox.depth == 8, "twelve packs are forgotten")

    assert outbox.first() == 13
    put(outbox, me, 1)
    wait_until(lambda: len(desk.packs) == 21, "the next pack comes")
    assert desk.packs[-1] == (21, 13)
    desk.answer(me, outbox, 21)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_answers_to_every_lane_that_it_ever_sent_for_are_heard(
    desk: Desk, new_uplink: Callable[[int], Uplink], nats: Any, outbox: Outbox, me: Address
) -> None:
    other = Address(me.city, "another", me.node)
    put(outbox, other, 1)
    outbox.stored(20)

    uplink = new_uplink(nats.port)
    wait_until(lambda: desk.numbers == [21], "the pack of the other lane comes")

    desk.answer(me, outbox, 21)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_what_the_broker_kept_of_an_answer_forgets_nothing(
    desk: Desk, new_uplink: Callable[[int], Uplink], nats: Any, outbox: Outbox, me: Address
) -> None:
    former = digest_of(outbox.packs(19, limit=1)[0].body)
    desk.answer(me, outbox, 20, newest=[20, former], retain=True)  # of a store that was wiped since

    uplink = new_uplink(nats.port)
    wait_until(lambda: len(desk.packs) == 20, "twenty packs come")
    desk.answer(me, outbox, 3)
    wait_until(lambda: outbox.depth < 20, "the answer that is given now is heard")

    assert outbox.first() == 4
    assert not uplink.is_drained


def test_what_the_collector_gave_up_is_kept_and_sent_again(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 20, lost=[[3, 4], [9, 9]])
    wait_until(lambda: len(desk.packs) == 23, "three packs come again")

    assert [pack.seq for pack in outbox.packs(0, limit=99)] == [3, 4, 9] == desk.numbers[20:]
    desk.answer(me, outbox, 20)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_what_is_missing_is_sent_again_and_nothing_else(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 10, missing=[[11, 12], [15, 15]])
    wait_until(lambda: len(desk.packs) == 23, "three packs come again")
    put(outbox, me, 1)
    wait_until(lambda: len(desk.packs) == 24, "the next pack comes")

    assert desk.packs[20:] == [(11, 11), (12, 11), (15, 11), (21, 11)]
    assert outbox.depth == 11


def test_what_is_missing_and_gone_is_passed_over(desk: Desk, uplink: Uplink, outbox: Outbox, me: Address) -> None:
    desk.answer(me, outbox, 10)
    wait_until(lambda: outbox.depth == 10, "ten packs are forgotten")

    desk.answer(me, outbox, 10, missing=[[5, 11]])
    wait_until(lambda: len(desk.packs) == 21, "one pack comes again")

    put(outbox, me, 1)
    wait_until(lambda: len(desk.packs) == 22, "the next pack comes")
    assert desk.packs[20:] == [(11, 11), (21, 11)]


def test_another_store_is_sent_everything_that_is_held(desk: Desk, uplink: Uplink, outbox: Outbox, me: Address) -> None:
    desk.answer(me, outbox, 10)
    wait_until(lambda: outbox.depth == 10, "ten packs are forgotten")

    desk.answer(me, outbox, 0, store="restored")
    wait_until(lambda: len(desk.packs) == 30, "the other ten come again")

    assert desk.numbers[20:] == list(range(11, 21))
    desk.answer(me, outbox, 20, store="restored")
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\x00",
        b"{",
        b"7",
        b"[1]",
        b"{}",
        b'{"store":"one","missing":[]}',
        b'{"store":"one","through":null,"missing":[]}',
        b'{"store":"one","through":"all","missing":[]}',
        b'{"store":"one","through":20.5,"missing":[]}',
        b'{"store":"one","through":true,"missing":[]}',
        b'{"store":"one","through":21,"missing":[]}',
        b'{"store":"one","through":1e300,"missing":[]}',
        b'{"store":"one","through":20,"missing":[[1]]}',
        b'{"store":"one","through":20,"missing":7}',
        b'{"store":"one","through":20,"missing":[["a","b"]]}',
        b'{"store":"one","through":-1,"missing":[[-900000000000,0]]}',
        b'{"store":"one","through":0,"missing":[[9,-9]]}',
    ],
)
def test_an_answer_that_is_none_forgets_nothing_and_the_next_good_one_is_heard(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address, payload: bytes
) -> None:
    desk.say(me, outbox, payload)
    desk.answer(me, outbox, 0, missing=[[20, 20]])
    wait_until(lambda: len(desk.packs) > 20, "the good answer is heard")

    assert desk.packs[20:] == [(20, 1)]
    assert outbox.depth == 20


def test_when_nobody_answers_one_or_two_packs_are_tried_and_the_rest_when_it_is_missed(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address, clock: MovedClock
) -> None:
    desk.answer(me, outbox, 5)
    put(outbox, me, 1)
    wait_until(lambda: len(desk.packs) == 21, "one more pack comes")

    clock.forward(61)
    wait_until(lambda: len(desk.packs) == 23, "two packs come again")
    desk.answer(me, outbox, 6, missing=[[7, 20]])
    wait_until(lambda: len(desk.packs) == 37, "the missing packs come again")

    assert sorted(desk.numbers[21:23]) == [6, 21]
    assert desk.numbers[23:] == list(range(7, 21))
    desk.answer(me, outbox, 21)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_a_collector_that_stays_away_is_tried_ever_more_rarely(desk: Desk, uplink: Uplink, clock: MovedClock) -> None:
    for _ in range(12):
        clock.forward(3600)
        clock.sleep(0.3)  # longer than the uplink naps

    again = len(desk.packs) - 20
    assert 4 < again <= 2 * 12 + 20  # two at a time, and all twenty if the moved clock made it connect anew


def test_a_pack_is_not_sent_again_for_every_answer_that_misses_it(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    for _ in range(5):
        desk.answer(me, outbox, 10, missing=[[11, 12]])
    desk.answer(me, outbox, 10, missing=[[11, 12], [20, 20]])
    wait_until(lambda: desk.numbers[-1] == 20 and len(desk.packs) > 20, "the last one comes again")

    assert desk.numbers[20:] == [11, 12, 20]


def test_a_broker_whose_packs_nobody_stores_is_named_until_somebody_answers(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    assert uplink.unheard == 0

    clock.forward(59 * 60)
    wait_until(lambda: "not heard" in caplog.text, "it is said")
    assert uplink.unheard >= 20
    assert "check permissions and the collector" in caplog.text

    desk.answer(me, outbox, 20)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")
    assert uplink.unheard == 0


def test_another_outbox_of_the_same_name_makes_this_one_draw_its_own_and_send_all_it_holds(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address, caplog: pytest.LogCaptureFixture
) -> None:
    before = outbox.box
    desk.answer(me, outbox, 20, newest=[20, "0" * 16])  # the twentieth is another's
    wait_until(lambda: len(desk.packs) == 40, "all twenty come again")

    assert outbox.box != before
    assert (outbox.depth, outbox.clones) == (20, 1)
    assert desk.boxes == 20 * [before] + 20 * [outbox.box]
    assert desk.numbers[20:] == list(range(1, 21))
    assert "another outbox has this one's name" in caplog.text
    desk.answer(me, outbox, 20)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_a_number_that_was_never_given_is_another_outboxs(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 15, newest=[21, "0" * 16])

    wait_until(lambda: len(desk.packs) == 40, "all twenty come again")
    assert outbox.clones == 1


def test_an_answer_about_packs_that_were_not_sent_yet_forgets_none_of_them(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    put(outbox, me, 480)
    wait_until(lambda: len(desk.packs) == 400, "as many come as may be under way")

    (last,) = outbox.packs(499, limit=1)  # an earlier connection brought it there
    desk.answer(me, outbox, 450, newest=[500, digest_of(last.body)])
    wait_until(lambda: outbox.depth == 100, "what was sent is forgotten")
    wait_until(lambda: len(desk.packs) == 500, "the rest comes")

    assert outbox.first() == 401


def test_a_pack_that_was_thinned_after_it_was_sent_is_still_known_for_ours(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    outbox.limit_bytes = 100
    put(outbox, me, 1)  # thins all that came before
    wait_until(lambda: len(desk.packs) == 21, "one more pack comes")
    assert outbox.thinned >= 20

    desk.answer(me, outbox, 20, newest=max(desk.seen[:20]))
    wait_until(lambda: outbox.depth == 1, "the stored packs are forgotten")

    assert outbox.clones == 0


def test_an_answer_that_cannot_tell_the_newest_forgets_nothing_and_is_helped_to_know(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 10, missing=[[11, 12]], newest=None)
    wait_until(lambda: len(desk.packs) == 23, "what is missing and the last one come again")

    assert (desk.numbers[20:], outbox.depth) == ([11, 12, 20], 20)


def test_an_answer_that_proves_nothing_is_not_believed(desk: Desk, uplink: Uplink, outbox: Outbox, me: Address) -> None:
    desk.say(me, outbox, b'{"store":"one","through":20,"missing":[[1,1]],"lost":[]}')
    wait_until(lambda: len(desk.packs) == 22, "it is heard, and the last pack goes out to be known by")

    assert outbox.depth == 20


def test_the_newest_pack_that_is_named_vouches_for_none_after_it(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 20, newest=desk.seen[11])
    wait_until(lambda: outbox.depth < 20, "it is heard")

    assert outbox.first() == 13


def test_a_broker_that_is_killed_and_started_again_costs_nothing(
    new_nats: Any, new_desk: Callable[[int], Desk], new_uplink: Callable[[int], Uplink], outbox: Outbox, me: Address
) -> None:
    server = new_nats()
    before = new_desk(server.port)
    uplink = new_uplink(server.port)
    wait_until(lambda: len(before.packs) == 20, "twenty packs come")

    server.stop(signal.SIGKILL)
    put(outbox, me, 5)
    assert outbox.depth == 25
    server.start()
    after = new_desk(server.port)
    wait_until(lambda: set(after.numbers) >= set(range(1, 26)), "all packs come again")

    after.answer(me, outbox, 25)
    wait_until(lambda: uplink.is_drained, "the outbox is empty")


def test_a_broker_that_is_not_there_yet_is_waited_for(
    new_nats: Any, new_desk: Callable[[int], Desk], new_uplink: Callable[[int], Uplink]
) -> None:
    server = new_nats()
    new_desk(server.port).leave()
    server.stop()

    uplink = new_uplink(server.port)
    server.start()

    desk = new_desk(server.port)
    wait_until(lambda: set(desk.numbers) == set(range(1, 21)), "twenty packs come")
    assert not uplink.is_drained


def test_stopping_waits_for_the_outbox_to_empty_no_longer_than_it_is_told(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    assert uplink.stop() is False
    assert outbox.depth == 20


def test_stopping_with_patience_ends_when_all_is_stored(
    desk: Desk, uplink: Uplink, outbox: Outbox, me: Address
) -> None:
    desk.answer(me, outbox, 20)

    assert uplink.stop(drain_seconds=60) is True
