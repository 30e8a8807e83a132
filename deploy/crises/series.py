"""East Java's producer prices of chilli by month, and what the alarms say of them: now, and as first published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics.methods.price_alarm import alps, alps_phase, ifpa
from analytics.methods.price_doubt import price_doubts
from analytics.methods.price_index import elementary
from commons.catalogue.commodities import commodity

if TYPE_CHECKING:
    from collections.abc import Sequence

SHEET: Final = Path(__file__).parents[1] / "sites/makassar/sheets/jatim.csv.gz"
FOODS: Final = ("cabai-rawit-merah", "cabai-merah-besar")

_QUOTE_DAY: Final = ["commodity", "quote", "day"]
_FEWEST_DAYS: Final = 10
_SHORTEST: Final = 36  # months before which ALPS is not published


def believed_quotes() -> tuple[pd.DataFrame, int]:
    """The sheet's prices without those in doubt, and how many of the two chillies were left out."""
    rows = pd.read_csv(SHEET)
    slugs = {name: commodity(name).slug for name in rows["commodity"].unique()}
    days = pd.to_datetime(rows["date"], format="%d/%m/%Y")
    prices = rows.assign(commodity=rows["commodity"].map(slugs), day=days, market="jatim", level="producer")
    doubts = price_doubts(prices.drop(columns=["date", "unit"]))
    out = doubts[doubts["left_out"]]
    kept = ~pd.MultiIndex.from_frame(prices[_QUOTE_DAY]).isin(pd.MultiIndex.from_frame(out[_QUOTE_DAY]))
    return prices[kept], int(out["commodity"].isin(FOODS).sum())


def alarms(prices: pd.DataFrame, food: str) -> pd.DataFrame:
    """By month: `idr` (geometric mean), `alps`, `alps_first` (as first published), `ifpa`, and their phases.

    Args:
        prices: As `believed_quotes` gives them.
        food: One of `FOODS`.
    """
    own = prices[prices["commodity"] == food]
    logs = own.assign(x=np.log(own["price"])).groupby([own["day"].dt.to_period("M"), "quote"])["x"]
    means = logs.mean().where(logs.count() >= _FEWEST_DAYS).unstack("quote")  # noqa: PD010  # the months are the index
    index = elementary(pd.DataFrame(np.exp(means)))["index"]
    now, growth = alps(index), ifpa(index)
    first = _as_first_published(index)
    return pd.DataFrame(
        {
            "idr": np.exp(means.mean(axis=1)),
            "alps": now.table["alps"],
            "alps_phase": now.table["phase"],
            "alps_first": first,
            "alps_first_phase": alps_phase(first),
            "ifpa": growth.table["ifpa"],
            "ifpa_phase": growth.table["phase"],
        }
    )


def _as_first_published(index: pd.Series[float]) -> list[float]:
    """The ALPS of each month from the months up to it, as it would have been given out then."""
    lengths: Sequence[int] = range(1, len(index) + 1)
    return [np.nan if n < _SHORTEST else float(alps(index.iloc[:n]).table["alps"].iloc[-1]) for n in lengths]
