"""Where a price stands against the official band or ceiling of its day (HAP, HET)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

State = Literal["below", "within", "above", "none"]


@dataclass(frozen=True, slots=True)
class CeilingPosition:
    """How a price stands.

    Args:
        state: "below" the minimum, "within" (a bound itself is within), "above" the maximum, or "none": there is no
            ceiling that day, or no price.
        distance_pct: From the maximum to the price [%], positive above it; NaN where one of the two is missing.
        ceiling: The row that was used; empty without one.
    """

    state: State
    distance_pct: float = np.nan
    ceiling: Mapping[str, Any] = field(default_factory=dict, compare=False)


def ceiling_position(price: float, ceilings: pd.DataFrame, day: date) -> CeilingPosition:
    """Compare a price with the ceiling that holds on its day.

    Distance = 100 · (price / maximum - 1). Where a newer rule begins before an older one ends, the newer one holds.

    Args:
        price: In the unit of the ceilings [IDR per kg or litre]; NaN, or zero and below, is no price.
        ceilings: The rules of one commodity at one level of trade and in one zone, a row each: `min_idr` and `max_idr`
            (NaN = none), `valid_from` and `valid_to` (the first and last day, both included; missing = still valid),
            `kind` and `level`.
        day: The day of the price.

    Returns:
        Its state, its distance from the maximum and the rule used.

    Raises:
        ValueError: Two rules begin on the same day and hold on this one, so that nothing says which counts.

    Source:
        Badan Pangan Nasional: Perbadan 11/2022 (harga acuan), 7/2023 and 5/2024 (harga eceran tertinggi).

    Examples:
        >>> rules = pd.DataFrame(
        ...     {
        ...         "min_idr": [40000],
        ...         "max_idr": [57000],
        ...         "valid_from": ["2022-12-01"],
        ...         "valid_to": [None],
        ...         "kind": ["HAP"],
        ...         "level": ["consumer"],
        ...     }
        ... )
        >>> position = ceiling_position(68400, rules, pd.Timestamp("2025-03-20"))
        >>> position.state, round(position.distance_pct, 1)
        ('above', 20.0)
    """
    rule = _valid_on(ceilings, day)
    if rule is None or not price > 0:
        return CeilingPosition("none", ceiling=rule or {})
    minimum, maximum = (float(pd.to_numeric(rule[bound])) for bound in ("min_idr", "max_idr"))
    if np.isnan(minimum) and np.isnan(maximum):
        return CeilingPosition("none", ceiling=rule)
    state: State = "above" if price > maximum else "below" if price < minimum else "within"
    return CeilingPosition(state, 100 * (price / maximum - 1), rule)


def _valid_on(ceilings: pd.DataFrame, day: date) -> dict[str, Any] | None:
    moment = pd.Timestamp(day)
    begins, ends = pd.to_datetime(ceilings["valid_from"]), pd.to_datetime(ceilings["valid_to"])
    valid = (begins <= moment) & ((ends >= moment) | ends.isna())
    if not valid.any():
        return None
    newest = begins[valid].max()
    rules = ceilings[valid & (begins == newest)]
    if len(rules) > 1:
        raise ValueError(f"{len(rules)} ceilings begin on {newest:%Y-%m-%d} and hold on {moment:%Y-%m-%d}; keep one")
    return {str(name): value for name, value in rules.iloc[0].items()}
