"""`lorong node run|list`: the boxes that read and send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commons import logs
from commons.errors import UnknownNameError
from lorong import tables
from lorong.fleet import Fleet
from lorong.node_diary import serving
from lorong.settings import load, site
from lorong.signals import stopping, wait_for

if TYPE_CHECKING:
    from commons.sites import NodeEntry, Site
    from lorong.settings import Settings


def run(
    node: str = "",
    *,
    city: str = "",
    settings: Path | None = None,
    data: Path = Path("data/nodes"),
    log: str = "INFO",
) -> None:
    """Run one node on this machine, until stopped; with the diary's page where [diary] names a port.

    Parameters
    ----------
    node
        Its name in nodes.csv; left out, the node is the one of the settings' section node.
    city
        A site that comes with Lorong, or the path of a site folder; else the settings'.
    settings
        A TOML file; every key can also be given as LORONG_<SECTION>__<KEY>.
    data
        The folder of its outbox.
    log
        The lowest level logged.
    """
    logs.setup(log)
    every = load(settings)
    place = site(city or every.node.city)
    entry = _entry(node, place, every)
    clock = every.node.open_clock()
    stop = stopping()
    fleet = Fleet(
        [entry],
        place,
        data,
        every.broker,
        clock=clock,
        cadence_seconds=every.node.cadence_seconds,
        commit_seconds=every.node.commit_seconds,
    )
    with serving(entry.address, place, fleet.nodes[0].outbox, every.diary, clock=clock):
        fleet.start()
        wait_for(stop, is_well=lambda: fleet.is_well)
        fleet.stop_reading()
    fleet.drain(5.0)
    fleet.close()


def list_nodes(*, city: str = "makassar") -> None:
    """List the site's nodes.

    Parameters
    ----------
    city
        A site that comes with Lorong, or the path of a site folder.
    """
    rows = [
        (n.address.node, n.address.lane, n.driver, n.origin, " ".join(f"{k}={v}" for k, v in n.options.items()))
        for n in site(city).nodes.values()
    ]
    print("\n".join(tables.lines(("node", "lane", "driver", "origin", "options"), rows)))


def _entry(node: str, place: Site, settings: Settings) -> NodeEntry:
    if not node:
        return settings.node.entry()
    if node not in place.nodes:
        raise UnknownNameError("node", node, place.nodes)
    return place.nodes[node]
