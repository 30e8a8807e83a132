"""What the faults' tests share: a rig on any store and broker, and the table at the end."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from store.settings import StoreSettings
from tests.faults.brokers import Broker, find
from tests.faults.line import TABLE, Line, written
from tests.faults.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LINE = "fault"


@pytest.fixture
def make_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str, str], Rig]]:
    """Makes a rig on a store and a broker ("nats" or "mosquitto") of this test alone.

    The store is "duckdb", "influxdb" (a server shared with other tests and not to be killed; its buckets are this
    test's own) or "own influxdb" (a server that this test may kill: `request.getfixturevalue("own_influx").server`).
    """
    rigs: list[Rig] = []

    def make(store: str, broker: str) -> Rig:
        if find(broker) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no {broker} on this machine")
        settings = StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb")
        if store != "duckdb":
            settings = request.getfixturevalue("influx" if store == "influxdb" else "own_influx").settings()
        rigs.append(Rig(tmp_path, Broker(broker, tmp_path / f"broker-{len(rigs)}"), settings))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()
        rig.broker.stop()


@pytest.fixture
def rig(request: pytest.FixtureRequest, make_rig: Callable[[str, str], Rig]) -> Rig:
    """A rig on the store and the broker that `tests.faults.places.on` names, else on DuckDB and NATS."""
    return make_rig(*getattr(request, "param", ("duckdb", "nats")))


@pytest.fixture(autouse=True)
def noted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hand a scenario's lines on with its report, wherever it ran."""
    begun = len(TABLE)
    yield
    request.node.user_properties += [(_LINE, asdict(line)) for line in TABLE[begun:]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults."""
    reports = [
        one for some in terminalreporter.stats.values() for one in some if getattr(one, "when", "") == "teardown"
    ]
    lines = [Line(**said) for report in reports for name, said in report.user_properties if name == _LINE]
    if lines:
        terminalreporter.section("faults", sep="-")
        for line in written(lines):
            terminalreporter.write_line(line)
