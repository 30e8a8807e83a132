"""One commodity's index: months with enough days, chained over gaps, with the quotes that were imputed."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days, Row

MARKET = "pasar-terong"
RICE = "beras-medium"


def run(city: City) -> dict[str, Row]:
    """The rows by month."""
    city.run("price_elementary")
    return {row["day"][:7]: row for row in city.rows("price_elementary")}


def test_the_index_is_the_price_relative_of_a_single_quote(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2025-01", [10_000, 11_000, 9_900]))

    rows = run(city)

    assert [row["index"] for row in rows.values()] == pytest.approx([100, 110, 99])
    assert [row["mom"] for row in rows.values()][1:] == pytest.approx([10, -10])
    assert [row["price_idr"] for row in rows.values()] == [10_000, 11_000, 9_900]


def test_a_months_price_is_the_geometric_mean_of_its_days(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.month("2025-01", 8_000, days=10))
    later = {day + timedelta(days=10): price for day, price in days.month("2025-01", 18_000, days=10).items()}
    city.prices(MARKET, RICE, later)

    assert run(city)["2025-01"]["price_idr"] == pytest.approx(sqrt(8_000 * 18_000))


def test_quotes_weigh_the_same_by_their_relatives(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2025-01", [10_000, 20_000]), quote="a")
    city.prices(MARKET, RICE, days.months("2025-01", [50_000, 25_000]), quote="b")

    rows = run(city)

    assert rows["2025-02"]["index"] == pytest.approx(100.0)
    assert rows["2025-02"]["n"] == 2.0


def test_a_missing_quote_moves_with_the_others_and_is_counted(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2025-01", [10_000, 11_000, 12_100]), quote="a")
    city.prices(MARKET, RICE, days.month("2025-01", 50_000) | days.month("2025-03", 60_000), quote="b")

    rows = run(city)

    assert rows["2025-02"]["index"] == pytest.approx(110)
    assert rows["2025-03"]["index"] == pytest.approx(100 * sqrt(1.21 * 1.2))
    assert (rows["2025-02"]["imputed"], rows["2025-02"]["coverage"]) == (1.0, 0.5)
    assert rows["2025-02"]["marks"] == "imputed,recorded"
    assert rows["2025-03"]["marks"] == "recorded"


def test_a_quote_that_is_gone_for_long_is_no_longer_counted_as_imputed(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2025-01", [10_000] * 6), quote="a")
    city.prices(MARKET, RICE, days.month("2025-01", 50_000), quote="b")

    assert [row["imputed"] for row in run(city).values()] == [0, 1, 1, 1, 0, 0]


def test_a_month_without_prices_has_no_row_and_the_next_is_compared_with_the_last(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.month("2025-01", 10_000) | days.month("2025-03", 12_000))

    rows = run(city)

    assert list(rows) == ["2025-01", "2025-03"]
    assert rows["2025-03"]["index"] == pytest.approx(120)
    assert rows["2025-03"]["mom"] is None


@pytest.mark.parametrize(("priced", "counts"), [(9, False), (10, True)])
def test_a_first_month_counts_from_ten_days_on(city: City, days: Days, priced: int, *, counts: bool) -> None:
    city.prices(MARKET, RICE, days.month("2025-01", 10_000, days=priced))

    assert bool(run(city)) == counts


@pytest.mark.parametrize(("priced", "counts"), [(1, False), (2, True)])
def test_a_weekly_quote_counts_with_half_of_its_usual_days(
    city: City, days: Days, priced: int, *, counts: bool
) -> None:
    weekly = {date(2025, 1, 6) + timedelta(weeks=week): 10_000.0 for week in range(8)}
    city.prices(MARKET, RICE, weekly | days.month("2025-03", 11_000, days=priced))

    assert ("2025-03" in run(city)) == counts


def test_year_on_year_needs_the_same_month_of_last_year(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2024-01", [10_000] * 12 + [10_500]))

    rows = run(city)

    assert rows["2025-01"]["yoy"] == pytest.approx(5)
    assert [row["yoy"] for row in list(rows.values())[:12]] == [None] * 12


def test_the_running_month_is_incomplete(city: City, days: Days) -> None:
    city.at("2026-11-20 09:00")
    city.prices(MARKET, RICE, days.month("2026-10", 10_000) | days.month("2026-11", 10_000, days=19))

    rows = run(city)

    assert (rows["2026-10"]["marks"], rows["2026-11"]["marks"]) == ("recorded", "incomplete,recorded")


def test_a_late_price_changes_its_month_and_all_after(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.months("2025-01", [10_000] * 15))
    city.prices(MARKET, "bawang-merah", days.months("2025-01", [30_000] * 15))
    city.run("price_elementary")
    before = {(row["commodity"], row["day"][:7]): row for row in city.rows("price_elementary")}
    city.at("2026-11-03 10:00")

    city.prices(MARKET, RICE, {date(2025, 2, 25): 14_641.0})  # the 21st day of February
    city.run("price_elementary")

    after = {(row["commodity"], row["day"][:7]): row for row in city.rows("price_elementary")}
    changed = {key for key in after if after[key]["revision"] != before[key]["revision"]}
    assert changed == {(RICE, f"2025-{month:02d}") for month in range(2, 13)} | {
        (RICE, f"2026-{month:02d}") for month in range(1, 4)
    }
    rise = 100 * ((14_641 / 10_000) ** (1 / 21) - 1)
    assert after[RICE, "2025-02"]["mom"] == pytest.approx(rise)
    assert after[RICE, "2025-03"]["mom"] == pytest.approx(100 / (1 + rise / 100) - 100)
    moved = [month for month in ("2026-01", "2026-02", "2026-03") if after[RICE, month]["yoy"] != pytest.approx(0)]
    assert moved == ["2026-02"]
    reasons = {row["replaced_because"] for row in city.rows("price_elementary_history")}
    assert reasons == {f"late data: price {MARKET} 2025-02-25"}


def test_a_corrected_price_replaces_the_one_before(city: City, days: Days) -> None:
    month = days.month("2025-01", 10_000)
    city.prices(MARKET, RICE, month)
    city.run("price_elementary")

    city.prices(MARKET, RICE, dict.fromkeys(month, 12_000.0), version=2)

    assert run(city)["2025-01"]["price_idr"] == 12_000


def test_prices_of_another_level_of_trade_stay_out(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.month("2025-01", 10_000))
    city.prices(MARKET, RICE, days.month("2025-01", 6_000), quote="farm", level="producer")

    assert run(city)["2025-01"]["price_idr"] == 10_000


def test_a_stand_in_market_marks_every_index_made_from_it(city: City, days: Days) -> None:
    city.prices("bandung-pihps", "bawang-merah", days.month("2025-01", 10_000))

    assert run(city)["2025-01"]["marks"] == "recorded,stand_in"


def test_what_was_simulated_once_marks_all_that_is_chained_on_it(city: City, days: Days) -> None:
    city.prices(MARKET, RICE, days.month("2025-01", 10_000), origin="simulated")
    city.prices(MARKET, RICE, days.month("2025-02", 10_000), origin="typed")

    assert [row["marks"] for row in run(city).values()] == ["simulated", "simulated"]
