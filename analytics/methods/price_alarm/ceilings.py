"""Where a price stands against the official band or ceiling of its day (HAP, HET)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

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


@overload
def ceiling_position(price: float, ceilings: pd.DataFrame, date: dt.date) -> CeilingPosition: ...
@overload
def ceiling_position(
    price: pd.Series[float], ceilings: pd.DataFrame, date: dt.date | pd.Series[Any]
) -> pd.DataFrame: ...


def ceiling_position(
    price: float | pd.Series[float], ceilings: pd.DataFrame, date: dt.date | pd.Series[Any]
) -> CeilingPosition | pd.DataFrame:
    """Compare a price, or many, with the ceiling that holds on its day.

    Distance = 100 · (price / maximum - 1). Where a newer rule begins before an older one ends, the newer one holds.

    Args:
        price: In the unit of the ceilings [IDR per kg or litre]; NaN, infinite, or zero and below, is no price.
        ceilings: The rules of one commodity at one level of trade and in one zone, a row each: `min_idr` and `max_idr`
            (NaN = none), `valid_from` and `valid_to` (the first and last day, both included; missing = still valid),
            and anything else.
        date: The day of the price; for a Series one day, or one each under the same labels.

    Returns:
        Its state, its distance from the maximum and the rule used. For a Series a frame under the same labels: `state`,
        `distance_pct` and `rule`, the place of the row of `ceilings` that was used (-1 = none holds).

    Raises:
        ValueError: Two rules begin on the same day and hold on this one, so that nothing says which counts; or prices
            and days have different labels.

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
        ...     }
        ... )
        >>> position = ceiling_position(68400, rules, pd.Timestamp("2025-03-20"))
        >>> position.state, round(position.distance_pct, 1), position.ceiling["kind"]
        ('above', 20.0, 'HAP')
        >>> ceiling_position(pd.Series([39000.0, 57000.0]), rules, pd.Timestamp("2025-03-20"))["state"].to_list()
        ['below', 'within']
    """
    if isinstance(price, pd.Series):
        days = date if isinstance(date, pd.Series) else pd.Series(date, index=price.index)
        if not days.index.equals(price.index):
            raise ValueError("prices and days have different labels; give each price its day")
        return _positions(price, ceilings, days)
    found = _positions(pd.Series([price], dtype=float), ceilings, pd.Series([date])).iloc[0]
    used = ceilings.iloc[found["rule"]].to_dict() if found["rule"] >= 0 else {}
    return CeilingPosition(found["state"], float(found["distance_pct"]), {str(key): val for key, val in used.items()})


def _positions(price: pd.Series[float], ceilings: pd.DataFrame, days: pd.Series[Any]) -> pd.DataFrame:
    rule = _rules_on(ceilings, _moments(days))
    bounds = [np.append(pd.to_numeric(ceilings[name]).to_numpy(dtype=float), np.nan) for name in ("min_idr", "max_idr")]
    values = price.to_numpy(dtype=np.float64)
    values = np.where((values > 0) & (values < np.inf), values, np.nan)
    least, most = (bound[rule] for bound in bounds)
    unknown = np.isnan(values) | (np.isnan(least) & np.isnan(most))
    state = np.select([unknown, values > most, values < least], ["none", "above", "below"], "within")
    distance = 100 * (values / most - 1)
    return pd.DataFrame({"state": state, "distance_pct": distance, "rule": rule}, index=price.index)


def _rules_on(ceilings: pd.DataFrame, days: NDArray[np.datetime64]) -> NDArray[np.intp]:
    """The place of the rule that holds on each day: the newest of those not yet over; -1 = none."""
    begins, ends = _moments(ceilings["valid_from"]), _moments(ceilings["valid_to"])
    rule = np.full(len(days), -1)
    newest = np.full(len(days), np.datetime64("NaT", "ns"))
    for place in np.argsort(begins, kind="stable"):
        holds = (begins[place] <= days) & ((days <= ends[place]) | np.isnat(ends[place]))
        twice = holds & (newest == begins[place])
        if twice.any():
            first, day = (np.datetime_as_string(moment, unit="D") for moment in (begins[place], days[twice][0]))
            raise ValueError(f"two ceilings begin on {first} and hold on {day}; keep one")
        rule[holds], newest[holds] = place, begins[place]
    return rule


def _moments(days: pd.Series[Any]) -> NDArray[np.datetime64]:
    return np.asarray(pd.to_datetime(days).to_numpy(), dtype="datetime64[ns]")
