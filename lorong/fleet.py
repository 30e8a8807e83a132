"""Many nodes on one machine: each with its own outbox, agent and uplink, as on boxes of their own."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.outbox import Outbox
from commons.uplink import Uplink
from sensors.node import CADENCE_SECONDS, COMMIT_SECONDS, build_node
from sensors.simulation.gateway import OPTION, build_gateway
from sensors.simulation.link import linked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from commons.broker import BrokerSettings
    from commons.clock import Clock
    from commons.sites import NodeEntry, Site
    from sensors.agent import Agent
    from sensors.simulation.gateway import Gateway

_STUCK_SECONDS: Final = 300.0  # a loop naps for 30 s, and a line of dead Modbus probes takes a minute


@dataclass(frozen=True, slots=True)
class Node:
    """One box: what it reads with, where it keeps readings, and how it sends them."""

    agent: Agent | Gateway
    outbox: Outbox
    uplink: Uplink


class Fleet:
    """The nodes of a site that run here.

    Args:
        entries: Which.
        site: Whose.
        folder: Where their outboxes are, one file a node.
        broker: Where they send to.
        clock: Whose time they read.
        cadence_seconds: The time between two looks at a driver [s].
        commit_seconds: The time in which a node gathers rows for one commit [s].
        link_clock: Whose time uplinks wait by; the same when left out.
    """

    def __init__(
        self,
        entries: Iterable[NodeEntry],
        site: Site,
        folder: Path,
        broker: BrokerSettings,
        *,
        clock: Clock,
        cadence_seconds: float = CADENCE_SECONDS,
        commit_seconds: float = COMMIT_SECONDS,
        link_clock: Clock | None = None,
    ) -> None:
        self._clock, self._link_clock = clock, link_clock or clock
        self._cadence_seconds, self._commit_seconds = cadence_seconds, commit_seconds
        self._stop = threading.Event()
        self.nodes = [self._node(entry, site, folder, broker) for entry in entries]
        self._threads = [
            threading.Thread(target=node.agent.run, args=(self._stop,), name=node.agent.address.node, daemon=True)
            for node in self.nodes
        ]

    def start(self) -> None:
        """Begin to read and send."""
        for node, thread in zip(self.nodes, self._threads, strict=True):
            node.uplink.start()
            thread.start()

    def start_sending(self) -> None:
        """Begin to send only; `look` reads."""
        for node in self.nodes:
            node.uplink.start()

    def look(self, now_ms: int) -> None:
        """Let every node look until it has no more to give at this moment [ms since 1970 UTC]."""
        for node in self.nodes:
            while node.agent.step(now_ms):
                pass

    def stop_reading(self) -> None:
        """Take no further reading; what was taken is still sent."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def drain(self, seconds: float) -> bool:
        """Wait until every reading is known to be in the store, but no longer than this; whether all are."""
        clock = self._link_clock
        deadline = clock.monotonic() + seconds
        while not self.is_drained and clock.monotonic() < deadline:
            clock.sleep(0.05)
        return self.is_drained

    def close(self) -> None:
        """Stop reading and sending; what is not yet stored stays in the outboxes."""
        self.stop_reading()
        for node in self.nodes:
            node.uplink.stop()
            node.outbox.close()

    @property
    def is_well(self) -> bool:
        """Whether every loop came by lately; none did where a driver hangs."""
        late = self._clock.monotonic() - _STUCK_SECONDS
        loops = zip(self.nodes, self._threads, strict=True)
        return all(thread.is_alive() and node.agent.looped_at > late for node, thread in loops)

    @property
    def is_drained(self) -> bool:
        """Whether every reading is known to be in the store."""
        return all(node.uplink.is_drained for node in self.nodes)

    @property
    def is_crowded(self) -> bool:
        """Whether an outbox is more than half full."""
        return any(node.outbox.is_crowded for node in self.nodes)

    @property
    def produced(self) -> int:
        """Rows ever put into the outboxes."""
        return sum(node.outbox.produced for node in self.nodes)

    @property
    def thinned(self) -> int:
        """Rows that full outboxes had to drop."""
        return sum(node.outbox.thinned for node in self.nodes)

    @property
    def waiting(self) -> int:
        """Rows not yet known to be in the store."""
        return sum(node.outbox.depth_rows for node in self.nodes)

    @property
    def caught_up(self) -> int:
        """How many nodes have given all their history and are at the present."""
        return sum(node.agent.is_at_present for node in self.nodes)

    def _node(self, entry: NodeEntry, site: Site, folder: Path, broker: BrokerSettings) -> Node:
        address = entry.address
        outbox = Outbox(folder / f"{address.node}.sqlite")
        way = linked(entry, site, broker, clock=self._clock)
        uplink = Uplink(outbox, way, city=address.city, node=address.node, clock=self._link_clock)
        if OPTION in entry.options:
            return Node(build_gateway(entry, site, outbox, clock=self._clock), outbox, uplink)
        agent = build_node(
            entry,
            site,
            outbox,
            clock=self._clock,
            cadence_seconds=self._cadence_seconds,
            commit_seconds=self._commit_seconds,
            uplink=uplink,
        )
        return Node(agent, outbox, uplink)
