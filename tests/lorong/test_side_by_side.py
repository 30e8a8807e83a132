"""`lorong run --site makassar --site banyuwangi`: each has its page, folder and days, and none of the other's."""

from __future__ import annotations

import re
import urllib.request
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.flow.small_site import MAKASSAR, small_site
from tests.flow.waiting import wait_until
from tests.lorong.running import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LANES = {"makassar": "saga", "banyuwangi": "kemiren"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Path]]:
    """Both, from their first history on; ended by the last test."""
    folder = tmp_path_factory.mktemp("both")
    sites = {
        name: small_site(folder / name, of=MAKASSAR.parent / name, lanes=[lane], recorded=0)
        for name, lane in LANES.items()
    }
    started = Run(sites["makassar"].folder, folder / "data", ["--site", str(sites["banyuwangi"].folder)])
    yield started, folder / "data"
    if not started.has_ended:
        started.process.kill()


def get(address: str) -> str:
    with urllib.request.urlopen(address) as answer:  # noqa: S310  # the address of a run that we started
        text: str = answer.read().decode()
        return text


def test_each_city_has_its_own_page_folder_and_days(run: tuple[Run, Path]) -> None:
    process, data = run
    computed = re.compile(r"Lorong (\w+): [\d,]+ indicator values computed")
    wait_until(lambda: set(computed.findall(process.output)) == set(LANES) or process.has_ended, "both have computed")
    addresses = dict(re.findall(r"Lorong (\w+): (http://\S+) is open", process.output))

    assert set(addresses) == set(LANES)
    for name, lane in LANES.items():
        offset = {"makassar": "16:00", "banyuwangi": "17:00"}[name]
        (other,) = set(LANES) - {name}
        page = get(f"{addresses[name]}/?lang=id")
        states = get(f"{addresses[name]}/api/v1/read?measurement=soil_state&start=-3d&format=csv").splitlines()
        soil = get(f"{addresses[name]}/api/v1/read?measurement=soil&start=-1d&format=csv")
        assert name.capitalize() in page
        assert other.capitalize() not in page
        assert {datetime.fromisoformat(row.split(",")[0]).strftime("%H:%M") for row in states[1:]} == {offset}
        assert {row.split(",")[2] for row in states[1:]} == {lane}
        assert LANES[other] not in soil
        assert (data / name / "lorong.duckdb").exists()


def test_both_account_for_every_row_when_they_are_stopped(run: tuple[Run, Path]) -> None:
    process, _ = run

    assert process.stop() == 0, process.output
    for name in LANES:
        summary = process.output.partition(f"Lorong: summary of {name}")[2]
        figures = dict(re.findall(r"^  (\w+) +([\d,]+)$", summary, re.MULTILINE)[:7])
        assert figures["produced"] == figures["stored"] != "0"
        assert figures["missing"] == "0"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--site", "banyuwangi", "--site", "banyuwangi"], "sites banyuwangi, banyuwangi: one is named twice"),
        (["--site", "banyuwangi"], "data folder 'data' is makassar's; give banyuwangi another one with --data"),
        (["--site", "banyuwanggi"], "site 'banyuwanggi' is unknown; did you mean banyuwangi"),
    ],
)
def test_what_cannot_run_is_said(lorong: Any, tmp_path: Path, words: list[str], complaint: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "site").write_text("makassar\n", "utf-8")

    said = lorong("run", *words, "--data", tmp_path / "data", "--port", "0", "--for", "1")

    assert said.code == 2
    assert complaint in said.err
