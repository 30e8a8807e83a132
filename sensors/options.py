"""A driver's options, as a node's row names them: unknown ones are refused by name, missing ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commons.errors import SiteError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import NodeEntry


def read_options(entry: NodeEntry, *, required: tuple[str, ...] = (), optional: Mapping[str, str]) -> dict[str, str]:
    """Every option of a driver, the defaults filled in.

    Args:
        entry: The node.
        required: The options it must name.
        optional: The options it may name, with their defaults.

    Raises:
        SiteError: A required option is not there.
        UnknownNameError: An option is not the driver's; the near ones are offered.
    """
    node = entry.address.node
    for name in entry.options:
        if name not in required and name not in optional:
            raise UnknownNameError(f"option of driver {entry.driver} (node {node})", name, [*required, *optional])
    for name in required:
        if not entry.options.get(name):
            raise SiteError(f"node {node!r}: driver {entry.driver} needs the option {name!r}; add {name}=...")
    return {**optional, **entry.options}


def read_number(entry: NodeEntry, options: Mapping[str, str], name: str) -> int:
    """An option that is a whole number of at least 0.

    Raises:
        SiteError: It is something else.
    """
    text = options[name]
    if not text.isdecimal():
        raise SiteError(f"node {entry.address.node!r}: option {name}={text!r} is no whole number; write one like 45")
    return int(text)
