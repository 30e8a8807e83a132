"""One run: nothing twice, exactly the reach of what is late, the earlier value kept, one failure alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from analytics.indicators import INDICATORS
from analytics.order import in_order
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.errors import StoreUnavailableError, UnknownNameError
from commons.rows import Block
from commons.sites import Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from commons.sites import Site as SiteType
    from tests.analytics.conftest import City, Watch

ROUND = ("soil_state", "garden_harvest", "price_elementary", "price_index", "price_contribution", "ceiling_position")


def fill(city: City) -> None:
    """Some of everything."""
    for day in ("2026-10-31", "2026-11-01", "2026-11-02"):
        city.soil("saga", "b1", day, 25.0)
        city.soil("agatis", "b1", day, 18.0)
    city.harvest("saga", "2026-11-02", "e1", commodity="kangkung", kg=2.5)


def everything(city: City) -> list[list[dict[str, Any]]]:
    return [city.rows(name) for name in (*ROUND, *(f"{name}_history" for name in ROUND))]


def test_computing_again_changes_nothing(city: City) -> None:
    fill(city)
    first = city.run()
    before = everything(city)
    city.at("2026-11-03 09:10")

    again = city.run()

    assert first.computed > 0
    assert (again.computed, again.corrected, again.withdrawn) == (0, 0, 0)
    assert everything(city) == before


def test_a_new_runner_without_memory_computes_the_same(city: City) -> None:
    fill(city)
    city.run(*ROUND)
    before = everything(city)
    forget = Block(
        "job", [0] * len(ROUND), {"city": city.site.slug, "indicator": [*ROUND]}, {"method": ["0"] * len(ROUND)}
    )
    city.store.write([forget])

    again = city.run(*ROUND)

    assert again.computed == 0
    assert again.unchanged == sum(len(rows) for rows in before)
    assert everything(city) == before


def test_a_late_reading_changes_its_day_and_no_other(city: City) -> None:
    fill(city)
    city.soil("zurich", "b1", "2026-11-01", 20.0, hours=range(18))
    city.run("soil_state")
    before = {(row["lane"], row["day"]): row["revision"] for row in city.rows("soil_state")}
    city.at("2026-11-03 10:00")

    city.soil("zurich", "b1", "2026-11-01", 30.0, hours=range(18, 24))
    summary = city.run("soil_state")

    after = {(row["lane"], row["day"]): row["revision"] for row in city.rows("soil_state")}
    assert {key for key in after if after[key] != before.get(key)} == {("zurich", "2026-11-01")}
    assert (summary.computed, summary.corrected) == (1, 1)
    assert city.row("soil_state", "2026-11-01", lane="zurich")["moisture"] == 30.0


def test_the_earlier_value_is_kept_with_the_reason(city: City) -> None:
    city.soil("saga", "b1", "2026-11-01", 20.0, hours=range(18))
    city.run("soil_state")
    early = city.row("soil_state")
    city.at("2026-11-03 10:00")

    city.soil("saga", "b1", "2026-11-01", 30.0, hours=range(18, 24))
    city.run("soil_state")

    kept = city.row("soil_state_history")
    assert kept["replaced_because"] == "late data: soil saga 2026-11-01"
    assert kept["replaced_at"] == city.clock.now_ms
    assert {name: kept[name] for name in early} == early


def test_the_earlier_value_is_written_before_the_new_one(city: City, watch: Watch) -> None:
    city.soil("saga", "b1", "2026-11-01", 20.0, hours=range(18))
    city.run("soil_state")
    city.soil("saga", "b1", "2026-11-01", 30.0, hours=range(18, 24))
    watched = watch(city.store)

    Runner(watched, city.site, city.clock, AnalyticsSettings(indicators=("soil_state",))).run_due()

    assert watched.written[-3:] == ["soil_state_history", "soil_state", "job"]


def test_two_runners_at_once_agree(city: City) -> None:
    fill(city)
    settings = AnalyticsSettings()
    runners = [Runner(city.store, city.site, city.clock, settings) for _ in range(2)]
    threads = [threading.Thread(target=runner.run_due) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before = everything(city)

    assert city.run().computed == 0
    assert [rows for rows in before[len(ROUND) :] if rows] == []


def test_rows_that_follow_their_mark_late_are_seen_in_the_next_run(city: City, watch: Watch) -> None:
    city.run("soil_state")
    city.clock.sleep(300)
    marked, city.store = city.store, watch(city.store, deaf_to="soil")
    city.soil("saga", "b1", "2026-11-01", 25.0)
    city.run("soil_state")
    city.clock.sleep(300)
    city.store = watch(marked, deaf_to="touched")
    city.soil("saga", "b1", "2026-11-01", 25.0)

    city.run("soil_state")

    assert city.row("soil_state")["lane"] == "saga"


def test_a_period_that_is_over_loses_its_mark_without_new_data(city: City) -> None:
    city.at("2026-11-03 23:50")
    city.soil("saga", "b1", "2026-11-03", 25.0)
    city.run("soil_state")
    running = city.row("soil_state")
    city.at("2026-11-04 00:05")

    city.run("soil_state")

    assert running["marks"] == "incomplete"
    assert city.row("soil_state")["marks"] == ""


def test_what_is_shown_of_a_running_period_is_no_correction(city: City) -> None:
    city.soil("saga", "b1", "2026-11-03", 25.0, hours=range(8))
    city.run("soil_state")
    city.soil("saga", "b1", "2026-11-03", 30.0, hours=[8])

    summary = city.run("soil_state")

    assert (summary.computed, summary.corrected) == (1, 0)
    assert city.rows("soil_state_history") == []


def test_one_failing_indicator_stops_no_other_and_is_tried_again(city: City) -> None:
    fill(city)
    broken = {**INDICATORS, "garden_harvest": replace(INDICATORS["garden_harvest"], compute=fail)}

    summary = city.run(*ROUND, indicators=broken, failing=True)

    assert summary.failed == {"garden_harvest": "ValueError: this method is broken"}
    assert city.row("job", indicator="garden_harvest")["failed"] == "ValueError: this method is broken"
    assert len(city.rows("soil_state")) == 6

    mended = city.run(*ROUND)

    assert mended.failed == {}
    assert city.row("job", indicator="garden_harvest")["failed"] == ""
    assert city.rows("garden_harvest")


def test_a_failure_leaves_what_it_had_seen_before(city: City) -> None:
    fill(city)
    city.run("garden_harvest")
    before = city.row("job", indicator="garden_harvest")
    city.at("2026-11-03 12:00")
    city.harvest("saga", "2026-11-01", "e2", commodity="kangkung", kg=1.0)

    broken = {"garden_harvest": replace(INDICATORS["garden_harvest"], compute=fail)}
    city.run(indicators=broken, failing=True)

    after = city.row("job", indicator="garden_harvest")
    assert (after["watermark"], after["method"]) == (before["watermark"], before["method"])


def test_a_store_that_is_away_ends_the_run(city: City, watch: Watch) -> None:
    away = watch(city.store, away=True)

    with pytest.raises(StoreUnavailableError):
        Runner(away, city.site, city.clock, AnalyticsSettings()).run_due()


def test_another_method_computes_everything_again_and_says_so(city: City) -> None:
    fill(city)
    city.run("soil_state")
    improved = {"soil_state": replace(INDICATORS["soil_state"], method="next")}

    summary = city.run(indicators=improved)

    assert (summary.computed, summary.corrected) == (6, 6)
    assert {row["replaced_because"] for row in city.rows("soil_state_history")} == {"method next"}
    assert {row["method"] for row in city.rows("soil_state")} == {"next"}


def test_changed_site_facts_compute_everything_again_and_say_so(city: City, site_folder: Path) -> None:
    fill(city)
    city.run("soil_state")
    beds = (site_folder / "beds.csv").read_text("utf-8")
    own = next(line for line in beds.splitlines() if line.startswith("saga,b1,"))
    cells = own.split(",")
    cells[4] = str(float(cells[4]) * 2)
    (site_folder / "beds.csv").write_text(beds.replace(own, ",".join(cells)), "utf-8")
    slug, city.site = city.site.slug, Site(site_folder)
    city.site.slug = slug

    summary = city.run("soil_state")

    assert (summary.computed, summary.corrected, summary.unchanged) == (3, 3, 3)
    assert {row["replaced_because"] for row in city.rows("soil_state_history")} == {"site facts changed"}


def test_nothing_is_computed_before_the_clock_is_right(city: City) -> None:
    fill(city)
    city.clock.is_right = False

    assert city.run().computed == 0
    assert city.rows("job") == []


def test_a_set_stop_begins_no_indicator(city: City) -> None:
    fill(city)
    stop = threading.Event()
    stop.set()

    summary = Runner(city.store, city.site, city.clock, AnalyticsSettings()).run_due(stop)

    assert summary.computed == 0
    assert city.rows("job") == []


def test_an_unknown_indicator_in_the_settings_is_named(city: City) -> None:
    with pytest.raises(UnknownNameError, match=r"price_indx.*price_index"):
        city.run("price_indx")


def test_an_indicator_comes_after_those_it_builds_on() -> None:
    names = [indicator.name for indicator in in_order(dict(reversed([*INDICATORS.items()])))]

    assert sorted(names) == sorted(INDICATORS)
    for indicator in INDICATORS.values():
        for earlier in set(indicator.builds_on) & set(INDICATORS):
            assert names.index(earlier) < names.index(indicator.name)


def fail(frames: Mapping[str, pd.DataFrame], site: SiteType, *, now_ms: int) -> pd.DataFrame:
    raise ValueError("this method is broken")
