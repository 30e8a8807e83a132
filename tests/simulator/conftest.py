"""What the simulator's tests share: scenarios of few lanes, in a store with the marks that a collector sets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from analytics.runner import Runner
from analytics.settings import AnalyticsSettings
from commons import catalogue
from commons.rows import Block, event_time
from ingest.touched import Days, marks
from lorong.settings import site
from lorong.simulation import TRUTH, prepare
from sensors.drivers import build_driver
from sensors.gathering import joined
from sensors.simulation.scenario import FOLDER
from sensors.simulation.truth import read_truth
from store import open_store
from store.contract import Query
from store.settings import StoreSettings
from tests.flow.waiting import MovedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from commons.sites import NodeEntry
    from lorong.simulation import Play
    from store.contract import Store

Row = dict[str, Any]
HOUR_MS = 3_600_000


def shipped(name: str, folder: Path, changes: Mapping[str, str]) -> Path:
    """A copy of a scenario that comes with Lorong, with some lines changed."""
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="session")
def changed() -> Callable[[str, Path, Mapping[str, str]], Path]:
    return shipped


@dataclass
class Told:
    """A scenario in a store, with what really was.

    Args:
        of: The scenario and its site.
        store: What nodes sent, and what the indicators made of it.
        truth: What really was: each bed's day by day, lane and bed.
    """

    of: Play
    store: Store
    truth: dict[tuple[str, str, str], Row]

    def rows(self, measurement: str, **where: str) -> list[Row]:
        """Rows with their local day."""
        found = self.store.read(Query(measurement, where=where)).to_pylist()
        return [{**row, "day": row["time"].tz_convert(self.of.site.timezone).date()} for row in found]


@pytest.fixture(scope="session")
def tell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Told]]:
    """Plays a scenario into a store of its own, and computes some indicators."""
    opened: list[Store] = []

    def play(name: str, *indicators: str, lines: Mapping[str, str]) -> Told:
        folder = tmp_path_factory.mktemp(name)
        of = prepare(str(shipped(name, folder, lines)), site("makassar"), folder)
        clock = MovedClock(of.end_ms + 6 * HOUR_MS)
        store = open_store(StoreSettings(url=f"duckdb:///{folder}/lorong.duckdb"), clock=clock)
        opened.append(store)
        days = Days(of.site.zone)
        for node in of.site.nodes.values():
            for block in _of_node(node, of):
                store.write([marks([block], days, city=of.site.slug, at_ms=clock.wall_ms()), block])
        clock.forward(HOUR_MS / 1000)
        summary = Runner(store, of.site, clock, AnalyticsSettings(indicators=indicators)).run_due()
        assert not summary.failed, summary.failed
        return Told(of, store, {(day["day"], day["lane"], day["bed"]): day for day in read_truth(folder / TRUTH)})

    yield play
    for store in opened:
        store.close()


def _of_node(node: NodeEntry, of: Play) -> Iterator[Block]:
    """All that a node sends, as the collector writes it."""
    driver, bookmark, more = build_driver(node, of.site), None, True
    made: dict[Any, list[Block]] = defaultdict(list)
    while more:
        reading = driver.read(of.end_ms - 1, bookmark)
        bookmark, more = reading.bookmark, reading.more
        for block in reading.blocks:
            made[block.measurement, tuple(block.fields), tuple(block.tags)].append(block)
    for blocks in made.values():
        yield _stored(joined(blocks)[0], node)


def _stored(block: Block, node: NodeEntry) -> Block:
    known = catalogue.measurement(block.measurement)
    own: dict[str, str | list[str]] = {
        name: getattr(node.address, name) for name in ("city", "lane", "node") if name in known.tags
    }
    times = block.times
    if known.kind == "event":
        entries = block.fields["entry"]
        times = [event_time(t // 1_000_000, entry=str(e), version=1) for t, e in zip(times, entries, strict=True)]
    return Block(block.measurement, times, {**own, **block.tags}, block.fields)
