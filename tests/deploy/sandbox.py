"""What the systemd units and containers make of a role: a user without rights, and one folder that can be written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parents[2]
_NOBODY: Final = 65_534
# Every mount becomes read-only but the data folder. What cannot be (some of /proc and /sys) is not the role's anyway.
_READ_ONLY: Final = """
set -eu
mount --bind "$DATA" "$DATA"
while read -r _ _ _ _ target _; do
  [ "$target" = "$DATA" ] || mount -o remount,bind,ro "$target" 2>/dev/null || true
done < /proc/self/mountinfo
cd "$DATA"
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
"""
# MemoryDenyWriteExecute=yes by itself; an older kernel knows it not, and says so.
_NO_NEW_CODE: Final = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Sandbox:
    """A data folder, and processes that may write nothing else."""

    def __init__(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="lorong-"))  # pytest's own folders are closed to other users
        self.is_whole = os.geteuid() == 0 and all(map(shutil.which, ("unshare", "setpriv")))
        self._started: list[subprocess.Popen[str]] = []
        if self.is_whole:
            os.chown(self.data, _NOBODY, _NOBODY)
        self.data.chmod(0o700)

    def start(self, *words: object, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start Python with these words, as a user who may write the data folder only; its words go to a pipe."""
        python, packages = _python_for_all()
        command = [python, "-c", _NO_NEW_CODE, python, *map(str, words)]
        if self.is_whole:
            command = ["unshare", "--mount", "--propagation=private", "sh", "-c", _READ_ONLY, "sh", *command]
        paths = os.pathsep.join([str(ROOT), *packages])
        clean = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "HOME": str(self.data), "DATA": str(self.data)}
        self._started.append(
            subprocess.Popen(
                command,
                cwd=ROOT if self.is_whole else self.data,
                env={**clean, "PYTHONDONTWRITEBYTECODE": "1", **(environ or {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return self._started[-1]

    def close(self) -> None:
        """End whatever still runs, and forget the data."""
        for process in self._started:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        shutil.rmtree(self.data)


def _python_for_all() -> tuple[str, list[str]]:
    """An interpreter that every user can reach, and where it finds the packages: a root's own may lie in its home."""
    real = Path(sys.executable).resolve()
    if all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents):
        return sys.executable, []
    return "/usr/bin/python3", [sysconfig.get_paths()["purelib"]]
