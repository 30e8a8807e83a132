"""`lorong simulate --scenario` as people type it: played to its end, said what it came to, refused with a sentence."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from lorong.__main__ import main
from lorong.settings import site
from lorong.simulation import TRUTH, prepare
from sensors.drivers import build_driver
from sensors.simulation.truth import read_truth
from store import open_store
from store.settings import StoreSettings
from tests.flow.collecting import collecting
from tests.flow.small_site import stored
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOCK = SystemClock()


def simulate(port: int, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LORONG, "simulate", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LORONG_BROKER__PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_scenario_is_played_to_its_end_at_the_speed_that_was_asked_for(
    nats: Any, changed: Callable[..., Path], tmp_path: Path
) -> None:
    path, data = changed("quiet", tmp_path, {"count = 12": "count = 2"}), tmp_path / "data"
    of = prepare(str(path), site("makassar"), data)
    with closing(open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=CLOCK)) as store:
        with collecting(store, BrokerSettings(port=nats.port), of.site, tmp_path / "collector", clock=CLOCK):
            began = CLOCK.monotonic()
            done = simulate(nats.port, "--scenario", path, "--data", data, "--for", "6h", "--speed", 7_200)
            seconds = CLOCK.monotonic() - began
        rows = stored(store)

    assert done.returncode == 0, done.stderr
    said = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert int(said["produced"].replace(",", "")) == int(said["stored"].replace(",", "")) == rows.total() > 200
    assert (said["thinned"], said["waiting"]) == ("0", "0")
    assert seconds >= 6 * 3_600 / 7_200
    assert str(data / TRUTH) in done.stdout

    again = simulate(nats.port, "--scenario", path, "--data", data, "--for", "6h")
    assert again.returncode == 0, again.stderr
    assert f"produced   {said['produced']:>12}" in again.stdout  # nothing is made twice


def test_the_truth_has_each_day_once_however_often_it_was_written(changed: Callable[..., Path], tmp_path: Path) -> None:
    path = changed("quiet", tmp_path, {"count = 12": "count = 1", "days = 60": "days = 2"})
    for name in ("a", "b"):  # two runs that write one file
        of = prepare(str(path), site("makassar"), tmp_path / name)
        node = next(iter(of.site.nodes.values()))
        told = replace(node, options={**node.options, "truth": str(tmp_path / "both.gz")})
        driver, bookmark, more = build_driver(told, of.site), None, True
        while more:
            reading = driver.read(of.end_ms - 1, bookmark)
            bookmark, more = reading.bookmark, reading.more

    days = read_truth(tmp_path / "both.gz")
    assert len(days) == len({(day["day"], day["bed"]) for day in days}) == 2 * len(of.site.beds)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--scenario", "quite"), "scenario 'quite' is unknown; did you mean quiet?"),
        (("--for", "7d"), "--for, --from and --to play a part of a scenario; add --scenario NAME"),
        (("--scenario", "quiet", "--for", "soon"), "--for 'soon' is no span of time; write a number and s, m, h or d"),
        (("--scenario", "quiet", "--for", "7d", "--to", "2026-05-09"), "--for and --to both say when it ends"),
        (("--scenario", "quiet", "--from", "May"), "'May' is no day; write it as 2025-07-01"),
        (("--scenario", "quiet", "--speed", "20000"), "10000"),
    ],
)
def test_a_wrong_word_is_answered_with_a_sentence(
    words: tuple[str, ...], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *words, "--data", str(tmp_path)])

    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert sentence in said[-1]
