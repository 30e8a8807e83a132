"""The web's thread: a port belongs to one of us."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from commons.errors import UsageError
from lorong.server import WebServer
from web.settings import WebSettings


def test_two_servers_that_start_at_the_same_moment_never_share_a_port() -> None:
    first = WebServer(FastAPI(), WebSettings(port=0))
    port = int(first.address.rpartition(":")[2])

    with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is not free"):
        WebServer(FastAPI(), WebSettings(port=port))
    first.stop()
