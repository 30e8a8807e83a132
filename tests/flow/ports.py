"""Ports for servers that tests start."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import Final

_WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS: Final = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_STEP: Final = 2  # the system gives those who listen every second port, and the others to those who connect


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens.

    Tests that run beside each other draw from different ones: a server starts a little later, and starts again on its
    port after a test has killed it.
    """
    while True:
        with closing(socket.socket()) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port // _STEP % _WORKERS == _WORKER:
            return port
