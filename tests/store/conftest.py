"""Every adapter of the store, opened empty."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from store import open_store
from store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.contract import Store

_OWNER = """
import sys
from commons.clock import SystemClock
from store import open_store
from store.settings import StoreSettings
store = None
for line in sys.stdin:
    if store is not None:
        store.close()
    store = open_store(StoreSettings(url=line.strip()), clock=SystemClock())
    print("open", flush=True)
if store is not None:
    store.close()
"""


class Owner:
    """Another process that owns a DuckDB file, until it is told of the next or its input ends."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "error", "-c", _OWNER]
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True)

    def own(self, url: str) -> None:
        """Own this file; returns once it does."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{url}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "open\n"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A DuckDB file that is not there yet."""
    return f"duckdb:///{tmp_path}/data/lorong.duckdb"


@pytest.fixture
def owner(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the file; it may be killed."""
    other = Owner()
    other.own(url)
    yield other.process
    other.process.communicate()


@pytest.fixture(scope="session")
def lasting_owner() -> Iterator[Owner]:
    """Another process that owns one file after the other; to start one takes a second."""
    other = Owner()
    yield other
    other.process.communicate()


@pytest.fixture(params=["duckdb", "socket", pytest.param("influxdb", marks=pytest.mark.influx)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """DuckDB in a file, the same through its owner in another process, and InfluxDB."""
    if request.param == "influxdb":
        settings = request.getfixturevalue("influx").settings()
    else:
        settings = StoreSettings(url=request.getfixturevalue("url"))
    if request.param == "socket":
        request.getfixturevalue("lasting_owner").own(settings.url)
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()
