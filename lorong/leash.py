"""Run a program that dies with its parent, however the parent dies: `python -m lorong.leash PARENT_PID PROGRAM ...`."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program on Linux; elsewhere stay beside it and watch the parent."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if hasattr(ctypes.CDLL(None), "prctl"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)
        os.execv(program[0], program)  # noqa: S606  # the program is ours and its path is whole
    with subprocess.Popen(program) as child:  # noqa: S603  # the same
        while child.poll() is None and os.getppid() == parent:
            time.sleep(0.5)
        child.terminate()


if __name__ == "__main__":
    main()
