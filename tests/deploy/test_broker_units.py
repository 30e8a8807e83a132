"""The brokers' systemd units: little to use, and true to the brokers' configurations."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.broker.reload import PID_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

_DEPLOY = Path(__file__).parents[2] / "deploy"
_UNIT = _DEPLOY / "systemd" / "lorong-broker.service"
_DEBIANS = """[Service]
ExecStartPre=/bin/chown mosquitto /run/mosquitto
ExecStart={program} -c /etc/mosquitto/mosquitto.conf
"""
_SHOWN = "/etc/lorong/secrets/broker:/etc/lorong/broker"


def _settings(path: Path) -> dict[str, str]:
    """A unit's settings by name; of one that is given twice, the last."""
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))


def test_natss_unit_and_its_configuration_agree_on_folders_and_lorong_finds_its_process() -> None:
    unit, config = _settings(_UNIT), (_DEPLOY / "broker" / "nats.conf").read_text("utf-8")

    assert f'store_dir: "/var/lib/{unit["StateDirectory"]}"' in config
    assert _SHOWN in unit["BindReadOnlyPaths"].split()
    assert unit["ExecStart"].endswith(f"--pid {PID_FILE}")
    assert f"/run/{unit['RuntimeDirectory']}" == str(PID_FILE.parent)
    assert f"u {unit['User']} " in (_DEPLOY / "systemd" / "lorong.sysusers").read_text("utf-8")


def test_mosquittos_unit_and_its_configuration_agree_on_folders() -> None:
    unit, config = _settings(_UNIT.with_name("mosquitto.service.d.conf")), _DEPLOY / "broker" / "mosquitto.conf"

    assert unit["BindReadOnlyPaths"] == _SHOWN
    assert f"persistence_location /var/lib/{unit['StateDirectory']}/" in config.read_text("utf-8")
    assert f"pid_file /run/{unit['RuntimeDirectory']}/" in config.read_text("utf-8")


def test_a_brokers_unit_always_comes_back_and_may_do_little() -> None:
    for path in (_UNIT, _UNIT.with_name("mosquitto.service.d.conf")):
        unit = _settings(path)
        assert (unit["Restart"], unit["ProtectSystem"], unit["CapabilityBoundingSet"]) == ("always", "strict", "")
        assert {unit[name] for name in ("NoNewPrivileges", "PrivateDevices", "PrivateTmp", "ProtectHome")} == {"yes"}
        assert unit["User"] not in ("", "root")


def test_systemd_finds_little_that_the_unit_could_do_without(program: Callable[[str, str], str]) -> None:
    analyze = program("systemd-analyze", "systemd")
    words = [analyze, "security", "--offline=true", "--no-pager", str(_UNIT)]

    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout

    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) < 2


def test_systemd_understands_the_unit(tmp_path: Path, program: Callable[[str, str], str]) -> None:
    unit = tmp_path / _UNIT.name
    unit.write_text(_UNIT.read_text("utf-8").replace("/usr/bin/nats-server", sys.executable), "utf-8")

    assert _complaints(unit, program) == ""


def test_systemd_understands_what_is_added_to_mosquittos_unit(
    tmp_path: Path, program: Callable[[str, str], str]
) -> None:
    unit = tmp_path / "mosquitto.service"
    unit.write_text(_DEBIANS.format(program=program("mosquitto", "mosquitto")), "utf-8")
    (tmp_path / "mosquitto.service.d").mkdir()
    added = _UNIT.with_name("mosquitto.service.d.conf").read_text("utf-8")
    (tmp_path / "mosquitto.service.d" / "lorong.conf").write_text(added, "utf-8")

    assert _complaints(unit, program) == ""


def _complaints(unit: Path, program: Callable[[str, str], str]) -> str:
    words = [program("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    return ran.stderr if ran.returncode == 0 else f"{ran.returncode}: {ran.stderr}"
