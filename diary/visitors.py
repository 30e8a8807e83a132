"""Who asks, as far as an address tells: one IPv4 address, or one network of IPv6."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_ONE_HOME = 64  # an IPv6 customer gets a whole /64, and may draw a new address in it for every request


def visitor(host: str) -> str:
    """The name under which an address is counted.

    Args:
        host: An IP address, or whatever stands in its place.

    Returns:
        An IPv4 address as it is, an IPv6 address as its /64, anything else unchanged.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _ONE_HOME), strict=False))
