"""The flags job: which readings of a series are doubted, on both stores, and that it never takes anything back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analytics.flagging import Flagging
from analytics.memory import Memories
from commons.clock import SystemClock
from commons.rows import Block
from store import open_store
from store.contract import Query
from tests.analytics.sound import STEPS, put_soil, soil_values
from tests.flow.passing import Passing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from tests.analytics.conftest import City
    from tests.conftest import Influx

FIRST = "2026-10-30"
DAYS = 4


def flag(city: City) -> int:
    return Flagging(city.store, city.site, city.clock).run()


def soil(city: City, **where: str) -> list[dict[str, Any]]:
    query = Query("soil", where={"city": city.site.slug, **where}, quality="all")
    found: list[dict[str, Any]] = city.store.read(query).to_pylist()
    return found


def flags(city: City, **where: str) -> list[float | None]:
    return [row["moisture_flag"] for row in soil(city, **where)]


def hanging(day: int, days: int = 1) -> list[float]:
    """Sound days, of which some show one value all day."""
    values = soil_values(DAYS)
    values[day * STEPS : (day + days) * STEPS + 2] = [28.7] * (days * STEPS + 2)
    return values


@pytest.fixture(params=["duckdb", pytest.param("influx", marks=pytest.mark.influx)])
def either(request: pytest.FixtureRequest, make_city: Callable[[], City]) -> Any:
    """A city in each kind of store."""
    city = make_city()
    if request.param == "influx":
        influx: Influx = request.getfixturevalue("influx")
        city.store = open_store(influx.settings(), clock=SystemClock())
        yield city
        city.store.close()
    else:
        yield city


def test_a_sound_sensor_has_no_flag(city: City) -> None:
    put_soil(city, FIRST, soil_values(DAYS))

    assert flag(city) == 0
    assert set(flags(city)) == {None}


def test_a_sensor_that_hangs_for_a_day_is_flagged_from_where_it_began_to_hang(either: City) -> None:
    values = hanging(1)
    put_soil(either, FIRST, values)

    assert flag(either) == STEPS + 2
    assert flags(either) == [None] * STEPS + [4.0] * (STEPS + 2) + [None] * (2 * STEPS - 2)
    assert [row["moisture"] for row in soil(either)] == values
    good = either.store.read(Query("soil", where={"city": either.site.slug}))
    assert good.num_rows == DAYS * STEPS - (STEPS + 2)
    assert flag(either) == 0


def test_a_sensor_that_hangs_for_half_a_day_is_doubtful_and_counts(city: City) -> None:
    values = soil_values(DAYS)
    values[STEPS : STEPS + 60] = [28.7] * 60
    put_soil(city, FIRST, values)

    assert flag(city) == 60
    assert set(flags(city)) == {None, 3.0}


def test_a_leap_up_and_back_is_a_spike_and_its_neighbours_are_good(either: City) -> None:
    values = soil_values(DAYS)
    values[200], values[300] = 62.0, 43.0
    put_soil(either, FIRST, values)

    assert flag(either) == 2
    assert {i: f for i, f in enumerate(flags(either)) if f} == {200: 4.0, 300: 3.0}


def test_watering_is_no_spike_and_no_rate_beyond_belief(city: City) -> None:
    values = soil_values(DAYS)
    values[200:] = [value + 14.0 for value in values[200:]]
    put_soil(city, FIRST, values)

    assert flag(city) == 0


def test_a_probe_that_shows_whole_per_cents_may_show_one_for_a_day(city: City) -> None:
    put_soil(city, FIRST, [float(round(30 - i / STEPS)) for i in range(DAYS * STEPS)])

    assert flag(city) == 0


def test_two_equal_readings_with_a_long_silence_between_are_no_flat_line(city: City) -> None:
    sound = soil_values(1)
    values: list[float | None] = [*sound, *[28.7] * 30, *[None] * STEPS, *[28.7] * 30, *sound]
    put_soil(city, FIRST, values)

    assert flag(city) == 0


def test_a_gap_has_no_neighbours_to_be_a_spike_of(city: City) -> None:
    values: list[float | None] = list(soil_values(DAYS))
    values[199], values[200], values[201] = None, 62.0, None
    values[195:199], values[202:206] = [None] * 4, [None] * 4
    put_soil(city, FIRST, values)

    assert flag(city) == 0


def test_a_flag_is_never_lowered(city: City) -> None:
    values: list[float | None] = list(soil_values(DAYS))
    values[200] = 62.0
    put_soil(city, FIRST, values)
    flag(city)
    city.at("2026-11-03 12:00")

    put_soil(city, FIRST, [*[None] * 199, 61.5, None, 61.5])

    assert flag(city) == 0
    assert flags(city)[200] == 4.0


def test_what_the_collector_flagged_keeps_its_flag_unless_it_is_worse(city: City) -> None:
    values = soil_values(DAYS)
    values[200] = 70.0
    put_soil(city, FIRST, values)
    row = soil(city)[200]
    tags: dict[str, str | list[str]] = {name: row[name] for name in ("city", "lane", "node", "bed", "origin")}
    city.store.write([Block("soil", [row["time"].value], tags, {"moisture_flag": [3.0]})])

    assert flag(city) == 1
    assert flags(city)[200] == 4.0


class Heard(Passing):
    """A store of which it is known what it was asked."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.asked: list[Query] = []

    def read(self, query: Query) -> pa.Table:
        self.asked.append(query)
        return self._store.read(query)


def test_a_late_reading_tests_its_own_window_again_and_no_other(city: City) -> None:
    put_soil(city, "2026-10-01", soil_values(30))
    put_soil(city, "2026-10-01", soil_values(30), lane="agatis")
    flag(city)
    city.at("2026-11-03 12:00")
    late = soil_values(1)
    late[50] = 62.0
    put_soil(city, "2026-10-11", late, node="n2")
    heard = Heard(city.store)

    assert Flagging(heard, city.site, city.clock).run() == 1
    (read,) = [query for query in heard.asked if query.measurement == "soil"]
    assert read.where["lane"] == ["saga"]
    assert (read.start, read.stop) == tuple(city.midnight_ms(day) * 10**6 for day in ("2026-10-09", "2026-10-14"))


def test_new_flags_mark_their_days_so_that_indicators_are_computed_anew(city: City) -> None:
    put_soil(city, FIRST, hanging(1))
    city.at("2026-11-03 10:00")
    flag(city)

    touches = Memories(city.store, city.site).touches(city.clock.now_ms - 1)
    assert {touch.day.isoformat() for touch in touches if touch.of == "soil"} == {"2026-10-31", "2026-11-01"}
    assert {touch.of for touch in touches} == {"soil", "flagged"}


def test_a_running_day_is_tested_once_an_hour_and_loses_nothing_at_midnight(city: City) -> None:
    city.at("2026-11-02 23:30")
    put_soil(city, "2026-11-02", soil_values(1)[:90])
    assert flag(city) == 0
    city.at("2026-11-02 23:50")
    lie = soil_values(1)[:94]
    lie[91] = 62.0
    put_soil(city, "2026-11-02", lie)
    put_soil(city, FIRST, soil_values(1), lane="agatis")
    assert flag(city) == 0
    city.at("2026-11-03 00:05")

    assert flag(city) == 1
    assert flags(city, lane="saga")[91] == 4.0


def test_it_is_said_which_test_doubted_how_many_readings_of_a_day(city: City) -> None:
    values = hanging(1)
    values[300] = 62.0
    put_soil(city, FIRST, values)
    flag(city)

    said = {(row["day"], row["test"]): (row["n"], row["flag"], row["value"]) for row in city.rows("flagged")}
    assert said == {
        ("2026-10-31", "stuck"): (96.0, 4.0, 28.7),
        ("2026-11-01", "stuck"): (2.0, 4.0, 28.7),
        ("2026-11-02", "spike"): (1.0, 4.0, 62.0),
    }
    assert all(28 < row["usual"] < 31 for row in city.rows("flagged"))


def test_a_look_at_a_part_of_a_flat_line_takes_nothing_back(city: City) -> None:
    values = soil_values(DAYS)
    values[STEPS : 2 * STEPS + 60] = [44.4] * (STEPS + 60)
    put_soil(city, FIRST, values)
    flag(city)
    before = city.rows("flagged")
    city.at("2026-11-04 12:00")

    put_soil(city, "2026-11-03", soil_values(1, level=20.0))
    flag(city)

    assert [row["n"] for row in before] == [96.0, 60.0]
    assert city.rows("flagged") == before


def test_an_impossible_value_that_the_collector_moved_aside_is_told_too(city: City) -> None:
    put_soil(city, FIRST, soil_values(DAYS))
    row = soil(city)[100]
    tags: dict[str, str | list[str]] = {name: row[name] for name in ("city", "lane", "node", "bed", "origin")}
    city.store.write([Block("soil", [row["time"].value + 1_000_000], tags, {"moisture_failed": [130.0]})])

    assert flag(city) == 0
    (told,) = city.rows("flagged")
    assert (told["test"], told["n"], told["flag"], told["value"]) == ("gross_range", 1.0, 4.0, 130.0)


class Faulty(Passing):
    """A store that stumbles over the samples of whoever asks for their quality too."""

    def read(self, query: Query) -> pa.Table:
        if (query.measurement, query.quality) == ("soil", "all"):
            raise ValueError("cannot be read")
        return self._store.read(query)


def test_a_failure_is_remembered_and_the_indicators_go_on(city: City) -> None:
    put_soil(city, FIRST, soil_values(DAYS))
    city.store = Faulty(city.store)

    summary = city.run("soil_state")

    assert summary.computed == DAYS
    assert city.row("job", indicator="flagged")["failed"] == "ValueError: cannot be read"
