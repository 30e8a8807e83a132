"""Who really asks, and over what, where a proxy that is trusted says so."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from commons.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Receive, Scope, Send


class BehindProxies:
    """ASGI middleware that puts the visitor's address and scheme in the place of the proxy's.

    Of `X-Forwarded-For` the last address that is no trusted proxy counts: whatever stands left of it the visitor may
    have written.

    Args:
        app: What answers.
        trusted: Addresses or networks of proxies.

    Raises:
        SettingsError: One of them is neither.
    """

    def __init__(self, app: ASGIApp, *, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = [_network(text) for text in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope.get("client") and self._is_trusted(scope["client"][0]):
            headers = Headers(scope=scope)
            hops = [_host(hop) for text in headers.getlist("x-forwarded-for") for hop in text.split(",")]
            stranger = next((hop for hop in reversed(hops) if hop and not self._is_trusted(hop)), None)
            scope = {**scope, "client": (stranger, 0) if stranger else scope["client"]}
            if headers.get("x-forwarded-proto", "").strip().lower() == "https":
                scope["scheme"] = "https"
        await self._app(scope, receive, send)

    def _is_trusted(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def _host(hop: str) -> str:
    """The address in a hop, without the port that some proxies add; nothing where there is none."""
    bare = hop.strip()
    for host in (bare, bare.partition("]")[0].removeprefix("["), bare.rpartition(":")[0]):
        try:
            return str(ip_address(host))
        except ValueError:
            continue
    return ""


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise SettingsError(
            f"setting web.trusted_proxies has {text!r}, which is no address or network; write 10.0.0.5 or 10.0.0.0/24"
        ) from error
