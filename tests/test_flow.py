"""The whole flow, for each broker and each store: what nodes produce is what is stored, and indicators stand on it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from analytics.indicators import INDICATORS
from analytics.provenance import RECORDED, SIMULATED, STAND_IN, marks_in
from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons.broker import BrokerSettings
from ingest.ledger import Ledger
from lorong.fleet import Fleet
from store import open_store
from store.settings import StoreSettings
from tests.flow.collecting import collecting
from tests.flow.small_site import differences, produced, small_site, stored
from tests.flow.waiting import NOON_MS, MovedClock, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.contract import Store

MARKS = {
    "garden_harvest": {SIMULATED},
    "price_elementary": {RECORDED, STAND_IN},
    "price_index": {RECORDED, STAND_IN},
    "ceiling_position": {RECORDED, STAND_IN},
}


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(request: pytest.FixtureRequest) -> BrokerSettings:
    return BrokerSettings(port=request.getfixturevalue(request.param).port)


@pytest.fixture(params=["duckdb", pytest.param("influxdb", marks=pytest.mark.influx)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    settings = StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb")
    if request.param == "influxdb":
        settings = request.getfixturevalue("influx").settings()
    opened = open_store(settings, clock=MovedClock())
    yield opened
    opened.close()


def test_what_nodes_produce_is_stored_once_and_unchanged_and_indicators_say_what_they_stand_on(
    broker: BrokerSettings, store: Store, tmp_path: Path
) -> None:
    site, clock = small_site(tmp_path / "site"), MovedClock()
    fleet = Fleet(site.nodes.values(), site, tmp_path / "nodes", broker, clock=clock)

    with collecting(store, broker, site, tmp_path / "collector", clock=clock) as collector:
        fleet.start()
        wait_until(
            lambda: all(node.outbox.produced and node.agent.is_at_present for node in fleet.nodes), "all is read"
        )
        wait_until(lambda: fleet.waiting == 0, "all is stored")
        fleet.close()

    expected = sum(
        (
            produced(node, site, tmp_path / "nodes" / f"{name}.sqlite", began_ms=NOON_MS, ended_ms=NOON_MS)
            for name, node in site.nodes.items()
        ),
        Counter(),
    )
    assert differences(expected, stored(store)) == []
    assert set(expected.values()) == {1}
    accounts = [account for _, account in Ledger.load(store).accounts()]
    assert sum(account.stored for account in accounts) == fleet.produced == expected.total() > 4_000
    assert sum(account.rejected + account.thinned for account in accounts) == 0
    assert (collector.vitals.total.rejected, collector.vitals.missing) == (0, 0)

    summary = Runner(store, site, clock, AnalyticsSettings(), INDICATORS).run_due()

    assert summary.failed == {}
    for indicator, marks in MARKS.items():
        rows = store.latest(indicator).to_pylist()
        assert rows, indicator
        assert all(marks <= marks_in(row["marks"]) for row in rows), indicator
    states = store.latest("soil_state").to_pylist()
    assert {(row["lane"], row["bed"]) for row in states} == set(site.beds)
    assert all((RECORDED if row["bed"] == "r1" else SIMULATED) in marks_in(row["marks"]) for row in states)
