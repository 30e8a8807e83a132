"""A bought sensor: single readings in a format without box and number, sent once and never kept."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

import orjson

from commons.broker import BrokerSettings
from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.rows import Block
from commons.sites import NodeEntry
from commons.topics import Address
from tests.flow.small_site import sent

if TYPE_CHECKING:
    from tests.flow.small_site import Row

_CLOCK: Final = SystemClock()
_ENTRY: Final = NodeEntry(Address("makassar", "sydney", "sydney-d1"), "device", "measured", {})
_PERIOD_SECONDS: Final = 0.05
_WELCOME_SECONDS: Final = 20.0


class Device:
    """Sends from the moment it is made until it is stopped, to a broker that does not go away.

    Args:
        port: The broker's port.
    """

    def __init__(self, port: int) -> None:
        self._sent: list[int] = []
        self._client = BrokerSettings(port=port).client("lorong-device", clean_session=True)
        self._welcome, self._stop = threading.Event(), threading.Event()
        self._client.on_connect = lambda *_: self._welcome.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._welcome.wait(_WELCOME_SECONDS), "the broker does not welcome the device"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> Counter[Row]:
        """End it; the rows that the broker has taken."""
        self._stop.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()
        return Counter(
            row
            for at in self._sent
            for row in sent(
                Block("air", [at * NANOSECONDS_PER_MILLISECOND], {"origin": "measured"}, {"temperature": [_value(at)]}),
                _ENTRY,
            )
        )

    def _run(self) -> None:
        while not self._stop.wait(_PERIOD_SECONDS):
            at = max(_CLOCK.wall_ms(), *self._sent[-1:], 0) + 1
            reading = orjson.dumps({"t": at, "temperature": _value(at)})
            taken = self._client.publish(_ENTRY.address.up("air"), reading, qos=1)
            taken.wait_for_publish(_WELCOME_SECONDS)
            if taken.is_published():
                self._sent.append(at)


def _value(at_ms: int) -> float:
    return 20.0 + at_ms % 1_000 / 100
