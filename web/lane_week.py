"""A lane's week in a few words and one row of bars, for a picture that people pass on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from commons.catalogue.commodities import commodities
from commons.marks import ALL_FOODS
from store.contract import Query
from web import beds, harvests, outlook, words
from web.language import N_
from web.poster import Figure, Poster, Weeks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from web.beds import BedGlance
    from web.language import Language
    from web.outlook import NextHarvest
    from web.reader import Reader, Row

SAMPLE: Final = N_("DATA CONTOH: kebun tiruan, bukan hasil pengukuran")
_ALL_BEDS: Final = "semua"
_FOODS: Final = 4
_LAST_DAY: Final = timedelta(days=6)
_NEXT: Final = {
    "coming": N_("%(days)s hari lagi"),
    "open": N_("siap dipanen"),
    "picking": N_("sedang dipanen"),
    "overdue": N_("lewat waktu panen"),
}


@dataclass(frozen=True, slots=True)
class _Week:
    """The newest week, this or the last, that anybody reported a harvest of."""

    start: date
    kg: float | None
    foods: list[tuple[str, float | None]]


def poster(reader: Reader, language: Language, slug: str, *, too_old_hours: float, address: str) -> Poster:
    """A lane's week as it is now.

    Args:
        reader: The store.
        language: Whose words and numbers.
        slug: The lane.
        too_old_hours: The age from which a bed's reading is no longer trusted [h].
        address: Where people reach this web; empty = not known.

    Raises:
        UnknownNameError: There is no such lane.
    """
    lane = reader.site.lane(slug)
    found = beds.glances(reader, too_old_hours=too_old_hours, lane=slug).get(slug, [])
    weeks, due = harvests.lane_weeks(reader, slug), outlook.next_harvests(reader, slug)
    water = outlook.water_weeks(reader, slug).get(_ALL_BEDS)
    week = _newest(reader, slug)
    marks = words.joined_marks(
        [
            "simulated" if lane.origin == "simulated" else None,
            *(",".join(glance.marks) for glance in found if not glance.is_recorded),
            *(",".join(one.marks) for one in (weeks, water, *due.values()) if one),
        ]
    )
    monday = week.start if week else harvests.monday(reader.today)
    return Poster(
        programme=reader.site.programme[language.code],
        name=lane.name,
        otherwise=lane.slug,
        place=", ".join(reader.site.places[place].name for place in reader.site.above(lane.kelurahan)),
        week=language.text(N_("Minggu %(from)s sampai %(to)s"), **_span(language, monday)),
        sample=language.text(SAMPLE) if "simulated" in marks else "",
        figures=[
            _harvested(language, week),
            _beds(language, found),
            *([_water(language, water)] if water and water.given is not None else []),
            _next(language, due, {glance.bed.slug: glance.bed.name for glance in found}),
        ],
        foods=_foods(language, week),
        weeks=_bars(language, weeks),
        marks=" · ".join(words.mark_words(language, [mark for mark in marks if mark != "simulated"])),
        made=language.text(N_("Dibuat %(day)s"), day=language.day(reader.today)),
        link=f"{address}/lanes/{slug}" if address else "",
    )


def _newest(reader: Reader, slug: str) -> _Week | None:
    first = harvests.monday(reader.today) - timedelta(weeks=1)
    where = {"level": "lane", "place": slug, "period": "week"}
    rows = reader.read(Query("garden_harvest", reader.midnight(first), where=where, fields=("kg",)))
    if not rows:
        return None
    newest = [row for row in rows if row["time"] == rows[-1]["time"]]
    return _week(reader, newest)


def _week(reader: Reader, rows: list[Row]) -> _Week:
    kg = {row["commodity"]: row["kg"] for row in rows}
    together = kg.pop(ALL_FOODS, None)
    foods = sorted(kg.items(), key=lambda item: -(item[1] or 0.0))
    return _Week(reader.local(rows[0]["time"]).date(), together, foods)


def _span(language: Language, monday: date) -> dict[str, str]:
    return {"from": language.day(monday, "d MMM"), "to": language.day(monday + _LAST_DAY)}


def _harvested(language: Language, week: _Week | None) -> Figure:
    if week is None:
        return Figure("?", language.text(N_("belum ada laporan panen")))
    if week.kg is None:
        return Figure("?", language.text(N_("panen tidak ditimbang")))
    return Figure(language.with_unit(week.kg, "kg", 1), language.text(N_("dipanen")))


def _beds(language: Language, found: list[BedGlance]) -> Figure:
    states = beds.state_counts(glance for glance in found if not glance.is_recorded)
    said = ", ".join(f"{count} {language.text(words.SOIL_STATES[state])}" for state, count in states.items())
    return Figure(said or "?", language.text(N_("keadaan petak hari ini")))


def _water(language: Language, water: outlook.WaterWeek) -> Figure:
    given = language.text(N_("%(litres)s liter"), litres=language.number(water.given))
    if water.need is None:
        return Figure(given, language.text(N_("disiram")))
    return Figure(given, language.text(N_("disiram; perlu %(need)s liter"), need=language.number(water.need)))


def _next(language: Language, due: Mapping[str, NextHarvest], names: Mapping[str, str]) -> Figure:
    waited = [(bed, one) for bed, one in due.items() if bed in names]
    if not waited:
        return Figure("?", language.text(N_("panen berikutnya belum diketahui")))
    bed, first = min(waited, key=lambda item: item[1].opens)
    about = f"{first.crop[language.code]}, {names[bed]}"
    return Figure(language.text(_NEXT[first.state], days=first.days), about)


def _foods(language: Language, week: _Week | None) -> str:
    known = commodities()
    named = [(known[slug].label[language.code], kg) for slug, kg in (week.foods if week else []) if slug in known]
    said = [f"{name} {language.with_unit(kg, 'kg', 1)}" for name, kg in named]
    rest = [language.text(N_("%(count)s lainnya"), count=len(said) - _FOODS)] if len(said) > _FOODS else []
    return " · ".join([*said[:_FOODS], *rest])


def _bars(language: Language, weeks: harvests.LaneWeeks) -> Weeks:
    return Weeks(
        title=language.text(N_("Panen per minggu [kg]")),
        bars=[(language.day(week, "d/M"), kg) for week, kg in weeks.weeks],
        number=lambda kg: language.number(kg, 0 if kg == int(kg) else 1),
    )
