"""How complete nodes and lanes are: what was flagged bad does not count, and silence has its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commons.rows import Block

if TYPE_CHECKING:
    from tests.analytics.conftest import City
    from tests.analytics.indicators.conftest import Garden

DAY = "2026-11-02"


def test_a_nodes_silence_is_counted_from_its_last_hour(city: City, garden: Garden) -> None:
    garden.air("saga", DAY, hours=range(18))
    city.soil("saga", "b1", DAY, 25.0, hours=range(6))

    city.run("node_completeness")

    row = city.row("node_completeness")
    assert (row["node"], row["share"], row["soil_hours"], row["air_hours"]) == ("saga-n1", 75.0, 6.0, 18.0)
    assert (row["silent_hours"], row["heard"]) == (6.0, city.midnight_ms(DAY) + 18 * 3_600_000)
    assert (row["n"], row["expected"]) == (18.0, 24.0)


def test_a_node_of_another_site_is_none_of_ours(city: City, garden: Garden) -> None:
    garden.rain("saga", DAY, 1.0, node="stranger")

    city.run("node_completeness")

    assert city.rows("node_completeness") == []


def test_a_lanes_share_counts_every_bed_and_the_air(city: City, garden: Garden) -> None:
    garden.air("saga", DAY)
    for bed in ("b1", "b2"):
        city.soil("saga", bed, DAY, 25.0, hours=range(12))

    city.run("data_completeness")

    beds = len(city.site.beds_of("saga"))
    row = city.row("data_completeness")
    assert (row["beds_heard"], row["beds_total"], row["air_share"]) == (2.0, float(beds), 100.0)
    assert row["soil_share"] == pytest.approx(100 * 24 / (24 * beds))
    assert row["share"] == pytest.approx(100 * 48 / (24 * (beds + 1)))


def test_what_was_flagged_bad_does_not_count(city: City) -> None:
    for moisture, hours in ((25.0, range(0, 24, 2)), (25.4, range(1, 24, 2))):  # a live probe is never quite still
        city.soil("saga", "b1", DAY, moisture, hours=hours)
    city.run("data_completeness")
    before = city.row("data_completeness")["n"]
    midnight = city.midnight_ms(DAY)
    times = [(midnight + hour * 3_600_000 + 1_800_000) * 1_000_000 for hour in range(8)]
    tags: dict[str, str | list[str]] = {
        "city": city.site.slug,
        "lane": "saga",
        "node": "saga-n1",
        "bed": "b1",
        "origin": "measured",
    }

    city.put(Block("soil", times, tags, {"moisture_flag": [4.0] * 8}), "saga")
    city.run("data_completeness")

    assert (before, city.row("data_completeness")["n"]) == (24.0, 16.0)


def test_a_late_soil_reading_computes_its_own_day_and_no_other(city: City, garden: Garden) -> None:
    for day in ("2026-10-30", "2026-10-31", "2026-11-01", DAY):
        for lane in ("saga", "agatis"):
            city.soil(lane, "b1", day, 25.0, hours=range(20))
    garden.settle()

    city.soil("saga", "b1", "2026-10-31", 18.0, hours=[21])
    names = ("soil_state", "data_completeness", "node_completeness")
    changed = {name: city.run(name).computed for name in names}

    assert changed == dict.fromkeys(names, 1)
    assert [row["day"] for row in city.rows("soil_state_history")] == ["2026-10-31"]
