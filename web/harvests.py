"""What was harvested: the city's week and month by commodity, and a lane's weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web.words import joined_marks

if TYPE_CHECKING:
    from web.reader import Reader, Row

"""The commodity of the rows for all foods together; a report of "nothing this week" has no other row."""
WEEKS_SHOWN: Final = 12
_LOOK_BACK_DAYS: Final = 100
_DAYS_PER_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Harvest:
    """One period's harvest of the city.

    Args:
        start: The period's first day.
        is_current: Whether today lies in it.
        kg_by_commodity: Weights by commodity slug [kg], the heaviest first.
        total_kg: All of it together [kg]; None = counted in pieces only.
        reported: How many lanes reported.
        lanes: How many there are.
        marks: What must be said of it.
    """

    start: date
    is_current: bool
    kg_by_commodity: dict[str, float | None]
    total_kg: float | None
    reported: int
    lanes: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaneWeeks:
    """A lane's harvest by week [kg], oldest first, and the running week's by commodity.

    None = no report, or none with a weight.
    """

    weeks: list[tuple[date, float | None]]
    current: dict[str, float | None]
    marks: tuple[str, ...]


def city_harvest(reader: Reader, period: str) -> Harvest | None:
    """The newest period that anything is known of; None where nothing is.

    Args:
        reader: The store.
        period: "week" or "month".
    """
    rows = _city_rows(reader, reader.days_ago(_LOOK_BACK_DAYS), period)
    return _harvest(reader, [row for row in rows if row["time"] == rows[-1]["time"]], period) if rows else None


def city_week(reader: Reader, week: date) -> Harvest | None:
    """The week that begins on a Monday; None where nobody reported.

    Args:
        reader: The store.
        week: The Monday.
    """
    start = reader.midnight(week)
    rows = [row for row in _city_rows(reader, start, "week") if row["time"] == start]
    return _harvest(reader, rows, "week") if rows else None


def _city_rows(reader: Reader, start: int, period: str) -> list[Row]:
    return _rows(reader, start, level="kota", place=reader.site.kota.slug, period=period)


def _harvest(reader: Reader, rows: list[Row], period: str) -> Harvest:
    """One period's rows put together."""
    together = next((row for row in rows if row["commodity"] == ALL_FOODS), {"kg": None})
    start = reader.local(rows[0]["time"]).date()
    current = monday(reader.today) if period == "week" else reader.today.replace(day=1)
    return Harvest(
        start=start,
        is_current=start == current,
        kg_by_commodity=_by_commodity(rows),
        total_kg=together["kg"],
        reported=int(max(row["lanes_reported"] or 0 for row in rows)),
        lanes=int(max(row["lanes_total"] or 0 for row in rows)),
        marks=joined_marks(row["marks"] for row in rows),
    )


def side_by_side(week: Harvest | None, month: Harvest | None) -> list[tuple[str, float | None, float | None]]:
    """Each food's weight in the week and in the month [kg], the heaviest of the month first; None = not harvested."""
    of_week = week.kg_by_commodity if week else {}
    of_month = month.kg_by_commodity if month else {}
    return [(slug, of_week.get(slug), of_month.get(slug)) for slug in dict.fromkeys((*of_month, *of_week))]


def lane_weeks(reader: Reader, lane: str) -> LaneWeeks:
    """The last weeks of one lane, the running one included."""
    first = monday(reader.today) - timedelta(weeks=WEEKS_SHOWN - 1)
    rows = _rows(reader, reader.midnight(first), level="lane", place=lane, period="week")
    together = {reader.local(row["time"]).date(): row["kg"] for row in rows if row["commodity"] == ALL_FOODS}
    weeks = [first + timedelta(weeks=i) for i in range(WEEKS_SHOWN)]
    running = [row for row in rows if row["time"] >= reader.midnight(weeks[-1])]
    return LaneWeeks(
        weeks=[(week, together.get(week)) for week in weeks],
        current=_by_commodity(running),
        marks=joined_marks(row["marks"] for row in rows),
    )


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _rows(reader: Reader, start: int, **where: str) -> list[Row]:
    fields = ("kg", "lanes_reported", "lanes_total", "marks")
    return reader.read(Query("garden_harvest", start=start, where=where, fields=fields))


def _by_commodity(rows: list[Row]) -> dict[str, float | None]:
    """What was harvested of each food, the heaviest first; a report of nothing names none."""
    known = {row["commodity"]: row["kg"] for row in rows if row["commodity"] in commodities()}
    return dict(sorted(known.items(), key=lambda item: -(item[1] or 0.0)))
