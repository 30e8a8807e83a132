"""What kind of price a food has: whether it counts as volatile, and whether an authority sets it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class PriceKind:
    """What kind of price a food has.

    Args:
        volatile: Whether it is among the volatile foods (harga bergejolak).
        administered: Whether an authority sets its price, so that it may stand still.
        source: Who says so.
        verified: Whether that was read there.
    """

    volatile: bool
    administered: bool
    source: str
    verified: bool


@cache
def price_kinds() -> Mapping[str, PriceKind]:
    """By commodity; a food without a row is neither volatile nor administered."""
    text = resources.files("commons.catalogue").joinpath("price_kinds.csv").read_text("utf-8")
    return MappingProxyType({row["commodity"]: _kind(row) for row in csv.DictReader(text.splitlines())})


def volatile_foods() -> frozenset[str]:
    """The foods whose prices count as volatile."""
    return frozenset(slug for slug, kind in price_kinds().items() if kind.volatile)


def administered_foods() -> frozenset[str]:
    """The foods whose price an authority sets."""
    return frozenset(slug for slug, kind in price_kinds().items() if kind.administered)


def _kind(row: Mapping[str, str]) -> PriceKind:
    return PriceKind(row["volatile"] == "1", row["administered"] == "1", row["source"], row["verified"] == "1")
