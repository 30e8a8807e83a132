"""The collector's session with the broker: its secret name, and what it was subscribed to when it was last there."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def identity(folder: Path) -> str:
    """The collector's own name, drawn once and kept in its folder: a secret, since whoever has it owns the session."""
    path = folder / "identity"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        drawn = path.with_suffix(".new")
        drawn.touch(mode=0o600)
        with drawn.open("w", encoding="ascii") as file:
            file.write(f"lorong-collector-{secrets.token_hex(12)}")
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave an empty name
        drawn.rename(path)
    return path.read_text("ascii").strip()


class Filters:
    """The filters that the broker may still hold for the session: it would go on sending what nobody wants any more.

    Args:
        folder: The collector's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filters"

    def read(self) -> list[str]:
        """Those of the last connection."""
        return self._path.read_text("utf-8").split("\n") if self._path.exists() else []

    def write(self, filters: Sequence[str]) -> None:
        """Remember those of this one."""
        if self.read() != list(filters):
            self._path.write_text("\n".join(filters), "utf-8")
