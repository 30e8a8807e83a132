"""A price against the limit of its own day: bounds are within, and no limit is no row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Row

MARKET = "pasar-terong"
RAWIT, RICE = "cabai-rawit-merah", "beras-medium"
DAY = date(2025, 3, 20)


def run(city: City) -> dict[str, Row]:
    """The rows by day."""
    city.run("ceiling_position")
    return {row["day"]: row for row in city.rows("ceiling_position")}


@pytest.mark.parametrize(
    ("price", "state", "code", "distance"),
    [
        (39_999, "below", -1.0, 100 * (39_999 / 57_000 - 1)),
        (40_000, "within", 0.0, 100 * (40_000 / 57_000 - 1)),
        (57_000, "within", 0.0, 0.0),
        (57_001, "above", 1.0, 100 / 57_000),
        (68_400, "above", 1.0, 20.0),
    ],
)
def test_a_bound_itself_is_within(city: City, price: float, state: str, code: float, distance: float) -> None:
    city.prices(MARKET, RAWIT, {DAY: price})

    row = run(city)["2025-03-20"]

    assert (row["price_idr"], row["min_idr"], row["max_idr"]) == (price, 40_000, 57_000)
    assert (row["state"], row["state_code"], row["level"]) == (state, code, "consumer")
    assert row["distance"] == pytest.approx(distance)
    assert row["regulation"] == "Perbadan 11/2022"


def test_the_limit_is_that_of_the_day(city: City) -> None:
    city.prices(MARKET, RICE, {date(2025, 8, 21): 13_000, date(2025, 8, 22): 13_000})

    rows = run(city)

    assert (rows["2025-08-21"]["max_idr"], rows["2025-08-21"]["state"]) == (12_500, "above")
    assert (rows["2025-08-22"]["max_idr"], rows["2025-08-22"]["state"]) == (13_500, "within")


def test_a_late_price_is_still_counted_against_the_quotes_of_thirty_days_before(city: City) -> None:
    city.prices(MARKET, RAWIT, {DAY - timedelta(29): 45_000.0}, quote="b")
    for moment in ("2026-11-03 09:00", "2026-11-03 10:00"):
        city.at(moment)
        run(city)
    city.at("2026-11-03 11:00")

    city.prices(MARKET, RAWIT, {DAY: 45_000.0})

    assert run(city)["2025-03-20"]["expected"] == 2.0


def test_a_day_before_any_limit_has_no_row(city: City) -> None:
    city.prices(MARKET, RAWIT, {date(2022, 11, 30): 30_000, date(2022, 12, 1): 30_000})

    assert list(run(city)) == ["2022-12-01"]


def test_a_commodity_or_level_without_a_limit_has_no_row(city: City) -> None:
    city.prices(MARKET, "ikan-bandeng", {DAY: 50_000})
    city.prices("jatim-siskaperbapo", "kentang", {DAY: 15_000})

    assert run(city) == {}


def test_a_producers_price_is_held_against_the_producers_limit(city: City) -> None:
    city.prices("jatim-siskaperbapo", RAWIT, {DAY: 40_000})

    row = run(city)["2025-03-20"]

    assert (row["level"], row["max_idr"], row["state"]) == ("producer", 31_500, "above")


def test_quotes_of_a_day_meet_in_their_geometric_mean_and_the_missing_are_counted(city: City) -> None:
    week = [DAY + timedelta(days=number) for number in range(7)]
    city.prices(MARKET, RAWIT, dict.fromkeys(week, 36_000.0), quote="a")
    city.prices(MARKET, RAWIT, dict.fromkeys(week[:3], 64_000.0), quote="b")

    rows = run(city)

    assert rows["2025-03-20"]["price_idr"] == pytest.approx(48_000)
    assert (rows["2025-03-20"]["n"], rows["2025-03-20"]["coverage"]) == (2.0, 1.0)
    assert (rows["2025-03-26"]["n"], rows["2025-03-26"]["expected"], rows["2025-03-26"]["coverage"]) == (1.0, 2.0, 0.5)


def test_a_quote_that_is_gone_for_a_month_is_no_longer_expected(city: City) -> None:
    city.prices(MARKET, RAWIT, {DAY: 50_000.0}, quote="b")
    city.prices(MARKET, RAWIT, {DAY + timedelta(days=number): 50_000.0 for number in (0, 29, 30)}, quote="a")

    assert [row["expected"] for row in run(city).values()] == [2, 2, 1]


def test_a_late_price_changes_its_own_day_only(city: City) -> None:
    city.prices(MARKET, RAWIT, {DAY + timedelta(days=number): 50_000.0 for number in range(5)})
    before = run(city)
    city.at("2026-11-03 10:00")

    city.prices(MARKET, RAWIT, {DAY + timedelta(days=2): 60_000.0}, version=2)
    after = run(city)

    assert [day for day in after if after[day] != before[day]] == ["2025-03-22"]


def test_todays_price_is_incomplete_until_the_day_is_over(city: City) -> None:
    city.prices(MARKET, RAWIT, {date(2026, 11, 3): 50_000.0}, origin="typed")
    running = run(city)["2026-11-03"]["marks"]
    city.at("2026-11-04 00:10")

    assert (running, run(city)["2026-11-03"]["marks"]) == ("incomplete", "")
