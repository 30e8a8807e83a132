"""The shipped price sheets, from the store to the index, against the same figures in plain Python.

East Java's sheet has typing errors: `MISTYPED` lists every price in it that is ten, a hundred or a thousand times its
neighbours, or that part of them. On eight days of 2017 and 2018 large chilli and bird's-eye chilli changed places.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from datetime import date, timedelta
from math import exp, log
from typing import TYPE_CHECKING, Any

import pytest

from commons.catalogue.commodities import commodity
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.analytics.conftest import City

MARKETS = {"bandung-pihps": "bandung", "bandung-bapanas": "bapanas", "jatim-siskaperbapo": "jatim"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
FEWEST_DAYS = 10
JATIM = "jatim-siskaperbapo"
MISTYPED = {
    "beras": """2016-09-01 1000, 2016-10-11 93000, 2016-10-13 93000, 2017-02-13 93500, 2017-03-21 94000,
        2017-03-29 93500, 2017-04-06 93500, 2017-04-30 99000, 2017-05-01 99000, 2017-08-03 99000, 2017-08-16 99000,
        2017-12-13 920, 2018-01-03 92500, 2018-05-13 92000, 2018-05-13 93000, 2018-09-09 920017, 2018-11-12 96000,
        2018-11-25 96000, 2019-01-03 1000, 2019-07-11 93000, 2019-08-17 99, 2019-12-27 95000, 2020-01-23 97000,
        2020-01-27 97000, 2020-01-29 97000, 2020-02-12 97000, 2020-03-22 97000, 2020-11-18 91000""",
    "bawang-merah": """2017-03-02 290000, 2017-03-20 2400, 2017-09-19 1350, 2017-11-19 1800, 2019-08-29 75000,
        2023-10-19 90000, 2025-08-19 3000""",
    "cabai-merah-besar": """2018-03-09 22, 2018-11-10 1000, 2020-11-22 2700, 2023-11-25 540000, 2025-08-14 2000""",
    "cabai-rawit-merah": """2017-02-10 10000, 2017-03-06 11000, 2018-01-29 2300, 2018-09-01 1000, 2021-09-03 90000,
        2023-03-11 6500, 2026-06-14 5000""",
    "daging-sapi": """2017-03-30 990000, 2017-05-16 10000, 2018-06-15 10500, 2018-06-15 10500, 2018-06-30 9700,
        2018-07-19 9700, 2018-08-01 10000, 2018-09-28 8500, 2019-01-03 9000, 2019-09-04 7500, 2020-07-19 9600,
        2023-02-28 11000, 2026-02-01 1170000""",
    "kentang": "2017-08-02 105, 2018-02-13 90000, 2019-08-24 1000, 2020-03-14 77000, 2021-04-13 92500",
    "telur-ayam-ras": """2017-01-26 1520, 2018-02-18 1850, 2019-10-19 160000, 2022-11-12 203800, 2023-12-25 2200,
        2025-08-27 218000""",
    "ayam-ras-hidup": "2025-04-02 2000",
}
SWAPPED = ("2017-06-29", "2017-07-08", "2017-07-17", "2018-07-03", "2018-07-22", "2018-07-26")
Sheet = dict[tuple[str, str], dict[date, float]]


def a_day(text: str) -> date:
    """`18 Sep 26`, `12-9-2025` or `19/05/2022`."""
    if " " in text:
        day, name, year = text.split()
        return date(2000 + int(year), MONTHS.index(name) + 1, int(day))
    day, month, year = text.replace("/", "-").split("-")
    return date(int(year), int(month), int(day))


def sheet_of(folder: Path, name: str) -> Sheet:
    """Prices by commodity and quote, then by day; a price of zero is none."""
    text = gzip.decompress((folder / "sheets" / f"{name}.csv.gz").read_bytes()).decode("utf-8")
    found: Sheet = defaultdict(dict)
    for row in csv.DictReader(io.StringIO(text)):
        if float(row["price"]) > 0:
            found[commodity(row["commodity"]).slug, row["quote"]][a_day(row["date"])] = float(row["price"])
    return found


def mean(prices: Sequence[float]) -> float:
    """The geometric mean."""
    return exp(sum(map(log, prices)) / len(prices))


def monthly(prices: Mapping[date, float]) -> dict[str, float]:
    """The geometric mean of each month with enough days."""
    days: dict[str, list[float]] = defaultdict(list)
    for day, price in prices.items():
        days[f"{day:%Y-%m}"].append(price)
    return {month: mean(found) for month, found in days.items() if len(found) >= FEWEST_DAYS}


def laspeyres(sheet: Sheet, weights: Mapping[str, float]) -> dict[str, float]:
    """Weighted price relatives on the first month [100]; every weighted commodity has one quote and all months."""
    prices = {name: monthly(days) for (name, _), days in sheet.items() if name in weights}
    months = sorted(next(iter(prices.values())))
    assert all(sorted(found) == months for found in prices.values())
    total = sum(weights[name] for name in prices)
    return {
        month: 100 * sum(weights[name] * found[month] / found[months[0]] for name, found in prices.items()) / total
        for month in months
    }


@pytest.fixture(scope="module")
def sheets(make_city: Callable[[], City]) -> dict[str, Sheet]:
    """Every sheet by market."""
    folder = make_city().site.folder
    return {market: sheet_of(folder, name) for market, name in MARKETS.items()}


@pytest.fixture(scope="module")
def priced(make_city: Callable[[], City], sheets: dict[str, Sheet]) -> City:
    """A city with all sheets stored and everything computed."""
    city = make_city()
    for market, sheet in sheets.items():
        for (name, quote), prices in sheet.items():
            city.prices(market, name, prices, quote=quote)
    city.run()
    return city


@pytest.fixture(scope="module")
def believed(priced: City, sheets: dict[str, Sheet]) -> dict[str, Sheet]:
    """The sheets without what was left out as doubtful, and without the weekends on which PIHPS repeats Friday."""
    doubts = priced.rows("price_doubt")
    left_out = {(row["market"], row["commodity"], row["quote"], row["day"]) for row in doubts if row["left_out"]}
    return {
        market: {
            (name, quote): {
                day: price
                for day, price in prices.items()
                if (market, name, f"{quote} ({priced.site.markets[market].source})", day.isoformat()) not in left_out
                and not (market == "bandung-pihps" and repeats_friday(prices, day))
            }
            for (name, quote), prices in sheet.items()
        }
        for market, sheet in sheets.items()
    }


def repeats_friday(prices: Mapping[date, float], day: date) -> bool:
    """Whether a day of the weekend has the price of the Friday before it."""
    return day.weekday() > 4 and prices[day] == prices.get(day - timedelta(days=day.weekday() - 4))


@pytest.fixture
def weights(priced: City) -> dict[str, float]:
    """The site's weights by commodity."""
    return {name: weight.weight_pct for name, weight in priced.site.weights.items()}


def test_four_commodities_of_bandung_make_the_index_of_fifty_two_months(
    priced: City, believed: dict[str, Sheet], weights: dict[str, float]
) -> None:
    expected = laspeyres(believed["bandung-pihps"], weights)

    rows = priced.rows("price_index", basket=ALL_FOODS, market="bandung-pihps")

    assert len(expected) == 52
    assert {row["day"][:7]: row["index"] for row in rows} == pytest.approx(expected, rel=1e-9)
    assert {(row["n"], row["expected"]) for row in rows} == {(4.0, 4.0)}
    assert {row["marks"] for row in rows} == {"assumed_weights,recorded,stand_in"}


def test_year_on_year_rates_of_bandung_are_those_of_the_index_by_hand(
    priced: City, believed: dict[str, Sheet], weights: dict[str, float]
) -> None:
    index = laspeyres(believed["bandung-pihps"], weights)
    before = {month: f"{int(month[:4]) - 1}{month[4:]}" for month in index}
    expected = {
        month: 100 * (index[month] / index[earlier] - 1) for month, earlier in before.items() if earlier in index
    }

    rows = priced.rows("price_index", basket=ALL_FOODS, market="bandung-pihps")

    assert len(expected) == 40
    assert {row["day"][:7]: row["yoy"] for row in rows if row["yoy"] is not None} == pytest.approx(expected, abs=1e-7)


def test_bapanas_gives_two_changes_and_only_weighted_commodities_enter(
    priced: City, believed: dict[str, Sheet], weights: dict[str, float]
) -> None:
    sheet = believed["bandung-bapanas"]
    index = laspeyres(sheet, weights)
    weighted = {name for name, _ in sheet} & set(weights)

    rows = priced.rows("price_index", basket=ALL_FOODS, market="bandung-bapanas")

    september, october, november = index.values()
    changes = [row["mom"] for row in rows]
    assert changes[0] is None
    assert changes[1:] == pytest.approx([100 * (october / september - 1), 100 * (november / october - 1)], rel=1e-7)
    assert {row["n"] for row in rows} == {float(len(weighted))}
    assert rows[0]["weight"] == pytest.approx(sum(weights[name] for name in weighted))
    assert {
        row["commodity"] for row in priced.rows("price_contribution", basket=ALL_FOODS, market="bandung-bapanas")
    } == weighted


def test_every_commodity_of_every_sheet_has_an_index_of_its_own(priced: City, believed: dict[str, Sheet]) -> None:
    found = {(row["market"], row["commodity"]) for row in priced.rows("price_elementary")}

    assert found == {(market, name) for market, sheet in believed.items() for name, _ in sheet}
    assert len({name for market, name in found if market == "bandung-bapanas"}) == 21


def test_two_places_of_east_java_make_a_chained_jevons(priced: City, believed: dict[str, Sheet]) -> None:
    quotes = [monthly(days) for (name, _), days in believed["jatim-siskaperbapo"].items() if name == "bawang-merah"]
    months = sorted(set(quotes[0]) & set(quotes[1]))
    assert (len(quotes), months) == (2, sorted(quotes[0] | quotes[1]))
    expected = {month: 100 * mean([quote[month] / quote[months[0]] for quote in quotes]) for month in months}

    rows = priced.rows("price_elementary", market="jatim-siskaperbapo", commodity="bawang-merah")

    assert {row["day"][:7]: row["index"] for row in rows} == pytest.approx(expected, rel=1e-9)


def test_every_typing_error_of_east_java_is_found_and_left_out(priced: City) -> None:
    errors = {
        (name, day, float(price))
        for name, listed in MISTYPED.items()
        for day, price in (entry.split() for entry in listed.split(","))
    }

    found = [row for row in priced.rows("price_doubt", market=JATIM, test="unit_mixup") if row["left_out"]]

    assert {(row["commodity"], row["day"], row["value"]) for row in found} == errors
    assert len(found) == 72


def test_the_days_on_which_two_chillies_changed_places_are_left_out(priced: City) -> None:
    rows = [row for row in priced.rows("price_doubt", market=JATIM) if row["left_out"] and row["day"] in SWAPPED]

    found = {(row["commodity"], row["day"]) for row in rows if row["test"] in ("outlier", "copied_price")}
    for day in SWAPPED:
        assert ("cabai-rawit-merah", day) in found


def test_few_of_what_consumer_panels_say_is_doubted_and_no_weekend(priced: City) -> None:
    rows = [row for row in priced.rows("price_doubt") if row["market"] != JATIM]

    assert [row for row in rows if row["left_out"]] == []
    assert {(row["commodity"], row["test"], row["detail"]) for row in rows} == {
        ("telur-ayam-ras", "stuck", "2023-05-25")
    }


def test_every_day_stands_against_the_limit_of_that_day(priced: City, believed: dict[str, Sheet]) -> None:
    with (priced.site.folder / "ceilings.csv").open(encoding="utf-8", newline="") as lines:
        limits = list(csv.DictReader(lines))
    expected: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for market, sheet in believed.items():
        level = priced.site.markets[market].level
        days: dict[tuple[str, date], list[float]] = defaultdict(list)
        for (name, _), prices in sheet.items():
            for day, price in prices.items():
                days[name, day].append(price)
        for (name, day), found in days.items():
            limit = limit_of(limits, name, level, day)
            if limit is not None:
                expected[market, name, day.isoformat()] = position(round(mean(found), 6), limit)

    rows = priced.rows("ceiling_position")

    kept = ("state", "min_idr", "max_idr", "regulation")
    computed = {(row["market"], row["commodity"], row["day"]): tuple(row[name] for name in kept) for row in rows}
    assert len(expected) > 5_000
    assert computed == expected


def limit_of(limits: Sequence[dict[str, str]], name: str, level: str, day: date) -> dict[str, str] | None:
    """The limit that holds on a day: the newest of those not yet over."""
    holding = [
        row
        for row in limits
        if (row["commodity"], row["level"]) == (name, level)
        and row["valid_from"] <= day.isoformat() <= (row["valid_to"] or "9999-12-31")
    ]
    return max(holding, key=lambda row: row["valid_from"], default=None)


def position(price: float, limit: Mapping[str, str]) -> tuple[Any, ...]:
    """State, bounds and rule of a price."""
    low = float(limit["min_idr"]) if limit["min_idr"] else None
    high = float(limit["max_idr"]) if limit["max_idr"] else None
    above, below = high is not None and price > high, low is not None and price < low
    return ("above" if above else "below" if below else "within"), low, high, limit["regulation"]
