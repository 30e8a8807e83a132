"""The charts of the pages: which values, which words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from store.contract import Query
from web.beds import dry_bounds
from web.charts import Bar, Panel, TimeAxis, columns, panels, ranking
from web.charts.ticks import day_ticks, month_ticks
from web.words import SOIL_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from markupsafe import Markup

    from web.beds import BedGlance
    from web.harvests import LaneWeeks
    from web.language import Language
    from web.prices import FoodIndex, MarketIndex
    from web.reader import Reader

SOIL_DAYS: Final = 7
FOODS_SHOWN: Final = 6
CONTRIBUTIONS_SHOWN: Final = 10
_HOUR_S: Final = 3600.0
_SOIL_GAP_S: Final = 3 * _HOUR_S
_MONTH_GAP_S: Final = 32 * 24 * _HOUR_S
_MARKS: Final = 4
_WEEKS_PER_NAME: Final = 3
_NS: Final = 10**9


def soil_week(reader: Reader, language: Language, beds: Sequence[BedGlance]) -> Markup | None:
    """The soil moisture of a lane's beds over a week, between "dry" and "wet"; None where there is none."""
    if not beds:
        return None
    lane = beds[0].bed.lane
    rows = reader.read(
        Query(
            "soil",
            start=reader.days_ago(SOIL_DAYS),
            where={"lane": lane},
            fields=("moisture",),
            window="1h",
            timezone=reader.site.timezone,
            by=("bed",),
        )
    )
    points: dict[str, list[tuple[float, float | None]]] = {}
    for row in rows:
        points.setdefault(row["bed"], []).append((row["time"] / _NS, row["moisture"]))
    dry = dry_bounds(reader, lane)
    shown = [
        _bed_panel(language, glance, points[glance.bed.slug], dry.get(glance.bed.slug))
        for glance in beds
        if glance.bed.slug in points
    ]
    if not shown:
        return None
    days = day_ticks(reader.today - timedelta(days=SOIL_DAYS - 1), reader.today, _MARKS)
    axis = TimeAxis(
        start=reader.days_ago(SOIL_DAYS) / _NS,
        stop=reader.now_ns / _NS,
        marks=[(reader.midnight(day) / _NS, language.day(day, "d MMM")) for day in days],
        gap=_SOIL_GAP_S,
    )
    title = language.text("Kelembapan tanah 7 hari terakhir [% volume]")
    return panels(shown, axis, key="soil", title=title, number=_axis_number(language))


def lane_harvest(language: Language, weeks: LaneWeeks) -> Markup | None:
    """A lane's harvest by week; None where no week was reported."""
    if all(kg is None for _, kg in weeks.weeks):
        return None
    named = [week for week, _ in weeks.weeks][::-_WEEKS_PER_NAME]
    bars = [Bar(language.day(week, "d/M") if week in named else "", kg) for week, kg in weeks.weeks]
    reported = [kg for _, kg in weeks.weeks if kg is not None]
    about = language.text(
        "%(reported)s dari %(weeks)s minggu dilaporkan, bersama %(kg)s kg.",
        reported=len(reported),
        weeks=len(weeks.weeks),
        kg=language.number(sum(reported), 1),
    )
    title = language.text("Panen per minggu [kg]")
    return columns(bars, key="harvest", title=title, about=about, number=_axis_number(language), absent="?")


def market_index(reader: Reader, language: Language, index: MarketIndex) -> Markup:
    """A market's index by month."""
    name = language.text("Indeks, bulan pertama = 100")
    panel = Panel(name, _months(reader, index.points), about=_last_month(language, name, index.points), height=110.0)
    title = language.text("Indeks harga %(market)s per bulan", market=index.market.name)
    axis = _month_axis(reader, language, [day for day, _ in index.points])
    return panels([panel], axis, key="index", title=title, number=_axis_number(language))


def food_panels(reader: Reader, language: Language, foods: Sequence[FoodIndex]) -> Markup | None:
    """The price index of the foods that moved most; None where no food has two months."""
    shown = [food for food in foods if len(food.points) > 1][:FOODS_SHOWN]
    if not shown:
        return None
    drawn = [
        Panel(
            food.label[language.code],
            _months(reader, food.points),
            about=_last_month(language, food.label[language.code], food.points),
            height=48.0,
        )
        for food in shown
    ]
    axis = _month_axis(reader, language, [day for food in shown for day, _ in food.points])
    title = language.text("Indeks harga per komoditas (bulan pertama = 100)")
    return panels(drawn, axis, key="foods", title=title, number=_axis_number(language))


def contributions(language: Language, foods: Sequence[FoodIndex]) -> Markup | None:
    """What each food added to the month's change, the largest first; None where nothing is known."""
    known = [(food.label[language.code], food.contribution_pp) for food in foods if food.contribution_pp is not None]
    if not known:
        return None
    bars = [Bar(name, value) for name, value in known[:CONTRIBUTIONS_SHOWN]]
    if rest := known[CONTRIBUTIONS_SHOWN:]:
        name = language.text("%(count)s lainnya", count=len(rest))
        bars.append(Bar(name, sum(value for _, value in rest)))
    about = "; ".join(f"{bar.name} {language.change(bar.value, 2)}" for bar in bars)
    title = language.text("Andil pada perubahan bulanan [poin persen]")
    return ranking(bars, key="contributions", title=title, about=about, number=lambda value: language.change(value, 2))


def lag_day(reader: Reader, language: Language, lags: Sequence[tuple[int, float | None]]) -> Markup | None:
    """The collector's largest lag of each hour of a day; None where it said nothing."""
    points = [(at / _NS, lag) for at, lag in lags]
    if not any(lag is not None for _, lag in points):
        return None
    first = int(points[0][0] // _HOUR_S) + 1
    hours = [
        hour * _HOUR_S for hour in range(first, first + 24) if reader.local(int(hour * _HOUR_S * _NS)).hour % 6 == 0
    ]
    marks = [(at, _hour(reader.local(int(at * _NS)))) for at in hours if at <= points[-1][0]]
    axis = TimeAxis(points[0][0], max(points[-1][0], points[0][0] + _HOUR_S), marks, gap=2.5 * _HOUR_S)
    name = language.text("Terbesar tiap jam [detik]")
    title = language.text("Kelambatan 24 jam terakhir [detik]")
    return panels([Panel(name, points, height=80.0)], axis, key="lag", title=title, number=_axis_number(language))


def _bed_panel(
    language: Language, glance: BedGlance, points: list[tuple[float, float | None]], dry: float | None
) -> Panel:
    values = [value for _, value in points if value is not None]
    about = language.text(
        "%(bed)s: %(count)s nilai per jam, %(low)s sampai %(high)s.",
        bed=glance.bed.name,
        count=len(values),
        low=language.number(min(values, default=None), 1),
        high=language.with_unit(max(values, default=None), "%", 1),
    )
    crop = f" · {glance.crop[language.code]}" if glance.crop else ""
    zones = [language.text(SOIL_STATES[state]) for state in ("dry", "good", "wet")]
    capacity = glance.bed.field_capacity_pct
    return Panel(
        name=glance.bed.name + crop,
        points=points,
        about=about,
        bounds=(capacity,) if dry is None else (dry, capacity),
        zones=("", zones[-1]) if dry is None else zones,
    )


def _months(reader: Reader, points: Iterable[tuple[date, float | None]]) -> list[tuple[float, float | None]]:
    return [(reader.midnight(day) / _NS, value) for day, value in points]


def _month_axis(reader: Reader, language: Language, days: Sequence[date]) -> TimeAxis:
    first, last = min(days), max(days)
    marks = [(reader.midnight(day) / _NS, language.day(day, "MMM yy")) for day in month_ticks(first, last, _MARKS)]
    start, stop = reader.midnight(first) / _NS, reader.midnight(last) / _NS
    return TimeAxis(start, stop if stop > start else start + _MONTH_GAP_S, marks, gap=_MONTH_GAP_S)


def _last_month(language: Language, name: str, points: Sequence[tuple[date, float | None]]) -> str:
    day, value = points[-1]
    return f"{name}: {language.number(value, 1)} ({language.month(day)})."


def _hour(at: datetime) -> str:
    return f"{at.hour:02d}:00"


def _axis_number(language: Language) -> Callable[[float], str]:
    """How the language writes a mark of an axis: a decimal only where there is one."""
    return lambda value: language.number(value, 0 if value == int(value) else 1)
