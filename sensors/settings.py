"""A real node's settings: where it stands, what it reads and how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from commons.errors import SettingsError
from commons.sites import NodeEntry
from commons.topics import Address


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """The section `[node]`.

    Args:
        city: The city's slug, which is its site folder's name.
        lane: The lane's slug.
        node: The node's own slug; no other node of the city has it.
        driver: What it reads, a name of `sensors/drivers/__init__.py`.
        options: The driver's options, as in nodes.csv: `key=value;key=value`.
        origin: measured, or typed for a price sheet.
        cadence_seconds: The time between two looks [s].
        data: The folder of its outbox.
    """

    city: str = "makassar"
    lane: str = ""
    node: str = ""
    driver: str = "linux_sysfs"
    options: str = ""
    origin: str = "measured"
    cadence_seconds: float = 900.0
    data: Path = Path("data/node")

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
