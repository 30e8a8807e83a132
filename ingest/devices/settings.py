"""What the listener of other people's devices hears, and where it keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DevicesSettings:
    """Section `[devices]`.

    Args:
        data: The folder of its session's name and its rejects.
        discover: Decoders to listen with though no row of `nodes.csv` names them, so that new devices are found.
        host: Where devices push to by HTTP.
        port: On which port; 0 = none do.
        report_seconds: How often unknown devices are told of [s].
    """

    data: Path = Path("data/devices")
    discover: tuple[str, ...] = ()
    host: str = "0.0.0.0"  # noqa: S104  # devices push from the lane's network
    port: int = 0
    report_seconds: float = 60.0
