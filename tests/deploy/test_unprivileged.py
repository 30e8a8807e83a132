"""Every role works for a user without rights who may write the data folder only, as units and containers run it."""

from __future__ import annotations

import json
import signal
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.sandbox import Sandbox
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from tests.lorong.test_roles import answers

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from commons.sites import Site

_TRIES = """
import os, pathlib, tempfile
data = pathlib.Path(os.environ["DATA"])
code = os.environ["PYTHONPATH"].partition(os.pathsep)[0] + "/web"
for place in (code, "/etc", "/tmp", "/var/tmp", "/dev/shm", "/root", str(data)):
    try:
        (pathlib.Path(place) / "written").write_text("x")
        print("wrote", place)
    except OSError:
        pass
print("user", os.geteuid(), "groups", os.getgroups())
for line in open("/proc/self/status"):
    if line.startswith(("CapEff", "CapBnd", "NoNewPrivs")):
        print(*line.split())
"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.close()


@pytest.fixture
def site(sandbox: Sandbox) -> Site:
    made = small_site(sandbox.data / "site", history_days=1, recorded=0)
    for path in (sandbox.data / "site").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return made


def test_the_sandbox_is_one(sandbox: Sandbox) -> None:
    if not sandbox.is_whole:
        pytest.skip("not root: the roles run as this user, who may have other rights than theirs")

    said = sandbox.start("-c", _TRIES).communicate()[0].splitlines()

    assert [line for line in said if line.startswith("wrote")] == [f"wrote {sandbox.data}"]
    assert "user 65534 groups []" in said
    assert {"CapEff: 0000000000000000", "CapBnd: 0000000000000000", "NoNewPrivs: 1"} <= set(said)


def test_all_roles_do_their_work_in_it(sandbox: Sandbox, site: Site, nats: Any) -> None:
    port, collector = free_port(), sandbox.data / "collector"
    environ = {
        "LORONG_BROKER__PORT": str(nats.port),
        "LORONG_STORE__URL": f"duckdb:///{sandbox.data}/lorong.duckdb",
        "LORONG_COLLECTOR__DATA": str(collector),
        "LORONG_WEB__ENTRIES": "true",
        "LORONG_WEB__REQUESTS_PER_SECOND": "1000",
        "LORONG_WEB__DATA": str(sandbox.data / "web"),
    }

    def role(*words: object) -> subprocess.Popen[str]:
        return sandbox.start("-m", "lorong", *words, "--city", site.folder, environ=environ)

    code = role("lane", "code", "saga").communicate()[0].strip()
    running = [role("collect")]
    assert running[0].stdout is not None
    assert any("collector listens" in line for line in running[0].stdout)  # what nobody listens to is sent much later
    running += [role("serve", "--port", port), role("simulate", "--data", sandbox.data / "nodes")]
    running.append(role("node", "run", "saga-n1", "--data", sandbox.data / "node"))
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/lanes/saga") or has_ended(running), "the page is served")
    wait_until(lambda: has_soil(port) or has_ended(running), "readings are in the store")
    computed = role("analyse", "--once").communicate()[0]
    said = []
    for process in reversed(running):  # whoever sends goes first, so that nobody waits for a collector that is gone
        process.send_signal(signal.SIGTERM)
        said.append(process.communicate()[0])

    assert [process.returncode for process in running] == [0] * len(running), said
    assert len(code) == 9
    assert "0 failed" in computed
    assert "Traceback" not in "".join(said)
    assert (sandbox.data / "web" / "outbox.sqlite").exists()


def has_ended(running: list[subprocess.Popen[str]]) -> bool:
    """A role that ended by itself, whose words the test then shows."""
    return any(process.poll() is not None for process in running)


def has_soil(port: int) -> bool:
    """Whether a reading of soil can be had from the API."""
    address = f"http://127.0.0.1:{port}/api/v1/read?measurement=soil&limit=1"
    with urllib.request.urlopen(address) as answer:
        return bool(json.load(answer)["rows"])
