"""Every stored value can be explained: the inputs there were, the decision, the formula with its numbers, revisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from analytics import provenance
from analytics.explain import Explainer
from analytics.indicators import INDICATORS
from commons.catalogue import Label, measurement
from commons.catalogue.commodities import commodities
from commons.errors import ParameterError, UnknownNameError
from commons.marks import ALL_FOODS
from tests.analytics.conftest import Days

if TYPE_CHECKING:
    from collections.abc import Callable

    from commons.explanation import Explanation, Part
    from tests.analytics.conftest import City

MARKET, EGGS, CHICKEN = "pasar-terong", "telur-ayam-ras", "daging-ayam-ras"


@pytest.fixture(scope="module")
def filled(make_city: Callable[[], City]) -> City:
    """A city with some of everything, computed once: it is only read."""
    city, days = make_city(), Days()
    city.at("2025-06-03 09:00")
    for commodity, step in ((EGGS, 3_000), (CHICKEN, 1_000)):
        city.prices(MARKET, commodity, days.months("2025-01", [30_000 + step * month for month in range(4)]))
    city.soil("saga", "b1", "2025-05-01", 25.0)
    city.harvest("saga", "2025-05-02", "e1", commodity="kangkung", kg=2.5)
    city.harvest("saga", "2025-05-02", "e2", commodity="kangkung", kg=1.5)
    city.run()
    return city


def explain(city: City, indicator: str, period: str, **where: str) -> Explanation:
    return Explainer(city.store, city.site)(indicator, period=period, where=where)


def part(found: Explanation, title: str) -> Part:
    return next(each for each in found.parts if each.title.en.startswith(title))


def lines(found: Explanation, title: str) -> str:
    return "\n".join(line.en for line in part(found, title).lines)


def columns(found: Explanation, title: str) -> list[str]:
    table = part(found, title).table
    assert table is not None
    return [column.id for column in table.columns]


def cells(found: Explanation, title: str) -> list[tuple[Any, ...]]:
    table = part(found, title).table
    assert table is not None
    return list(table.rows)


def test_an_index_is_explained_by_its_basket_and_the_numbers_give_the_value(filled: City) -> None:
    found = explain(filled, "price_index", "2025-03", place=MARKET)

    assert [row[0] for row in cells(found, "Inputs")] == [commodities()[food].label for food in (CHICKEN, EGGS)]
    value = filled.row("price_index", "2025-03-01", basket=ALL_FOODS)["index"]
    _, steps, result = lines(found, "The formula").splitlines()[1].split(" = ")
    before, now, then = (float(number) for number in re.findall(r"[\d.]+", steps))
    assert before * now / then == pytest.approx(value, rel=1e-4)
    assert float(result) == pytest.approx(value, rel=1e-5)
    assert "Coverage: 100.0 %." in lines(found, "Are they enough")


def test_a_commoditys_index_is_explained_by_its_quotes(filled: City) -> None:
    found = explain(filled, "price_elementary", "2025-02", place=MARKET, commodity=EGGS)

    (row,) = cells(found, "Inputs")
    assert row[1:] == (20.0, 30_000.0, 33_000.0, pytest.approx(1.1))
    assert "index = 100 · 1.1 = 110" in lines(found, "The formula")


def test_a_sum_is_explained_by_its_entries_at_every_level(filled: City) -> None:
    for place in ("saga", "makassar"):
        found = explain(filled, "garden_harvest", "2025-05", place=place, commodity="kangkung")
        assert "kg = 2.5 + 1.5 = 4 kg" in lines(found, "The formula")
        assert len(cells(found, "Inputs")) == 2


def test_a_moment_names_its_period_as_dashboards_know_it(filled: City) -> None:
    by_month, by_day = "1746028800000/month", "1746028800000/day"
    harvest, bed = {"place": "saga", "commodity": "kangkung"}, {"place": "saga", "bed": "b1"}

    month = explain(filled, "garden_harvest", by_month, **harvest)

    assert month == explain(filled, "garden_harvest", "2025-05", **harvest)
    assert explain(filled, "soil_state", by_day, **bed) == explain(filled, "soil_state", "2025-05-01", **bed)
    assert explain(filled, "price_index", "1740758400000", place=MARKET).period == "2025-03-01"


def test_a_beds_water_is_explained_by_its_hours(filled: City) -> None:
    found = explain(filled, "soil_state", "2025-05-01", place="saga", bed="b1")

    assert len(cells(found, "Inputs")) == 24
    assert "moisture = mean(25, 25, 25) = 25 %" in lines(found, "The formula")


def test_what_is_said_is_said_in_both_languages_and_each_writes_its_own_numbers(filled: City) -> None:
    found = explain(filled, "soil_state", "2025-05-01", place="saga", bed="b1")

    enough = "\n".join(line.id for line in part(found, "Are they enough").lines)
    assert "Masukan yang ada: 24 dari 24." in enough
    assert "Kelengkapan: 100,0 %." in enough
    assert "Syarat: paling sedikit 3 masukan dan 50 % dari yang diharapkan." in enough
    assert columns(found, "Inputs") == ["Jam", "Kelembapan tanah"]
    state = filled.row("soil_state", "2025-05-01")["state"]
    words = measurement("soil_state").fields["state"].codes[state]
    assert (Label("Keadaan tanah", "Soil state"), words, "") in cells(found, "Result")


def test_a_refused_value_says_why_and_shows_what_there_was(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(5))
    city.run("soil_state")

    found = explain(city, "soil_state", "2026-11-01", place="saga")

    assert len(cells(found, "Inputs")) == 5
    assert "Not enough: there are 5 of 24 inputs; needed are at least 3 inputs" in lines(found, "Are they enough")
    assert cells(found, "Result") == []


def test_revisions_are_listed_the_first_first_with_their_reasons(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 20.0, hours=range(18))
    city.run("soil_state")
    city.at("2026-11-03 10:00")
    city.soil("saga", "b1", "2026-11-01", 30.0, hours=range(18, 24))
    city.run("soil_state")

    found = explain(city, "soil_state", "2026-11-01", place="saga")

    revisions = cells(found, "Revisions")
    reason = columns(found, "Revisions").index("Sebab dihitung")
    assert [row[0] for row in revisions] == [20.0, 30.0]
    assert [row[reason].en for row in revisions] == ["first run", "late data: soil saga 2026-11-01"]
    assert revisions[0][reason].id == "hitungan pertama"


def test_several_values_that_fit_are_named_so_that_one_can_be_chosen(city: City) -> None:
    for bed in ("b1", "b2"):
        city.soil("saga", bed, "2026-11-01", 25.0)
    city.run("soil_state")

    with pytest.raises(ParameterError, match="bed=b1; bed=b2"):
        explain(city, "soil_state", "2026-11-01", place="saga")


@pytest.mark.parametrize(
    ("indicator", "period", "where", "error"),
    [
        ("price_indx", "2025-03", {"place": MARKET}, UnknownNameError),
        ("price_index", "2025-13", {"place": MARKET}, ParameterError),
        ("price_index", "yesterday", {"place": MARKET}, ParameterError),
        ("soil_state", "2025-05", {"place": "saga"}, ParameterError),
        ("price_index", "2019-03", {"place": MARKET}, UnknownNameError),
        ("price_index", "2025-03", {"place": MARKET, "bed": "b1"}, UnknownNameError),
    ],
)
def test_what_cannot_be_explained_is_refused_with_the_remedy(
    filled: City, indicator: str, period: str, where: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        explain(filled, indicator, period, **where)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_stored_value_of_every_indicator_can_be_explained(filled: City, name: str) -> None:
    for row in filled.rows(name):
        tags = {tag: row[tag] for tag in measurement(name).tags if tag not in ("city", "period") and row[tag]}
        kind = row.get("period", INDICATORS[name].periods[0])
        year, week, _ = row["time"].tz_convert(filled.site.timezone).isocalendar()
        period = {"day": row["day"], "week": f"{year}-W{week:02d}", "month": row["day"][:7]}[kind]
        found = explain(filled, name, period, **tags)
        assert cells(found, "Inputs")
        assert cells(found, "Result")
        assert provenance.marks_in(row["marks"]) <= set(INDICATORS[name].marks)
