"""What is due: the never computed, the touched, and the periods that are over by now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from analytics.backlog import Due, Memory, due
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach
from analytics.periods import midnight_ms
from analytics.touches import Touch
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

MAKASSAR = ZoneInfo("Asia/Makassar")
NOON_MS = 43_200_000


def never(*_: Any, **__: Any) -> pd.DataFrame:
    raise AssertionError("nothing is computed here")


SOIL = Indicator(
    name="soil_state",
    reads=(),
    periods=("day",),
    place="lane",
    coverage=AtLeast(),
    reach=Reach.OWN_PERIOD,
    method="2",
    sentence=Label(id="Kelembapan", en="Moisture"),
    formula="mean",
    source="",
    compute=never,
)


def noon(day: str) -> int:
    return midnight_ms(date.fromisoformat(day), MAKASSAR) + NOON_MS


def touch(day: str, *, place: str = "saga", at: str = "2026-11-03") -> Touch:
    return Touch("soil", place, date.fromisoformat(day), noon(at))


def ask(
    indicator: Indicator,
    touches: Iterable[Touch] = (),
    *,
    last: str = "2026-11-03",
    now: str = "2026-11-03",
    memory: Memory | None = None,
) -> Due:
    return due(
        indicator,
        memory or Memory(noon(last) - 1, "2+facts"),
        touches,
        version="2+facts",
        now_ms=noon(now) + 1,
        zone=MAKASSAR,
        spread=lambda place: (place,),
    )


def test_what_was_never_computed_is_due_for_ever() -> None:
    found = due(SOIL, None, [], version="2+facts", now_ms=0, zone=MAKASSAR, spread=lambda place: (place,))

    assert found.is_everything
    assert found.why("saga", date(1990, 1, 1)) == "first run"
    assert (found.places(), found.ranges("day")) == (None, [(None, None)])


@pytest.mark.parametrize(("version", "reason"), [("1+facts", "method 2"), ("2+others", "site facts changed")])
def test_another_method_or_other_site_facts_make_everything_due(version: str, reason: str) -> None:
    found = ask(SOIL, memory=Memory(noon("2026-11-03"), version))

    assert found.is_everything
    assert found.why("saga", date(2020, 2, 29)) == reason


def test_nothing_is_due_when_nothing_happened() -> None:
    assert not ask(SOIL)


def test_a_touch_makes_its_own_day_and_place_due() -> None:
    found = ask(SOIL, [touch("2026-11-02")])

    assert found.why("saga", date(2026, 11, 2)) == "late data: soil saga 2026-11-02"
    assert found.why("saga", date(2026, 11, 1)) is None
    assert found.why("agatis", date(2026, 11, 2)) is None
    assert found.places() == ("saga",)
    assert found.ranges("day") == [(date(2026, 11, 2), date(2026, 11, 3))]


def test_data_of_a_running_period_are_new_and_not_late() -> None:
    found = ask(SOIL, [touch("2026-11-03", at="2026-11-03")])

    assert found.why("saga", date(2026, 11, 3)) == "new data: soil saga 2026-11-03"


def test_a_touch_makes_every_kind_of_period_due_that_it_lies_in() -> None:
    found = ask(replace(SOIL, periods=("day", "week", "month")), [touch("2026-10-29")])

    assert set(found.periods["saga"]) == {date(2026, 10, 29), date(2026, 10, 26), date(2026, 10, 1)}


def test_a_touch_reaches_twelve_months_on_and_no_further() -> None:
    monthly = replace(SOIL, periods=("month",), reach=Reach.TWELVE_MONTHS_ON)

    found = ask(monthly, [touch("2024-02-29")])

    starts = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
    assert [start for start in starts if found.why("saga", start)] == starts[1:14]


def test_a_touch_reaches_all_after_its_own_period() -> None:
    chained = replace(SOIL, periods=("month",), reach=Reach.ALL_AFTER)

    found = ask(chained, [touch("2026-05-20"), touch("2026-03-09"), touch("2026-07-01")])

    assert found.why("saga", date(2026, 2, 1)) is None
    assert found.why("saga", date(2030, 1, 1)) == "late data: soil saga 2026-03-09"
    assert found.ranges("month") == [(date(2026, 3, 1), None)]


def test_the_newest_mark_is_the_reason() -> None:
    chained = replace(SOIL, periods=("month",), reach=Reach.ALL_AFTER)
    seen_before = touch("2026-03-09", at="2026-11-03")
    late = touch("2026-05-20", at="2026-11-05")

    found = ask(chained, [late, seen_before])

    assert found.why("saga", date(2026, 4, 1)) == "late data: soil saga 2026-03-09"
    assert found.why("saga", date(2026, 6, 1)) == "late data: soil saga 2026-05-20"


def test_of_marks_that_change_the_same_the_newest_is_the_reason() -> None:
    touches = [touch("2026-10-02", at="2026-11-02"), touch("2026-10-02", place="agatis", at="2026-11-03")]
    memory, everywhere = Memory(noon("2026-11-01"), "2+facts"), ("saga", "agatis", "zurich")

    found = due(
        SOIL, memory, touches, version="2+facts", now_ms=noon("2026-11-03"), zone=MAKASSAR, spread=lambda _: everywhere
    )

    assert found.why("zurich", date(2026, 10, 2)) == "late data: soil agatis 2026-10-02"


def test_a_touch_reaches_the_whole_series() -> None:
    found = ask(replace(SOIL, reach=Reach.WHOLE_SERIES), [touch("2026-05-20")])

    assert found.why("saga", date(1990, 1, 1)) == "late data: soil saga 2026-05-20"
    assert found.why("agatis", date(2026, 5, 20)) is None
    assert not found.is_everything


def test_a_touched_place_spreads_to_the_places_above() -> None:
    found = due(
        SOIL,
        Memory(noon("2026-11-03"), "2+facts"),
        [touch("2026-11-02")],
        version="2+facts",
        now_ms=noon("2026-11-03"),
        zone=MAKASSAR,
        spread=lambda place: (place, "makassar"),
    )

    assert found.places() == ("makassar", "saga")


def test_a_period_that_ended_since_the_last_run_is_due_everywhere() -> None:
    found = ask(replace(SOIL, periods=("day", "month")), last="2026-10-30", now="2026-11-02")

    over = {date(2026, 10, 1), *(date(2026, 10, 30) + timedelta(days=n) for n in range(3))}
    assert set(found.periods[""]) == over
    assert found.places() is None


def test_a_running_period_is_due_only_for_what_ages() -> None:
    assert not ask(replace(SOIL, periods=("day",)))
    assert ask(replace(SOIL, periods=("day",), ages=True)).why("saga", date(2026, 11, 3))


def test_an_outlook_is_due_for_the_week_to_come_as_well() -> None:
    outlook = replace(SOIL, periods=("week",), ages=True)

    assert ask(outlook).why("saga", date(2026, 11, 9)) is None
    assert ask(replace(outlook, ahead_days=7)).why("saga", date(2026, 11, 9))


def test_what_changes_all_after_changes_the_week_and_month_that_it_lies_in() -> None:
    chained = replace(SOIL, periods=("day", "week", "month"), reach=Reach.ALL_AFTER)

    found = ask(chained, [touch("2026-10-21")])

    assert found.why("saga", date(2026, 10, 1))
    assert found.why("saga", date(2026, 10, 19))
    assert found.why("saga", date(2026, 9, 28)) is None


def test_near_days_are_read_at_once_and_far_ones_apart() -> None:
    found = ask(SOIL, [touch("2026-10-05"), touch("2026-11-01"), touch("2024-01-31")])

    assert found.ranges("day") == [
        (date(2024, 1, 31), date(2024, 2, 1)),
        (date(2026, 10, 5), date(2026, 11, 2)),
    ]
