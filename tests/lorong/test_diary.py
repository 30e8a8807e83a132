"""From a phone to the store: an entry with a lane's code goes through the web's outbox, broker and collector, once."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from store.contract import Query
from tests.flow.collecting import collecting
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from tests.lorong.running import LORONG, ROOT
from tests.lorong.test_roles import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from store.contract import Store
    from tests.lorong.conftest import Said

CLOCK = SystemClock()
HARVEST = {"kind": "harvest", "entry": "phone-1-0001", "bed": "b1", "commodity": "kangkung", "kg": 1.5}


def post(address: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(address, json.dumps(document).encode(), {"Content-Type": "application/json"})  # noqa: S310  # our own server
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # the same
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def kept(store: Store) -> list[tuple[str, str, float, float]]:
    table = store.read(Query("harvest", fields=("entry", "node", "version", "kg")))
    columns = [table[name].to_pylist() for name in ("entry", "node", "version", "kg")]
    return list(zip(*columns, strict=True))


@pytest.fixture
def serve(nats: Any, store: Store, tmp_path: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[bytes], str]]]:
    """Starts `lorong serve` with entries on; whatever still runs is killed in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], str]:
        port = free_port()
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LORONG_BROKER__PORT": str(nats.port),
            "LORONG_WEB__ENTRIES": "true",
            "LORONG_WEB__DATA": str(tmp_path / "web"),
        }
        words = [*LORONG, "serve", "--city", str(tmp_path / "site"), "--port", str(port), "--log", "DEBUG"]
        with (tmp_path / "said").open("ab") as said:
            process = subprocess.Popen(words, cwd=tmp_path, env=environ, stderr=said)
        started.append(process)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/sources"), "the web answers")
        return process, f"http://127.0.0.1:{port}/entries/saga"

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_an_entry_reaches_the_store_once_and_its_code_is_seen_nowhere(
    nats: Any,
    store: Store,
    serve: Callable[[], tuple[subprocess.Popen[bytes], str]],
    lorong: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = small_site(tmp_path / "site", recorded=0)
    monkeypatch.setenv("LORONG_WEB__DATA", str(tmp_path / "web"))
    code = lorong("lane", "code", "saga", "--city", site.folder).out.strip()
    first, address = serve()

    # the collector is away: the entry waits, the web is killed, started again, and asked again
    assert post(address, {**HARVEST, "code": "zzzz-9999"})[0] == 403
    assert post(address, {**HARVEST, "code": code})[0] == 202
    first.send_signal(signal.SIGKILL)
    first.wait()
    second, address = serve()
    assert post(address, {**HARVEST, "code": code}) == (
        200,
        {"entry": "phone-1-0001", "version": 1, "state": "known"},
    )
    with collecting(store, BrokerSettings(port=nats.port), site, tmp_path / "collector", clock=CLOCK):
        assert post(address, {**HARVEST, "version": 2, "kg": 2.5, "code": code})[0] == 202
        wait_until(lambda: len(kept(store)) == 2, "both versions are in the store", seconds=120)
    second.send_signal(signal.SIGTERM)
    second.wait()
    said = (tmp_path / "said").read_text("utf-8")

    assert sorted(kept(store)) == [("phone-1-0001", "web", 1.0, 1.5), ("phone-1-0001", "web", 2.0, 2.5)]
    assert "wrong code" in said
    assert code not in said
    assert "zzzz" not in said
    assert second.returncode == 0


def test_a_lanes_code_is_drawn_and_taken_away_by_command(
    lorong: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("LORONG_WEB__DATA", str(tmp_path / "web"))
    site = small_site(tmp_path / "site", recorded=0)

    drawn = lorong("lane", "code", "saga", "--city", site.folder)
    unknown = lorong("lane", "code", "sagga", "--city", site.folder)
    closed = [lorong("lane", "close", "saga", "--city", site.folder).out for _ in range(2)]

    assert (drawn.code, len(drawn.out.strip())) == (0, 9)
    assert (unknown.code, unknown.err) == (2, "lorong: lane 'sagga' is unknown; did you mean saga?\n")
    assert closed == ["lane saga has no code any more\n", "lane saga had no code\n"]
    assert drawn.out.strip() not in caplog.text
