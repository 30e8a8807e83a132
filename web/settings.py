"""Where the web listens, which language it starts with, and how old data may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Section `[web]`.

    Args:
        host: The address to listen on; "0.0.0.0" for every network of the machine.
        port: The port to listen on; 0 = any free one.
        language: What a visitor reads who has not chosen: "id", or a folder of `web/locale/`.
        keep_seconds: How long a finished page is shown again without asking the store [s].
        too_old_hours: The age from which a bed's last reading is no longer trusted [h].
        api_rows: The most rows that one answer of the API holds.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    language: str = "id"
    keep_seconds: float = 10.0
    too_old_hours: float = 24.0
    api_rows: int = 100_000
