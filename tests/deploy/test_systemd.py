"""The systemd units: a user without rights, one folder to write, little to use, and true to the code."""

from __future__ import annotations

import configparser
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lorong.commands import COMMANDS, command

if TYPE_CHECKING:
    from collections.abc import Callable

_SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
_UNITS = sorted({*_SYSTEMD.glob("lorong-*.service")} - {_SYSTEMD / "lorong-broker.service"})
_EXPOSURE = 2.0  # systemd's own scale ends at 10; below 3 it says OK

each_unit = pytest.mark.parametrize("path", _UNITS, ids=[path.stem for path in _UNITS])


class Unit(configparser.ConfigParser):
    """A systemd unit's sections; its keys keep their case and `%` and `$` mean nothing here."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None, strict=False)
        self.read(path, "utf-8")

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def test_there_is_a_unit_a_role() -> None:
    assert [path.stem for path in _UNITS] == [
        "lorong-analyse",
        "lorong-collect",
        "lorong-devices",
        "lorong-node",
        "lorong-serve",
    ]


@each_unit
def test_a_unit_starts_a_command_there_is_with_options_it_has(path: Path) -> None:
    program, *words = Unit(path)["Service"]["ExecStart"].split()

    group = words.pop(0) if words[0] in COMMANDS else ""
    options = [word.removeprefix("--") for word in words if word.startswith("--")]
    assert program == "/opt/lorong/bin/lorong"
    assert set(options) <= set(inspect.signature(command(group, words[0])).parameters)


@each_unit
def test_a_unit_always_comes_back_and_may_do_little(path: Path) -> None:
    unit = Unit(path)

    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Service"]["User"] == "lorong"
    assert unit["Service"]["ProtectSystem"] == "strict"
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Service"]["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("name", ["lorong-node", "lorong-devices"])
def test_what_may_hang_on_a_device_is_watched(name: str) -> None:
    assert Unit(_SYSTEMD / f"{name}.service")["Service"]["WatchdogSec"] == "120"


def test_a_node_may_reach_its_devices() -> None:
    service = Unit(_SYSTEMD / "lorong-node.service")["Service"]

    assert not {"PrivateDevices", "ProtectClock", "DevicePolicy"} & set(service)


@each_unit
def test_a_unit_may_use_so_much_and_write_its_data_only(path: Path) -> None:
    service = Unit(path)["Service"]

    calls = [line for line in path.read_text("utf-8").splitlines() if line.startswith("SystemCallFilter=")]
    assert calls[:2] == ["SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources"]
    assert [service[name] for name in ("MemoryDenyWriteExecute", "PrivateTmp", "ProtectHome")] == ["yes"] * 3
    assert service["RestrictAddressFamilies"] == "AF_UNIX AF_INET AF_INET6"
    assert service["MemoryMax"] in ("256M", "2G")
    assert service["TasksMax"] == "256"
    assert (service["StateDirectory"], service["WorkingDirectory"]) == ("lorong", "/var/lib/lorong")
    assert service["NoExecPaths"] == "/var/lib/lorong"
    assert not {"ReadWritePaths", "ReadWriteDirectories", "BindPaths"} & set(service)


@each_unit
def test_systemd_finds_little_that_a_unit_could_do_without(path: Path, program: Callable[[str, str], str]) -> None:
    analyze = program("systemd-analyze", "systemd")
    words = [analyze, "security", "--offline=true", "--no-pager", str(path)]

    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout

    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) < _EXPOSURE


@each_unit
def test_systemd_understands_the_unit(path: Path, tmp_path: Path, program: Callable[[str, str], str]) -> None:
    analyze = program("systemd-analyze", "systemd")
    unit = tmp_path / path.name
    unit.write_text(path.read_text("utf-8").replace("/opt/lorong/bin/lorong", sys.executable), "utf-8")

    ran = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
