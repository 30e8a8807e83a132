"""A node put together: its driver, its report of itself, and the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sensors.agent import Agent
from sensors.drivers import build_driver
from sensors.self_report import SelfReport

if TYPE_CHECKING:
    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

CADENCE_SECONDS: Final = 900.0
_REAL: Final = ("measured", "typed")


def build_node(
    entry: NodeEntry, site: Site, outbox: Outbox, *, clock: Clock, cadence_seconds: float = CADENCE_SECONDS
) -> Agent:
    """A node of a site. Bookmarks carry the node's name, so that several nodes may share an outbox.

    A node whose rows are measured or typed here also reports itself; simulated lanes make up their own report, and
    what was recorded elsewhere has none.

    Args:
        entry: The node's row in the site's table, or a real node's settings.
        site: Its site.
        outbox: Where its rows are kept.
        clock: What time it is.
        cadence_seconds: The time between two looks at its driver [s].

    Raises:
        UnknownNameError: Its driver, or an option, is not known.
        SiteError: An option is missing or means nothing.
    """
    node = entry.address.node
    drivers: dict[str, Driver] = {f"{node}/{entry.driver}": build_driver(entry, site)}
    if entry.origin in _REAL:
        drivers[f"{node}/self_report"] = SelfReport(outbox, origin=entry.origin)
    return Agent(entry.address, drivers, outbox, clock=clock, cadence_seconds=cadence_seconds)
