"""`lorong run` as a process of its own, as people start it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.flow.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
LORONG = (sys.executable, "-m", "lorong")


class Run:
    """A started `lorong run`, with what it says in a file.

    Args:
        city: The site's folder.
        data: Its data folder.
        words: Further words of the command line.
    """

    def __init__(self, city: Path, data: Path, words: Sequence[str] = ()) -> None:
        self.output_file = data.with_suffix(".out")
        command = [*LORONG, "run", "--city", str(city), "--data", str(data), "--port", "0", *words]
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )

    @property
    def output(self) -> str:
        """What it has said so far."""
        return self.output_file.read_text("utf-8")

    @property
    def address(self) -> str:
        """Where its web page is."""
        self.wait_for("is open")
        found = re.search(r"(http://\S+) is open", self.output)
        assert found is not None
        return found[1]

    @property
    def has_ended(self) -> bool:
        """Whether the process is over."""
        return self.process.poll() is not None

    @property
    def summary(self) -> dict[str, int]:
        """The figures of its summary."""
        lines = re.findall(r"^  (\w+) +([\d,]+)$", self.output, re.MULTILINE)
        return {name: int(figure.replace(",", "")) for name, figure in lines}

    def wait_for(self, words: str) -> None:
        """Wait until it has said something."""
        wait_until(lambda: words in self.output or self.has_ended, f"lorong run says {words!r}")
        assert words in self.output, self.output

    def end(self) -> int:
        """Wait for its end; its exit code."""
        wait_until(lambda: self.has_ended, "lorong run ends", seconds=150)
        return self.process.returncode

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(how)
        return self.end()

    def children(self) -> list[int]:
        """The processes it has started and that still live."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def is_alive(pid: int) -> bool:
    """Whether a process still does anything; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False
