"""The table of drivers by name; a new sensor is one file and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from commons.errors import UnknownNameError
from commons.sites import NodeEntry

if TYPE_CHECKING:
    from commons.sites import Site
    from sensors.drivers.driver import Driver

DRIVERS: Final = (
    "linux_sysfs",
    "modbus_soil",
    "price_sheet",
    "pulse_counters",
    "recording",
    "scales",
    "simulated",
)
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


def build_drivers(entry: NodeEntry, site: Site) -> dict[str, Driver]:
    """The drivers of a board that has several, by name.

    Args:
        entry: The node; several drivers are joined by `+`, and an option of one of them is `driver.option`:
            `linux_sysfs+modbus_soil` with `modbus_soil.port=/dev/ttyUSB0`.
        site: Its site.

    Raises:
        UnknownNameError: A driver, or an option, is not known.
        SiteError: An option is missing or means nothing.
    """
    names = entry.driver.split("+")
    if len(names) == 1:
        return {entry.driver: build_driver(entry, site)}
    for option in entry.options:
        if option.partition(".")[0] not in names:
            raise UnknownNameError(
                f"driver before an option (node {entry.address.node}, {'+'.join(names)})", option, names
            )
    return {name: build_driver(_only(entry, name), site) for name in names}


def _only(entry: NodeEntry, name: str) -> NodeEntry:
    """The node as if it had this driver alone."""
    own = {key.partition(".")[2]: value for key, value in entry.options.items() if key.partition(".")[0] == name}
    return NodeEntry(entry.address, name, entry.origin, own)
