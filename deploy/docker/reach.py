"""A container's health: `python -m deploy.docker.reach broker:1883 http://127.0.0.1:8000/healthz` asks each address."""

from __future__ import annotations

import http.client
import socket
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS: Final = 5.0
_GOOD: Final = 200


def unreached(addresses: Sequence[str]) -> list[str]:
    """The addresses that do not answer.

    Args:
        addresses: Each "host:port", where a connection is enough, or an http URL, whose answer must be 200.
    """
    return [address for address in addresses if not _answers(address)]


def _answers(address: str) -> bool:
    is_url = address.startswith("http://")
    parts = urlsplit(address if is_url else f"//{address}")
    host, port = parts.hostname or "", parts.port or http.client.HTTP_PORT
    try:
        if not is_url:
            socket.create_connection((host, port), timeout=_SECONDS).close()
            return True
        asked = http.client.HTTPConnection(host, port, timeout=_SECONDS)
        asked.request("GET", parts.path or "/")
        return asked.getresponse().status == _GOOD
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    silent = unreached(sys.argv[1:])
    sys.exit(f"no answer from {', '.join(silent)}" if silent else 0)
