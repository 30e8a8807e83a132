"""What a backup says of itself: whose it is, when it was made, and the checksum of each of its files."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from commons.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT: Final = 1
NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: the rows of one measurement.

    Args:
        file: Its name.
        rows: How many rows.
        bytes: Its size [B].
        sha256: Its checksum.
    """

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup's own account of what is in it.

    Args:
        store: The id of the store it was made of.
        lorong: The version of Lorong that made it.
        begun: When it was begun: what the store was told before is in it [ISO 8601, UTC].
        ended: When the last row was read [ISO 8601, UTC].
        parts: Its files by measurement.
        format: The layout of the folder.
    """

    store: str
    lorong: str
    begun: str
    ended: str
    parts: Mapping[str, Part]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows in all."""
        return sum(part.rows for part in self.parts.values())


def part_of(path: Path, *, rows: int) -> Part:
    """What is to be said of a file that was just written."""
    return Part(path.name, rows, path.stat().st_size, _checksum(path))


def save(manifest: Manifest, folder: Path) -> None:
    """Write the manifest, with a checksum of its own; durable when this returns."""
    said = asdict(manifest)
    with (folder / NAME).open("wb") as file:
        file.write(orjson.dumps({**said, "sha256": _digest(said)}, option=orjson.OPT_INDENT_2))


def load(folder: Path) -> Manifest:
    """Read a backup's manifest and compare every file with it.

    Raises:
        StoreError: It is no backup, a later Lorong's, or not what was written.
    """
    said = _read(folder)
    made = said.get("format")
    if isinstance(made, int) and made > FORMAT:
        raise StoreError(
            f"backup {folder.name!r} has format {made} and this Lorong knows {FORMAT}; use Lorong"
            f" {said.get('lorong')} or later"
        )
    digest = said.pop("sha256", None)
    if digest != _digest(said):
        raise _damaged(folder, NAME)
    parts = {name: Part(**part) for name, part in said.pop("parts").items()}
    for part in parts.values():
        _check(folder, part)
    return Manifest(**said, parts=parts)


def _read(folder: Path) -> dict[str, Any]:
    try:
        said = orjson.loads((folder / NAME).read_bytes())
    except FileNotFoundError as error:
        raise StoreError(f"{str(folder)!r} holds no {NAME}; name a folder that `lorong store backup` made") from error
    except OSError as error:
        raise StoreError(f"backup {folder.name!r} cannot be read ({error.strerror}); check its folder") from error
    except orjson.JSONDecodeError as error:
        raise _damaged(folder, NAME) from error
    if not isinstance(said, dict):
        raise _damaged(folder, NAME)
    return said


def _check(folder: Path, part: Part) -> None:
    path = folder / part.file
    try:
        if path.stat().st_size == part.bytes and _checksum(path) == part.sha256:
            return
    except FileNotFoundError as error:
        raise StoreError(f"backup {folder.name!r} lacks {part.file}; use another backup") from error
    except OSError as error:
        raise StoreError(f"backup {folder.name!r} cannot be read ({error.strerror}); check its folder") from error
    raise _damaged(folder, part.file)


def _damaged(folder: Path, file: str) -> StoreError:
    return StoreError(f"backup {folder.name!r} is damaged: {file} is not what was written; use another backup")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
