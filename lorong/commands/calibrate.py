"""`lorong calibrate`: what a probe's raw values mean from a day on, and its readings since then computed anew."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from commons.clock import SystemClock
from commons.errors import BrokerUnavailableError, UnknownNameError, UsageError
from commons.sites.calibrations import COLUMNS, FILE, calibration, of_probe, read_calibrations
from lorong.recalibration import recompute
from lorong.sending import publish_all
from lorong.settings import load, site
from store import open_store

if TYPE_CHECKING:
    from commons.sites import Site


def calibrate(
    node: str,
    probe: str,
    *points: str,
    since: Annotated[str, Parameter(name="--from")] = "",
    remark: str = "",
    city: str = "makassar",
    settings: Path | None = None,
) -> None:
    """Record what a probe's raw values mean from a day on, and compute its readings since then anew.

    Without points, nothing is recorded: its readings are computed anew by the site's calibrations.csv.

    Parameters
    ----------
    node
        The node that the probe hangs on.
    probe
        The bed of a moisture probe, or scales.
    points
        Pairs of raw and value, such as 2850:0 1460:48: at least two.
    since
        The first day or moment that they hold, such as 2026-11-01; it may be past.
    remark
        How they were found.
    city
        A site that comes with Lorong, or the path of a site folder.
    settings
        A TOML file with the sections broker and store.
    """
    place = site(city)
    if node not in place.nodes:
        raise UnknownNameError("node", node, place.nodes)
    entry = place.nodes[node]
    if points:
        _record(place, {"node": node, "probe": probe, "from": since, "points": " ".join(points), "note": remark})
    known = of_probe(read_calibrations(place), node, probe)
    if not known:
        raise UsageError(f"{FILE} has no row for {probe} of {node}; give points, such as 2850:0 1460:48, and --from")
    if (entry.address.lane, probe) not in place.beds:
        print(f"{len(known)} calibrations of {probe} of {node}; what was weighed before is mended in the diary")
        return
    every, clock = load(settings), SystemClock()
    with closing(open_store(every.store, clock=clock)) as store:
        found = recompute(store, place, entry, probe, known)
    sent = publish_all(every.broker, found.changed, clock=clock) if found.changed else 0
    if sent < len(found.changed):
        raise BrokerUnavailableError(f"the broker took {sent} of {len(found.changed)} messages; run it again")
    print(f"{found.rows} readings of {probe} of {node} mean something else now; {found.same} stay as they are")
    if found.beyond:
        print(f"{found.beyond} lie far outside the curve of their day and were left; check the points")


def _record(place: Site, row: dict[str, str]) -> None:
    """Add a row to the table, unless it cannot be read."""
    try:
        new = calibration(row, place)
    except ValueError as error:
        raise UsageError(f"{error}") from error
    if any(one.from_ms == new.from_ms for one in of_probe(read_calibrations(place), new.node, new.probe)):
        raise UsageError(f"{FILE} has a row for {new.probe} of {new.node} from {row['from']} already; mend that one")
    table = place.folder / FILE
    is_new = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)
