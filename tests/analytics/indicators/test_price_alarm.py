"""Price alarms: refused with a reason while the history is short, and the value first published stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from analytics.methods.price_alarm import alps, ifpa

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Days, Row

MARKET, RAWIT = "pasar-terong", "cabai-rawit-merah"
FIRST = "2022-11"


def seasonal(months: int, *, jump: float = 1.0) -> list[float]:
    """A price with a season and a little unrest; the last month jumps."""
    prices = [40_000.0 + 2_000 * (month % 12) + 1_500 * (month * 7 % 5) for month in range(months)]
    return [*prices[:-1], prices[-1] * jump]


def run(city: City, alarm: str) -> dict[str, Row]:
    """The rows of an alarm by month."""
    city.run("price_doubt", "price_elementary", "price_alarm")
    return {row["day"][:7]: row for row in city.rows("price_alarm", alarm=alarm)}


def monthly(prices: list[float]) -> pd.Series[float]:
    return pd.Series(prices, index=pd.period_range(FIRST, periods=len(prices), freq="M"))


@pytest.mark.parametrize(("alarm", "method"), [("alps", alps), ("ifpa", ifpa)])
def test_it_is_the_method_over_the_months_that_are_over(city: City, days: Days, alarm: str, method: object) -> None:
    prices = seasonal(48, jump=2.0)
    city.prices(MARKET, RAWIT, days.months(FIRST, prices))

    rows = run(city, alarm)

    assert callable(method)
    expected = method(monthly(prices)).table
    newest = rows["2026-10"]
    assert newest["value"] == pytest.approx(expected[alarm].iloc[-1])
    assert newest["phase"] == expected["phase"].iloc[-1] in ("crisis", "abnormally_high")
    assert newest["phase_code"] == {"alps": 3.0, "ifpa": 2.0}[alarm]
    assert len(rows) == expected[alarm].notna().sum()


def test_a_short_history_is_refused_with_the_reason(city: City, days: Days) -> None:
    city.prices(MARKET, RAWIT, days.months("2025-11", seasonal(12)))

    assert run(city, "alps") == run(city, "ifpa") == {}
    assert {row["refused"] for row in city.refused("price_alarm", alarm="alps")} == {
        "12 months since the first price; 36 are needed"
    }
    assert len(city.refused("price_alarm", alarm="ifpa")) == 12


def test_months_before_ifpa_can_compare_are_refused_with_the_reason(city: City, days: Days) -> None:
    city.prices(MARKET, RAWIT, days.months(FIRST, seasonal(48)))

    assert next(iter(run(city, "ifpa"))) == "2025-11"
    reasons = {row["refused"] for row in city.refused("price_alarm", alarm="ifpa")}
    assert reasons == {"not three full years of prices before it, or one of those compared with is missing"}


def test_the_running_month_is_not_judged_before_it_is_over(city: City, days: Days) -> None:
    city.at("2026-10-20 09:00")
    city.prices(MARKET, RAWIT, days.months(FIRST, seasonal(48)))
    assert list(run(city, "alps"))[-1] == "2026-09"

    city.at("2026-11-03 09:00")
    assert list(run(city, "alps"))[-1] == "2026-10"


def test_the_value_as_first_published_stays_beside_the_one_now(city: City, days: Days) -> None:
    city.at("2026-10-02 09:00")
    prices = seasonal(48, jump=3.0)
    city.prices(MARKET, RAWIT, days.months(FIRST, prices[:-1]))
    before = run(city, "alps")
    city.at("2026-11-02 09:00")

    city.prices(MARKET, RAWIT, days.month("2026-10", prices[-1]))
    after = run(city, "alps")

    month = "2026-09"
    assert after[month]["first_value"] == before[month]["first_value"] == before[month]["value"]
    assert after[month]["value"] != pytest.approx(before[month]["value"], rel=0.01)
    assert after["2026-10"]["first_value"] == after["2026-10"]["value"]
    (old,) = [row for row in city.rows("price_alarm_history", alarm="alps") if row["day"][:7] == month]
    assert old["value"] == before[month]["value"]
    assert old["replaced_because"].startswith("late data: price_elementary")


def test_a_typing_error_sets_off_no_alarm(city: City, days: Days) -> None:
    prices = days.months(FIRST, seasonal(48))
    city.prices(MARKET, RAWIT, prices | {max(prices): prices[max(prices)] * 100})

    assert run(city, "alps")["2026-10"]["value"] == pytest.approx(alps(monthly(seasonal(48))).table["alps"].iloc[-1])


def test_a_dear_seller_who_joins_sets_off_no_alarm(city: City, days: Days) -> None:
    city.prices(MARKET, RAWIT, days.months(FIRST, seasonal(48)))
    alone = run(city, "alps")
    city.clock.sleep(3600)

    city.prices(MARKET, RAWIT, days.months("2026-09", [price * 3 for price in seasonal(48)[-2:]]), quote="dear")

    together = run(city, "alps")
    assert together["2026-10"]["value"] == pytest.approx(alone["2026-10"]["value"])
