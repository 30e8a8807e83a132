"""Two cities on a cluster of three brokers: any one may die at any time, and nothing is lost."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.flow.waiting import wait_until
from tests.scale.city import City
from tests.scale.servers import ROOT, Cluster, ClusterServer, cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GENEROUS_SECONDS = 120.0


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "nats") as made:
        yield made


@pytest.fixture
def cities(brokers: Cluster, tmp_path: Path) -> Iterator[list[City]]:
    """Two cities at work, each with a few rows in its store."""
    made = [City(name, tmp_path / name, brokers.settings, nodes=4) for name in ("makassar", "banyuwangi")]
    for city in made:
        city.start()
    wait_until(lambda: all(city.pauses for city in made), "the first rows are stored", seconds=GENEROUS_SECONDS)
    yield made
    for city in made:
        city.kill()


def outlived(victim: ClusterServer, cities: list[City]) -> list[float]:
    """Kill a server; each city's longest pause in storing [s] until all nodes have stored what they took afterwards."""
    before = [len(city.pauses) for city in cities]
    victim.stop(signal.SIGKILL)
    goals = [(node.outbox, node.outbox.newest + 10) for city in cities for node in city.sending]
    wait_until(
        lambda: all(outbox.first() > goal for outbox, goal in goals),
        f"what is sent after {victim.name} died is stored",
        seconds=GENEROUS_SECONDS,
    )
    return [max(city.pauses[at:], default=float("nan")) for city, at in zip(cities, before, strict=True)]


@pytest.mark.timeout(600)
def test_each_server_is_killed_in_turn_and_every_city_stores_all_of_its_own_once(
    brokers: Cluster, cities: list[City]
) -> None:
    for victim in brokers.servers:
        pauses = outlived(victim, cities)
        print(f"{victim.name} killed: the longest pause in storing was {max(pauses):.1f} s")  # noqa: T201  # a figure to keep
        assert max(pauses) < GENEROUS_SECONDS
        victim.start()
        victim.until_healthy()

    for city in cities:
        assert city.end(), city.log
        assert city.produced == city.stored
        assert city.counted == city.produced.total()


def test_the_three_configurations_differ_in_names_and_addresses_only() -> None:
    shipped = [(ROOT / "deploy" / "cluster" / f"nats-{number}.conf").read_text("utf-8") for number in (1, 2, 3)]

    alike = {re.sub(r"erver \d|lorong-\d|127\.0\.0\.\d", "", text) for text in shipped}
    routes = [set(re.findall(r"nats-route://127\.0\.0\.(\d)", text)) for text in shipped]
    assert len(alike) == 1
    assert routes == [{"2", "3"}, {"1", "3"}, {"1", "2"}]
