"""`lorong store init|backup|restore`: make the store ready, copy it while it is at work, and bring a copy back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from commons.clock import SystemClock
from commons.errors import StoreError, UsageError
from lorong.settings import existing_store, load
from store import open_store
from store.backup import backup as copy_store
from store.restore import restore as bring_back


def init(*, settings: Path | None = None) -> None:
    """Make the store's file or buckets, and print its id; harmless to repeat.

    Parameters
    ----------
    settings
        A TOML file with the section store.
    """
    with closing(open_store(load(settings).store, clock=SystemClock())) as store:
        print(f"store {store.id} is ready")


def backup(folder: Path, *, settings: Path | None = None) -> None:
    """Copy the whole store into a new folder while everything goes on; no secret is in it.

    Parameters
    ----------
    folder
        The folder to make; it must not be there yet.
    settings
        A TOML file with the section store.
    """
    if folder.exists():
        raise UsageError(f"{str(folder)!r} is there already; name a folder that is not, such as one with today's date")
    clock = SystemClock()
    with closing(open_store(existing_store(settings), clock=clock)) as store:
        made = copy_store(store, folder, clock=clock, say=_say)
    print(f"{made.rows:,} rows of store {made.store} are in {str(folder)!r}, as it was at {made.begun}")


def restore(folder: Path, *, settings: Path | None = None) -> None:
    """Put a backup into the store, empty or in use; senders then send again what they still hold.

    Parameters
    ----------
    folder
        What `lorong store backup` made.
    settings
        A TOML file with the section store.
    """
    if not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is no folder; name one that `lorong store backup` made")
    clock = SystemClock()
    with closing(open_store(load(settings).store, clock=clock)) as store:
        refused = bring_back(store, folder, clock=clock, say=_say)
        print(f"store {store.id} now has what is in {str(folder)!r}")
    if refused:
        named = "; ".join(f"{count:,} rows of {name}: {reason}" for name, (count, reason) in refused.items())
        raise StoreError(f"everything is restored but what the store refused: {named}")


def _say(line: str) -> None:
    print(line, flush=True)
