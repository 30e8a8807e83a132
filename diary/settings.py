"""Where a node serves the diary's page, and which codes open it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DiarySettings:
    """Section `[diary]`: the page that a node serves.

    Args:
        port: Where it listens; 0 = it does not.
        host: The address to listen on; "0.0.0.0" for every network of the machine, the lane's Wi-Fi among them.
        language: What a visitor reads who has not chosen: a file of `diary/words/`.
        codes: The file of lane codes, as `lorong lane code` writes it.
    """

    port: int = 0
    host: str = "0.0.0.0"  # noqa: S104  # phones of the lane are elsewhere
    language: str = "id"
    codes: Path = Path("data/web/lane-codes.json")
