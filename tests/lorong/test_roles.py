"""One role a process, as docker compose and systemd run them: together they do what `lorong run` does alone."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from commons.clock import SystemClock
from commons.outbox import Outbox
from store import open_store
from store.settings import StoreSettings
from tests.flow.ports import free_port
from tests.flow.small_site import differences, produced, small_site, stored
from tests.flow.waiting import wait_until
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CLOCK = SystemClock()


@pytest.fixture
def start(nats: Any, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a role with the broker and a store file of this test; whatever still runs is killed in the end."""
    started: list[subprocess.Popen[str]] = []
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LORONG_BROKER__PORT": str(nats.port),
        "LORONG_STORE__URL": f"duckdb:///{tmp_path}/lorong.duckdb",
    }

    def role(*words: object, **more: str) -> subprocess.Popen[str]:
        command = [*LORONG, *(str(word) for word in words), "--city", str(tmp_path / "site")]
        started.append(
            subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**environ, **more},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield role
    for process in started:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[str], words: str) -> None:
    """Read what a process logs until it has said something."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    pytest.fail(f"{process.args!r} ended without saying {words!r}")


def answers(address: str) -> bool:
    with suppress(urllib.error.URLError), urllib.request.urlopen(address) as answer:  # noqa: S310  # our own server
        return bool(answer.status == 200)
    return False


def test_roles_in_processes_of_their_own_share_broker_and_store(start: Any, tmp_path: Path) -> None:
    site, began_ms, port = small_site(tmp_path / "site"), CLOCK.wall_ms(), free_port()

    collect = start("collect", "--log", "INFO")
    says(collect, "collector listens")
    second = start("collect", LORONG_COLLECTOR__DATA="another")
    complaint = second.communicate()[1]
    simulate = start("simulate")
    serve = start("serve", "--port", port)
    wait_until(lambda: all(kept(tmp_path, node) == (True, 0) for node in site.nodes), "all is stored")
    analysed, why = start("analyse", "--once").communicate()
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the web answers")
    assert answers(f"http://127.0.0.1:{port}/lanes/saga")
    taken = start("serve", "--port", port).communicate()[1]
    ended = [end(simulate), end(serve), end(collect)]

    assert (second.returncode, complaint.count("\n")) == (1, 1)
    assert complaint.startswith("lorong: another collector writes to this store")
    assert "values computed" in analysed, why
    assert not analysed.startswith("0 ")
    assert taken.startswith(f"lorong: port {port} on 127.0.0.1 is not free")
    assert ended == [0, 0, 0]
    outboxes = tmp_path / "data" / "nodes"
    expected: Counter[Any] = Counter()
    for name, node in site.nodes.items():
        expected += produced(node, site, outboxes / f"{name}.sqlite", began_ms=began_ms, ended_ms=CLOCK.wall_ms())
    store = open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=CLOCK)
    assert differences(expected, stored(store)) == []
    store.close()


def kept(folder: Path, node: str) -> tuple[bool, int]:
    """Whether a node has read anything, and how many of its rows are not yet stored."""
    path = folder / "data" / "nodes" / f"{node}.sqlite"
    if not path.exists():
        return False, 0
    outbox = Outbox(path)
    found = outbox.produced > 0, outbox.depth_rows
    outbox.close()
    return found


def end(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    process.communicate()
    return process.returncode
