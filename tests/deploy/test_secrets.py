"""Secrets are drawn once, differ from each other, and are shown to nobody."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from commons.errors import SettingsError
from commons.settings import Secret
from commons.topics import Address
from deploy.broker import certificates
from deploy.broker.registry import Registry
from deploy.broker.users import DEVICES, ROLES, name_of, role_users
from deploy.secrets import make

_ROOT = Path(__file__).parents[2]


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_every_password_is_long_and_no_two_are_alike(tmp_path: Path) -> None:
    make(tmp_path / "secrets")

    drawn = [
        text.strip() for name, text in _texts(tmp_path / "secrets").items() if name.endswith(("password", "token"))
    ]
    assert len(drawn) == 9
    assert len(set(drawn)) == 9
    assert min(map(len, drawn)) >= 40


def test_what_is_there_stays_and_what_is_missing_is_drawn(tmp_path: Path) -> None:
    make(tmp_path)
    before = _texts(tmp_path)
    (tmp_path / "influxdb-token").unlink()

    made = make(tmp_path)

    assert [path.name for path in made] == ["influxdb-token"]
    after = _texts(tmp_path)
    assert after.pop("influxdb-token") != before.pop("influxdb-token")
    assert after == before


def test_nobody_else_on_the_host_may_enter_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)

    make(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_files_can_be_read_by_the_users_of_containers_and_written_by_none(tmp_path: Path) -> None:
    before = os.umask(0o077)
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in make(tmp_path)}
    os.umask(before)

    assert made.pop("ca.key") == 0o600
    assert set(made.values()) == {0o444}
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "broker-nodes.csv").stat().st_mode) == 0o600


def test_the_broker_users_have_the_passwords_that_the_services_get(tmp_path: Path) -> None:
    make(tmp_path)

    texts = _texts(tmp_path)
    for user in set(ROLES) - {DEVICES}:  # nobody listens where no device stands in the table
        password = texts[f"broker-{user}-password"].strip()
        assert f'user: "{user}", password: "{password}"' in texts["nats-users.conf"]
        assert password not in texts["mosquitto-passwords"]


def test_a_node_gets_a_password_that_lasts_until_it_is_given_another_or_removed(tmp_path: Path) -> None:
    make(tmp_path)
    registry = Registry(tmp_path, [])
    kept, changed = Address("makassar", "saga", "kept"), Address("makassar", "saga", "changed")
    first = registry.put(changed)
    password = registry.put(kept)

    second = registry.put(changed)
    make(tmp_path)
    users = _texts(tmp_path)["nats-users.conf"]
    assert second != first
    assert first.reveal() not in users
    assert {second.reveal() in users, password.reveal() in users} == {True}

    assert registry.remove(changed)
    assert not registry.remove(changed)
    left = "".join(_texts(tmp_path).values())
    assert "makassar.changed" not in left
    assert second.reveal() not in left
    assert password.reveal() in left


def test_two_who_add_nodes_at_once_lose_none(tmp_path: Path) -> None:
    make(tmp_path)
    command = (
        "import sys; from pathlib import Path; from commons.topics import Address; from deploy.broker.registry import"
    )
    command += (
        " Registry; [Registry(Path(), []).put(Address('makassar', 'saga', f'{sys.argv[1]}{n}')) for n in range(20)]"
    )
    adding = [
        subprocess.Popen([sys.executable, "-c", command, name], cwd=tmp_path, env={"PYTHONPATH": str(_ROOT)})
        for name in ("a", "b", "c")
    ]

    assert [process.wait() for process in adding] == [0, 0, 0]
    assert _texts(tmp_path)["nats-users.conf"].count('user: "makassar.') == 60


def test_a_city_without_simulated_lanes_lets_nobody_play_them() -> None:
    """An empty list of what is allowed would allow everything on NATS."""
    users = role_users({role: Secret("p") for role in ROLES}, [])

    assert [user.name for user in users] == ["collector", "web", "office"]
    assert all(user.writes and user.reads for user in users)


def test_two_cities_have_no_user_in_common() -> None:
    assert name_of(Address("a-b", "x", "c")) != name_of(Address("a", "x", "b-c"))


def test_a_certificate_names_every_host_and_holds_under_the_strictest_check(tmp_path: Path) -> None:
    make(tmp_path, ["10.1.2.3", "broker.example"])
    server = tmp_path / "broker" / "server.crt"

    shown = _openssl("x509", "-in", server, "-noout", "-ext", "subjectAltName")
    strict = _openssl("verify", "-x509_strict", "-CAfile", tmp_path / "broker-ca.crt", server)

    for name in ("IP Address:10.1.2.3", "DNS:broker.example", "DNS:broker", "DNS:localhost", "IP Address:127.0.0.1"):
        assert name in shown
    assert strict.endswith("OK\n")


def test_a_certificate_that_soon_ends_is_renewed_and_nodes_need_nothing_new(tmp_path: Path) -> None:
    make(tmp_path, ["10.1.2.3"])
    before = _texts(tmp_path)
    authority = tmp_path / "ca.key", tmp_path / "broker-ca.crt"
    server = tmp_path / "broker" / "server.key", tmp_path / "broker" / "server.crt"
    certificates.make_server(*server, ["10.1.2.3"], authority=authority, days=certificates.RENEW_DAYS - 1)
    assert certificates.ends_within(server[1], certificates.RENEW_DAYS)

    made = make(tmp_path)

    after = _texts(tmp_path)
    assert sorted(path.name for path in made) == ["broker-hosts", "server.crt", "server.key"]
    assert not certificates.ends_within(server[1], 800)
    assert "IP Address:10.1.2.3" in _openssl("x509", "-in", server[1], "-noout", "-ext", "subjectAltName")
    assert {name for name in after if after[name] != before[name]} == {"server.crt", "server.key"}


def test_a_host_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="host 'broker:8883' is no host name"):
        make(tmp_path, ["broker:8883"])


def test_the_command_says_names_and_no_secret(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.secrets"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "influxdb-token" in ran.stdout
    said = ran.stdout + ran.stderr
    assert not [name for name, text in _texts(tmp_path / "secrets").items() if text and text.strip() in said]


def _openssl(*words: object) -> str:
    program = shutil.which("openssl")
    assert program is not None
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True).stdout
