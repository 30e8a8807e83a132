"""The diary in a node's process: off unless a port is named, and then it costs nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from commons.errors import SettingsError, UnknownNameError
from diary.settings import DiarySettings
from lorong.settings import load
from tests.lorong.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_node_without_the_page_loads_no_web_server() -> None:
    servers = {"starlette", "uvicorn", "web.connections"}
    code = f"import sys, lorong.commands.nodes; print(sorted({servers} & set(sys.modules)))"

    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"


def test_the_page_is_off_until_a_port_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lorong.toml"
    file.write_text('[diary]\nport = 8090\nlanguage = "en"\n', "utf-8")

    assert load(None, {}).diary == DiarySettings(port=0)
    assert load(file, {}).diary == DiarySettings(port=8090, language="en")


@pytest.mark.parametrize(
    ("text", "error"), [("[diary]\nports = 1\n", UnknownNameError), ('[diary]\nport = "x"\n', SettingsError)]
)
def test_a_wrong_setting_is_named(text: str, error: type[Exception], tmp_path: Path) -> None:
    file = tmp_path / "lorong.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(error, match=r"diary"):
        load(file, {})
