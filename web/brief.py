"""The numbers of an office's week: each beside the week before's, with how complete it is and its marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from commons.marks import ALL_FOODS
from web.explanations import address
from web.language import N_
from web.words import joined_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.food import Food
    from web.harvests import Harvest
    from web.language import Language
    from web.reader import Row
    from web.week import Week

MONEY: Final = "money"
_TO_FRIDAY: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the week.

    Args:
        slug: Its name in tables.
        words: What people call it.
        unit: Its unit; "money" is the site's currency.
        digits: Its decimals.
        now: The number; None = not known.
        before: The week before's; None = not known.
        have: On how many lanes, beds or foods it stands; None = not told.
        of: Of how many; None = not told.
        counted: What those are.
        marks: What must be said of it.
        refused: Why it has no value, in English; empty where it has one.
        why: Where it is explained; empty = nowhere.
        beside: A further sentence and its number, or None.
    """

    slug: str
    words: str
    unit: str
    digits: int
    now: float | None
    before: float | None
    have: int | None
    of: int | None
    counted: str
    marks: tuple[str, ...] = ()
    refused: str = ""
    why: str = ""
    beside: tuple[str, float] | None = None

    @property
    def change(self) -> float | None:
        """How much more it is than the week before; None = one of them is not known."""
        return None if self.now is None or self.before is None else self.now - self.before

    def number(self, value: float | None, language: Language, currency: str) -> str:
        """One of its values as people write it; a change of per cent has its sign already."""
        if self.unit == MONEY:
            return language.money(value, currency)
        if self.slug == "prices":
            return language.change(value, self.digits, unit=self.unit)
        unit = language.text(self.unit)
        return language.with_unit(value, unit, self.digits) if unit else language.number(value, self.digits)

    def difference(self, language: Language, currency: str) -> str:
        """Its change as people write it; per cents change by points."""
        if self.unit == MONEY:
            sign = "" if not self.change else "+" if self.change > 0 else "−"
            return sign + language.money(None if self.change is None else abs(self.change), currency)
        unit = {"%": language.text(N_("poin")), "kg": "kg"}.get(self.unit, "")
        return language.change(self.change, self.digits, unit=unit)


def lines(week: Week) -> list[Line]:
    """The numbers of a week, in the order in which an office asks for them."""
    return [_harvest(week), _fed(week), _need(week), _saved(week), *_prices(week), _silent(week), _dry(week)]


def _harvest(week: Week) -> Line:
    return Line(
        "harvest",
        N_("Panen"),
        "kg",
        1,
        _kg(week.harvest),
        _kg(week.before),
        week.harvest.reported if week.harvest else None,
        week.harvest.lanes if week.harvest else None,
        N_("lorong melapor"),
        week.harvest.marks if week.harvest else (),
        why=address("garden_harvest", week.start, "week", place=week.city, commodity=ALL_FOODS),
    )


def _fed(week: Week) -> Line:
    now, before = _nutrition(week.food), _nutrition(week.food_before)
    return _of_food("fed", N_("Cukup untuk"), N_("orang sehari"), 0, now, before, "person_days", week)


def _need(week: Week) -> Line:
    now, before = _nutrition(week.food), _nutrition(week.food_before)
    return _of_food("need", N_("Bagian kebutuhan energi warga"), "%", 4, now, before, "energy_pct", week)


def _of_food(slug: str, words: str, unit: str, digits: int, now: Row, before: Row, field: str, week: Week) -> Line:
    return Line(
        slug,
        words,
        unit,
        digits,
        now.get(field),
        before.get(field),
        _whole(now.get("n")),
        _whole(now.get("expected")),
        N_("lorong melapor"),
        joined_marks([now.get("marks")]),
        now.get("refused") or "",
        address("nutrition", week.start, "week", place=week.city),
        None if now.get("known_pct") is None else (N_("kandungan diketahui dari %(part)s beratnya"), now["known_pct"]),
    )


def _saved(week: Week) -> Line:
    now, before = _savings(week.food), _savings(week.food_before)
    households = week.food.households if week.food else None
    return Line(
        "saved",
        N_("Dihemat menurut harga pasar"),
        MONEY,
        0,
        now.get("saved_idr"),
        before.get("saved_idr"),
        _whole(now.get("n")),
        _whole(now.get("expected")),
        N_("lorong melapor"),
        joined_marks([now.get("marks")]),
        now.get("refused") or "",
        address("savings", week.start, "week", place=week.city, commodity=ALL_FOODS),
        None if households is None else (N_("setara belanja pangan pokok %(part)s rumah tangga seminggu"), households),
    )


def _prices(week: Week) -> Iterable[Line]:
    """The change of prices, and how many are above their limit."""
    news = week.prices
    now, before = news.weekly, news.weekly_before
    monday = None if news.friday is None else news.friday - _TO_FRIDAY
    market = news.market.slug if news.market else ""
    why = address("price_weekly", monday, "week", place=market, commodity=ALL_FOODS) if market and monday else ""
    yield Line(
        "prices",
        N_("Harga bulan ini terhadap bulan lalu"),
        "%",
        1,
        now.get("change"),
        before.get("change"),
        _whole(now.get("n")),
        _whole(now.get("expected")),
        N_("pangan berharga"),
        joined_marks([now.get("marks")]),
        now.get("refused") or "",
        why,
    )
    above = news.above
    known = [food for food in news.foods if food.limited and food.was is not None]
    was = sum(food.was == "above" for food in known)
    yield Line(
        "above",
        N_("Harga di atas batas resmi"),
        N_("pangan"),
        0,
        float(len(above)) if news.limited else None,
        float(was) if known else None,
        news.limited,
        news.limited,
        N_("pangan berbatas punya harga"),
        joined_marks(",".join(food.marks) for food in news.foods if food.limited),
    )


def _silent(week: Week) -> Line:
    silence = week.silence
    known = silence.newly is not None and silence.again is not None
    before = len(silence.now) - len(silence.newly or ()) + len(silence.again or ())
    return Line(
        "silent",
        N_("Lorong diam"),
        N_("lorong"),
        0,
        float(len(silence.now)) if silence.lanes else None,
        float(before) if known else None,
        silence.lanes,
        silence.lanes,
        N_("lorong diperiksa"),
    )


def _dry(week: Week) -> Line:
    soil = week.soil
    dry = float(soil.dry) if soil.known else None
    words, counted = N_("Petak kering sekarang"), N_("petak diketahui")
    return Line("dry", words, N_("petak"), 0, dry, None, soil.known, soil.beds, counted, soil.marks)


def _kg(harvest: Harvest | None) -> float | None:
    return harvest.total_kg if harvest else None


def _nutrition(food: Food | None) -> Row:
    return (food.nutrition if food else None) or {}


def _savings(food: Food | None) -> Row:
    return (food.savings if food else None) or {}


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
