"""Write a file of secrets whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def put(path: Path, text: str, *, mode: int = 0o444) -> None:
    """Put a text in a file's place; nobody else sees it before its mode is right.

    Args:
        path: The file.
        text: What will be in it; a file that says so already stays as it is.
        mode: Who may read it.
    """
    if path.exists() and path.read_text("utf-8") == text:
        return
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, "utf-8")
    unfinished.chmod(mode)
    unfinished.rename(path)
