"""Price against the official limit of its day (HAP, HET)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import groups, records
from analytics.indicators.indicator import Frames, Indicator, Reach, Worked
from analytics.indicators.quotes import QUOTES, believed_prices, geometric_mean, market_levels
from analytics.methods.price_alarm import ceiling_position
from analytics.revision import digest
from commons.catalogue import Label
from commons.catalogue.commodities import commodities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from analytics.frames import Row
    from commons.sites import Site
    from commons.sites.rows import Ceiling

_USUAL_DAYS: Final = 30
_COLUMNS: Final = (
    "start",
    "market",
    "commodity",
    "level",
    "price_idr",
    "min_idr",
    "max_idr",
    "distance",
    "state",
    "state_code",
    "regulation",
)
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_CODES: Final = {"below": -1.0, "within": 0.0, "above": 1.0}


def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """Where each day's price stands against the limit that holds on that day at the market's level of trade.

    The day's price is the geometric mean of its quotes; `expected` are the quotes that had a price in the thirty days
    up to it. A price on a bound is within. Where a newer rule begins before an older one ends, the newer one holds. A
    day, commodity or level without a limit has no row.
    """
    prices = believed_prices(frames, site)
    rows = [
        {"market": market, "commodity": commodity, "level": site.markets[market].level} | row
        for market, own in groups(prices, "market")
        for commodity, days in _days(own, set(_limited(site)), frames.since)
        for row in _rows(days, _limits(site, market, commodity), stand_in=site.markets[market].stand_in)
    ]
    return pd.DataFrame(rows, columns=[*_COLUMNS, *_ABOUT])


def _limited(site: Site) -> list[str]:
    return [ceiling.commodity for ceiling in site.ceilings]


def _limits(site: Site, market: str, commodity: str) -> list[Ceiling]:
    """The limits of a commodity at the market's level, in its unit."""
    level, unit = site.markets[market].level, commodities()[commodity].unit if commodity in commodities() else ""
    return [c for c in site.ceilings if (c.commodity, c.level, c.unit) == (commodity, level, unit)]


def _rows(days: pd.DataFrame, limits: list[Ceiling], *, stand_in: bool) -> Iterator[dict[str, Any]]:
    if not limits:
        return
    position = ceiling_position(days["price"], pd.DataFrame(limits), days["start"])
    for day in records(days.join(position)[position["state"] != "none"]):
        price, limit, state = day["price"], limits[day.pop("rule")], day.pop("state")
        distance = day.pop("distance_pct")
        marks = provenance.of_origins(day) | ({provenance.STAND_IN} if stand_in else set())
        yield {
            "start": pd.Timestamp(day["start"]),
            "price_idr": price,
            "min_idr": limit.min_idr,
            "max_idr": limit.max_idr,
            "distance": distance,
            "state": state,
            "state_code": _CODES[state],
            "regulation": limit.regulation,
            "n": day["n"],
            "expected": day["expected"],
            "coverage": day["n"] / day["expected"],
            "marks": provenance.text(marks),
            "inputs": digest(day, limit),
        }


def _days(own: pd.DataFrame, commodities: set[str], since: date) -> Iterator[tuple[str, pd.DataFrame]]:
    """Of each of these commodities in one market, its days with a price from a day on, where it has any.

    A row has the price, quotes there were, quotes that were usual, and `provenance.ORIGINS`.
    """
    kept = own[own["commodity"].isin(commodities)]
    if kept.empty:
        return
    quotes = kept.pivot_table(index="day", columns=["commodity", "quote"], values="price")
    usual = quotes.notna().astype(float).rolling(f"{_USUAL_DAYS}D").max()
    origins = kept.groupby(["commodity", "day"])[list(provenance.ORIGINS)].max()
    late = quotes.index >= pd.Timestamp(since)
    for commodity in quotes.columns.unique("commodity"):
        asked, before = pd.DataFrame(quotes[commodity])[late], pd.DataFrame(usual[commodity])[late]
        price, n = geometric_mean(np.log(asked).mean(axis=1)), asked.count(axis=1)
        days = pd.DataFrame({"price": price, "n": n, "expected": before.sum(axis=1)})[n > 0]
        if not days.empty:
            yield commodity, days.join(origins.loc[commodity]).reset_index(names="start")


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:
    """The quotes of the day, and their mean beside the limit."""
    prices = believed_prices(frames, site)
    own = prices[(prices["market"] == row["market"]) & (prices["commodity"] == row["commodity"])]
    today = own[own["day"] == pd.Timestamp(row["start"])]
    lines = [f"price_idr = exp(mean ln price) of {len(today)} quotes = {row['price_idr']:.6g}"]
    if row["distance"] is not None and row["max_idr"] is not None:
        lines.append(f"distance = 100 · ({row['price_idr']:.6g} / {row['max_idr']:g} - 1) = {row['distance']:.4g} %")
    return Worked(today[["quote", "price"]], (*lines, f"{row['state']}, by {row['regulation']}"))


CEILING_POSITION: Final = Indicator(
    name="ceiling_position",
    reads=(replace(QUOTES[0], back_days=_USUAL_DAYS), *QUOTES[1:]),
    periods=("day",),
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.ALL_AFTER,  # `expected` looks thirty days back
    method="3",
    source="Badan Pangan Nasional: Perbadan 11/2022 (harga acuan), 7/2023 and 5/2024 (harga eceran tertinggi)",
    sentence=Label(
        id="Apakah harga hari itu di bawah, di dalam atau di atas batas resmi (HAP, HET) untuk tingkat pasar itu.",
        en="Whether the day's price is below, within or above the official limit (HAP, HET) for that level of trade.",
    ),
    formula="distance = 100 · (price_idr / max_idr - 1); above if price_idr > max_idr, below if price_idr < min_idr",
    compute=compute,
    workings=workings,
    facts=lambda site: (market_levels(site), site.ceilings),
)
