"""Prices in doubt: which quotes cannot be what they say, and so do not count in anything computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach, Worked
from analytics.indicators.quotes import SAID, ZERO_PRICE, daily_prices, market_levels
from analytics.methods.price_doubt import WINDOW_DAYS, price_doubts
from analytics.revision import digest
from commons.catalogue import Label
from commons.catalogue.price_kinds import administered_foods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.frames import Row
    from commons.sites import Site

_COLUMNS: Final = ("start", "market", "commodity", "quote", "test", "value", "usual", "left_out", "detail")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_KEYS: Final = ["market", "commodity", "quote", "day"]


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """One row per price in doubt: what was said, what would be usual, and whether it counts.

    `quote` is the quote with its source. A price of zero or below is no price, and never counted anywhere; it is named
    because whoever typed it should know. For all else see `price_doubts`.
    """
    daily = daily_prices(frames)
    levels = {slug: market.level for slug, market in site.markets.items()}
    doubted = price_doubts(daily.assign(level=daily["market"].map(levels)), administered=administered_foods())
    origins = daily.set_index(_KEYS)[list(provenance.ORIGINS)]
    named = doubted.join(origins, on=_KEYS).rename(columns={"price": "value"})
    rows = pd.concat([named, _zeros(frames["price"])], ignore_index=True)
    if rows.empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_ABOUT])
    marks = [_marks(row, site) for row in rows.to_dict("records")]
    told = rows[["value", "usual", "left_out", "detail"]].itertuples(index=False, name=None)
    inputs = [digest(value, usual, bool(out), detail) for value, usual, out, detail in told]
    filled = rows.assign(left_out=rows["left_out"].astype(float), n=1.0, expected=1.0, coverage=1.0)
    return filled.rename(columns={"day": "start"}).assign(marks=marks, inputs=inputs)[[*_COLUMNS, *_ABOUT]]


def _zeros(said: pd.DataFrame) -> pd.DataFrame:
    """The prices that are none."""
    rows = said[said["none"].notna()].assign(test=ZERO_PRICE, usual=np.nan, left_out=True, detail="")
    columns = [*_KEYS, "none", "test", "usual", "left_out", "detail", *provenance.ORIGINS]
    return rows[columns].rename(columns={"none": "value"})


def _marks(row: Mapping[object, object], site: Site) -> str:
    market = site.markets[str(row["market"])]
    return provenance.text(provenance.of_origins(row) | ({provenance.STAND_IN} if market.stand_in else set()))


def _same_level(site: Site, market: str) -> Iterable[str]:
    """A market's prices bear on what is believed in every market of its level."""
    if market not in site.markets:
        return (market,)
    level = site.markets[market].level
    return tuple(slug for slug, other in site.markets.items() if other.level == level)


def workings(frames: Mapping[str, pd.DataFrame], site: Site, row: Row) -> Worked:  # noqa: ARG001  # Workings
    """The quote's prices of the month either side, and the doubt in one line."""
    prices = daily_prices(frames)
    day, half = pd.Timestamp(row["start"]), pd.Timedelta(days=WINDOW_DAYS // 2)
    same = (prices[["market", "commodity", "quote"]] == [row["market"], row["commodity"], row["quote"]]).all(axis=1)
    near = prices[same & prices["day"].between(day - half, day + half)][["day", "price"]]
    usual = "unknown" if row["usual"] is None else f"{row['usual']:.6g}"
    counts = "does not count" if row["left_out"] else "counts, and is named"
    line = f"{row['test']}: {row['value']:.6g} where {usual} is usual ({row['detail'] or 'no detail'}); it {counts}"
    return Worked(near.assign(day=near["day"].dt.strftime("%Y-%m-%d")), (line,))


PRICE_DOUBT: Final = Indicator(
    name="price_doubt",
    reads=(SAID,),
    periods=("day",),
    place="market",
    coverage=AtLeast(count=1),
    reach=Reach.WHOLE_SERIES,  # what is usual looks a month ahead, and how long a price usually stands at all of it
    method="1",
    source="Consumer Price Index Manual: Concepts and Methods, 2020, chapter 5 (data editing); bounds of our own",
    sentence=Label(
        id="Harga yang tidak mungkin benar: nol, salah satuan, tersalin dari bahan lain, melonjak sendiri atau macet.",
        en="Prices that cannot be right: zero, another unit, copied from another food, a lone spike, or stuck.",
    ),
    formula="value against usual, the median of the quote's prices 30 days either side or of other markets that day",
    compute=compute,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    workings=workings,
    spread=_same_level,
    facts=lambda site: (market_levels(site), sorted(administered_foods())),
)
