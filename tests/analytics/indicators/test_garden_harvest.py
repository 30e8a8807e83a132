"""Harvest adds up from lane to city, with x of y lanes reported, and silence is never zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commons.rows import Block

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Row

MONDAY, TUESDAY, SUNDAY = "2026-10-26", "2026-10-27", "2026-11-01"
WEEK, MONTH = MONDAY, "2026-10-01"


def one(city: City, place: str, commodity: str, period: str, day: str) -> Row:
    return city.row("garden_harvest", day, place=place, commodity=commodity, period=period)


def figures(row: Row) -> tuple[Any, ...]:
    return row["kg"], row["lanes_reported"], row["lanes_total"]


def test_kilograms_add_up_from_the_lane_to_the_city(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0)
    city.harvest("saga", TUESDAY, "e2", commodity="kangkung", kg=0.5)
    city.harvest("agatis", TUESDAY, "e3", commodity="kangkung", kg=1.25)
    city.harvest("agatis", TUESDAY, "e4", commodity="bayam", kg=3.0)

    city.run("garden_harvest")

    for place, level in zip(city.site.above("saga"), ("lane", "kelurahan", "kecamatan", "kota"), strict=True):
        row = one(city, place, "kangkung", "week", WEEK)
        both = "agatis" in city.site.lanes_in(place)
        assert row["level"] == level
        assert figures(row) == (3.75 if both else 2.5, 2.0 if both else 1.0, len(city.site.lanes_in(place)))
    assert figures(one(city, "makassar", "semua", "month", MONTH)) == (6.75, 2.0, 24.0)
    assert one(city, "saga", "kangkung", "day", TUESDAY)["kg"] == 0.5


def test_weeks_begin_on_monday_and_months_on_the_first(city: City) -> None:
    city.harvest("saga", "2026-10-31", "e1", commodity="kangkung", kg=1.0)
    city.harvest("saga", SUNDAY, "e2", commodity="kangkung", kg=2.0)
    city.harvest("saga", "2026-11-02", "e3", commodity="kangkung", kg=4.0)

    city.run("garden_harvest")

    found = {
        (row["period"], row["day"]): row["kg"]
        for row in city.rows("garden_harvest", place="saga", commodity="kangkung")
        if row["period"] != "day"
    }
    assert found == {
        ("week", WEEK): 3.0,
        ("week", "2026-11-02"): 4.0,
        ("month", MONTH): 1.0,
        ("month", "2026-11-01"): 6.0,
    }


def test_a_report_of_nothing_is_a_report_with_no_kilograms(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0)
    city.harvest("agatis", MONDAY, "e2", nothing=1.0)

    city.run("garden_harvest")

    assert figures(one(city, "makassar", "semua", "week", WEEK)) == (2.0, 2.0, 24.0)
    assert figures(one(city, "makassar", "kangkung", "week", WEEK)) == (2.0, 2.0, 24.0)
    assert figures(one(city, "agatis", "semua", "week", WEEK)) == (0.0, 1.0, 1.0)
    assert city.rows("garden_harvest", place="agatis", commodity="kangkung") == []


def test_silence_is_no_row_and_never_zero(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0)

    city.run("garden_harvest")

    assert {row["place"] for row in city.rows("garden_harvest")} == set(city.site.above("saga"))
    assert [row for row in city.rows("garden_harvest") if row["kg"] == 0.0] == []


def test_coverage_is_the_share_of_lanes_that_reported_and_no_day_has_one(city: City) -> None:
    for number, lane in enumerate(sorted(city.site.lanes)[:6]):
        city.harvest(lane, MONDAY, f"e{number}", commodity="bayam", kg=1.0)
        city.harvest(lane, TUESDAY, f"f{number}", nothing=1.0)

    city.run("garden_harvest")

    week = one(city, "makassar", "semua", "week", WEEK)
    day = one(city, "makassar", "semua", "day", MONDAY)
    assert (week["n"], week["expected"], week["coverage"]) == (6.0, 24.0, 0.25)
    assert (day["n"], day["expected"], day["coverage"], day["lanes_total"]) == (6.0, None, None, None)


def test_a_harvest_in_pieces_only_leaves_kilograms_missing(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="telur-ayam-kampung", pieces=12.0)

    city.run("garden_harvest")

    assert figures(one(city, "saga", "semua", "week", WEEK)) == (None, 1.0, 1.0)
    assert city.rows("garden_harvest", commodity="telur-ayam-kampung") == []


def test_a_sum_that_lacks_a_weight_is_marked(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="telur-ayam-kampung", pieces=12.0)
    city.harvest("saga", MONDAY, "e2", commodity="bayam", kg=1.5)

    city.run("garden_harvest")

    assert one(city, "saga", "semua", "week", WEEK)["kg"] == 1.5
    assert one(city, "saga", "semua", "week", WEEK)["marks"] == "incomplete"
    assert one(city, "saga", "bayam", "week", WEEK)["marks"] == ""


def test_an_edit_replaces_the_entry_and_keeps_the_earlier_sum(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=20.0)
    city.run("garden_harvest")
    city.at("2026-11-03 10:00")

    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0, version=2)
    city.run("garden_harvest")

    assert one(city, "makassar", "kangkung", "day", MONDAY)["kg"] == 2.0
    kept = city.row("garden_harvest_history", MONDAY, place="makassar", commodity="kangkung", period="day")
    assert (kept["kg"], kept["replaced_because"]) == (20.0, f"late data: harvest saga {MONDAY}")


def test_an_edit_that_moves_an_entry_empties_the_day_it_left(city: City) -> None:
    city.harvest("saga", "2026-09-30", "e1", commodity="kangkung", kg=2.0)
    city.harvest("saga", "2026-09-30", "e2", commodity="kangkung", kg=1.0)
    for moment in ("2026-11-03 10:00", "2026-11-03 11:00"):  # by then, the first marks are settled
        city.at(moment)
        city.run("garden_harvest")
    city.at("2026-11-03 12:00")

    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0, version=2)
    city.run("garden_harvest")

    assert one(city, "saga", "kangkung", "month", "2026-09-01")["kg"] == 1.0
    assert one(city, "saga", "kangkung", "month", MONTH)["kg"] == 2.0


def test_an_undone_entry_is_withdrawn_at_every_level(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=999.0)
    city.run("garden_harvest")
    city.at("2026-11-03 10:00")

    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=999.0, version=2, void=1.0)
    summary = city.run("garden_harvest")

    rows = city.refused("garden_harvest")
    assert city.rows("garden_harvest") == []
    assert summary.withdrawn == len(rows) == 4 * 2 * 3
    assert {(row["n"], row["marks"], row["refused"]) for row in rows} == {
        (0.0, "withdrawn", "withdrawn: nothing is left to compute it from")
    }


def test_another_lane_cannot_undo_an_entry_by_its_id_at_any_level(city: City) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="kangkung", kg=2.0)
    city.harvest("agatis", MONDAY, "e1", commodity="kangkung", kg=1.0, version=2)
    city.harvest("zurich", MONDAY, "e1", commodity="kangkung", kg=2.0, version=3, void=1.0)

    city.run("garden_harvest")

    assert one(city, "saga", "kangkung", "day", MONDAY)["kg"] == 2.0
    assert one(city, "makassar", "kangkung", "day", MONDAY)["kg"] == 3.0
    assert one(city, "makassar", "kangkung", "day", MONDAY)["lanes_reported"] == 2.0


@pytest.mark.parametrize(("origin", "marks"), [("simulated", "simulated"), ("typed", "")])
def test_a_sum_carries_where_its_entries_come_from(city: City, origin: str, marks: str) -> None:
    city.harvest("saga", MONDAY, "e1", commodity="bayam", kg=1.0, origin=origin)

    city.run("garden_harvest")

    assert {row["marks"] for row in city.rows("garden_harvest") if row["period"] != "month"} == {marks}


def test_a_harvest_sent_by_a_node_that_no_table_knows_marks_every_sum_of_it(city: City) -> None:
    for lane, node in (("saga", "nobody"), ("agatis", "web")):
        tags: dict[str, str | list[str]] = {"city": city.site.slug, "lane": lane, "bed": "b1", "commodity": "bayam"}
        at_ns = (city.midnight_ms(MONDAY) + 8 * 3_600_000) * 1_000_000
        city.put(Block("harvest", [at_ns], {**tags, "origin": "typed"}, {"kg": [1.0], "node": [node]}), lane)

    city.run("garden_harvest")

    assert one(city, "saga", "bayam", "day", MONDAY)["marks"] == "unknown_node"
    assert one(city, "makassar", "bayam", "day", MONDAY)["marks"] == "unknown_node"
    assert one(city, "agatis", "bayam", "day", MONDAY)["marks"] == ""


def test_a_running_week_and_month_are_incomplete(city: City) -> None:
    city.harvest("saga", "2026-11-02", "e1", commodity="bayam", kg=1.0)

    city.run("garden_harvest")

    found = {row["period"]: row["marks"] for row in city.rows("garden_harvest", place="saga", commodity="bayam")}
    assert found == {"day": "", "week": "incomplete", "month": "incomplete"}


def test_a_late_report_changes_the_periods_and_places_it_lies_in(city: City) -> None:
    for number, lane in enumerate(("saga", "agatis", "zurich")):
        for day in (MONDAY, "2026-10-13", "2026-09-15"):
            city.harvest(lane, day, f"e{number}{day}", commodity="bayam", kg=1.0)
    for moment in ("2026-11-03 09:00", "2026-11-03 09:30"):
        city.at(moment)
        city.run("garden_harvest")
    key = ("place", "commodity", "period", "day")
    before = {tuple(row[name] for name in key): row["revision"] for row in city.rows("garden_harvest")}
    city.at("2026-11-03 10:00")

    city.harvest("agatis", "2026-10-13", "late", commodity="bayam", kg=1.0)
    city.run("garden_harvest")

    after = {tuple(row[name] for name in key): row["revision"] for row in city.rows("garden_harvest")}
    changed = {name for name in after if after[name] != before.get(name)}
    assert one(city, "makassar", "bayam", "week", "2026-10-12")["kg"] == 4.0
    starts = {("day", "2026-10-13"), ("week", "2026-10-12"), ("month", MONTH)}
    assert changed == {
        (place, commodity, period, start)
        for place in city.site.above("agatis")
        for commodity in ("bayam", "semua")
        for period, start in starts
    }


def test_a_late_report_at_a_months_end_leaves_the_rest_of_its_week_in_the_sum(city: City) -> None:
    city.harvest("saga", "2026-10-01", "e1", commodity="bayam", kg=1.0)
    city.harvest("saga", "2026-10-02", "e2", commodity="bayam", kg=2.0)
    for moment in ("2026-11-03 09:00", "2026-11-03 10:00"):  # by then, the first marks are settled
        city.at(moment)
        city.run("garden_harvest")
    city.at("2026-11-03 11:00")

    city.harvest("saga", "2026-09-30", "late", commodity="bayam", kg=4.0)
    city.run("garden_harvest")

    assert one(city, "saga", "bayam", "week", "2026-09-28")["kg"] == 7.0
    assert one(city, "saga", "bayam", "month", "2026-10-01")["kg"] == 3.0


def test_a_lane_that_the_site_does_not_know_counts_nowhere(city: City) -> None:
    city.harvest("nowhere", MONDAY, "e1", commodity="bayam", kg=1.0)

    city.run("garden_harvest")

    assert city.rows("garden_harvest") == []
