"""One line of the table of faults: what a scenario produced, what was stored, and how long recovery took."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """A scenario's end, in rows.

    Args:
        scenario: What was done.
        store: On which store.
        broker: On which broker.
        produced: What nodes took.
        stored: What of it the store shows, values and times intact.
        twice: What the store or the ledger has besides: rows nobody produced, or counted more than once.
        missing: What is neither stored nor thinned nor rejected.
        thinned: What full outboxes dropped, by the ledger.
        rejected: What went to the rejects, by the ledger.
        seconds_to_recover: From the end of the fault until the last row was known to be stored [s].
    """

    scenario: str
    store: str
    broker: str
    produced: int
    stored: int
    twice: int
    missing: int
    thinned: int
    rejected: int
    seconds_to_recover: float


TABLE: Final[list[Line]] = []
"""Every line of this run, in order."""


def written(lines: list[Line]) -> list[str]:
    """The table as text."""
    heads = [field.name.replace("_", " ") for field in fields(Line)]
    cells = [heads, *([_text(getattr(line, field.name)) for field in fields(Line)] for line in lines)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    texts = len([name for name, kind in Line.__annotations__.items() if kind == "str"])
    return [
        "  ".join(
            cell.ljust(width) if i < texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def _text(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
