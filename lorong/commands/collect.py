"""`lorong collect`: the collector in a process of its own, without what it does not need in memory."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Final

from commons import logs
from commons.clock import SystemClock
from ingest.collector import Collector
from lorong.settings import load, site
from lorong.signals import stopping
from store import open_store

# A batch is hundreds of thousands of objects without cycles that die together: looking for cycles among them again and
# again costs the collector a sixth of its time.
_YOUNG_OBJECTS: Final = 100_000


def collect(*, city: str = "makassar", settings: Path | None = None, log: str = "INFO") -> None:
    """Take readings off the broker and put them into the store, until stopped.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    log
        The lowest level logged.
    """
    logs.setup(log)
    every = load(settings)
    clock, stop = SystemClock(), stopping()
    store = open_store(every.store, clock=clock)
    gc.set_threshold(_YOUNG_OBJECTS)
    try:
        Collector(store, every.broker, site(city), every.collector, clock=clock).run(stop)
    finally:
        store.close()
