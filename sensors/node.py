"""A node put together: its driver, its report of itself, and the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sensors.agent import Agent
from sensors.drivers import build_drivers
from sensors.self_report import SelfReport
from sensors.timekeeping import Timekeeper

if TYPE_CHECKING:
    from commons.clock import Clock
    from commons.outbox import Outbox
    from commons.sites import NodeEntry, Site
    from commons.uplink import Uplink
    from sensors.drivers.driver import Driver

CADENCE_SECONDS: Final = 900.0
COMMIT_SECONDS: Final = 300.0
_REAL: Final = ("measured", "typed")


def build_node(
    entry: NodeEntry,
    site: Site,
    outbox: Outbox,
    *,
    clock: Clock,
    cadence_seconds: float = CADENCE_SECONDS,
    commit_seconds: float = COMMIT_SECONDS,
    uplink: Uplink | None = None,
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
        commit_seconds: The time in which rows are gathered for one commit [s].
        uplink: What sends the outbox, for the node's report of itself.

    Raises:
        UnknownNameError: Its driver, or an option, is not known.
        SiteError: An option is missing or means nothing.
    """
    node, time = entry.address.node, Timekeeper(clock)
    drivers: dict[str, Driver] = {f"{node}/{name}": driver for name, driver in build_drivers(entry, site).items()}
    if entry.origin in _REAL:
        drivers[f"{node}/self_report"] = SelfReport(outbox, origin=entry.origin, uplink=uplink, time=time)
    return Agent(
        entry.address,
        drivers,
        outbox,
        clock=clock,
        cadence_seconds=cadence_seconds,
        commit_seconds=commit_seconds,
        time=time,
    )
