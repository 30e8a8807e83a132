"""Rows as columns that line up, however wide."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def lines(names: Sequence[str], rows: Iterable[Sequence[object]], *, timezone: str = "UTC") -> list[str]:
    """A header and the rows, each cell as wide as its column's widest.

    Args:
        names: The columns.
        rows: Their cells; moments are shown in the time zone, numbers to six digits, nothing as nothing.
        timezone: An IANA name.
    """
    zone = ZoneInfo(timezone)
    table = [list(names), *([_text(cell, zone) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]


def _text(cell: object, zone: ZoneInfo) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)
