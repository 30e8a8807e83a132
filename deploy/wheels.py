"""Whether a node installs without a compiler on Raspberry Pi OS, 64 and 32 bits: `python -m deploy.wheels` asks pip."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT: Final = Path(__file__).parents[1]
_PIN: Final = re.compile(r"^([\w.-]+==[^\s\\]+)", re.MULTILINE)
_LACKING: Final = re.compile(r"(?:No matching distribution found for|depends on) ([\w.\[\]-]+)")


class Board(NamedTuple):
    """A system that nodes run on: its processor, as wheels name it, and its Python."""

    name: str
    machine: str
    python: str


BOARDS: Final = (
    Board("Raspberry Pi OS 12, 64 bits", "aarch64", "311"),
    Board("Raspberry Pi OS 12, 32 bits", "armv7l", "311"),
    Board("Raspberry Pi OS 13, 64 bits", "aarch64", "313"),
    Board("Raspberry Pi OS 13, 32 bits", "armv7l", "313"),
)
_C_LIBRARIES: Final = (
    "manylinux2014",
    "manylinux_2_28",
    "manylinux_2_31",
    "manylinux_2_34",
)  # these have 2.36 or newer


def wanted(project: str) -> list[str]:
    """What a node needs, of the text of pyproject.toml."""
    said = tomllib.loads(project)["project"]
    return [*said["dependencies"], *said["optional-dependencies"]["node"]]


def pins(lock: str) -> list[str]:
    """The versions of a lock file, without its hashes, which are of wheels for any system."""
    return _PIN.findall(lock)


def wheels(board: Board, needs: Sequence[str], versions: Sequence[str], *more: str) -> list[str]:
    """The wheels that pip would install there, dependencies of dependencies too; nothing is built, nothing installed.

    Args:
        board: Where.
        needs: What is wanted.
        versions: The versions to take, as `pins` has them.
        more: Further options of pip.

    Raises:
        LookupError: Something has no wheel for that system, or pip cannot look; the message names it.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pins.txt").write_text("\n".join(versions), "utf-8")
        where = [f"--platform={library}_{board.machine}" for library in _C_LIBRARIES]
        words = ["install", "--dry-run", "--ignore-installed", "--only-binary=:all:", *where, *more]
        words += [f"--python-version={board.python}", f"--target={folder}", f"--report={folder / 'report.json'}"]
        command = [sys.executable, "-m", "pip", *words, "--constraint", str(folder / "pins.txt"), *needs]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
        if ran.returncode:
            lacks = _LACKING.search(ran.stdout + ran.stderr)
            raise LookupError(f"no wheel of {lacks[1]}" if lacks else ran.stderr.strip()[-500:])
        report = json.loads((folder / "report.json").read_text("utf-8"))
    return [one["download_info"]["url"].rsplit("/", 1)[1] for one in report["install"]]


def main() -> int:
    """Ask for every board; the exit code says whether all have all."""
    needs = wanted((_ROOT / "pyproject.toml").read_text("utf-8"))
    versions = pins((_ROOT / "requirements.txt").read_text("utf-8"))
    failed = 0
    for board in BOARDS:
        try:
            found = wheels(board, needs, versions)
        except LookupError as error:
            failed += 1
            sys.stdout.write(f"{board.name}: {error}\n")
            continue
        compiled = [name.split("-")[0] for name in found if not name.endswith("-none-any.whl")]
        said = f"{len(found)} wheels, of which compiled: {', '.join(compiled)}"
        sys.stdout.write(f"{board.name} (Python {board.python[0]}.{board.python[1:]}): {said}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
