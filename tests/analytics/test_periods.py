"""Days, weeks and months: every day lies in one period, and local midnights are the site's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.periods import Period, day_of, local_days, midnight_ms, next_start, start_of, starts, starts_between

if TYPE_CHECKING:
    from collections.abc import Sequence

MAKASSAR = ZoneInfo("Asia/Makassar")
PERIODS: Sequence[Period] = get_args(Period)
DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(DAYS, st.sampled_from(PERIODS))
def test_every_day_lies_between_the_start_of_its_period_and_the_next(day: date, period: Period) -> None:
    start = start_of(day, period)

    assert start <= day < next_start(start, period)
    assert start_of(start, period) == start
    assert start_of(next_start(start, period), period) == next_start(start, period)


@given(DAYS, st.sampled_from(PERIODS))
def test_a_column_of_days_begins_where_a_single_day_does(day: date, period: Period) -> None:
    column = pd.Series([pd.Timestamp(day)])

    assert starts(column, period).dt.date.to_list() == [start_of(day, period)]


def test_a_week_begins_on_monday() -> None:
    assert start_of(date(2026, 11, 8), "week") == date(2026, 11, 2)
    assert start_of(date(2026, 11, 9), "week") == date(2026, 11, 9)


def test_a_month_follows_a_month_over_new_year() -> None:
    assert list(starts_between(date(2025, 11, 30), date(2026, 2, 1), "month")) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_a_local_day_begins_at_local_midnight() -> None:
    midnight = midnight_ms(date(2026, 11, 3), MAKASSAR)

    assert pd.Timestamp(midnight, unit="ms", tz="UTC").isoformat() == "2026-11-02T16:00:00+00:00"
    assert day_of(midnight, MAKASSAR) == date(2026, 11, 3)
    assert day_of(midnight - 1, MAKASSAR) == date(2026, 11, 2)


@pytest.mark.parametrize("zone", ["Asia/Makassar", "America/Sao_Paulo", "UTC"])
def test_a_column_of_moments_falls_on_the_days_that_single_moments_do(zone: str) -> None:
    times = pd.Series(pd.date_range("2018-11-03", periods=60, freq="53min", tz="UTC"))  # clocks change in Brazil

    found = local_days(times, ZoneInfo(zone)).dt.date.to_list()

    assert found == [day_of(round(time.timestamp() * 1000), ZoneInfo(zone)) for time in times]
