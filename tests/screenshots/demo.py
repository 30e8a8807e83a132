"""The demo that pictures are taken of: `lorong run` in a folder of its own, ended with this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.flow.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS: Final = 1_800.0
_LOADED: Final = "indicator values computed"
_SETTLING: Final = 15.0  # the pages keep what they showed for some seconds


@contextmanager
def demo() -> Iterator[str]:
    """Run the demo until the block ends; where its pages are, once their indicators are computed.

    Raises:
        SystemExit: It ended before that, or took too long.
    """
    port = free_port()
    with TemporaryDirectory(prefix="lorong-pictures-") as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "lorong", "run", "--port", str(port), "--data", f"{folder}/data"]
        leash = [sys.executable, "-m", "lorong.leash", str(os.getpid())]
        with log.open("wb") as out:
            running = subprocess.Popen([*leash, *command, "--for", str(_SECONDS)], stdout=out, stderr=out)
        try:
            _await(running, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()


def _await(running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while _LOADED not in log.read_text("utf-8"):
        if running.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the demo did not load:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(1)
    time.sleep(_SETTLING)
