"""What is due: each bed's next harvest, the city's coming weeks, and water given against water needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.clock import NANOSECONDS_PER_MILLISECOND
from commons.marks import ALL_FOODS
from store.contract import Query
from web.harvests import monday
from web.words import joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commons.catalogue import Label
    from web.reader import Reader, Row

_DAYS_PER_WEEK: Final = 7
_LOOK_BACK_DAYS: Final = 40


@dataclass(frozen=True, slots=True)
class NextHarvest:
    """The harvest that a bed waits for.

    Args:
        crop: What was planted.
        state: "coming", "open" (it may be ready), "picking" (begun, more to come) or "overdue".
        opens: The first day on which it may be ready.
        closes: The last; of one that has begun, the last day of picking.
        days: Days until it may be ready; 0 = now.
        kg: The whole harvest, low and high [kg]; None = not known.
        marks: What must be said of it.
    """

    crop: Label
    state: str
    opens: date
    closes: date
    days: int
    kg: tuple[float, float] | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaterWeek:
    """A week's water of a bed or a lane [l]; None = not known. `since` is its first day."""

    since: date
    is_current: bool
    given: float | None
    need: float | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueWeek:
    """What a week should bring: by food and together [kg], low, typical and high, and how many plantings are late.

    `plantings` is of how many plantings that is; None = not told.
    """

    start: date
    by_food: dict[str, float]
    kg: tuple[float, float, float]
    overdue: int
    marks: tuple[str, ...]
    plantings: int | None = None


def next_harvests(reader: Reader, lane: str) -> dict[str, NextHarvest]:
    """Each bed's newest planting that is not over, by bed."""
    rows = sorted(reader.latest("harvest_outlook", {"lane": lane}), key=lambda row: int(row["time"]))
    found = {row["bed"]: _next(reader, row) for row in rows if not row["over"] and row["commodity"] in commodities()}
    return {bed: harvest for bed, harvest in found.items() if harvest}


def water_weeks(reader: Reader, lane: str) -> dict[str, WaterWeek]:
    """The newest week of each bed, and of all beds together under `semua`; on a Monday that is last week's."""
    first = monday(reader.today) - timedelta(days=_DAYS_PER_WEEK)
    where = {"lane": lane, "period": "week"}
    rows = reader.read(
        Query("water_use", reader.midnight(first), where=where, fields=("given", "need", "coverage", "marks"))
    )
    return {row["bed"]: _water(reader, row) for row in rows}


def due_weeks(reader: Reader) -> list[DueWeek]:
    """This week and the next, as far as anything is expected."""
    first = monday(reader.today)
    where = {"level": "kota", "place": reader.site.kota.slug}
    fields = ("kg_low", "kg_typical", "kg_high", "plantings", "overdue", "marks")
    rows = reader.read(Query("harvest_expected", reader.midnight(first), where=where, fields=fields))
    starts = (first, first + timedelta(days=_DAYS_PER_WEEK))
    weeks = [_due(start, [row for row in rows if reader.local(row["time"]).date() == start]) for start in starts]
    return [week for week in weeks if week]


def newest_month(reader: Reader, measurement: str, **where: str) -> Row | None:
    """The city's newest month of an indicator that adds up what lanes typed; None = nobody typed anything."""
    chosen = {"level": "kota", "place": reader.site.kota.slug, "period": "month", **where}
    rows = reader.read(Query(measurement, reader.days_ago(_LOOK_BACK_DAYS), where=chosen))
    if not rows:
        return None
    newest = rows[-1]
    return {**newest, "month": reader.local(newest["time"]).date(), "marks": joined_marks([newest["marks"]])}


def _next(reader: Reader, row: Row) -> NextHarvest | None:
    opens, closes, ends = (_day(reader, row[name]) for name in ("opens", "closes", "ends"))
    today, begun = reader.today, row["first"] is not None
    if begun and today > ends:
        return None
    late = "overdue" if today > closes else "open" if today >= opens else "coming"
    kg = None if row["kg_low"] is None or row["kg_high"] is None else (row["kg_low"], row["kg_high"])
    return NextHarvest(
        crop=commodities()[row["commodity"]].label,
        state="picking" if begun else late,
        opens=opens,
        closes=ends if begun else closes,
        days=max(0, (opens - today).days),
        kg=kg,
        marks=joined_marks([row["marks"]]),
    )


def _day(reader: Reader, at_ms: float) -> date:
    return reader.local(round(at_ms) * NANOSECONDS_PER_MILLISECOND).date()


def _water(reader: Reader, row: Row) -> WaterWeek:
    since = reader.local(row["time"]).date()
    return WaterWeek(since, since == monday(reader.today), row["given"], row["need"], joined_marks([row["marks"]]))


def _due(start: date, rows: Iterable[Row]) -> DueWeek | None:
    by_food = {row["commodity"]: row for row in rows}
    whole = by_food.pop(ALL_FOODS, None)
    if whole is None:
        return None
    typical = {slug: row["kg_typical"] for slug, row in by_food.items() if slug in commodities() and row["kg_typical"]}
    return DueWeek(
        start=start,
        by_food=dict(sorted(typical.items(), key=lambda item: -item[1])),
        kg=(whole["kg_low"], whole["kg_typical"], whole["kg_high"]),
        overdue=int(whole["overdue"]),
        marks=joined_marks([whole["marks"]]),
        plantings=None if whole["plantings"] is None else int(whole["plantings"]),
    )
