"""A real node's settings: where it stands, what it reads and how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from commons.clock import SystemClock
from commons.errors import SettingsError, UnknownNameError
from commons.sites import NodeEntry
from commons.topics import Address
from sensors.ntp_clock import NtpClock

_CLOCKS: Final[dict[str, type[SystemClock]]] = {"machine": SystemClock, "ntp": NtpClock}


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """The section `[node]`.

    Args:
        city: The city's slug, which is its site folder's name.
        lane: The lane's slug.
        node: The node's own slug; no other node of the city has it.
        driver: What it reads, a name of `sensors/drivers/__init__.py`, or several joined by `+`.
        options: The driver's options, as in nodes.csv: `key=value;key=value`, and `driver.key=value` where there are
            several.
        origin: measured, or typed for a price sheet.
        cadence_seconds: The time between two looks [s].
        commit_seconds: The time in which readings are gathered for one commit to the SD card [s]; a power cut costs
            those that are being gathered. What people typed does not wait.
        clock: machine = believed once it is later than this release; ntp = once a time server has set it, for boards
            whose clock stops with their power.
        data: The folder of its outbox.
    """

    city: str = "makassar"
    lane: str = ""
    node: str = ""
    driver: str = "linux_sysfs"
    options: str = ""
    origin: str = "measured"
    cadence_seconds: float = 900.0
    commit_seconds: float = 300.0
    clock: str = "machine"
    data: Path = Path("data/node")

    def open_clock(self) -> SystemClock:
        """The clock that it reads.

        Raises:
            UnknownNameError: There is none of that name.
        """
        if self.clock not in _CLOCKS:
            raise UnknownNameError("clock of a node (node.clock)", self.clock, _CLOCKS)
        return _CLOCKS[self.clock]()

    def entry(self) -> NodeEntry:
        """The node as a row of the site's table.

        Raises:
            SettingsError: Lane or node is not given, or an option is not `key=value`.
            WireError: A slug cannot stand in a topic.
        """
        for name in ("lane", "node"):
            if not getattr(self, name):
                raise SettingsError(f"setting node.{name} is empty; give the slug that lanes.csv and the broker know")
        options = {}
        for pair in filter(None, self.options.split(";")):
            key, equals, value = pair.partition("=")
            if not equals:
                raise SettingsError(f"setting node.options has {pair!r}, which is no key=value; mend it")
            options[key.strip()] = value.strip()
        return NodeEntry(Address(self.city, self.lane, self.node), self.driver, self.origin, options)
