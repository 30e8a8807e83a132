"""The table of drivers by name; a new sensor is one file and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from commons.sites import NodeEntry, Site
    from sensors.drivers.driver import Driver

DRIVERS: Final = ("linux_sysfs", "modbus_soil", "price_sheet", "recording", "simulated")
"""Each a module beside this one, imported only when a node names it: a board carries no library it does not use."""


def build_driver(entry: NodeEntry, site: Site) -> Driver:
    """The driver that a node names, with the node's options.

    Raises:
        UnknownNameError: The driver is in no line of the table, or an option is not the driver's.
        SiteError: An option is missing or means nothing.
    """
    if entry.driver not in DRIVERS:
        raise UnknownNameError("driver", entry.driver, DRIVERS)
    driver: Driver = import_module(f"{__name__}.{entry.driver}").build(entry, site)
    return driver
