"""`lorong store init`: make the store ready."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from commons.clock import SystemClock
from lorong.settings import load
from store import open_store


def init(*, settings: Path | None = None) -> None:
    """Make the store's file or buckets, and print its id; harmless to repeat.

    Parameters
    ----------
    settings
        A TOML file with the section store.
    """
    with closing(open_store(load(settings).store, clock=SystemClock())) as store:
        print(f"store {store.id} is ready")
