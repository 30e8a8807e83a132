"""A disk of a few megabytes that a test can fill, empty and make read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE: Final = b"x" * 4096


class SmallDisk:
    """A file system in memory, mounted on a folder.

    Args:
        folder: The way to it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("wb", buffering=0) as file:
            for piece in (_PIECE, b"x"):
                with suppress(OSError):
                    while True:
                        file.write(piece)
        assert os.statvfs(self.folder).f_bavail == 0

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink()

    def make(self, mode: str) -> None:
        """Mount it anew: "ro" or "rw"; nobody may have a file of it open."""
        _run("mount", "-o", f"remount,{mode}", str(self.folder.resolve()))


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Put a small disk in the place of a folder; what is in the folder is on it.

    Mounted is a folder that pytest knows nothing of: were this process killed, it could not remove a mounted one.
    """
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    place = Path(tempfile.mkdtemp(prefix="lorong-disk-"))
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))
    try:
        if folder.exists():
            shutil.copytree(folder, place, dirs_exist_ok=True)
            shutil.rmtree(folder)
        folder.symlink_to(place)
        yield SmallDisk(folder)
    finally:
        _run("umount", "--lazy", str(place))
        place.rmdir()


def _run(program: str, *words: str) -> None:
    subprocess.run([str(shutil.which(program)), *words], check=True)
