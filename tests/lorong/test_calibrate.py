"""A probe's curve that is dated back: its raw values stay, and what was computed follows on exactly its days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.broker import BrokerSettings
from commons.clock import NANOSECONDS_PER_MILLISECOND, SystemClock
from commons.rows import Block
from commons.wire import encode_reading
from lorong.sending import publish_all
from store.contract import Query
from tests.flow.collecting import collecting
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from commons.sites import Site
    from store.contract import Store

CLOCK = SystemClock()
NODE = "saga-p1,saga,linux_sysfs,measured,probes=b1:0:2850:1460"  # its bed is saturated at 48 %
RAW_MV = [2155.0 + 20 * (hour % 4) * (hour < 20) for hour in range(24)]  # half way in the last hours of each day
SAME = RAW_MV.count(RAW_MV[-1])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0, more_nodes=[NODE])


def midnight(site: Site, days_ago: int) -> datetime:
    now = datetime.fromtimestamp(CLOCK.wall_ms() / 1000, site.zone)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)


def hours(site: Site, days_ago: int) -> Block:
    first = round(midnight(site, days_ago).timestamp() * 1000)
    times = [(first + hour * 3_600_000) * NANOSECONDS_PER_MILLISECOND for hour in range(24)]
    fields = {"moisture": [round(48 * (2850 - raw) / 1390, 3) for raw in RAW_MV], "raw": RAW_MV}
    return Block("soil", times, {"bed": "b1", "origin": "measured"}, fields)


def soil(store: Store) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.read(Query("soil", where={"node": "saga-p1"})).to_pylist()
    return found


def last_hours(store: Store) -> list[float]:
    """The moisture of every hour in which the probe showed the same."""
    return [row["moisture"] for row in soil(store) if row["raw"] == RAW_MV[-1]]


def states(store: Store, site: Site) -> dict[str, tuple[float, str, float]]:
    """By local day: moisture, the digest of its inputs, and how often it was revised."""
    found = store.read(Query("soil_state", where={"lane": "saga", "bed": "b1"})).to_pylist()
    return {
        row["time"].tz_convert(site.timezone).date().isoformat(): (
            row["moisture"],
            row["revision"],
            row["revision_number"],
        )
        for row in found
    }


def test_a_curve_dated_back_changes_the_soil_state_of_exactly_its_days(
    lorong: Any, store: Store, site: Site, nats: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LORONG_BROKER__PORT", str(nats.port))
    broker = BrokerSettings(port=nats.port)
    address, runner = site.nodes["saga-p1"].address, runner_of(store, site)
    days = {ago: midnight(site, ago).date().isoformat() for ago in (6, 5, 4, 3, 2)}
    words = ("calibrate", "saga-p1", "b1")
    with collecting(store, broker, site, tmp_path / "collector", clock=CLOCK):
        publish_all(broker, [(address.up("soil"), encode_reading(hours(site, ago))) for ago in days], clock=CLOCK)
        wait_until(lambda: len(soil(store)) == 5 * 24, "the readings are stored")
        runner.run_due()
        before = states(store, site)

        wetter = lorong(*words, "2850:0", "1460:40", "--from", days[4], "--city", site.folder)
        wait_until(lambda: last_hours(store).count(20.0) == 3 * SAME, "the new ones are stored")
        runner.run_due()
        after = states(store, site)

        later = lorong(*words, "2850:0", "2155:12", "1460:40", "--from", days[2], "--city", site.folder)
        wait_until(lambda: last_hours(store).count(12.0) == SAME, "the newest are stored")
        runner.run_due()
        again = lorong(*words, "--city", site.folder)

    assert wetter.out == "72 readings of b1 of saga-p1 mean something else now; 0 stay as they are\n"
    assert later.out == "24 readings of b1 of saga-p1 mean something else now; 48 stay as they are\n"
    assert again.out == "0 readings of b1 of saga-p1 mean something else now; 72 stay as they are\n"
    assert {before[days[ago]][0] for ago in days} == {24.0}
    assert [after[days[ago]] for ago in (6, 5)] == [before[days[ago]] for ago in (6, 5)]
    assert [after[days[ago]][0] for ago in (4, 3, 2)] == [20.0] * 3
    assert [states(store, site)[days[ago]][0] for ago in (6, 5, 4, 3, 2)] == [24.0, 24.0, 20.0, 20.0, 12.0]
    assert [row["raw"] for row in soil(store)] == RAW_MV * 5
    table = (site.folder / "calibrations.csv").read_text("utf-8").splitlines()
    assert table[1:] == [
        f"saga-p1,b1,{days[4]},2850:0 1460:40,",
        f"saga-p1,b1,{days[2]},2850:0 2155:12 1460:40,",
    ]


def runner_of(store: Store, site: Site) -> Runner:
    return Runner(store, site, CLOCK, AnalyticsSettings(indicators=("soil_state",)))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["saga-p9", "b1", "1:0", "2:1", "--from", "2026-11-01"], "node 'saga-p9' is unknown; did you mean saga-p1"),
        (["saga-p1", "b1", "2850:0", "--from", "2026-11-01"], "points '2850:0' are not two or more raw:value"),
        (["saga-p1", "b1", "2850:0", "2850:48", "--from", "2026-11-01"], "are not two or more raw:value"),
        (["saga-p1", "b1", "2850:0", "1460:48"], "from '' is no day or moment; write 2026-11-24"),
        (["saga-p1", "b2"], "calibrations.csv has no row for b2 of saga-p1; give points"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_leaves_no_table(
    lorong: Any, site: Site, words: list[str], complaint: str
) -> None:
    said = lorong("calibrate", *words, "--city", site.folder)

    assert (said.code, (site.folder / "calibrations.csv").exists()) == (2, False)
    assert complaint in said.err
