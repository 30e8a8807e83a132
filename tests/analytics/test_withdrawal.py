"""A value that lost its inputs is taken back, one whose inputs are merely no longer kept is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.indicators import INDICATORS
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.rows import Block

if TYPE_CHECKING:
    from tests.analytics.conftest import City, Watch


def test_values_whose_samples_are_no_longer_kept_stay(city: City, watch: Watch) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-02"):
        city.soil("saga", "b1", day, 25.0)
    city.run("soil_state")
    emptied = watch(city.store, keeps_from=city.midnight_ms("2026-11-02") * 1_000_000)
    again = {"soil_state": replace(INDICATORS["soil_state"], method="2")}

    summary = Runner(emptied, city.site, city.clock, AnalyticsSettings(), again).run_due()

    assert (summary.computed, summary.withdrawn) == (1, 0)
    assert {row["method"] for row in city.rows("soil_state") if row["day"] < "2026-11-02"} == {"1"}


def test_a_value_with_too_little_left_to_stand_on_is_withdrawn(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(6, 20))
    city.run()
    times = [(city.midnight_ms("2026-11-01") + hour * 3_600_000 + 1_800_000) * 1_000_000 for hour in range(6, 20)]
    tags: dict[str, str | list[str]] = {
        "city": city.site.slug,
        "lane": "saga",
        "node": "saga-n1",
        "bed": "b1",
        "origin": "measured",
    }

    city.put(Block("soil", times, tags, {"moisture_flag": [4.0] * len(times)}), "saga")
    summary = city.run()

    assert summary.withdrawn == 1
    (row,) = city.rows("soil_state", withdrawn=True)
    assert (row["n"], row["coverage"], row["marks"]) == (0.0, 0.0, "withdrawn")
    assert city.row("soil_state_history")["moisture"] == 25.0
    assert city.run().withdrawn == 0


def test_a_withdrawn_value_comes_back_with_its_data(city: City) -> None:
    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=2.5)
    city.run()
    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=2.5, version=2, void=1)
    city.run()

    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=3.0, version=3)
    city.run()

    row = city.row("garden_harvest", place="saga", commodity="kangkung", period="day")
    assert (row["kg"], row["n"], row["marks"]) == (3.0, 1.0, "")


def test_a_weight_that_became_a_count_leaves_no_old_kilograms(city: City) -> None:
    eggs = "telur-ayam-kampung"
    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, kg=2.5)
    city.run("garden_harvest")

    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, pieces=40.0, version=2)
    city.run("garden_harvest")

    assert {(row["kg"], row["marks"]) for row in city.rows("garden_harvest", withdrawn=True)} == {(0.0, "withdrawn")}
    assert city.rows("garden_harvest") == []
    assert city.run("garden_harvest").computed == 0

    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, kg=2.4, pieces=40.0, version=3)
    city.run("garden_harvest")

    assert {row["kg"] for row in city.rows("garden_harvest")} == {2.4}
