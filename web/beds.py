"""How each bed is: its soil's state and today's water, or in words why nobody can say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodity
from commons.marks import UNKNOWN_NODE
from store.contract import Query
from web.words import SOIL_STATES, UNKNOWN, joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from commons.catalogue import Label
    from commons.sites import Bed
    from web.reader import Reader, Row

CAN_LITRES: Final = 10.0
"""What a watering can holds [l]."""
_SECONDS_PER_HOUR: Final = 3600.0
_BOUND_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class BedGlance:
    """One bed as its gardener sees it.

    Args:
        bed: What the site says of it.
        crop: What grows there; None = nothing named.
        state: "dry", "good", "wet", or "unknown".
        doubt: Why the state is unknown: "never" heard, "old" data or not yet "computed"; empty = it is known.
        heard_ns: When its newest reading was taken [ns].
        age_s: How long ago that was [s].
        reading: Its newest reading.
        result: The newest `soil_state`; its litres count only while the state is known.
        is_yesterdays: Whether that result is of yesterday, as it is until today has enough readings.
        marks: What must be said of it: simulated, recorded, stand-ins.
    """

    bed: Bed
    crop: Label | None
    state: str
    doubt: str
    heard_ns: int | None
    age_s: float | None
    reading: Row | None
    result: Row | None
    is_yesterdays: bool
    marks: tuple[str, ...]

    @property
    def litres(self) -> float | None:
        """Water to give today [l]; None where the state is unknown."""
        return self.result["litres"] if self.result and not self.doubt else None

    @property
    def cans(self) -> float | None:
        """The same in watering cans, to the half."""
        return None if self.litres is None else _cans(self.litres)

    @property
    def is_recorded(self) -> bool:
        """Whether its readings are a replay of a recording from elsewhere."""
        return "recorded" in self.marks


@dataclass(frozen=True, slots=True)
class WaterToday:
    """What a lane's beds are to be given today, all together.

    Args:
        litres: The water [l]; None where no bed's state is known.
        beds: The beds that get some.
        known: How many beds' states are known.
        unknown: How many are not.
    """

    litres: float | None
    beds: tuple[BedGlance, ...]
    known: int
    unknown: int

    @property
    def cans(self) -> float | None:
        """The water in watering cans, to the half."""
        return None if self.litres is None else _cans(self.litres)


def water_today(beds: Iterable[BedGlance]) -> WaterToday:
    """What to give today; a replayed recording's bed is somewhere else and counts for nothing."""
    ours = [glance for glance in beds if not glance.is_recorded]
    known = [glance for glance in ours if glance.litres is not None]
    thirsty = tuple(glance for glance in known if glance.litres)
    litres = sum(glance.litres or 0.0 for glance in thirsty) if known else None
    return WaterToday(litres, thirsty, len(known), len(ours) - len(known))


def glances(reader: Reader, *, too_old_hours: float, lane: str | None = None) -> dict[str, list[BedGlance]]:
    """Every bed of the city, or of one lane, by lane.

    Args:
        reader: The store.
        too_old_hours: The age from which a reading is no longer trusted [h].
        lane: Only this one.
    """
    where = {"lane": lane} if lane else {}
    readings = _newest(reader.latest("soil", where))
    results = _newest(reader.latest("soil_state", where))
    found: dict[str, list[BedGlance]] = {}
    for key, bed in reader.site.beds.items():
        if lane in (None, bed.lane):
            glance = _glance(reader, bed, readings.get(key), results.get(key), too_old_hours)
            found.setdefault(bed.lane, []).append(glance)
    return found


def dry_bounds(reader: Reader, lane: str) -> dict[str, float]:
    """The soil moisture at which each bed of a lane turns dry [%VWC], as far as the last month's results tell.

    A result has the water lost and the moisture it was lost at, hence the millimetres that a per cent stands for.
    """
    where = {"lane": lane}
    fields = ("moisture", "depletion", "raw_depth", "marks")
    rows = reader.read(Query("soil_state", start=reader.days_ago(_BOUND_DAYS), where=where, fields=fields))
    found: dict[str, float] = {}
    for row in rows:
        bed = reader.site.beds.get((lane, row["bed"]))
        if bed and row["depletion"] and row["raw_depth"] is not None and row["moisture"] is not None:
            lost_pct = bed.field_capacity_pct - max(row["moisture"], bed.wilting_point_pct)
            found[bed.slug] = bed.field_capacity_pct - row["raw_depth"] * lost_pct / row["depletion"]
    return found


def state_counts(beds: Iterable[BedGlance]) -> dict[str, int]:
    """How many beds are in each state, in the order of the states."""
    counts = Counter(glance.state for glance in beds)
    return {state: counts[state] for state in SOIL_STATES if counts[state]}


def _cans(litres: float) -> float:
    return round(litres / CAN_LITRES * 2) / 2


def _newest(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """The newest row of each bed, whichever node sent it."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(rows, key=lambda row: int(row["time"])):
        found[row["lane"], row["bed"]] = row
    return found


def _glance(reader: Reader, bed: Bed, reading: Row | None, result: Row | None, too_old_hours: float) -> BedGlance:
    age_s = reader.age_s(reading["time"]) if reading else None
    doubt = _doubt(reader, age_s, result, too_old_hours)
    return BedGlance(
        bed=bed,
        crop=commodity(bed.crop).label if bed.crop else None,
        state=UNKNOWN if doubt or result is None else result["state"],
        doubt=doubt,
        heard_ns=reading["time"] if reading else None,
        age_s=age_s,
        reading=reading,
        result=result,
        is_yesterdays=not doubt and result is not None and result["time"] < reader.midnight(reader.today),
        marks=joined_marks([_origin_mark(reading), _sender_mark(reader, reading), (result or {}).get("marks")]),
    )


def _doubt(reader: Reader, age_s: float | None, result: Row | None, too_old_hours: float) -> str:
    if age_s is None:
        return "never"
    if age_s > too_old_hours * _SECONDS_PER_HOUR:
        return "old"
    yesterday = reader.today - timedelta(days=1)
    if result is None or result["state"] not in SOIL_STATES or result["time"] < reader.midnight(yesterday):
        return "computed"
    return ""


def _sender_mark(reader: Reader, reading: Mapping[str, str] | None) -> str | None:
    return None if reading is None or reader.site.knows_node(reading["node"]) else UNKNOWN_NODE


def _origin_mark(reading: Mapping[str, str] | None) -> str | None:
    origin = (reading or {}).get("origin")
    return origin if origin in ("simulated", "recorded") else None
