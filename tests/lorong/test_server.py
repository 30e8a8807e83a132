"""The web's thread: a port belongs to one of us."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from commons.errors import UsageError
from lorong.server import WebServer


def test_two_servers_that_start_at_the_same_moment_never_share_a_port() -> None:
    first = WebServer(FastAPI(), host="127.0.0.1", port=0)
    port = int(first.address.rpartition(":")[2])

    with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is not free"):
        WebServer(FastAPI(), host="127.0.0.1", port=port)
    first.stop()
