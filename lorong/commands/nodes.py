"""`lorong node run|add|list`: the boxes that read and send."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commons import logs
from commons.errors import UnknownNameError, UsageError
from commons.sites import OFFICE_LANE, NodeEntry
from commons.topics import Address
from lorong import tables
from lorong.fleet import Fleet
from lorong.settings import load, site
from lorong.signals import stopping
from sensors.drivers import build_driver

if TYPE_CHECKING:
    from commons.sites import Site
    from lorong.settings import Settings

_ORIGINS: Final = {"simulated": "simulated", "recording": "recorded", "price_sheet": "typed"}  # else it is measured


def run(
    node: str = "",
    *,
    city: str = "",
    settings: Path | None = None,
    data: Path = Path("data/nodes"),
    log: str = "INFO",
) -> None:
    """Run one node on this machine, until stopped.

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
    stop = stopping()
    fleet = Fleet(
        [entry],
        place,
        data,
        every.broker,
        clock=every.node.open_clock(),
        cadence_seconds=every.node.cadence_seconds,
        commit_seconds=every.node.commit_seconds,
    )
    fleet.start()
    stop.wait()
    fleet.stop_reading()
    fleet.drain(5.0)
    fleet.close()


def add(node: str, lane: str, driver: str, *options: str, city: str = "makassar") -> None:
    """Add a node to the site's nodes.csv.

    Parameters
    ----------
    node
        Its new name: lower-case letters, digits and hyphens.
    lane
        The lane it stands in, or "kota" for one that stands in none.
    driver
        What it reads with.
    options
        The driver's options, each as key=value.
    city
        A site that comes with Lorong, or the path of a site folder.
    """
    place = site(city)
    if node in place.nodes:
        raise UsageError(
            f"node {node!r} is there already, in lane {place.nodes[node].address.lane}; choose another name"
        )
    if lane != OFFICE_LANE:
        place.lane(lane)
    for option in options:
        if "=" not in option or ";" in option:
            raise UsageError(f"option {option!r} is not key=value; write it so, without semicolons")
    origin = _ORIGINS.get(driver, "measured")
    entry = NodeEntry(Address(place.slug, lane, node), driver, origin, dict(text.split("=", 1) for text in options))
    build_driver(entry, place)
    table = place.folder / "nodes.csv"
    torn = not table.read_text("utf-8").endswith("\n")
    with table.open("a", encoding="utf-8", newline="") as file:
        file.write("\n" * torn)
        csv.writer(file, lineterminator="\n").writerow([node, lane, driver, origin, ";".join(options)])
    print(f"node {node} added to {place.slug}; run it with: lorong node run {node}")


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
