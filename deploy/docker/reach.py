"""A container's health: `python -m deploy.docker.reach mqtts://broker:8883 influxdb:8086` asks each address."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS: Final = 5.0
_GOOD: Final = 200
_AUTHORITY: Final = "LORONG_BROKER__CA"


def unreached(addresses: Sequence[str], *, ca: str | None = None) -> list[str]:
    """The addresses that do not answer.

    Args:
        addresses: Each "host:port", where a connection is enough; "mqtts://host:port", whose certificate must be good,
            for a bare connection would leave a line about a failed handshake in the broker's log each time; or an http
            URL, whose answer must be 200.
        ca: The file of the authority that vouches for the broker; None = the system's.
    """
    return [address for address in addresses if not _answers(address, ca)]


def _answers(address: str, ca: str | None) -> bool:
    parts = urlsplit(address if "://" in address else f"//{address}")
    host = parts.hostname or ""
    try:
        if parts.scheme == "http":
            return _page(host, parts.port or http.client.HTTP_PORT, parts.path)
        with socket.create_connection((host, parts.port or 0), timeout=_SECONDS) as link:
            if parts.scheme == "mqtts":
                _greet(ssl.create_default_context(cafile=ca).wrap_socket(link, server_hostname=host))
            return True
    except (OSError, http.client.HTTPException):
        return False


def _greet(link: ssl.SSLSocket) -> None:
    """Say goodbye before the door is closed, which Mosquitto would complain about; the answer is not waited for."""
    link.settimeout(0)
    with link, contextlib.suppress(ssl.SSLError):
        link.unwrap()


def _page(host: str, port: int, path: str) -> bool:
    asked = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    asked.request("GET", path or "/")
    return asked.getresponse().status == _GOOD


if __name__ == "__main__":
    silent = unreached(sys.argv[1:], ca=os.environ.get(_AUTHORITY) or None)
    sys.exit(f"no answer from {', '.join(silent)}" if silent else 0)
