"""A seeded node as a process: `python -m tests.faults.node ORDERS`; it ends when everything it read is stored."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import orjson

from commons import logs
from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.settings import section
from commons.uplink import Uplink
from lorong.signals import stopping
from sensors.agent import Agent
from tests.faults.clocks import FastClock
from tests.faults.seeded import NAME, Orders, SeededDriver

_NAP_SECONDS = 0.05
_log = logs.Log("node")


def main() -> None:
    """Read until all is read or SIGTERM comes, and send until all is stored; a second SIGTERM ends it at once."""
    logs.setup()
    orders, stop = Orders(**orjson.loads(sys.argv[1])), stopping()
    broker = section(BrokerSettings, "broker", {})
    outbox = Outbox(Path(orders.outbox), limit_bytes=orders.limit_bytes)
    agent = Agent(
        orders.address,
        {NAME: SeededDriver(orders)},
        outbox,
        clock=FastClock(orders.began_ms, orders.speed),
        cadence_seconds=orders.period_ms / 1000,
    )
    uplink = Uplink(outbox, broker, city=orders.address.city, node=orders.node, clock=SystemClock())
    uplink.start()
    read_enough = threading.Event()
    reading = threading.Thread(target=agent.run, args=(read_enough,), daemon=True)
    reading.start()
    while not stop.wait(_NAP_SECONDS):
        if orders.count and _has_read(outbox) == orders.count and uplink.is_drained and not orders.stays:
            break
    read_enough.set()
    reading.join()
    _log.info("node has read", readings=_has_read(outbox))
    while not uplink.is_drained:
        SystemClock().sleep(_NAP_SECONDS)
    _log.info("node is drained", thinned=outbox.thinned)
    uplink.stop()
    outbox.close()


def _has_read(outbox: Outbox) -> int:
    return int(outbox.bookmark(NAME) or 0)


if __name__ == "__main__":
    main()
