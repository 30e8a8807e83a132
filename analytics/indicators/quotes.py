"""Market prices as daily prices of quotes: one seller's, or one panel's, price of one commodity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analytics import provenance
from analytics.entries import current
from analytics.periods import local_days

if TYPE_CHECKING:
    import pandas as pd

    from commons.sites import Site


def daily_prices(log: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The price of each quote on each day that has one.

    Left out are markets that the site does not know and prices of another level of trade than their market's: producer
    and consumer prices never meet in one mean. Where a quote has several prices on a day, the geometric mean stands.

    Args:
        log: Rows of `price`, all versions.
        site: The city.

    Returns:
        In order: `market`, `commodity`, `quote` (with its source), `day`, `price` [IDR per kg or litre] and whether it
        comes from each of `provenance.ORIGINS`.
    """
    entries = current(log)
    level = entries["market"].map({slug: market.level for slug, market in site.markets.items()})
    entries = entries[(entries["price_idr"] > 0) & (entries["level"] == level)]
    dated = provenance.with_origins(entries, site).assign(
        day=local_days(entries["time"], site.zone),
        quote=entries["quote"] + " (" + entries["source"] + ")",
        price=np.log(entries["price_idr"]),
    )
    columns = {"price": "mean", **dict.fromkeys(provenance.ORIGINS, "max")}
    days = dated.groupby(["market", "commodity", "quote", "day"], as_index=False).agg(columns)
    return days.assign(price=geometric_mean(days["price"]))


def geometric_mean(mean_log: pd.Series[float]) -> pd.Series[float]:
    """Prices of the mean of their logarithms [IDR], to a millionth: the mean of equal prices is that price."""
    return mean_log.map(math.exp, na_action="ignore").round(6)


def market_levels(site: Site) -> object:
    """What of the site's markets bears on their prices."""
    return {slug: (market.level, market.stand_in) for slug, market in site.markets.items()}
