"""Marks: every local day a batch touches, by the site's midnights."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from commons.rows import Block
from commons.touched import marked_day
from ingest.touched import Days, marks

WITA = ZoneInfo("Asia/Makassar")


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000_000


def test_a_day_begins_at_the_sites_midnight() -> None:
    days = Days(WITA).of([ns("2026-11-24T23:59:59+08:00"), ns("2026-11-25T00:00:00+08:00")])

    assert days == {ns("2026-11-24T00:00+08:00"), ns("2026-11-25T00:00+08:00")}


@given(st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1)), st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]))  # noqa: DTZ001
def test_any_moment_lies_in_the_day_that_its_midnight_begins(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    local = moment.replace(tzinfo=UTC).astimezone(zone)

    (midnight,) = Days(zone).of([int(local.timestamp()) * 1_000_000_000])

    began = datetime.fromtimestamp(midnight / 1e9, zone)
    assert (began.date(), began.hour, began.minute) == (local.date(), 0, 0)


def test_a_mark_names_measurement_place_and_day_once() -> None:
    times = [ns("2026-11-24T08:00+08:00"), ns("2026-11-24T09:00+08:00"), ns("2026-11-25T08:00+08:00")]
    soil = Block("soil", times, {"lane": "sydney"}, {"moisture": [1.0, 2.0, 3.0]})
    price = Block("price", times[:2], {"market": ["a", "b"]}, {"price_idr": [1.0, 2.0]})

    block = marks([soil, price], Days(WITA), city="makassar", at_ms=5)

    day, next_day = date(2026, 11, 24), date(2026, 11, 25)
    assert [(row["of"], row["place"], marked_day(int(row["time"] or 0)), row["at"]) for row in block.rows()] == [
        ("price", "a", day, 5.0),
        ("price", "b", day, 5.0),
        ("soil", "sydney", day, 5.0),
        ("soil", "sydney", next_day, 5.0),
    ]
