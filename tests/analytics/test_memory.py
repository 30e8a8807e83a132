"""Marks and job rows: a beat without work costs next to nothing, however long a city has been at it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.touched import mark_time, marked_day, marks_since
from tests.analytics.conftest import Watched

if TYPE_CHECKING:
    import pyarrow as pa

    from store.contract import Query
    from tests.analytics.conftest import City, Days

PRICES = ("price_elementary", "price_index", "price_contribution")


class Counted(Watched):
    """The store, with how many rows each measurement gave."""

    def __init__(self, city: City) -> None:
        super().__init__(city.store)
        self.given: dict[str, int] = {}

    def read(self, query: Query) -> pa.Table:
        found = super().read(query)
        self.given[query.measurement] = self.given.get(query.measurement, 0) + found.num_rows
        return found


def test_a_mark_stands_where_it_was_made_and_names_the_day_it_speaks_of() -> None:
    noon_ms = 1_793_793_600_000
    long_ago = date(1999, 12, 31)

    time = mark_time(noon_ms, long_ago)

    assert marked_day(time) == long_ago
    assert marks_since(noon_ms) <= time < marks_since(noon_ms) + 86_400 * 10**9
    assert mark_time(noon_ms, long_ago + timedelta(1)) != time


def test_marks_of_long_ago_are_not_read_at_a_beat(city: City) -> None:
    city.at("2026-10-01 09:00")
    for day in range(1, 29):
        city.soil("saga", "b1", f"2026-09-{day:02d}", 25.0 + day % 3)
    city.run("soil_state")
    city.at("2026-11-03 09:00")
    city.run("soil_state")
    city.at("2026-11-03 09:05")
    city.soil("saga", "b1", "2026-09-01", 26.0, hours=[3])

    counted = Counted(city)
    summary = Runner(counted, city.site, city.clock, AnalyticsSettings(indicators=("soil_state",))).run_due()

    assert counted.given["touched"] == 2  # for the flags, and for the indicators
    assert summary.computed + summary.unchanged == 1


def test_a_beat_without_work_reads_only_marks_and_jobs_and_writes_once(city: City, days: Days) -> None:
    city.soil("saga", "b1", "2026-11-02", 25.0)
    city.prices("pasar-terong", "telur-ayam-ras", days.months("2025-01", [30_000, 33_000]))
    city.run()
    city.clock.sleep(120)
    city.run()
    city.clock.sleep(30)

    counted = Counted(city)
    summary = Runner(counted, city.site, city.clock, AnalyticsSettings()).run_due()

    assert set(counted.given) == {"touched", "job"}
    assert counted.written == ["job"]
    assert summary.computed + summary.unchanged == 0
    indicators = [row for row in city.rows("job") if row["indicator"] != "flagged"]
    assert {row["watermark"] for row in indicators} == {float(city.clock.now_ms - 60_000)}


def test_a_running_day_ages_by_the_hour(city: City) -> None:
    city.at("2026-11-03 09:10")
    city.soil("saga", "b1", "2026-11-03", 25.0, hours=range(9))
    city.run("soil_state")
    city.at("2026-11-03 09:20")
    city.run("soil_state")
    city.at("2026-11-03 09:40")
    within = city.run("soil_state")
    city.at("2026-11-03 10:01")

    after = city.run("soil_state")

    assert within.computed + within.unchanged == 0
    assert after.computed == 1
    assert city.row("soil_state")["expected"] == 11.0


def test_what_a_runner_changed_itself_is_looked_at_once(city: City, days: Days) -> None:
    runner = Runner(city.store, city.site, city.clock, AnalyticsSettings(indicators=PRICES))
    city.prices("pasar-terong", "telur-ayam-ras", days.months("2025-01", [30_000, 33_000]))
    first = runner.run_due()
    city.clock.sleep(30)

    again = runner.run_due()

    assert first.computed == 2 + sum(len(city.rows(name)) + len(city.refused(name)) for name in PRICES[1:])
    assert again.computed + again.unchanged == 2  # the prices were marked by another, and may follow late


def test_a_change_made_in_the_same_moment_as_the_last_reaches_what_builds_on_it(city: City, days: Days) -> None:
    runner = Runner(city.store, city.site, city.clock, AnalyticsSettings(indicators=PRICES))
    city.prices("pasar-terong", "telur-ayam-ras", days.months("2025-01", [30_000, 33_000]))
    runner.run_due()

    city.prices("pasar-terong", "telur-ayam-ras", days.month("2025-02", 31_500), version=2)
    runner.run_due()

    february = [row for row in city.rows("price_index") if row["day"] == "2025-02-01"]
    assert {round(row["index"], 6) for row in february} == {105.0}
