"""Price index of one commodity in one market, by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast, Either
from analytics.frames import groups
from analytics.indicators.indicator import Frames, Indicator, Reach, Worked
from analytics.indicators.quotes import QUOTES, believed_prices, geometric_mean, market_levels
from analytics.methods.price_index import elementary, rates
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.frames import Row
    from commons.sites import Site

ENOUGH_DAYS: Final = Either(AtLeast(count=10), AtLeast(count=1, share=0.5))
"""A quote's month counts with ten priced days, or with half of those that were usual in its months before."""

_COLUMNS: Final = ("start", "market", "commodity", "index", "price_idr", "mom", "yoy", "imputed")
_ABOUT: Final = ("n", "expected", "coverage", "imputed_share", "marks", "inputs")


def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Chained Jevons over the quotes of a commodity, month by month.

    A quote's price of the month is the geometric mean of its daily prices, as the price of the commodity is that of its
    quotes: so a doubling and a halving weigh the same, and the order of the two means does not matter. (BPS takes the
    arithmetic mean for some commodities and the geometric one for rice, cooking oil and petrol.) Missing quotes move
    with the others for three months; one that is missing longer has left the sample and comes back as a new one. A
    month without any price has no row, and the next one is compared with the last that had prices.
    """
    months = _quote_months(believed_prices(frames, site))
    rows = [
        {"market": market} | row
        for market, own in groups(months, "market")
        for row in _rows(own, pd.Period(frames.since, "M"), stand_in=site.markets[market].stand_in)
    ]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _quote_months(daily: pd.DataFrame) -> pd.DataFrame:
    """One row per quote and month with enough days: `price` (geometric mean), `days` and `provenance.ORIGINS`."""
    by = ["market", "commodity", "quote"]
    columns = {"price": "mean", "day": "nunique", **dict.fromkeys(provenance.ORIGINS, "max")}
    dated = daily.assign(month=daily["day"].dt.to_period("M"), price=np.log(daily["price"]))
    months = dated.groupby([*by, "month"], as_index=False).agg(columns).rename(columns={"day": "days"})
    usual = months.groupby(by)["days"].transform(lambda days: days.shift().expanding().median())
    enough = ENOUGH_DAYS.admits(months["days"], months["days"] / usual)
    return months.assign(price=geometric_mean(months["price"]))[enough]


def _rows(own: pd.DataFrame, since: pd.Period, *, stand_in: bool) -> Iterator[dict[str, Any]]:
    """The rows of one market from a month on, commodity by commodity in order of time."""
    tables = _tables(own)
    for commodity, quotes in groups(own, "commodity"):
        table = tables[commodity]
        known = table[table["index"].notna() & (table.index >= since)]
        if not known.empty:
            yield from ({"commodity": commodity} | row for row in _series(quotes, known, stand_in=stand_in))


def _series(own: pd.DataFrame, known: pd.DataFrame, *, stand_in: bool) -> Iterator[dict[str, Any]]:
    """The rows of one commodity in one market, for the months that are known of it."""
    inputs = _chained(own, stand_in=stand_in)
    origins = own.groupby("month")[list(provenance.ORIGINS)].max().cummax().to_dict("index")
    for month, row in known.to_dict("index").items():
        n, imputed = int(row["priced"]), int(row["imputed"])
        marks = provenance.of_origins(origins[month])
        marks |= {mark for mark, holds in ((provenance.STAND_IN, stand_in), (provenance.IMPUTED, imputed)) if holds}
        yield {
            "start": month.start_time,  # type: ignore[attr-defined]  # the index is of periods
            **{name: row[name] for name in ("index", "price_idr", "mom", "yoy", "imputed")},
            "n": n,
            "expected": n + imputed,
            "coverage": n / (n + imputed),
            "imputed_share": imputed / (n + imputed),
            "marks": provenance.text(marks),
            "inputs": inputs[month],
        }


def _tables(own: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """By commodity of one market, a row for each month without gaps.

    Each has the index and its changes, the mean price, and how many quotes are priced and imputed.
    """
    calendar = pd.period_range(own["month"].min(), own["month"].max(), freq="M")
    quotes = own.pivot_table(index="month", columns=["commodity", "quote"], values="price").reindex(calendar)
    commodities = quotes.columns.get_level_values("commodity").to_series(index=quotes.columns)
    found, logs = elementary(quotes, by=commodities), np.log(quotes)
    change = rates(found["index"])
    return {
        name: pd.DataFrame(
            {
                **{column: found[column][name] for column in ("index", "priced", "imputed")},
                "price_idr": geometric_mean(logs[name].mean(axis=1)),
                "mom": change["month_on_month"][name],
                "yoy": change["year_on_year"][name],
            }
        )
        for name in commodities.unique()
    }


def _chained(own: pd.DataFrame, *, stand_in: bool) -> dict[Any, str]:
    """The digest of each month with prices: that of the month before, and what it adds."""
    chain = digest(stand_in)
    inputs: dict[Any, str] = {}
    added = own[["month", "quote", "price", "days", *provenance.ORIGINS]].sort_values(["month", "quote"])
    for month, *quote in added.itertuples(index=False, name=None):
        inputs[month] = chain = digest(chain, str(month), quote)
    return inputs


def workings(frames: Frames, site: Site, row: Row) -> Worked:
    """The quotes of the month beside those of the month before, and what their relatives make of the index."""
    months = _quote_months(believed_prices(frames, site))
    own = months[(months["market"] == row["market"]) & (months["commodity"] == row["commodity"])]
    month, table = pd.Period(row["start"], "M"), _tables(own)[row["commodity"]]
    quotes = own.pivot_table(index="month", columns="quote", values="price").reindex(table.index)
    now, before = quotes.loc[month], quotes.shift().loc[month]
    days = own[own["month"] == month].set_index("quote")["days"]
    used = pd.DataFrame({"days": days, "price_before": before, "price": now, "relative": now / before})
    used = used.dropna(subset=["price", "price_before"], how="all").rename_axis("quote").reset_index()
    mean = f"price_idr = exp(mean ln price) of {now.count()} quotes = {row['price_idr']:.6g}"
    earlier = table["index"].shift().to_dict().get(month)
    if pd.isna(earlier):
        return Worked(used, (mean, f"index = {row['index']:.6g}: the first month, or the first after a gap"))
    change = row["index"] / earlier
    chain = f"index = {earlier:.6g} · {change:.6g} = {row['index']:.6g}; {row['imputed']:g} quotes imputed"
    return Worked(used, (mean, chain))


PRICE_ELEMENTARY: Final = Indicator(
    name="price_elementary",
    reads=QUOTES,
    periods=("month",),
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.ALL_AFTER,
    method="4",
    source="Consumer Price Index Manual: Concepts and Methods, 2020, chapters 6 and 8",
    sentence=Label(
        id="Seberapa harga satu komoditas di satu pasar berubah dari bulan ke bulan, dari kutipan harga yang sama.",
        en="How much the price of one commodity in one market changes from month to month, from the same quotes.",
    ),
    formula="index = index before · exp(mean ln(price / price before)), same quotes; price_idr = exp(mean ln price)",
    compute=compute,
    workings=workings,
    marks=(*provenance.ORIGINS, provenance.STAND_IN, provenance.IMPUTED, provenance.INCOMPLETE),
    facts=market_levels,
)
