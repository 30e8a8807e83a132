"""Scenario 5, the collector's side: the disk of the store or of the rejects is full, or read-only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.outboxes import readings
from tests.faults.places import STORES, on
from tests.faults.small_disk import small_disk
from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Influx
    from tests.faults.rig import Rig


def _until_the_node_reads_on(rig: Rig, *, more: int = 40) -> None:
    before = readings(rig.nodes["saga-s1"])
    wait_until(lambda: readings(rig.nodes["saga-s1"]) >= before + more, "the node reads on")


@on(*STORES[:1])
def test_the_disk_of_the_duckdb_file_is_full_for_a_while(rig: Rig) -> None:
    with small_disk(rig.folder / "disk", megabytes=12) as disk:
        rig.store = replace(rig.store, url=f"duckdb:///{disk.folder}/lorong.duckdb")
        collector = rig.collector()
        rig.node(period_ms=20)
        _until_the_node_reads_on(rig)
        disk.fill()
        collector.until_it_says("No space left on device; check the disk and its room, then try again", times=2)
        collector.kill()
        again = rig.collector(listens=False)
        again.until_it_says("No space left on device")
        _until_the_node_reads_on(rig)
        disk.free()
        rig.mended()
        found = rig.recover("disk of the DuckDB file full")

    assert found.faults == []


@on(*STORES)
def test_the_disk_of_the_rejects_is_full_for_a_while(rig: Rig) -> None:
    with small_disk(rig.folder / "collector", megabytes=2) as disk:
        collector = rig.collector()
        rig.node(period_ms=20, refused_every=10)
        _until_the_node_reads_on(rig)
        disk.fill()
        collector.until_it_says("(No space left on device); check the disk and its room", times=2)
        _until_the_node_reads_on(rig)
        disk.free()
        rig.mended()
        found = rig.recover("disk of the rejects full")

    assert found.faults == []
    assert found.line.rejected > 0


@pytest.mark.influx
@pytest.mark.faults_all
def test_the_disk_of_influxdb_is_full_for_a_while(own_influx: Influx, make_rig: Callable[[str, str], Rig]) -> None:
    rig = make_rig("own influxdb", "nats")
    assert own_influx.server is not None
    own_influx.server.stop()
    with small_disk(own_influx.server.folder, megabytes=24) as disk:
        own_influx.server.start()
        collector = rig.collector()
        rig.node(period_ms=20)
        _until_the_node_reads_on(rig)
        disk.fill()
        collector.until_it_says("collector waits", times=2)
        _until_the_node_reads_on(rig)
        disk.free()
        own_influx.server.stop()  # a shard that it could not open on a full disk stays shut until it is started again
        own_influx.server.start()
        rig.mended()
        found = rig.recover("disk of InfluxDB full")
        own_influx.server.stop()

    assert found.faults == []
    assert "no space left on device" in collector.said


@on(*STORES[:1])
@pytest.mark.parametrize(
    ("part", "ends_with"), [("store", 1), pytest.param("collector", 2, marks=pytest.mark.faults_all)]
)
def test_on_a_read_only_disk_the_collector_says_so_in_one_sentence_and_goes_on_when_it_is_mended(
    rig: Rig, part: str, ends_with: int
) -> None:
    with small_disk(rig.folder / part, megabytes=8) as disk:
        if part == "store":
            rig.store = replace(rig.store, url=f"duckdb:///{disk.folder}/lorong.duckdb")
        first = rig.collector()
        rig.node(period_ms=20)
        _until_the_node_reads_on(rig)
        first.end()
        disk.make("ro")
        refused = rig.collector(listens=False)
        code, said = refused.until_it_ends(), refused.said
        disk.make("rw")
        rig.collector()
        rig.mended()
        found = rig.recover(f"disk of the {part} read-only")

    assert code == ends_with
    assert len(said.splitlines()) == 1, said
    assert said.startswith("lorong: ")
    assert "Read-only file system" in said
    assert found.faults == []
