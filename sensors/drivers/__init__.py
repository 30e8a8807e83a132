"""The table of drivers by name; a new sensor is one file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError
from sensors.drivers import linux_sysfs, price_sheet, recording, simulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

DRIVERS: Final[dict[str, Callable[[NodeEntry, Site], Driver]]] = {
    "linux_sysfs": linux_sysfs.build,
    "price_sheet": price_sheet.build,
    "recording": recording.build,
    "simulated": simulated.build,
}


def build_driver(entry: NodeEntry, site: Site) -> Driver:
    """The driver that a node names, with the node's options.

    Raises:
        UnknownNameError: The driver is in no line of the table, or an option is not the driver's.
        SiteError: An option is missing or means nothing.
    """
    try:
        build = DRIVERS[entry.driver]
    except KeyError:
        raise UnknownNameError("driver", entry.driver, DRIVERS) from None
    return build(entry, site)
