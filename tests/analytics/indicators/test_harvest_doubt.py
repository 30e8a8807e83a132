"""A harvest that is not believed is named, and every sum is what it would be without it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from commons.rows import Block

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.analytics.conftest import City

LIE_DAY = "2026-10-29"
SUM = ("day", "level", "place", "commodity", "period")


def honest(city: City, *, lanes: tuple[str, ...] = ("saga", "agatis", "zurich")) -> None:
    """Some weeks of usual harvests."""
    for number in range(12):
        day = (date(2026, 10, 1) + timedelta(days=2 * number)).isoformat()
        for lane in lanes:
            city.harvest(lane, day, f"{lane}-{number}", commodity="bayam", kg=2.0 + 0.25 * (number % 3))


def sums(city: City) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Everything that is published of the gardens' harvest but when it was computed."""
    rows = city.rows("garden_harvest")
    told = ("kg", "n", "expected", "coverage", "lanes_reported", "lanes_total", "marks", "revision")
    return {tuple(row[key] for key in SUM): {name: row[name] for name in told} for row in rows}


def test_ten_times_the_usual_is_named_and_the_sums_are_those_without_it(make_city: Callable[[], City]) -> None:
    lying, clean = make_city(), make_city()
    for city in (lying, clean):
        honest(city)
        city.harvest("agatis", LIE_DAY, "true", commodity="kangkung", kg=1.5)
    lying.harvest("saga", LIE_DAY, "lie", commodity="bayam", kg=22.5)
    for city in (lying, clean):
        city.run("harvest_doubt", "garden_harvest")

    row = lying.row("harvest_doubt")

    assert (row["day"], row["lane"], row["commodity"], row["test"]) == (LIE_DAY, "saga", "bayam", "tenfold_harvest")
    assert (row["value"], row["usual"], row["left_out"], row["detail"]) == (22.5, 2.25, 1.0, "lie")
    assert sums(lying) == sums(clean)
    assert len(sums(clean)) > 100


def test_a_late_lie_never_reaches_the_sums(city: City) -> None:
    honest(city)
    city.run("harvest_doubt", "garden_harvest")
    before = sums(city)
    city.at("2026-11-03 10:00")

    city.harvest("saga", "2026-10-15", "lie", commodity="bayam", kg=25.0)
    summary = city.run("harvest_doubt", "garden_harvest")

    assert sums(city) == before
    assert (summary.computed, summary.corrected) == (1, 0)


def test_a_lie_that_is_taken_back_is_no_longer_named(city: City) -> None:
    honest(city)
    city.harvest("saga", LIE_DAY, "lie", commodity="bayam", kg=22.5)
    city.run("harvest_doubt", "garden_harvest")
    city.at("2026-11-03 10:00")

    city.harvest("saga", LIE_DAY, "lie", commodity="bayam", kg=2.25, version=2)
    city.run("harvest_doubt", "garden_harvest")

    assert city.rows("harvest_doubt") == []
    day = city.row("garden_harvest", LIE_DAY, place="saga", commodity="bayam", period="day")
    assert day["kg"] == 2.25


def test_a_food_s_whole_history_arriving_late_changes_a_verdict_only_where_it_reaches(city: City) -> None:
    city.harvest("saga", LIE_DAY, "much", commodity="bayam", kg=22.5)
    for moment in ("2026-11-03 10:00", "2026-11-03 11:00"):  # by then, the first marks are settled
        city.at(moment)
        city.run("harvest_doubt", "garden_harvest")
    assert city.rows("harvest_doubt") == []
    city.at("2026-11-03 12:00")

    honest(city, lanes=("agatis", "zurich", "seroja"))
    city.run("harvest_doubt", "garden_harvest")

    assert city.row("harvest_doubt")["detail"] == "much"
    assert city.rows("garden_harvest", place="saga") == []


def test_more_than_a_bed_can_give_is_named_without_any_history(city: City) -> None:
    city.harvest("saga", LIE_DAY, "sack", commodity="bayam", kg=999.0)
    city.harvest("agatis", LIE_DAY, "true", commodity="bayam", kg=2.0)

    city.run("harvest_doubt", "garden_harvest")

    row = city.row("harvest_doubt")
    assert (row["test"], row["value"], row["usual"]) == ("impossible_yield", 999.0, 2.5 * 4.5)
    assert city.row("garden_harvest", LIE_DAY, place="makassar", commodity="semua", period="day")["kg"] == 2.0


def test_one_harvest_under_two_ids_counts_once(city: City) -> None:
    city.harvest("saga", LIE_DAY, "phone", commodity="bayam", kg=2.0)
    city.harvest("saga", LIE_DAY, "tablet", commodity="bayam", kg=2.0)

    city.run("harvest_doubt", "garden_harvest")

    row = city.row("harvest_doubt")
    assert (row["test"], row["value"], row["left_out"]) == ("double_entry", 2.0, 1.0)
    assert city.row("garden_harvest", LIE_DAY, place="saga", commodity="bayam", period="day")["kg"] == 2.0


def test_entries_of_devices_that_give_no_id_can_be_left_out_too(city: City) -> None:
    at = (city.midnight_ms(LIE_DAY) + 8 * 3_600_000) * 1_000_000
    tags: dict[str, str | list[str]] = {
        "city": city.site.slug,
        "lane": "saga",
        "bed": "b1",
        "commodity": "bayam",
        "origin": "measured",
    }
    city.put(Block("harvest", [at, at + 60_000_000_000, at + 3_600_000_000_000], tags, {"kg": [2.0, 2.0, 3.0]}), "saga")

    city.run("harvest_doubt", "garden_harvest")

    assert city.row("harvest_doubt")["test"] == "double_entry"
    assert city.row("garden_harvest", LIE_DAY, place="saga", commodity="bayam", period="day")["kg"] == 5.0


def test_a_doubtful_harvest_inherits_where_it_comes_from(city: City) -> None:
    city.harvest("saga", LIE_DAY, "sack", commodity="bayam", kg=999.0, origin="simulated")

    city.run("harvest_doubt")

    assert city.row("harvest_doubt")["marks"] == "simulated"
