"""No old number outlives what it stood on: values are refused and come back, and say why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.coverage import AtLeast
from analytics.indicators import INDICATORS
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.rows import Block

TOO_LITTLE = "too little: 5 of 24 inputs, coverage 0.208; AtLeast(count=3, share=0.5) asks for more"

if TYPE_CHECKING:
    import pandas as pd

    from analytics.indicators.indicator import Frames
    from commons.sites import Site
    from tests.analytics.conftest import City, Watch


def test_values_whose_samples_are_no_longer_kept_stay(city: City, watch: Watch) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-02"):
        city.soil("saga", "b1", day, 25.0)
    city.run("soil_state")
    emptied = watch(city.store, keeps_from=city.midnight_ms("2026-11-02") * 1_000_000)
    again = {"soil_state": replace(INDICATORS["soil_state"], method="next")}

    summary = Runner(emptied, city.site, city.clock, AnalyticsSettings(), again).run_due()

    assert (summary.computed, summary.withdrawn) == (1, 0)
    assert {row["method"] for row in city.rows("soil_state") if row["day"] < "2026-11-02"} == {
        INDICATORS["soil_state"].method
    }


def test_a_value_with_too_little_left_to_stand_on_is_withdrawn(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(6, 20))
    city.run("soil_state")
    times = [(city.midnight_ms("2026-11-01") + hour * 3_600_000 + 1_800_000) * 1_000_000 for hour in range(6, 20)]
    tags: dict[str, str | list[str]] = {
        "city": city.site.slug,
        "lane": "saga",
        "node": "saga-n1",
        "bed": "b1",
        "origin": "measured",
    }

    city.put(Block("soil", times, tags, {"moisture_flag": [4.0] * len(times)}), "saga")
    summary = city.run("soil_state")

    assert summary.withdrawn == 1
    (row,) = city.refused("soil_state")
    assert city.rows("soil_state") == []
    assert (row["n"], row["coverage"], row["marks"]) == (0.0, 0.0, "withdrawn")
    assert city.row("soil_state_history")["moisture"] == 25.0
    assert city.run("soil_state").withdrawn == 0


def test_a_withdrawn_value_comes_back_with_its_data(city: City) -> None:
    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=2.5)
    city.run("garden_harvest")
    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=2.5, version=2, void=1)
    city.run("garden_harvest")

    city.harvest("saga", "2026-11-01", "e1", commodity="kangkung", kg=3.0, version=3)
    city.run("garden_harvest")

    row = city.row("garden_harvest", place="saga", commodity="kangkung", period="day")
    assert (row["kg"], row["n"], row["marks"]) == (3.0, 1.0, "")


def test_a_weight_that_became_a_count_leaves_no_old_kilograms(city: City) -> None:
    eggs = "telur-ayam-kampung"
    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, kg=2.5)
    city.run("garden_harvest")

    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, pieces=40.0, version=2)
    city.run("garden_harvest")

    assert {row["marks"] for row in city.refused("garden_harvest", commodity=eggs)} == {"withdrawn"}
    assert {(row["commodity"], row["kg"], row["lanes_reported"]) for row in city.rows("garden_harvest")} == {
        ("semua", None, 1.0)
    }
    assert city.run("garden_harvest").computed == 0

    city.harvest("saga", "2026-11-01", "e1", commodity=eggs, kg=2.4, pieces=40.0, version=3)
    city.run("garden_harvest")

    assert {row["kg"] for row in city.rows("garden_harvest")} == {2.4}


def test_a_day_with_too_little_is_refused_and_says_why(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(5))

    summary = city.run("soil_state")

    (row,) = city.refused("soil_state")
    assert (row["n"], row["expected"], row["refused"]) == (5.0, 24.0, TOO_LITTLE)
    assert (row["moisture"], row["litres"], row["state"]) == (None, None, None)
    assert city.rows("soil_state") == []
    assert (summary.computed, summary.withdrawn) == (1, 0)


def test_a_refused_day_gets_its_value_with_its_data_and_the_history_says_so(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(5))
    city.run("soil_state")
    city.at("2026-11-03 10:00")

    city.soil("saga", "b1", "2026-11-01", 25.0)
    city.run("soil_state")

    row = city.row("soil_state")
    assert (row["moisture"], row["refused"], row["revision_number"]) == (25.0, "", 2.0)
    assert row["reason"] == "late data: soil saga 2026-11-01"
    (kept,) = city.refused("soil_state_history")
    assert (kept["refused"], kept["reason"], kept["revision_number"]) == (TOO_LITTLE, "first run", 1.0)


def test_a_running_day_with_too_little_yet_is_not_refused(city: City) -> None:
    city.soil("saga", "b1", "2026-11-03", 25.0, hours=[8])

    city.run("soil_state")

    assert city.refused("soil_state") == city.rows("soil_state") == []


def test_a_stricter_policy_leaves_no_old_number(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 25.0, hours=range(20))
    city.run("soil_state")
    stricter = replace(INDICATORS["soil_state"], coverage=AtLeast(share=1.0), method="next")

    city.run(indicators={"soil_state": stricter})

    assert city.rows("soil_state") == []
    assert city.store.latest("soil_state", {"city": city.site.slug}).num_rows == 0


def test_a_method_may_refuse_a_row_that_has_inputs(city: City) -> None:
    def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:
        found = INDICATORS["soil_state"].compute(frames, site, now_ms=now_ms)
        return found.assign(refusal=["4 months of history, 36 needed"] * len(found), imputed_share=0.25)

    city.soil("saga", "b1", "2026-11-01", 25.0)
    city.run(indicators={"soil_state": replace(INDICATORS["soil_state"], compute=compute)})

    (row,) = city.refused("soil_state")
    assert (row["refused"], row["moisture"], row["n"]) == ("4 months of history, 36 needed", None, 24.0)
    assert row["imputed_share"] == 0.25


def test_one_number_that_is_no_longer_known_takes_no_other_with_it_and_comes_back(city: City) -> None:
    def without(*names: str, method: str) -> None:
        def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:
            found = INDICATORS["soil_state"].compute(frames, site, now_ms=now_ms)
            return found.assign(**dict.fromkeys(names))

        changed = replace(INDICATORS["soil_state"], compute=compute, method=method)
        city.run(indicators={"soil_state": changed})

    city.soil("saga", "b1", "2026-11-01", 25.0)
    city.run("soil_state")
    whole = city.row("soil_state")

    without("litres", "state", method="next")
    row = city.row("soil_state")
    assert (row["litres"], row["state"], row["moisture"]) == (None, "", 25.0)

    without(method="after that")
    row = city.row("soil_state")
    assert (row["litres"], row["state"]) == (whole["litres"], whole["state"])
