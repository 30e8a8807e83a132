"""The DuckDB file's owner as a process of its own: `python -m tests.faults.store_owner`, until stopped."""

from __future__ import annotations

from contextlib import closing

from commons import logs
from commons.clock import SystemClock
from commons.settings import section
from lorong.signals import stopping
from store import open_store
from store.settings import StoreSettings


def main() -> None:
    """Own the store that the environment names, and answer for it."""
    logs.setup()
    stop = stopping()
    with closing(open_store(section(StoreSettings, "store", {}), clock=SystemClock())):
        logs.Log("store").info("store is open")
        stop.wait()


if __name__ == "__main__":
    main()
