"""Whoever is told to reload is a broker, and nobody else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deploy.broker.reload import reload_broker

if TYPE_CHECKING:
    from pathlib import Path


def test_a_process_that_has_the_number_of_a_broker_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (tmp_path / "pid").write_text(f"{stranger.pid}\n", "ascii")

    told = reload_broker(tmp_path / "pid")

    stranger.communicate(b"\n")
    assert (told, stranger.returncode) == (False, 0)


@pytest.mark.parametrize("text", ["", "-1", "0", "none", "4194305"])
def test_a_file_without_a_process_tells_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "pid").write_text(text, "ascii")

    assert not reload_broker(tmp_path / "pid")
    assert not reload_broker(tmp_path / "none")
