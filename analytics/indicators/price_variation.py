"""Price variation: the coefficient of variation of each food's price over twelve months."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups
from analytics.indicators.indicator import Frames, Indicator, Reach, Worked
from analytics.indicators.quotes import QUOTES, believed_prices, market_levels
from analytics.methods.price_alarm import coefficient_of_variation, detrended_variation
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.frames import Row
    from commons.sites import Site

    Month = Any  # a `pd.Period` of frequency M, by which pandas' types let nobody index

_QUOTE: Final = ["market", "commodity", "quote"]
_MONTHS: Final = 12
_SATURDAY: Final = 5
_ENOUGH: Final = 0.7
_COLUMNS: Final = ("start", "market", "commodity", "variation", "detrended")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """How much each price varied in the twelve months up to and with each month.

    Each quote varies about its own mean, and a food has the mean over its quotes, so that two sellers of different
    price are no variation. A price is expected on Monday to Friday, and on a Saturday or Sunday that has one. All foods
    together (`semua`) have the mean over the foods; `n` and `expected` are then foods.
    """
    prices = believed_prices(frames, site)
    since: Month = pd.Period(frames.since, "M")
    dated = prices.assign(month=prices["day"].dt.to_period("M"))
    begun = prices.groupby(_QUOTE)["day"].min().dt.to_period("M")
    years = dated[dated["month"] > since - _MONTHS]
    rows = [row for market, own in groups(years, "market") for row in _market_rows(own, begun[market], since, site)]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT, "refusal"])


def _market_rows(own: pd.DataFrame, begun: pd.Series[Any], since: Month, site: Site) -> Iterator[dict[str, Any]]:
    by_month: dict[Month, list[dict[str, Any]]] = defaultdict(list)
    market = own["market"].iloc[0]
    for food, prices in groups(own, "commodity"):
        for month, row in _food_rows(prices, begun[food], since):
            by_month[month].append(row)
    stand_in = {provenance.STAND_IN} if site.markets[market].stand_in else set()
    for month, rows in by_month.items():
        for row in (*rows, _all_foods(rows)):
            marks = provenance.text(row["marks"] | stand_in)
            yield {**row, "market": market, "start": month.start_time, "marks": marks}


def _food_rows(own: pd.DataFrame, begun: pd.Series[Any], since: Month) -> Iterator[tuple[Month, dict[str, Any]]]:
    """The months of one food in one market from a month on, each with what is known of it.

    Args:
        own: Its prices, from a year before on.
        begun: The first month of each of its quotes.
        since: The first month wanted.
    """
    origins = own.groupby("month")[list(provenance.ORIGINS)].max()
    wanted = origins.index[origins.index >= since]
    if wanted.empty:
        return
    days = _expected_days(own["day"], max(begun.min(), since - _MONTHS + 1))
    table, months = np.full((len(days), len(begun)), np.nan), days.to_period("M")
    table[days.get_indexer(pd.Index(own["day"])), begun.index.get_indexer(pd.Index(own["quote"]))] = own["price"]
    for month in wanted:
        first = month - _MONTHS + 1
        year = table[months.searchsorted(first) : months.searchsorted(month, side="right")]
        whole = year[:, (begun <= first).to_numpy() & (~np.isnan(year)).any(axis=0)]
        figures = [(coefficient_of_variation(q).pct, detrended_variation(q).pct) for q in whole.T]
        counted = [pair for pair in figures if not np.isnan(pair[0])]
        n = int((~np.isnan(whole)).sum())
        enough = f"{n} of {whole.size} days have a price; {_ENOUGH:.0%} are needed"
        age = f"{(month - begun.min()).n + 1} months since the first price; {_MONTHS} are needed"
        row = {
            "commodity": own["commodity"].iloc[0],
            "variation": np.mean([varies for varies, _ in counted]) if counted else np.nan,
            "detrended": np.mean([rest for _, rest in counted]) if counted else np.nan,
            "n": n or int((~np.isnan(year)).sum()),
            "expected": whole.size or np.nan,
            "coverage": n / whole.size if whole.size else np.nan,
            "marks": provenance.of_origins(origins.loc[first:month].max().to_dict()),
            "inputs": digest(str(month), year.shape[1], n, [value for pair in figures for value in pair]),
            "refusal": None if counted else enough if whole.size else age,
        }
        yield month, row


def _expected_days(priced: pd.Series[pd.Timestamp], first: Month) -> pd.DatetimeIndex:
    """Each day of the working week, and what else has a price, in whole months."""
    days = pd.date_range(first.start_time, priced.max().to_period("M").end_time.normalize())
    return days[(days.day_of_week < _SATURDAY) | days.isin(priced)]


def _all_foods(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = [row for row in rows if not np.isnan(row["variation"])]
    share = len(known) / len(rows)
    enough = share >= _ENOUGH
    return {
        "commodity": ALL_FOODS,
        "variation": np.mean([row["variation"] for row in known]) if enough else np.nan,
        "detrended": np.mean([row["detrended"] for row in known]) if enough else np.nan,
        "n": len(known),
        "expected": len(rows),
        "coverage": share,
        "marks": {mark for row in (known if enough else rows) for mark in row["marks"]},
        "inputs": digest({row["commodity"]: row["inputs"] for row in rows}),
        "refusal": None if enough else f"{len(known)} of {len(rows)} foods have a value; {_ENOUGH:.0%} are needed",
    }


def workings(frames: Frames, site: Site, row: Row) -> Worked:
    """Each quote's days, mean and deviation over the twelve months; of all foods, each food's value."""
    if row["commodity"] == ALL_FOODS:
        values = compute(frames, site, now_ms=0)
        same = (values["market"] == row["market"]) & (values["start"] == pd.Timestamp(row["start"]))
        foods = values[same & (values["commodity"] != ALL_FOODS)][["commodity", "variation", "n", "expected"]]
        return Worked(foods, (f"variation = mean of {row['n']:g} foods = {row['variation']:.6g}",))
    last = pd.Period(row["start"], "M")
    prices = believed_prices(frames, site)
    own = prices[(prices["market"] == row["market"]) & (prices["commodity"] == row["commodity"])]
    months = own["day"].dt.to_period("M")
    year = own[(months > last - _MONTHS) & (months <= last)]
    used = year.groupby("quote")["price"].agg(days="count", mean="mean", sd="std").reset_index()
    lines = [f"{q.quote}: 100 · {q.sd:.6g} / {q.mean:.6g} = {100 * q.sd / q.mean:.6g}" for q in used.itertuples()]
    return Worked(used, (*lines, f"variation = mean over quotes with a full year = {row['variation']:.6g}"))


PRICE_VARIATION: Final = Indicator(
    name="price_variation",
    reads=QUOTES,
    periods=("month",),
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.TWELVE_MONTHS_ON,
    method="1",
    source="Permendag 5/2024 (koefisien variasi harga), as published by Bandung Satu Data; divisor n - 1 is ours",
    sentence=Label(
        id="Seberapa harga naik turun dalam dua belas bulan: simpangan baku dibagi rata-rata.",
        en="How much a price went up and down in twelve months: its standard deviation over its mean.",
    ),
    formula="variation = 100 · sd / mean of the daily prices of twelve months; detrended: about a straight line",
    compute=compute,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    workings=workings,
    facts=market_levels,
)
