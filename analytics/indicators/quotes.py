"""Market prices as daily prices of quotes: one seller's, or one panel's, price of one commodity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.entries import current
from analytics.indicators.indicator import Source
from analytics.periods import local_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Site

ZERO_PRICE: Final = "zero_price"
"""The test of `price_doubt` that finds no price at all, and so leaves none out."""

_REPEATS_FRIDAY: Final = frozenset({"pihps"})
"""Sources whose answer for a Saturday or a Sunday is Friday's price again."""

_QUOTE_DAY: Final = ["market", "commodity", "quote", "day"]
_FRIDAY: Final = 4


def believed_prices(frames: Mapping[str, pd.DataFrame], site: Site) -> pd.DataFrame:
    """`daily_prices` without those that `price_doubt` leaves out.

    Args:
        frames: Rows of `QUOTES`.
        site: The city.
    """
    prices, doubts = daily_prices(frames), frames["price_doubt"]
    named = doubts[(doubts["left_out"] == 1) & (doubts["test"] != ZERO_PRICE)]
    if named.empty:
        return prices
    dated = named.assign(day=local_days(named["time"], site.zone))
    left_out = pd.MultiIndex.from_frame(prices[_QUOTE_DAY]).isin(pd.MultiIndex.from_frame(dated[_QUOTE_DAY]))
    return prices[~left_out].reset_index(drop=True)


def daily_prices(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Of what `SAID` reads, the rows with a price."""
    said = frames["price"]
    return said[said["price"].notna()].reset_index(drop=True)


def said_prices(log: pd.DataFrame, site: Site) -> pd.DataFrame:
    """What each quote said on each day: its price, or that what it said is none.

    Left out are markets that the site does not know and prices of another level of trade than their market's: producer
    and consumer prices never meet in one mean. Where a quote has several prices on a day, the geometric mean stands. A
    weekend on which an official source repeats Friday's price has no price of its own: Friday's counts once.

    Args:
        log: Rows of `price`, all versions.
        site: The city.

    Returns:
        `market`, `commodity`, `quote` (with its source), `day` and the `time` of the first report, `price` [IDR per kg
        or litre] and whether it comes from each of `provenance.ORIGINS`; in order. Behind them the days of quotes with
        something at or below zero, whether it came through the checks or not: it is in `none` [IDR], and `price` is
        missing.
    """
    entries = provenance.with_origins(current(log), site)
    entries = entries.assign(day=local_days(entries["time"], site.zone), quote=quote_names(entries))
    return pd.concat([_priced(entries, site), _none(entries, site)], ignore_index=True)


def _priced(entries: pd.DataFrame, site: Site) -> pd.DataFrame:
    level = entries["market"].map({slug: market.level for slug, market in site.markets.items()})
    known = entries[(entries["price_idr"] > 0) & (entries["level"] == level)]
    known = known.assign(price=np.log(known["price_idr"]), official=known["source"].isin(_REPEATS_FRIDAY))
    columns = {"time": "min", "price": "mean", "official": "all", **dict.fromkeys(provenance.ORIGINS, "max")}
    days = known.groupby(_QUOTE_DAY, as_index=False).agg(columns)
    own = _fridays_once(days.assign(price=geometric_mean(days["price"]), none=np.nan))
    return own[[*_QUOTE_DAY, "time", "price", "none", *provenance.ORIGINS]]


def _none(entries: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The prices that are none, one a quote and day: those that came through the checks, and those that did not."""
    said = entries["price_idr"].fillna(entries["price_idr_failed"])
    rows = entries.assign(none=said, price=np.nan)[(said <= 0) & entries["market"].isin(list(site.markets))]
    return rows.drop_duplicates(_QUOTE_DAY)[[*_QUOTE_DAY, "time", "price", "none", *provenance.ORIGINS]]


def quote_names(entries: pd.DataFrame) -> pd.Series[str]:
    """What keeps a quote apart from all others of its market and commodity: its name and its source."""
    return entries["quote"] + " (" + entries["source"] + ")"


def geometric_mean(mean_log: pd.Series[float]) -> pd.Series[float]:
    """Prices of the mean of their logarithms [IDR], to a millionth: the mean of equal prices is that price."""
    return mean_log.map(math.exp, na_action="ignore").round(6)


def market_levels(site: Site) -> object:
    """What of the site's markets bears on their prices."""
    return {slug: (market.level, market.stand_in) for slug, market in site.markets.items()}


def _fridays_once(days: pd.DataFrame) -> pd.DataFrame:
    """Without the weekend days of official sources that have Friday's price."""
    weekday = days["day"].dt.day_of_week
    weekend = days[days["official"] & (weekday > _FRIDAY)]
    if weekend.empty:
        return days
    fridays = days[days["official"] & (weekday == _FRIDAY)].set_index(_QUOTE_DAY)["price"]
    friday = weekend["day"] - pd.to_timedelta(weekday[weekend.index] - _FRIDAY, unit="D")
    then = fridays.reindex(pd.MultiIndex.from_frame(weekend.assign(day=friday)[_QUOTE_DAY])).to_numpy()
    repeats: pd.Series[bool] = weekend["price"] == then
    return days[~days.index.isin(weekend.index[repeats])].reset_index(drop=True)


SAID: Final = Source(
    "price",
    ("entry", "version", "void", "node", "price_idr", "price_idr_failed"),
    narrow=True,
    tidy=said_prices,
)
"""What `daily_prices` reads: of the markets whose prices bear on the values that are due."""

QUOTES: Final = (SAID, Source("price_doubt", ("left_out",)))
"""What `believed_prices` reads."""
