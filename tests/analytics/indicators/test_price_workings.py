"""What is shown of how a price figure came about ends in that figure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from analytics.backlog import Due, Reason
from analytics.indicators import INDICATORS
from analytics.inputs import Inputs
from analytics.touches import EVERYWHERE
from commons.marks import ALL_FOODS
from tests.analytics.conftest import Days

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.indicators.indicator import Worked
    from tests.analytics.conftest import City, Row

MARKET, EGGS, RAWIT = "pasar-terong", "telur-ayam-ras", "cabai-rawit-merah"


@pytest.fixture(scope="module")
def priced(make_city: Callable[[], City]) -> City:
    """Four years of two foods at two sellers, one of whose prices is mistyped, computed once: they are only read."""
    city, days = make_city(), Days()
    for number, food in enumerate((EGGS, RAWIT)):
        prices = [30_000 * (1 + number) + 900 * (month * 7 % 5) + 100 * month for month in range(48)]
        for quote in ("a", "b"):
            city.prices(MARKET, food, days.months("2022-11", prices), quote=quote)
    city.prices(MARKET, EGGS, {date(2026, 10, 7): 3_400.0}, version=2)
    city.run("price_doubt", "price_elementary", "price_weekly", "price_alarm", "price_variation")
    return city


def worked(city: City, name: str, row: Row) -> Worked:
    """What the indicator shows of one of its rows."""
    indicator = INDICATORS[name]
    assert indicator.workings is not None
    everything = Due()
    everything.add_since(EVERYWHERE, date.min, Reason(0, "shown"))
    frames = Inputs(city.store, city.site).read(indicator, everything)
    return indicator.workings(frames, city.site, {**row, "start": date.fromisoformat(row["day"])})


def test_a_doubt_shows_the_prices_around_it(priced: City) -> None:
    row = priced.row("price_doubt")

    shown = worked(priced, "price_doubt", row)

    usual = f"{row['usual']:.6g}"
    assert shown.lines == (f"unit_mixup: 3400 where {usual} is usual (0.1); it does not count",)
    assert (shown.inputs["price"] == 3_400.0).sum() == 1


@pytest.mark.parametrize("alarm", ["alps", "ifpa"])
def test_an_alarm_shows_its_series_and_ends_in_its_value(priced: City, alarm: str) -> None:
    row = priced.row("price_alarm", "2026-10-01", commodity=RAWIT, alarm=alarm)

    shown = worked(priced, "price_alarm", row)

    assert len(shown.inputs) == 48
    assert f"= {row['value']:.6g}" in shown.lines[0]
    if alarm == "alps":
        index, fitted = shown.inputs["price"].iloc[-1], shown.inputs["fitted"].iloc[-1]
        assert f"({index:.6g} - {fitted:.6g})" in shown.lines[0]


@pytest.mark.parametrize(("commodity", "rows"), [(RAWIT, 2), (ALL_FOODS, 2)])
def test_a_weekly_change_shows_both_months_of_each_seller_or_food(priced: City, commodity: str, rows: int) -> None:
    row = priced.row("price_weekly", "2026-10-12", commodity=commodity)

    shown = worked(priced, "price_weekly", row)

    assert len(shown.inputs) == rows
    assert f"= {row['change']:.6g}" in shown.lines[-1]
    if commodity == RAWIT:
        assert shown.inputs["change"].to_list() == pytest.approx([row["change"]] * 2)


@pytest.mark.parametrize("commodity", [RAWIT, ALL_FOODS])
def test_a_variation_shows_deviation_and_mean_of_each_seller_or_food(priced: City, commodity: str) -> None:
    row = priced.row("price_variation", "2026-10-01", commodity=commodity)

    shown = worked(priced, "price_variation", row)

    assert f"= {row['variation']:.6g}" in shown.lines[-1]
    if commodity == RAWIT:
        assert (100 * shown.inputs["sd"] / shown.inputs["mean"]).to_list() == pytest.approx([row["variation"]] * 2)
    else:
        assert shown.inputs["variation"].mean() == pytest.approx(row["variation"])
