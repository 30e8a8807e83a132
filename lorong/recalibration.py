"""Old readings of a probe computed anew from their raw values, by the curves that hold on their days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.rows import Block
from commons.sites.calibrations import in_force
from commons.wire import encode_reading
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commons.sites import NodeEntry, Site
    from commons.sites.calibrations import Calibration
    from store.contract import Store

_PLACES: Final = 3
_ROWS_A_MESSAGE: Final = 1000


@dataclass(slots=True)
class Recomputed:
    """What became of a probe's readings.

    Args:
        changed: Readings that mean something else now, as messages of their node.
        rows: How many those are.
        same: How many mean what they meant.
        beyond: How many lie far outside the curve of their day; they stay as they are.
    """

    changed: list[tuple[str, bytes]] = field(default_factory=list)
    rows: int = 0
    same: int = 0
    beyond: int = 0


def recompute(store: Store, site: Site, entry: NodeEntry, bed: str, known: Sequence[Calibration]) -> Recomputed:
    """Compute a soil probe's moisture anew, from its first calibration on.

    Raw values are never changed, and every curve stays in the table: what a reading meant before follows from both.
    Nothing is written here: what changes goes through the broker as the node's own readings, and the collector marks
    its days, so that the indicators follow.

    Args:
        store: Where the readings are.
        site: The city.
        entry: The node.
        bed: The bed of the probe.
        known: The probe's calibrations, in order of time.
    """
    address, saturation = entry.address, site.beds[entry.address.lane, bed].saturation_pct
    where = {"city": address.city, "lane": address.lane, "node": address.node, "bed": bed}
    start = known[0].from_ms * NANOSECONDS_PER_MILLISECOND
    query = Query("soil", start=start, where=where, fields=("raw", "moisture"), quality="all")
    found, changed = Recomputed(), []
    table = store.read(query)
    for row in table.set_column(0, "time", table["time"].cast("int64")).to_pylist():
        moisture = None if row["raw"] is None else _moisture(row, known, saturation)
        if moisture is None:
            found.beyond += row["raw"] is not None
        elif row["moisture"] is not None and abs(moisture - row["moisture"]) < 10**-_PLACES:
            found.same += 1
        else:
            changed.append((row["time"], row["origin"], moisture))
    found.rows = len(changed)
    for first in range(0, len(changed), _ROWS_A_MESSAGE):
        block = _block(changed[first : first + _ROWS_A_MESSAGE], bed)
        found.changed.append((address.up("soil"), encode_reading(block)))
    return found


def _moisture(row: dict[str, Any], known: Sequence[Calibration], saturation_pct: float) -> float | None:
    """What a raw value means on its day [%VWC]; None where it lies far outside that day's curve."""
    calibration = in_force(known, row["time"] // NANOSECONDS_PER_MILLISECOND)
    if calibration is None or not calibration.curve.reaches(row["raw"]):
        return None
    return round(min(saturation_pct, max(0.0, calibration.curve.value(row["raw"]))), _PLACES)


def _block(rows: Sequence[tuple[int, str, float]], bed: str) -> Block:
    times, origins, moisture = zip(*rows, strict=True)
    return Block("soil", [*times], {"bed": bed, "origin": [*origins]}, {"moisture": [*moisture]})
