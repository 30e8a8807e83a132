"""The marks that tell what a computed value stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from commons.marks import (
    ASSUMED_WEIGHTS,
    IMPUTED,
    INCOMPLETE,
    RECORDED,
    SIMULATED,
    STAND_IN,
    UNKNOWN_NODE,
    UNVERIFIED,
    WITHDRAWN,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from commons.sites import Site

__all__ = [
    "ASSUMED_WEIGHTS",
    "IMPUTED",
    "INCOMPLETE",
    "INHERITED",
    "ORIGINS",
    "RECORDED",
    "SIMULATED",
    "STAND_IN",
    "UNKNOWN_NODE",
    "UNVERIFIED",
    "WITHDRAWN",
    "marks_in",
    "of_origins",
    "text",
    "with_origins",
]

INHERITED: Final = frozenset({SIMULATED, RECORDED, STAND_IN, ASSUMED_WEIGHTS, UNKNOWN_NODE, UNVERIFIED})
"""Marks that pass from an input to everything chained on it; the others speak of one period only."""

ORIGINS: Final = (RECORDED, SIMULATED, UNKNOWN_NODE)
"""What of a row's sender leaves a mark of the same name; what a known node measured, or somebody typed, leaves none."""


def with_origins(rows: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The rows with a column for each of `ORIGINS`: whether that is where a row comes from.

    Args:
        rows: With the columns `origin` and `node`; an empty node is of a row written before nodes were noted.
        site: Knows its nodes.
    """
    strangers = [node for node in rows["node"].unique() if node and not site.knows_node(node)]
    return rows.assign(
        **{origin: rows["origin"] == origin for origin in (RECORDED, SIMULATED)},
        unknown_node=rows["node"].isin(strangers),
    )


def of_origins(row: Mapping[Any, Any]) -> set[str]:
    """The marks of a row, or of a group of rows with the maximum of each of `ORIGINS`."""
    return {origin for origin in ORIGINS if row[origin]}


def text(marks: Iterable[str]) -> str:
    """Marks as they are stored: sorted, each once, with commas between."""
    return ",".join(sorted({mark for mark in marks if mark}))


def marks_in(stored: str) -> set[str]:
    """The marks of a stored text."""
    return {mark for mark in stored.split(",") if mark}
