"""A scenario played: twice the same packs, everything accounted for through a bad network, and all of it marked."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.errors import UsageError
from commons.sites import NodeEntry
from commons.topics import Address
from ingest.ledger import Ledger
from lorong.fleet import Fleet
from lorong.scenario_clock import SteppedClock
from lorong.settings import site
from lorong.simulation import duration_seconds, play, prepare
from sensors.drivers.simulated import build
from store import open_store
from store.settings import StoreSettings
from tests.flow.collecting import collecting
from tests.flow.small_site import differences, sent, stored
from tests.lorong.running import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lorong.simulation import Play

CLOCK = SystemClock()
HOUR_MS = 3_600_000
EVERYTHING = {
    "count = 12": "count = 2",
    "days = 60": "days = 3\nevery_minutes = 10",
    "[lanes]": """[people]
late = 0.5
[sensors]
drifting = 0.3
sticking = 0.3
dying = 0.5
[clocks]
wrong = 0.5
ahead_seconds = 90
[prices.foods]
cabai-rawit-merah = 40000
[lanes]""",
}
"""A scenario in which something of everything is wrong."""


def packs(of: Play, folder: Path, *, step_ms: int = HOUR_MS) -> dict[str, list[tuple[str, bytes]]]:
    """What nodes keep in real outboxes, by node, each pack without its outbox's name, which is drawn anew."""
    shown = SteppedClock(of.begin_ms, real=CLOCK)
    fleet = Fleet(
        of.site.nodes.values(),
        of.site,
        folder,
        BrokerSettings(),
        clock=shown,
        cadence_seconds=step_ms / 1000,
        commit_seconds=0.0,
        link_clock=CLOCK,
    )
    for at_ms in range(of.begin_ms + step_ms, of.end_ms + 1, step_ms):
        shown.move_to(at_ms - 1)
        fleet.look(at_ms - 1)
    found = {}
    for node in fleet.nodes:
        box = node.outbox.box.encode()
        held = node.outbox.packs(0, limit=100_000)
        assert all(box in pack.body for pack in held)
        found[node.agent.address.node] = [(pack.topic, pack.body.replace(box, b"")) for pack in held]
    fleet.close()
    return found


def digest(found: dict[str, list[tuple[str, bytes]]]) -> str:
    """The same for the same packs, in any process."""
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def test_a_scenario_played_twice_gives_identical_packs(changed: Callable[..., Path], tmp_path: Path) -> None:
    path = changed("quiet", tmp_path, EVERYTHING)
    of = prepare(str(path), site("makassar"), tmp_path / "a")
    once = packs(of, tmp_path / "a" / "nodes")
    code = (
        "import sys; from pathlib import Path; from lorong.settings import site;"
        "from lorong.simulation import prepare;"
        "from tests.simulator.test_scenario_runs import digest, packs; path, folder = sys.argv[1:];"
        "of = prepare(path, site('makassar'), Path(folder));"
        "print(digest(packs(of, Path(folder) / 'nodes')))"
    )
    again = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "b")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert sum(map(len, once.values())) > 200
    assert again.stdout.strip() == digest(once)


def test_another_seed_is_another_city(changed: Callable[..., Path], tmp_path: Path) -> None:
    lines = {"count = 12": "count = 1", "days = 60": "days = 1"}
    other = {**lines, "seed = 1": "seed = 99"}
    found = []
    for name, changes in {"a": lines, "b": other}.items():
        folder = tmp_path / name
        folder.mkdir()
        of = prepare(str(changed("quiet", folder, changes)), site("makassar"), folder)
        found.append(packs(of, folder / "nodes"))

    assert found[0].keys() == found[1].keys()
    assert found[0] != found[1]


NETWORK = {
    "count = 8": "count = 2",
    "days = 30": "days = 3",
    "lost = 0.02": "lost = 0.0",
    "day = 6": "day = 2",
    "hours = 30": "hours = 12",
    "day = 18\nhours = 120": "day = 1\nhours = 30",
}
KINDS = {
    "nodes": NETWORK,
    "gateways": {**NETWORK, "count = 8": "count = 2\ngateways = 1"},
    "losses": {**NETWORK, "lost = 0.02": "lost = 0.1"},
}


@pytest.fixture(
    scope="module",
    params=["nodes", "gateways", pytest.param("losses", marks=pytest.mark.faults_all)],  # a loss is missed after 60 s
)
def bad_network(
    request: pytest.FixtureRequest,
    nats: Any,
    changed: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Any]:
    """Three days of two lanes over a bad network into a real store."""
    folder = tmp_path_factory.mktemp(request.param)
    of = prepare(str(changed("bad-network", folder, KINDS[request.param])), site("makassar"), folder)
    with closing(open_store(StoreSettings(url=f"duckdb:///{folder}/lorong.duckdb"), clock=CLOCK)) as store:
        broker = BrokerSettings(port=nats.port)
        with collecting(store, broker, of.site, folder / "collector", clock=CLOCK) as collector:
            played = _played(of, folder, broker)
            total = collector.vitals.total
        accounts = [account for _, account in Ledger.load(store).accounts()]
        return {"of": of, "played": played, "rows": stored(store), "accounts": accounts, "total": total}


def _played(of: Play, folder: Path, broker: BrokerSettings) -> Any:
    return play(of, folder, broker, speed=10_000, clock=CLOCK, stop=threading.Event(), say=lambda _line: None)


def test_over_a_bad_network_every_reading_is_stored_once(bad_network: Mapping[str, Any]) -> None:
    made = _made(bad_network["of"])

    assert differences(made, bad_network["rows"]) == []
    assert bad_network["played"].produced == made.total() == sum(each.stored for each in bad_network["accounts"])
    assert (bad_network["played"].waiting, bad_network["played"].thinned) == (0, 0)
    assert sum(each.rejected + each.thinned for each in bad_network["accounts"]) == 0
    assert bad_network["total"].duplicate > 100


def test_every_row_is_marked_as_simulated(bad_network: Mapping[str, Any]) -> None:
    assert {dict(tags)["origin"] for _, _, tags in bad_network["rows"]} == {"simulated"}


def _made(of: Play) -> Any:
    """Every row that the scenario's lanes give, made anew by drivers of their own."""
    rows: Counter[Any] = Counter()
    for node in of.site.nodes.values():
        options = {name: value for name, value in node.options.items() if name not in ("gateway", "truth")}
        lanes = list(of.site.lanes) if "gateway" in node.options else [node.address.lane]
        for lane in lanes:
            entry = NodeEntry(Address(of.site.slug, lane, node.address.node), node.driver, node.origin, options)
            driver, bookmark, more = build(entry, of.site), None, True
            while more:
                reading = driver.read(of.end_ms - 1, bookmark)
                bookmark, more = reading.bookmark, reading.more
                rows.update(row for block in reading.blocks for row in sent(block, entry))
    return rows


def test_a_part_of_a_scenario_is_played_from_a_later_day(changed: Callable[..., Path], tmp_path: Path) -> None:
    path = str(changed("quiet", tmp_path, {}))
    of = prepare(path, site("makassar"), tmp_path / "a", first=date(2026, 5, 10), last=date(2026, 5, 11))

    assert of.end_ms - of.begin_ms == 48 * HOUR_MS
    assert prepare(path, site("makassar"), tmp_path / "b", seconds=3_600).end_ms - of.begin_ms < 0
    with pytest.raises(UsageError, match=r"--from 2026-04-30 lies before scenario quiet begins; give 2026-05-01"):
        prepare(path, site("makassar"), tmp_path / "c", first=date(2026, 4, 30))
    with pytest.raises(UsageError, match=r"nothing lies between"):
        prepare(path, site("makassar"), tmp_path / "d", first=date(2026, 5, 9), last=date(2026, 5, 8))


@pytest.mark.parametrize(("text", "seconds"), [("36h", 129_600), ("7d", 604_800), ("1.5m", 90), ("45s", 45)])
def test_a_span_of_time_is_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "7 d", "-1h"])
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span of time"):
        duration_seconds(text)
