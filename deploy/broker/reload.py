"""Tell a running broker that its users or its certificate have changed."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

PID_FILE: Final = Path("/run/lorong-broker/broker.pid")  # where deploy/systemd/lorong-broker.service has it
BY_HAND: Final = "docker compose kill -s HUP broker (or: systemctl reload lorong-broker, or mosquitto)"
_BROKERS: Final = ("nats-server", "mosquitto")


def reload_broker(pid_file: Path) -> bool:
    """Let the broker read its files anew; connections of users that have not changed stay.

    Args:
        pid_file: Where the broker wrote its process number.

    Returns:
        Whether a broker was told; without one that we know of and may signal, somebody has to.
    """
    with suppress(OSError, ValueError):
        pid = int(pid_file.read_text("ascii"))
        # A file may outlive its broker, and whoever has the number now would die of the signal.
        if Path(f"/proc/{pid}/comm").read_text("utf-8").strip() in _BROKERS:
            os.kill(pid, signal.SIGHUP)
            return True
    return False
