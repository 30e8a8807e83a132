"""ceilings.csv: the reference and ceiling prices that hold in a site, each with the days it holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from deploy.reduce.tables import Row, slug, written_out

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

COLUMNS: Final = (
    "commodity",
    "level",
    "kind",
    "zone",
    "min_idr",
    "max_idr",
    "unit",
    "valid_from",
    "valid_to",
    "date_precision",
    "regulation",
    "source",
    "verified",
)
_COMMODITIES: Final = {"gkp_petani": "gabah-kering-panen"}
_LEVELS: Final = {"consumer_paha_belakang": "consumer"}  # the cut that the price panels call pure beef
_PRECISIONS: Final = {10: "day", 7: "month", 4: "year", 0: "day"}


def ceiling_rows(ceilings: Sequence[Row], zones: Container[str]) -> list[Row]:
    """The limits of a site's zones; a row that sets none is left out."""
    sources = written_out(row["source"] for row in ceilings)
    return [
        _ceiling(row, source)
        for row, source in zip(ceilings, sources, strict=True)
        if row["zone"].split()[0] in zones and (row["min_idr"] or row["max_idr"])
    ]


def first_day(text: str) -> str:
    """The day from which a rule holds; a month or a year alone starts on its first day."""
    return text + "0000-01-01"[len(text) :]


def last_day(text: str) -> str:
    """The last day on which a rule holds; a month or a year alone was when the next began, so the day before it."""
    if not text or _PRECISIONS[len(text)] == "day":
        return text
    return (date.fromisoformat(first_day(text)) - timedelta(days=1)).isoformat()


def precision(*dates: str) -> str:
    """The coarsest of some dates: day, month or year; no date is no coarser than a day."""
    order = ("day", "month", "year")
    return max((_PRECISIONS[len(text)] for text in dates), key=order.index)


def _ceiling(row: Row, source: str) -> Row:
    return {
        "commodity": _COMMODITIES.get(row["commodity"], slug(row["commodity"])),
        "level": slug(_LEVELS.get(row["level"], row["level"])),
        "kind": row["kind"],
        "zone": row["zone"].split()[0],
        "min_idr": row["min_idr"],
        "max_idr": row["max_idr"],
        "unit": row["unit"],
        "valid_from": first_day(row["valid_from"]),
        "valid_to": last_day(row["valid_to"]),
        "date_precision": precision(row["valid_from"], row["valid_to"]),
        "regulation": _regulation(row["regulation"]),
        "source": source,
        "verified": "0" if "UNVERIFIED" in row["regulation"] else row["seen"],
    }


def _regulation(text: str) -> str:
    bare = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    return bare.replace("UNVERIFIED", "unverified")
