"""What the command line's tests share: a way to use it, and a collector at work."""

from __future__ import annotations

import logging
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from commons.clock import SystemClock
from lorong.__main__ import main
from store import open_store
from store.settings import StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from store.contract import Store


@dataclass(frozen=True)
class Said:
    """How a command ended.

    Args:
        code: Its exit code.
        out: What it printed.
        err: What it complained of.
    """

    code: int | str | None
    out: str
    err: str


@pytest.fixture
def lorong(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Said]]:
    """Uses the command line in an empty folder; logs and signals are the tests' own again afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def use(*words: object) -> Said:
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        return Said(end.value.code, *capfd.readouterr())

    yield use
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A DuckDB file that this process owns, and that the environment names."""
    settings = StoreSettings(url=f"duckdb:///{tmp_path}/lorong.duckdb")
    monkeypatch.setenv("LORONG_STORE__URL", settings.url)
    opened = open_store(settings, clock=SystemClock())
    yield opened
    opened.close()
