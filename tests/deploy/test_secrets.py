"""Secrets are drawn once, differ from each other, and are shown to nobody."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

from deploy.secrets import make

_ROOT = Path(__file__).parents[2]


def _texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_every_password_is_long_and_no_two_are_alike(tmp_path: Path) -> None:
    make(tmp_path / "secrets")

    drawn = [
        text.strip() for name, text in _texts(tmp_path / "secrets").items() if name.endswith(("password", "token"))
    ]
    assert len(drawn) == 7
    assert len(set(drawn)) == 7
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
    made = make(tmp_path)

    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o444}


def test_the_broker_users_have_the_passwords_that_the_services_get(tmp_path: Path) -> None:
    make(tmp_path)

    texts = _texts(tmp_path)
    for user in ("collector", "nodes", "web"):
        password = texts[f"broker-{user}-password"].strip()
        assert f'user: "{user}", password: "{password}"' in texts["nats-users.conf"]
        assert password not in texts["mosquitto-passwords"]


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
    assert not [name for name, text in _texts(tmp_path / "secrets").items() if text.strip() in said]
