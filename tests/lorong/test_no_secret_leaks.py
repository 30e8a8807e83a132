"""No secret is seen anywhere: not in a log, a page, a header, a metric, a report, a reject, a repr or a traceback."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import traceback
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from commons.settings import Secret
from lorong.settings import load
from tests.flow.ports import free_port
from tests.flow.small_site import small_site
from tests.flow.waiting import wait_until
from tests.lorong.running import LORONG, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ZEBRA = "zebra-password-QX7"
MISTAKEN = "heron-password-QX8"
OTTER = "otter-token-QX9"
SECRETS = (ZEBRA, MISTAKEN, OTTER, "token-of-the-tests")
PAGES = (
    "/", "/lanes/saga", "/prices", "/health", "/sources", "/api", "/metrics", "/healthz", "/api/v1/measurements",
    "/api/v1/indicators", "/api/v1/latest?measurement=air", "/api/v1/read?measurement=air&format=csv", "/nowhere",
    "/api/v1/read?measurement=ledger", "/api/v1/read?measurement=lease", f"/api/v1/read?measurement={ZEBRA[:5]}",
    "/api/v1/openapi.json", "/openapi.json", "/lanes/%00", "/static/style.css", "/api/v1/read",
)  # fmt: skip


@dataclass
class Roles:
    """Roles as processes of their own, with what each said in a file.

    Args:
        folder: Where they work.
        environ: What all of them know.
    """

    folder: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: object, **more: str) -> Path:
        """Start a role; the file of all that it says."""
        said = self.folder / f"said-{len(self.started)}"
        command = [*LORONG, *map(str, words)]
        with said.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=self.folder, env={**self.environ, **more}, stdout=out, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return said

    def ends(self, *words: object, **more: str) -> str:
        """Run a command to its end; what it said."""
        said = self.start(*words, **more)
        self.started[-1].wait(120)
        return said.read_text("utf-8")

    def stop(self) -> None:
        """End whatever still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def roles(tmp_path: Path, new_nats: Callable[[], Any], influx: Any) -> Iterator[Roles]:
    """A broker that asks for a password, a store that asks for a token, and roles that have both, one in a file."""
    small_site(tmp_path / "site", lanes=("saga",), history_days=1)
    broker = new_nats()
    broker.stop()
    with (broker.folder / "server.conf").open("a") as config:
        config.write(f'authorization {{ user: "lorong", password: "{ZEBRA}" }}\n')
    broker.start()
    store = influx.settings()
    (tmp_path / "token").write_text(f"{store.token.reveal()}\n", "utf-8")
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LORONG_BROKER__PORT": str(broker.port),
        "LORONG_BROKER__USERNAME": "lorong",
        "LORONG_BROKER__PASSWORD": ZEBRA,
        "LORONG_STORE__URL": store.url,
        "LORONG_STORE__ORG": store.org,
        "LORONG_STORE__TOKEN_FILE": str(tmp_path / "token"),
        "LORONG_STORE__BUCKET_RAW": store.bucket_raw,
        "LORONG_STORE__BUCKET_KEEP": store.bucket_keep,
    }
    found = Roles(tmp_path, environ)
    yield found
    found.stop()
    broker.stop()


def test_no_role_shows_a_secret_at_work_or_in_trouble(roles: Roles, tmp_path: Path) -> None:
    city, port = tmp_path / "site", free_port()
    collect = roles.start("collect", "--city", city, "--log", "DEBUG")
    wait_until(lambda: "collector listens" in collect.read_text("utf-8"), "the collector listens")
    roles.start("simulate", "--city", city, "--log", "DEBUG")
    roles.start("node", "run", "saga-r1", "--city", city, "--data", tmp_path / "node", "--log", "DEBUG")
    roles.start("serve", "--city", city, "--port", port, "--log", "DEBUG")
    wait_until(lambda: fetched(port, "/healthz")[0] == 200, "the web answers")
    send_rubbish(roles)
    heard = [fetched(port, page)[1] for page in PAGES]
    heard += [roles.ends(*words) for words in commands(city)]
    arguments = [command_line(process.pid) for process in roles.started]
    heard += trouble(roles, city)
    roles.stop()

    name = (tmp_path / "data" / "collector" / "identity").read_text("utf-8").strip()
    assert any(" WARNING " in text for text in heard)
    assert sum("holds a name or password" in text for text in heard) == 14
    for secret in (*SECRETS, name):
        assert [text for text in (*heard, *arguments) if secret in text] == []
        kept = KEPT_IN.get(secret, []) if secret != name else ["data/collector/identity"]
        assert files_with(secret, tmp_path) == kept


KEPT_IN = {ZEBRA: ["broker-0/server.conf"], "token-of-the-tests": ["token"]}
"""Where a secret is kept on purpose."""


def commands(city: Path) -> list[tuple[object, ...]]:
    """What an operator asks for, as each comes out."""
    return [
        ("doctor", "--city", city),
        ("analyse", "--once", "--city", city, "--log", "DEBUG"),
        ("query", "air"),
        ("query", "lease", "--start", "1970-01-01"),
        ("query", "ledger", "--start", "1970-01-01"),
        ("query", "nothing-like-this"),
        ("rejects", "list"),
        ("store", "--help"),
    ]


def trouble(roles: Roles, city: Path) -> list[str]:
    """Wrong secrets, nobody there, settings that cannot be used: what is said then."""
    settings = roles.folder / "settings.toml"
    said: list[str] = []
    for text in (
        f'[broker]\npassword = "{MISTAKEN}"\npasword = "{MISTAKEN}"\n',
        f'[store]\ntoken = "{OTTER}"\ntoken = "{OTTER}"\n',
        f'[store]\ntoken = "{OTTER}\n',
        f'[store]\ntoken = ["{OTTER}"]\nsecret = "{OTTER}"\n',
        f'[brokr]\npassword = "{MISTAKEN}"\n',
    ):
        settings.write_text(text, "utf-8")
        said.append(roles.ends("doctor", "--city", city, "--settings", settings))
    settings.unlink()
    wrong_token = {"LORONG_STORE__TOKEN": OTTER}
    del roles.environ["LORONG_STORE__TOKEN_FILE"]
    said.append(roles.ends("doctor", "--city", city, **wrong_token))
    said.append(roles.ends("query", "air", **wrong_token))
    said.append(roles.ends("analyse", "--once", "--city", city, **wrong_token))
    said.append(roles.ends("doctor", "--city", city, LORONG_STORE__URL="influxdb://127.0.0.1:1", **wrong_token))
    said.append(roles.ends("doctor", "--city", city, LORONG_STORE__URL="postgres://x", **wrong_token))
    for url in (f"postgres://me:{OTTER}@db/x", f"postgres://me:a/{OTTER}@db", f"influxdb://{OTTER}@[db", f"x?{OTTER}"):
        said.append(roles.ends("doctor", "--city", city, LORONG_STORE__URL=url))
        said.append(roles.ends("collect", "--city", city, LORONG_STORE__URL=url))
    for host in (f"mqtts://lorong:{MISTAKEN}@broker", f"lorong:{MISTAKEN}@127.0.0.1"):
        said.append(roles.ends("doctor", "--city", city, LORONG_BROKER__HOST=host))
        said.append(roles.ends("simulate", "--city", city, LORONG_BROKER__HOST=host))
    tokens = "--token-file", roles.folder / "token", "--store-token-file", roles.folder / "token"
    addresses = (f"http://admin:{OTTER}@127.0.0.1:1",), ("http://127.0.0.1:1", "--store-url", f"http://{OTTER}@db")
    said += [roles.ends("grafana", "push", *words, *tokens) for words in addresses]
    said.append(roles.ends("doctor", "--city", city, LORONG_STORE__TOKEN_FILE="/nowhere"))  # noqa: S106  # a path, and none
    elsewhere = {"LORONG_COLLECTOR__DATA": "elsewhere", **wrong_token}
    for more in ({"LORONG_BROKER__PASSWORD": MISTAKEN}, {"LORONG_BROKER__PORT": "1"}):
        waiting = roles.start("simulate", "--city", city, "--data", "other-nodes", "--log", "DEBUG", **more)
        wait_until(partial(complains, waiting), "the uplink complains")
        said.append(waiting.read_text("utf-8"))
        roles.started[-1].kill()
    waiting = roles.start("collect", "--city", city, "--log", "DEBUG", **elsewhere)
    wait_until(partial(complains, waiting), "the collector complains")
    return [*said, waiting.read_text("utf-8")]


def test_settings_never_show_a_secret_however_they_are_printed(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(OTTER, "utf-8")
    settings = load(None, {"LORONG_BROKER__PASSWORD": ZEBRA, "LORONG_STORE__TOKEN_FILE": str(tmp_path / "token")})
    with pytest.raises(TypeError) as caught:
        orjson.dumps({"broker": settings.broker, "store": settings.store})
    trace = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()

    shown = (repr(settings), str(settings.broker.password), f"{settings.store.token!s:>9}", f"{Secret(ZEBRA)}", *trace)
    assert (settings.broker.password.reveal(), settings.store.token.reveal()) == (ZEBRA, OTTER)
    assert [text for text in shown if any(secret in text for secret in SECRETS)] == []


def complains(said: Path) -> bool:
    """Whether a role has logged that something is wrong."""
    return any(level in said.read_text("utf-8") for level in (" WARNING ", " ERROR "))


def send_rubbish(roles: Roles) -> None:
    """A message for the rejects."""
    table = roles.folder / "table.csv"
    table.write_text("time,bed,moisture\n2026-11-20T00:00:00+08:00,,not a number\n", "utf-8")
    roles.ends("import", table, "soil", "--city", roles.folder / "site")


def fetched(port: int, path: str) -> tuple[int, str]:
    """The status, and everything that comes with it: headers, cookies, text."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("GET", path, headers={"Authorization": "Bearer nobody", "Cookie": "code=nobody"})
        answer = link.getresponse()
        return answer.status, f"{answer.getheaders()}\n{answer.read().decode('utf-8', 'replace')}"
    except OSError:
        return 0, ""
    finally:
        link.close()


def files_with(secret: str, folder: Path) -> list[str]:
    """The files in which a secret stands."""
    ours = [path for path in folder.rglob("*") if path.is_file() and "jetstream" not in path.parts]  # not the broker's
    return sorted(str(path.relative_to(folder)) for path in ours if secret.encode() in path.read_bytes())


def command_line(pid: int) -> str:
    """What everybody on the machine may read of a process."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as line:  # noqa: PTH123  # a file of the kernel's
            return line.read()
    except OSError:
        return ""
