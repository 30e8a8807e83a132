"""A simulated lane is a function of its seed, and behaves like a garden."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons import catalogue, wire
from commons.errors import SensorError, SiteError, UnknownNameError
from commons.sites import NodeEntry
from commons.topics import Address
from sensors.drivers.simulated import build
from sensors.simulation.crops import Plan, crop
from sensors.simulation.people import People
from sensors.simulation.probes import faulty

if TYPE_CHECKING:
    from commons.sites import Site

QUARTER_MS = 900_000
DAY_MS = 86_400_000
LANES = ("sydney", "kwt-talas", "agatis")


@pytest.fixture(scope="module")
def season(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Four months of three lanes, from the dry season into the wet one."""
    found = {}
    for lane in LANES:
        entry = NodeEntry(Address("makassar", lane, f"{lane}-n1"), "simulated", "simulated", {"history_days": "120"})
        driver, bookmark, more, rows = build(entry, site), None, True, []
        while more:
            reading = driver.read(1_795_492_800_000, bookmark)
            bookmark, more = reading.bookmark, reading.more
            rows += [{"measurement": block.measurement, **row} for block in reading.blocks for row in block.rows()]
        found[lane] = rows
    return found


def of(rows: list[dict[str, Any]], measurement: str, **tags: str) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if row["measurement"] == measurement and all(row.get(name) == value for name, value in tags.items())
    ]


def packed(driver: Any, looks: list[int]) -> dict[str, bytes]:
    """Every row by measurement as one pack, after looks at these times with a restart before each."""
    bookmark = None
    columns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for now_ms in looks:
        more = True
        while more:
            reading = driver().read(now_ms, bookmark)
            bookmark, more = reading.bookmark or bookmark, reading.more
            for block in reading.blocks:
                columns[f"{block.measurement} {sorted(block.fields)}"] += block.rows()
    return {name: orjson.dumps(rows) for name, rows in columns.items()}


def test_the_same_seed_gives_the_same_bytes_however_the_looks_fall(site: Site, node_entry: Any, noon_ms: int) -> None:
    entry = node_entry("simulated", origin="simulated", history_days="9")
    end = noon_ms + 5 * DAY_MS

    def driver() -> Any:
        return build(entry, site)

    whole = packed(driver, [noon_ms, end])
    every_beat = packed(driver, [*range(noon_ms, end, QUARTER_MS), end])
    oddly = packed(driver, [noon_ms, noon_ms + 17 * 60_000, noon_ms + DAY_MS + 1, noon_ms + 3 * DAY_MS, end])

    assert whole == every_beat == oddly


def test_another_seed_gives_another_garden(site: Site, node_entry: Any, noon_ms: int) -> None:
    one, other = (build(node_entry("simulated", seed=seed), site).read(noon_ms, None) for seed in "12")

    assert one.blocks != other.blocks


def test_one_look_gives_at_most_one_local_day(site: Site, node_entry: Any, noon_ms: int) -> None:
    driver, bookmark, days = build(node_entry("simulated", history_days="3"), site), None, []
    for _ in range(4):
        reading = driver.read(noon_ms, bookmark)
        bookmark = reading.bookmark
        soil = next(block for block in reading.blocks if block.measurement == "soil")
        days.append({datetime.fromtimestamp(time // 10**9, UTC).astimezone(site.zone).date() for time in soil.times})

    assert [len(day) for day in days] == [1, 1, 1, 1]
    assert max(days[-1]) - max(days[0]) == timedelta(days=3)
    assert reading.more is False
    assert driver.read(noon_ms, bookmark).blocks == []


def test_history_begins_at_local_midnight(site: Site, node_entry: Any, noon_ms: int) -> None:
    soil = build(node_entry("simulated", history_days="45"), site).read(noon_ms, None).blocks[0]

    first = datetime.fromtimestamp(soil.times[0] // 10**9, UTC).astimezone(site.zone)
    today = datetime.fromtimestamp(noon_ms // 1000, UTC).astimezone(site.zone)
    assert (first.hour, first.minute) == (0, 0)
    assert (today.date() - first.date()).days == 45


def test_every_row_is_in_the_catalogue_and_possible(season: dict[str, Any], node_entry: Any) -> None:
    for row in (row for rows in season.values() for row in rows):
        known = catalogue.measurement(row["measurement"])
        for name, value in row.items():
            if name in ("measurement", "time"):
                continue
            if name in known.tags:
                continue
            low, high = known.field(name).fail or (float("-inf"), float("inf"))
            assert value is None or known.field(name).text or low <= value <= high, (name, value)


def test_nearly_every_value_is_plausible_too(season: dict[str, Any]) -> None:
    doubtful = values = 0
    for row in (row for rows in season.values() for row in rows):
        for name, field in catalogue.measurement(row["measurement"]).fields.items():
            if field.suspect and row.get(name) is not None:
                values += 1
                doubtful += not field.suspect[0] <= row[name] <= field.suspect[1]
    assert values > 100_000
    assert doubtful / values < 0.001


def test_a_day_has_its_rows(season: dict[str, Any]) -> None:
    by_day: dict[int, int] = defaultdict(int)
    for row in season["sydney"]:
        if row["measurement"] in ("soil", "air", "rain", "health"):
            by_day[(row["time"] // 1_000_000 + 8 * 3_600_000) // DAY_MS] += 1

    assert set(list(by_day.values())[:-1]) == {4 * 96 + 96 + 96 + 24}


def test_a_card_is_written_more_and_more_and_little_waits(season: dict[str, Any]) -> None:
    of_lane = [row for row in season["sydney"] if row["measurement"] == "health"]

    written = [row["disk_written"] for row in of_lane]
    assert written == sorted(written)
    assert 0 < written[-1] - written[0] < 1e9
    waiting = [row["outbox"] for row in of_lane]
    assert waiting.count(0) > 0.8 * len(waiting)
    assert max(waiting) < 30


def test_blocks_survive_the_wire(site: Site, node_entry: Any, noon_ms: int) -> None:
    entry = node_entry("simulated")
    for block in build(entry, site).read(noon_ms, None).blocks:
        payload = wire.with_first(wire.encode_pack(block, "A" * 26, 1), 1)
        back = wire.decode(entry.address.up(block.measurement), payload, arrival_ms=noon_ms).block
        assert back is not None
        assert len(back) == len(block)


def test_rain_and_watering_make_soil_jump_and_nothing_else_does(season: dict[str, Any]) -> None:
    jumps = 0
    for lane in LANES:
        rows = season[lane]
        wet = {row["time"] for row in of(rows, "rain") if row["depth"] > 0}
        for bed in ("b1", "b3"):
            given = {_step(row["time"]) for row in of(rows, "water", bed=bed)}
            soil = of(rows, "soil", bed=bed)
            for before, after in pairwise(soil):
                if before["moisture"] is None or after["moisture"] is None:
                    continue
                if after["moisture"] - before["moisture"] > 1.0:
                    jumps += 1
                    assert after["time"] in wet or after["time"] in given
    assert jumps > 30


def test_soil_dries_by_day_and_rests_by_night(season: dict[str, Any]) -> None:
    by_hour: dict[int, list[float]] = defaultdict(list)
    rows = season["sydney"]
    busy = {_step(row["time"]) for row in of(rows, "water", bed="b1")}
    busy |= {row["time"] for row in of(rows, "rain") if row["depth"] > 0}
    soil = of(rows, "soil", bed="b1")[: 60 * 96]  # the dry months
    for before, after in pairwise(soil):
        if before["moisture"] is not None and after["moisture"] is not None and after["time"] not in busy:
            by_hour[_hour(after["time"])].append(after["moisture"] - before["moisture"])

    noon, night = (sum(sum(by_hour[h]) for h in hours) for hours in ((11, 12, 13), (0, 1, 2)))
    assert noon < 0
    assert noon < night


def test_soil_temperature_follows_the_air_later_and_less(season: dict[str, Any]) -> None:
    rows = season["kwt-talas"][: 30 * 600]
    air, soil = of(rows, "air"), of(rows, "soil", bed="b1")

    def course(readings: list[dict[str, Any]]) -> list[float]:
        found: dict[int, list[float]] = defaultdict(list)
        for row in readings:
            found[_hour(row["time"])].append(row["temperature"])
        return [sum(found[hour]) / len(found[hour]) for hour in range(24)]

    above, below = course(air), course(soil)
    assert below.index(max(below)) > above.index(max(above))
    assert max(below) - min(below) < 0.8 * (max(above) - min(above))


def test_only_what_was_planted_is_harvested(season: dict[str, Any]) -> None:
    harvests = 0
    for rows in season.values():
        for harvest in (row for row in of(rows, "harvest") if row.get("kg")):
            harvests += 1
            planted = [
                row["time"]
                for row in of(rows, "planting", bed=harvest["bed"], commodity=harvest["commodity"])
                if row["time"] < harvest["time"]
            ]
            assert planted
    assert harvests > 30


def test_every_day_of_harvest_gives_a_harvest_unless_nobody_types(season: dict[str, Any], site: Site) -> None:
    for lane in LANES:
        rows, people = season[lane], People(seed="1", lane=lane)
        begin = _local_day(of(rows, "soil")[0]["time"])
        for bed in (bed for bed in site.beds_of(lane) if bed.crop):
            plan = Plan(crop(bed.crop), seed="1", lane=lane, bed=bed.slug)
            days = [begin + timedelta(days=number) for number in range(120)]
            planned = {day for day in days if (now := plan.growing(day)) and day in now.picks and people.types(day)}
            typed = {_local_day(row["time"]) for row in of(rows, "harvest", bed=bed.slug)}
            assert typed <= planned | {days[-1] + timedelta(days=1)}
            small = {
                day for day in planned - typed if (now := plan.growing(day)) and now.picks[day] * bed.area_m2 > 0.1
            }
            assert not small


def test_the_beds_that_stood_at_the_beginning_have_a_planting_before_it(season: dict[str, Any]) -> None:
    rows = season["sydney"]
    begin = of(rows, "soil")[0]["time"]

    early = {row["bed"] for row in of(rows, "planting") if row["time"] < begin}
    assert 1 <= len(early) <= 4


def test_a_bed_is_watered_when_it_is_dry_and_not_when_it_is_wet(season: dict[str, Any], site: Site) -> None:
    every = [(bed.lane, bed.slug) for bed in site.beds.values() if bed.crop]
    broken, turns = faulty(every, seed="1"), 0
    for bed in (site.beds[at] for at in every if at[0] in LANES and at not in broken):
        shown = {row["time"]: row["moisture"] for row in of(season[bed.lane], "soil", bed=bed.slug)}
        for water in of(season[bed.lane], "water", bed=bed.slug):
            before = shown.get(_step(water["time"]) - QUARTER_MS * 1_000_000)
            if before is not None:
                turns += 1
                assert before < bed.field_capacity_pct + 0.2  # the probe may show a percent too much
    assert turns > 100


def test_a_week_is_reported_as_harvest_as_nothing_or_not_at_all(
    site: Site, node_entry: Any, noon_ms: int, drain: Any
) -> None:
    kinds: dict[str, int] = defaultdict(int)
    for lane in site.lanes:
        rows = drain(build(node_entry("simulated", lane=lane, history_days="45"), site), noon_ms)
        weeks: dict[int, set[str]] = {week: set() for week in range(1, 6)}
        begin = of(rows, "soil")[0]["time"]
        monday = _monday(begin)
        for row in of(rows, "harvest"):
            week = (row["time"] // 1_000_000 - monday) // (7 * DAY_MS)
            if week in weeks:
                weeks[week].add("nothing" if row.get("nothing") else "kg")
        for said in weeks.values():
            assert said != {"nothing", "kg"}
            kinds[next(iter(said), "silence")] += 1

    assert kinds["kg"] > 60
    assert kinds["nothing"] > 5
    assert 0 < kinds["silence"] < 0.2 * sum(kinds.values())


def test_entries_are_never_twice_the_same(season: dict[str, Any]) -> None:
    entries = [row["entry"] for rows in season.values() for row in rows if "entry" in row]

    assert len(entries) > 300
    assert len(set(entries)) == len(entries)


def test_the_kinds_of_entries_are_all_there(season: dict[str, Any]) -> None:
    kinds = {row["measurement"] for rows in season.values() for row in rows}

    assert kinds == {"soil", "air", "rain", "health", "water", "planting", "harvest", "compost", "sale"}


def test_a_few_readings_are_missing_and_no_row_is_empty(season: dict[str, Any]) -> None:
    soil = [row for rows in season.values() for row in of(rows, "soil")]
    missing = [row for row in soil if row["moisture"] is None]

    assert 0.001 < len(missing) / len(soil) < 0.006
    assert all(row["temperature"] is not None for row in missing)


def test_two_probes_of_the_city_are_broken(site: Site, node_entry: Any, noon_ms: int, drain: Any) -> None:
    hanging = set()
    for lane in site.lanes:
        rows = drain(build(node_entry("simulated", lane=lane, history_days="13"), site), noon_ms)
        for bed in (bed.slug for bed in site.beds_of(lane) if bed.crop):
            shown = [row["moisture"] for row in of(rows, "soil", bed=bed) if row["moisture"] is not None]
            if any(len(set(shown[at : at + 200])) == 1 for at in range(0, len(shown) - 200, 50)):
                hanging.add((lane, bed))

    assert len(hanging) == 1


def test_a_bookmark_of_something_else_is_refused(site: Site, node_entry: Any, noon_ms: int) -> None:
    with pytest.raises(SensorError, match="none of a simulated lane"):
        build(node_entry("simulated"), site).read(noon_ms, '{"rows": 3}')


def test_wrong_options_are_named(site: Site, node_entry: Any) -> None:
    with pytest.raises(SiteError, match="history_days='many'"):
        build(node_entry("simulated", history_days="many"), site)
    with pytest.raises(UnknownNameError, match=r"history_day'.*history_days"):
        build(node_entry("simulated", history_day="3"), site)
    with pytest.raises(UnknownNameError, match=r"lane 'sidney'.*sydney"):
        build(node_entry("simulated", lane="sidney"), site)


def _step(time_ns: int) -> int:
    """The reading that first shows what happened at a moment."""
    quarter = QUARTER_MS * 1_000_000
    return -(-time_ns // quarter) * quarter


def _local_day(time_ns: int) -> date:
    return datetime.fromtimestamp(time_ns / 10**9 + 8 * 3600, UTC).date()


def _hour(time_ns: int) -> int:
    return (time_ns // 3_600_000_000_000 + 8) % 24


def _monday(time_ns: int) -> int:
    """The local Monday's first moment [ms]."""
    days = (time_ns // 1_000_000 + 8 * 3_600_000) // DAY_MS
    return (days - (days + 3) % 7) * DAY_MS - 8 * 3_600_000
