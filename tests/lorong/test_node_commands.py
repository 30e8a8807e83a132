"""A node's login, from `lorong node add` to a reading in the store over TLS, and who may know it."""

from __future__ import annotations

import os
import pty
import re
import stat
import subprocess
import sys
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from commons.clock import SystemClock
from commons.outbox import Outbox
from commons.settings import Secret
from deploy import secrets
from deploy.broker import certificates
from deploy.broker.certificates import shown_at
from lorong import qr
from lorong.joining import Joining, read_line
from lorong.settings import load
from store import open_store
from store.settings import StoreSettings
from tests.deploy.peers import Peer
from tests.deploy.shipped import Shipped, shipped
from tests.flow.small_site import differences, produced, small_site, stored
from tests.flow.waiting import wait_until
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from commons.sites import Site

CLOCK = SystemClock()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path / "site", recorded=0)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The folder that `make secrets` makes."""
    secrets.make(tmp_path / "secrets", ["broker.example"])
    return tmp_path / "secrets"


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shipped]:
    """Each broker, as it is shipped, with its secrets in the folder of the test."""
    binary = ""
    if request.param == "mosquitto":
        binary = request.getfixturevalue("mosquitto").command[0]
    with shipped(str(request.param), tmp_path / "secrets", binary) as started:
        yield started


def joining(file: Path) -> Joining:
    """What a node's settings file says."""
    settings = load(file, {})
    broker = settings.broker
    return Joining(broker.host, broker.port, settings.node.entry(), broker.password, broker.ca)


def test_an_added_node_gets_a_file_for_itself_alone(lorong: Any, site: Site, made: Path) -> None:
    said = lorong("node", "add", "n7", "saga", "simulated", "seed=7", "--city", site.folder)

    file = made / "nodes" / "makassar.n7.toml"
    settings = load(file, {})
    password = settings.broker.password.reveal()
    assert said.code == 0, said.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (settings.broker.host, settings.broker.port) == ("broker.example", 8883)
    assert settings.broker.username == "makassar.n7"
    assert settings.broker.tls_context() is not None
    assert settings.node.entry() == type(site)(site.folder).nodes["n7"]
    assert f'user: "makassar.n7", password: "{password}"' in (made / "broker" / "nats-users.conf").read_text("utf-8")
    assert password not in said.out + said.err + repr(settings) + repr(joining(file)) + repr(joining(file).line())
    assert "▄" not in said.out  # a QR code where no person looks would stay in a log
    assert str(file.relative_to(made.parent)) in said.out
    assert "docker compose kill -s HUP broker" in said.out


def test_the_qr_code_is_for_a_person_at_a_terminal_and_says_what_the_file_says(site: Site, made: Path) -> None:
    command = [*LORONG, "node", "add", "n7", "saga", "simulated", "--city", str(site.folder)]
    terminal, end = pty.openpty()
    ran = subprocess.Popen(
        command, cwd=made.parent, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=end, stderr=end
    )
    os.close(end)
    said = b""
    while part := _read(terminal):
        said += part
    os.close(terminal)

    assert ran.wait() == 0, said
    drawn = qr.drawn(joining(made / "nodes" / "makassar.n7.toml").line())
    assert drawn.strip() in said.decode().replace("\r\n", "\n")


def test_without_segno_the_file_still_tells_all(lorong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)

    assert qr.drawn(Secret("x")) == "(no QR code: segno is not installed; take the file)"


def test_rotation_changes_one_password_and_removal_takes_all_of_a_node_away(
    lorong: Any, site: Site, made: Path
) -> None:
    table = site.folder / "nodes.csv"
    before = table.read_bytes()
    for node in ("n7", "n8"):
        lorong("node", "add", node, "saga", "simulated", "--city", site.folder)
    first, other = (joining(made / "nodes" / f"makassar.{node}.toml").password for node in ("n7", "n8"))

    rotated = lorong("node", "rotate", "n7", "--city", site.folder)
    second = joining(made / "nodes" / "makassar.n7.toml").password
    users = (made / "broker" / "nats-users.conf").read_text("utf-8")
    assert rotated.code == 0, rotated.err
    assert [secret.reveal() in users for secret in (first, second, other)] == [False, True, True]

    removed = [lorong("node", "remove", node, "--city", site.folder) for node in ("n7", "n8")]
    assert [said.code for said in removed] == [0, 0], removed
    assert table.read_bytes() == before
    assert list((made / "nodes").iterdir()) == []
    everything = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert not [secret for secret in (first, second, other) if secret.reveal().encode() in everything]
    assert "makassar.saga.n8" not in (made / "broker" / "nats-users.conf").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["add", "web", "saga", "simulated"], "node 'web' is what Lorong itself sends as"),
        (["add", "import", "kota", "simulated"], "node 'import' is what Lorong itself sends as"),
        (["rotate", "saga-n9"], "node 'saga-n9' is unknown; did you mean saga-n1?"),
        (["remove", "saga-n9"], "node 'saga-n9' is unknown; did you mean saga-n1?"),
        (["rotate", "saga-n1", "--secrets", "none"], "folder 'none' holds no broker's secrets; run `make secrets`"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    lorong: Any, site: Site, made: Path, words: list[str], complaint: str
) -> None:
    before = (site.folder / "nodes.csv").read_bytes()

    said = lorong("node", *words, "--city", site.folder)

    assert (said.code, (site.folder / "nodes.csv").read_bytes()) == (2, before)
    assert complaint in said.err


def test_without_secrets_a_node_is_added_and_told_how_to_get_a_password(lorong: Any, site: Site) -> None:
    said = lorong("node", "add", "n7", "saga", "simulated", "--city", site.folder)
    removed = lorong("node", "remove", "n7", "--city", site.folder)

    assert (said.code, removed.code) == (0, 0)
    assert "`make secrets`, then: lorong node rotate n7" in said.out


def test_a_line_joins_only_the_broker_that_it_is_for(
    lorong: Any, broker: Shipped, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--city", site.folder, "--port", broker.port, "--pid-file", broker.pid_file)
    added = lorong("node", "add", "n7", "saga", "simulated", "seed=7", *options)
    file = broker.folder / "nodes" / "makassar.n7.toml"
    line = joining(file).line()

    joined = _given(lorong, monkeypatch, line.reveal(), "--settings", "box.toml")
    again = _given(lorong, monkeypatch, line.reveal(), "--settings", "box.toml")
    spoilt = _given(lorong, monkeypatch, line.reveal()[:60], "--settings", "spoilt.toml")
    certificates.make_authority(tmp_path / "ca.key", tmp_path / "ca.crt")
    other = Joining(
        "127.0.0.1", broker.port, joining(file).entry, Secret("p"), (tmp_path / "ca.crt").read_text("ascii")
    )
    strange = _given(lorong, monkeypatch, other.line().reveal(), "--settings", "strange.toml")

    assert "the broker reads its users anew" in added.out
    assert joined.code == 0, joined.err
    assert (tmp_path / "box.toml").read_text("utf-8") == file.read_text("utf-8")
    assert stat.S_IMODE((tmp_path / "box.toml").stat().st_mode) == 0o600
    assert "is there already" in again.err
    assert "is no line of `lorong node add`" in spoilt.err
    assert f"who answers at 127.0.0.1:{broker.port} is not the broker of this line" in strange.err
    assert not (tmp_path / "spoilt.toml").exists()
    assert not (tmp_path / "strange.toml").exists()
    assert read_line(line, shown_at).settings() == joining(file).settings()
    assert joining(file).password.reveal() not in "".join(said.out + said.err for said in (joined, again, spoilt))


def test_a_node_sends_over_tls_with_its_own_login_as_long_as_that_holds(
    lorong: Any, broker: Shipped, site: Site, tmp_path: Path
) -> None:
    city, pid_file, began_ms = ("--city", site.folder), ("--pid-file", broker.pid_file), CLOCK.wall_ms()
    driver = ("simulated", "history_days=1", "seed=7")
    lorong("node", "add", "n7", "saga", *driver, *city, "--port", broker.port, *pid_file)
    file, first = broker.folder / "nodes" / "makassar.n7.toml", tmp_path / "first.toml"
    first.write_bytes(file.read_bytes())

    with running("collector", ("collect", *city), tmp_path, collector_of(broker, tmp_path)) as collector:
        wait_until(lambda: "collector listens" in collector.read_text("utf-8"), "the collector listens")
        with running("first", ("node", "run", "--settings", first, *city, "--data", "a"), tmp_path):
            wait_until(lambda: kept(tmp_path / "a") == (True, 0), "all is stored")
        lorong("node", "rotate", "n7", *city, "--port", broker.port, *pid_file)
        with running("old", ("node", "run", "--settings", first, *city, "--data", "b"), tmp_path) as old:
            wait_until(lambda: "broker refuses the uplink" in old.read_text("utf-8"), "the old password is refused")
            assert kept(tmp_path / "b") != (True, 0)
        with running("new", ("node", "run", "--settings", file, *city, "--data", "b"), tmp_path):
            wait_until(lambda: kept(tmp_path / "b") == (True, 0), "all is stored")
        passwords = [load(path, {}).broker.password.reveal() for path in (first, file)]
        last = tmp_path / "last.toml"
        last.write_bytes(file.read_bytes())
        lorong("node", "remove", "n7", *city, *pid_file)
        with running("removed", ("node", "run", "--settings", last, *city, "--data", "c"), tmp_path) as removed:
            wait_until(lambda: "broker refuses the uplink" in removed.read_text("utf-8"), "it is let in no longer")

    entry = load(last, {}).node.entry()
    expected = produced(entry, site, tmp_path / "b" / "n7.sqlite", began_ms=began_ms, ended_ms=CLOCK.wall_ms())
    store = open_store(StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb"), clock=CLOCK)
    assert differences(expected, stored(store)) == []
    store.close()
    passwords.append((broker.folder / "broker-collector-password").read_text("utf-8").strip())
    logs = broker.log + "".join(path.read_text("utf-8") for path in tmp_path.glob("*.log"))
    assert not [password for password in passwords if password in logs]


def test_doctor_says_how_long_the_certificate_holds_and_logs_nobody_out(
    lorong: Any, broker: Shipped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in collector_of(broker, tmp_path).items():
        monkeypatch.setenv(name, value)
    with Peer(broker.role("collector"), "collector") as collector:
        healthy = lorong("doctor")
        server = broker.folder / "broker" / "server.key", broker.folder / "broker" / "server.crt"
        authority = broker.folder / "ca.key", broker.folder / "broker-ca.crt"
        certificates.make_server(*server, ["127.0.0.1"], authority=authority, days=10)
        broker.reload()
        soon = lorong("doctor")
        monkeypatch.setenv("LORONG_BROKER__HOST", "localhost")
        other = lorong("doctor")
        assert not collector.is_gone

    assert f"good   broker: answers at 127.0.0.1:{broker.port}, its certificate is good for 82" in healthy.out
    assert re.search("its certificate ends in (9|10) days; run `make secrets` and reload it", soon.out)
    assert "is not the broker that [broker] ca vouches for" in other.out
    assert (healthy.code, soon.code, other.code) == (0, 1, 1)


def collector_of(broker: Shipped, folder: Path) -> dict[str, str]:
    """The environment of a collector that writes to a store in a folder."""
    return {
        "LORONG_BROKER__PORT": str(broker.port),
        "LORONG_BROKER__TLS": "true",
        "LORONG_BROKER__CA": broker.ca,
        "LORONG_BROKER__USERNAME": "collector",
        "LORONG_BROKER__PASSWORD_FILE": str(broker.folder / "broker-collector-password"),
        "LORONG_STORE__URL": f"duckdb:///{folder}/lorong.duckdb",
    }


@contextmanager
def running(
    name: str, words: Sequence[object], folder: Path, environ: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Path]:
    """A role in a process of its own; what it logs, in a file."""
    log = folder / f"{name}.log"
    command = [*LORONG, *map(str, words), "--log", "DEBUG"]
    every = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    with (
        log.open("wb") as lines,
        subprocess.Popen(command, cwd=folder, env=every, stdout=lines, stderr=lines) as process,
    ):
        try:
            yield log
        finally:
            process.kill()


def kept(folder: Path) -> tuple[bool, int]:
    """Whether the node has read anything, and how many of its rows are not yet stored."""
    if not (folder / "n7.sqlite").exists():
        return False, 0
    outbox = Outbox(folder / "n7.sqlite")
    found = outbox.produced > 0, outbox.depth_rows
    outbox.close()
    return found


def _given(lorong: Any, monkeypatch: pytest.MonkeyPatch, line: str, *words: object) -> Any:
    """`lorong node join`, told a line on standard input."""
    reader, writer = os.pipe()
    os.write(writer, f"{line}\n".encode())
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as given:
        monkeypatch.setattr(sys, "stdin", given)
        return lorong("node", "join", *words)


def _read(terminal: int) -> bytes:
    """What a terminal shows next; nothing when whoever wrote to it has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
