"""What an office must know of the last whole week, and what changed since the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from store.contract import Query
from web import doubts, food, harvests, outlook
from web.districts import silent_lanes
from web.harvests import monday
from web.price_news import price_news
from web.words import UNKNOWN, joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from web.beds import BedGlance
    from web.doubts import Doubt
    from web.figures import Seen
    from web.food import Food
    from web.harvests import Harvest
    from web.outlook import DueWeek
    from web.price_news import PriceNews
    from web.reader import Reader

_WEEK: Final = timedelta(days=7)
_MS_PER_HOUR: Final = 3_600_000
_NS_PER_MS: Final = 10**6


@dataclass(frozen=True, slots=True)
class Silence:
    """The lanes of which nothing new came.

    Args:
        now: Those that are silent now.
        newly: Those of them that spoke a week ago; None = nobody knows who spoke then.
        again: Those that were silent a week ago and speak now; None likewise.
        lanes: How many lanes have beds.
    """

    now: list[str]
    newly: list[str] | None
    again: list[str] | None
    lanes: int


@dataclass(frozen=True, slots=True)
class Soil:
    """How many beds are dry, of how many whose state is known, of how many there are."""

    dry: int
    known: int
    beds: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The last whole week.

    Args:
        city: The slug of the city, as a place.
        start: Its Monday.
        harvest: What was harvested in it; None = nobody reported.
        before: The same of the week before.
        food: What that fed and saved.
        food_before: The same of the week before.
        silence: Which lanes are silent.
        soil: How the beds are.
        prices: What is new of prices.
        doubts: What is doubted, as of this week, the newest first.
        due: What next week should bring; None = nothing planted is known.
    """

    city: str
    start: date
    harvest: Harvest | None
    before: Harvest | None
    food: Food | None
    food_before: Food | None
    silence: Silence
    soil: Soil
    prices: PriceNews
    doubts: list[Doubt]
    due: DueWeek | None

    @property
    def end(self) -> date:
        """Its Sunday."""
        return self.start + _WEEK - timedelta(days=1)

    @property
    def foods(self) -> list[tuple[str, float | None, float | None]]:
        """Each food's weight in the week and in the week before [kg], the heaviest first; None = not harvested."""
        week, before = (found.kg_by_commodity if found else {} for found in (self.harvest, self.before))
        return [(slug, week.get(slug), before.get(slug)) for slug in dict.fromkeys((*week, *before))]


def last_week(seen: Seen) -> Week:
    """The last whole week of the city.

    Args:
        seen: The store, and the beds as they are now.
    """
    reader, by_lane = seen.reader, seen.by_lane
    start = monday(reader.today) - _WEEK
    city = reader.site.kota.slug
    coming = monday(reader.today) + _WEEK
    return Week(
        city=city,
        start=start,
        harvest=harvests.city_week(reader, start),
        before=harvests.city_week(reader, start - _WEEK),
        food=food.week_of(reader, city, start),
        food_before=food.week_of(reader, city, start - _WEEK),
        silence=silence(reader, by_lane, too_old_hours=seen.too_old_hours),
        soil=soil(glance for found in by_lane.values() for glance in found),
        prices=price_news(reader),
        doubts=[doubt for doubt in doubts.doubts(reader) if doubt.until >= start],
        due=next((week for week in outlook.due_weeks(reader) if week.start == coming), None),
    )


def silence(reader: Reader, by_lane: Mapping[str, list[BedGlance]], *, too_old_hours: float) -> Silence:
    """Who is silent now, beside who was a week ago by what was counted then.

    Args:
        reader: The store.
        by_lane: The beds as they are now.
        too_old_hours: After so long without a reading a lane is silent [h].
    """
    now = silent_lanes(by_lane)
    then_ms = reader.now_ns / _NS_PER_MS - _WEEK.total_seconds() * 1000
    stop = reader.midnight(reader.today - timedelta(days=6))
    rows = reader.read(Query("node_completeness", start=reader.days_ago(10), stop=stop, fields=("heard",)))
    spoke = {row["lane"] for row in rows if (row["heard"] or 0) >= then_ms - too_old_hours * _MS_PER_HOUR}
    if not rows:
        return Silence(now, None, None, len(by_lane))
    again = [lane for lane in sorted(by_lane) if lane not in spoke and lane not in now]
    return Silence(now, [lane for lane in now if lane in spoke], again, len(by_lane))


def soil(every: Iterable[BedGlance]) -> Soil:
    """How many of the beds are dry; a recording from elsewhere is no bed of this city."""
    found = [glance for glance in every if not glance.is_recorded]
    known = [glance for glance in found if glance.state != UNKNOWN]
    marks = joined_marks(",".join(glance.marks) for glance in known)
    return Soil(sum(glance.state == "dry" for glance in known), len(known), len(found), marks)
