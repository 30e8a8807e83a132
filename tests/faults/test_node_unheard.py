"""A node and the broker's permissions: its own suffice, and one that lacks them notices and says so."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing, contextmanager
from getpass import getuser
from socket import socket
from typing import TYPE_CHECKING, Final

import pytest

from commons.broker import BrokerSettings
from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.rows import Block
from commons.settings import Secret
from commons.topics import Address
from commons.uplink import Uplink
from lorong.broker import nats_server
from sensors.self_report import SelfReport
from store import open_store
from store.settings import StoreSettings
from tests.flow.collecting import collecting
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import MovedClock, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME: Final = Address("makassar", "saga", "saga-n1")
PASSWORD: Final = "of-the-test"  # noqa: S105  # of a broker that lives for one test
NATS: Final = """
server_name: lorong-test
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}" }}
mqtt {{ listen: "127.0.0.1:{port}" }}
authorization {{ users: [
  {{ user: collector, password: of-the-test }}
  {{ user: own, password: of-the-test, permissions: {{
     publish: ["lorong.v1.up.makassar.saga.saga-n1.>"], subscribe: ["lorong.v1.down.makassar.saga.saga-n1.>"] }} }}
  {{ user: mute, password: of-the-test, permissions: {{
     publish: ["lorong.v1.up.makassar.saga.another.>"], subscribe: ["lorong.v1.down.makassar.saga.saga-n1.>"] }} }}
  {{ user: deaf, password: of-the-test, permissions: {{
     publish: ["lorong.v1.up.makassar.saga.saga-n1.>"], subscribe: ["lorong.v1.down.makassar.saga.another.>"] }} }}
] }}
"""
MOSQUITTO: Final = """
listener {port} 127.0.0.1
user {me}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
"""
ACL: Final = """
user collector
topic readwrite #
user own
topic write lorong/v1/up/makassar/saga/saga-n1/#
topic read lorong/v1/down/makassar/saga/saga-n1/#
user mute
topic read lorong/v1/down/makassar/saga/saga-n1/#
user deaf
topic write lorong/v1/up/makassar/saga/saga-n1/#
"""


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: listens(port), "the broker listens")
            yield port
        finally:
            process.terminate()


def listens(port: int) -> bool:
    with closing(socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """A broker that tells one user from another."""
    port = free_port()
    config = tmp_path / "broker.conf"
    if request.param == "nats":
        config.write_text(NATS.format(folder=tmp_path / "jetstream", port=port), "utf-8")
        command = [str(nats_server()), "-c", str(config)]
    else:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        passwords = shutil.which("mosquitto_passwd")
        if program is None or passwords is None:
            pytest.skip("no mosquitto; install it with `apt-get install mosquitto`")
        for number, user in enumerate(("collector", "own", "mute", "deaf")):
            words = [*(["-c"] if number == 0 else []), "-b", str(tmp_path / "passwords"), user, PASSWORD]
            subprocess.run([passwords, *words], check=True)
        (tmp_path / "acl").write_text(ACL, "utf-8")
        config.write_text(MOSQUITTO.format(folder=tmp_path, port=port, me=getuser()), "utf-8")
        command = [program, "-c", str(config)]
    with running(command, port) as started:
        yield started


class Told:
    """A node under a user's name, with a collector that listens; time passes for it when the test says so."""

    def __init__(self, port: int, user: str, folder: Path) -> None:
        self.clock = MovedClock()
        self.outbox = Outbox(folder / "box.sqlite")
        blocks = [Block("soil", [n * 10**9], {"bed": "b1"}, {"moisture": [30.0]}) for n in range(1, 9)]
        self.outbox.put(ME, blocks)
        broker = BrokerSettings(port=port, username=user, password=Secret(PASSWORD))
        self.uplink = Uplink(self.outbox, broker, city=ME.city, node=ME.node, clock=self.clock)
        self.uplink.start()

    def reported(self) -> float:
        """What its next report of itself says of packs that nobody answers."""
        report = SelfReport(self.outbox, origin="measured", uplink=self.uplink)
        (block,) = report.read(self.clock.wall_ms(), None).blocks
        return float(block.fields["unheard"][0] or 0)

    def close(self) -> None:
        self.uplink.stop()
        self.outbox.close()


@pytest.fixture
def node(request: pytest.FixtureRequest, port: int, tmp_path: Path) -> Iterator[Told]:
    """The user is the test's parameter."""
    store = open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=SystemClock())
    broker = BrokerSettings(port=port, username="collector", password=Secret(PASSWORD))
    site = small_site(tmp_path / "site", recorded=0)
    with collecting(store, broker, site, tmp_path / "collector", clock=SystemClock()):
        told = Told(port, request.param, tmp_path)
        yield told
        told.close()
    store.close()


@pytest.mark.parametrize("node", ["own"], indirect=True)
def test_a_node_with_the_permissions_of_its_own_topics_sends_and_hears(node: Told) -> None:
    wait_until(lambda: node.uplink.is_drained, "the outbox is empty")

    assert node.reported() == 0


@pytest.mark.parametrize("node", ["mute"], indirect=True)
def test_a_node_whose_packs_the_broker_drops_in_silence_says_that_it_is_not_heard(
    node: Told, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: node.uplink._taken == 8, "the broker confirms what it drops")
    node.clock.forward(61)
    wait_until(lambda: "not heard" in caplog.text, "the node says so")

    assert node.reported() >= 8
    assert "check permissions and the collector" in caplog.text
    assert node.outbox.depth == 8


@pytest.mark.parametrize("node", ["deaf"], indirect=True)
def test_a_node_that_may_not_hear_answers_keeps_its_packs_and_says_so(
    node: Told, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: node.uplink._taken == 8, "the broker takes the packs")
    if "nats" in request.node.name:  # Mosquitto takes the subscription and gives nothing
        wait_until(lambda: "broker refuses answers" in caplog.text, "the refusal is heard")
    node.clock.forward(61)
    wait_until(lambda: "not heard" in caplog.text, "the node says so")

    assert node.reported() >= 8
    assert node.outbox.depth == 8
