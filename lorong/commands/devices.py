"""`lorong devices listen|list`: other people's devices, heard by their own topics."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commons import logs
from commons.clock import SystemClock
from lorong import tables
from lorong.listening import listening
from lorong.settings import load, site
from lorong.signals import stopping, wait_for
from store import open_store
from store.contract import Query

if TYPE_CHECKING:
    import pyarrow as pa


def listen(*, city: str = "makassar", settings: Path | None = None, log: str = "INFO") -> None:
    """Hear other people's devices and send on what they say, until stopped.

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
    stop = stopping()
    with listening(site(city), every.broker, every.devices, every.web, clock=SystemClock()) as listener:
        wait_for(stop, is_well=lambda: listener.is_well)


def list_unknown(*, city: str = "makassar", settings: Path | None = None) -> None:
    """List devices that were heard and stand in no table, each with a row that is ready for nodes.csv.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file with the section store.
    """
    every = load(settings)
    with closing(open_store(every.store, clock=SystemClock())) as store:
        heard = store.read(Query("stranger", where={"city": site(city).slug}))
    for line in unknown(heard):
        print(line)


def unknown(heard: pa.Table) -> list[str]:
    """What to say of the devices in rows of `stranger`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in heard.to_pylist():
        before = found.get((row["family"], row["device"]), {"seen": 0.0})
        found[row["family"], row["device"]] = {**row, "seen": before["seen"] + row["seen"]}
    if not found:
        return ["every device that was heard stands in nodes.csv"]
    rows = [(f"{one['seen']:.0f}", str(one["topic"]), str(one["family"]), str(one["row"])) for one in found.values()]
    return tables.lines(("seen", "topic", "decoder", "row for nodes.csv"), rows)
