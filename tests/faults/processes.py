"""A process of a test: started, watched by what it says, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS: Final = 120.0


class Process:
    """One program; it ends with the tests, however those end.

    Args:
        name: What it is called in messages; its log is `<name>.log`.
        words: The command line; words after `python -m` where the first is a module's name.
        folder: Its working directory, where its log is.
        environ: What is added to the environment.
    """

    def __init__(self, name: str, words: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.name, self.folder = name, folder
        self._words = list(words) if Path(words[0]).is_absolute() else [sys.executable, "-m", *words]
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environ or {})}
        self._log = folder / f"{name}.log"
        self._said_before = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Process:
        """Start it, for the first time or again."""
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self._process = subprocess.Popen(
                [*leash, *self._words], cwd=self.folder, env=self._environ, stdout=log, stderr=log
            )
        return self

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._started.pid

    @property
    def lives(self) -> bool:
        """Whether it is running."""
        return self._process is not None and self._process.poll() is None

    @property
    def said(self) -> str:
        """What it has said since it was last started."""
        return self._log.read_bytes()[self._said_before :].decode(errors="replace")

    def until_it_says(self, words: str, *, times: int = 1) -> None:
        """Wait until it has said something so many times; fail if it ends without."""
        wait_until(
            lambda: self.said.count(words) >= times or not self.lives,
            f"{self.name} says {words!r}",
            seconds=_PATIENCE_SECONDS,
        )
        assert self.said.count(words) >= times, f"{self.name} ended without saying {words!r}:\n{self.said[-2000:]}"

    def until_it_ends(self, *, seconds: float = _PATIENCE_SECONDS) -> int:
        """Wait for its end; its exit code, negative for the signal that killed it."""
        wait_until(lambda: not self.lives, f"{self.name} ends; it said\n{self.said[-1500:]}", seconds=seconds)
        return self._started.wait()

    def end(self) -> int:
        """Ask it to end, and wait for that."""
        self.signal(signal.SIGTERM)
        return self.until_it_ends()

    def kill(self) -> None:
        """End it at once, as a power cut would; harmless to repeat."""
        if self.lives:
            self._started.kill()
            self._started.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._started.send_signal(number)

    def pause(self) -> None:
        """Stop it without ending it: it neither works nor answers."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, f"{self.name} was never started"
        return self._process
