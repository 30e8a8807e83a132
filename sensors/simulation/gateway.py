"""A gateway: one box that gathers the readings of many lanes, as those of LoRa networks do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.errors import OutboxError, SiteError
from commons.logs import Log
from commons.sites import NodeEntry
from commons.topics import Address
from sensors.drivers.simulated import build
from sensors.faults import Faults

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.rows import Block
    from commons.sites import Site
    from sensors.drivers.driver import Driver

OPTION: Final = "gateway"
_NAP_SECONDS: Final = 30.0

log = Log("sensors.gateway")


class Gateway:
    """The simulated lanes of a gateway: all speak with its name, and what one look at them gives is one commit.

    Args:
        address: The gateway itself.
        lanes: The driver of each lane.
        outbox: Where rows are kept until they are stored.
        clock: The scenario's time.
    """

    def __init__(self, address: Address, lanes: Mapping[str, Driver], outbox: Outbox, *, clock: Clock) -> None:
        self.address, self._outbox, self._clock = address, outbox, clock
        self._lanes = {lane: (Address(address.city, lane, address.node), driver) for lane, driver in lanes.items()}
        self._bookmarks: dict[str, str] = outbox.bookmarks("")
        self._faults = Faults(log, "gateway")
        self.is_at_present = False
        self.looped_at = clock.monotonic()

    def step(self, now_ms: int) -> bool:
        """Look once at every lane [ms since 1970 UTC]; whether to call again at once."""
        taken: list[tuple[Address, list[Block]]] = []
        bookmarks: dict[str, str] = {}
        more = False
        for lane, (address, driver) in self._lanes.items():
            reading = driver.read(now_ms, self._bookmarks.get(lane))
            if reading.bookmark is not None:
                taken.append((address, [block for block in reading.blocks if len(block)]))
                bookmarks[lane] = reading.bookmark
            more = more or reading.more
        try:
            self._outbox.put_all(taken, bookmarks=bookmarks, right_ms=now_ms)
        except OutboxError as error:
            self._faults.fails(self.address.node, error)
            return False
        self._faults.works(self.address.node)
        self._bookmarks |= bookmarks
        self.is_at_present = not more
        return more and not self._outbox.is_crowded

    def run(self, stop: threading.Event) -> None:
        """Look and look again until `stop` is set."""
        while not stop.is_set():
            self.looped_at = self._clock.monotonic()
            if not self.step(self._clock.wall_ms()):
                self._clock.sleep(_NAP_SECONDS, until=stop)


def build_gateway(entry: NodeEntry, site: Site, outbox: Outbox, *, clock: Clock) -> Gateway:
    """A gateway of a scenario's site; its option `gateway` says which of how many it is, such as 2/16.

    Raises:
        SiteError: The option means something else.
    """
    options, node = dict(entry.options), entry.address
    share = options.pop(OPTION)
    number, _, count = share.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise SiteError(f"node {node.node!r}: option gateway={share} is no share; write one like 2/16")
    lanes = {
        lane: build(NodeEntry(Address(node.city, lane, node.node), entry.driver, entry.origin, options), site)
        for lane in list(site.lanes)[int(number) - 1 :: int(count)]
    }
    return Gateway(node, lanes, outbox, clock=clock)
