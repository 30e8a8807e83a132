"""Weekly price change: the month so far against the whole month before, in the manner of BPS's weekly IPH."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.indicators.indicator import Frames, Indicator, Reach, Worked
from analytics.indicators.quotes import QUOTES, believed_prices, market_levels
from analytics.methods.price_alarm import weekly_change
from analytics.revision import digest
from commons.catalogue import Label
from commons.marks import ALL_FOODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.frames import Row
    from commons.sites import Site

    Month = Any  # a `pd.Period` of frequency M, by which pandas' types let nobody index

_QUOTE: Final = ["market", "commodity", "quote"]
_WEEK_DAYS: Final = 7
_FRIDAY: Final = pd.Timedelta(days=4)
_CONSUMER: Final = "consumer"
_COLUMNS: Final = ("start", "market", "commodity", "change")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")
_HALF: Final = AtLeast(count=1, share=0.5)
_ENOUGH_WEIGHT: Final = 0.7


def compute(frames: Frames, site: Site, *, now_ms: int) -> pd.DataFrame:  # noqa: ARG001  # Compute
    """How much dearer the month is so far than the month before was, at the Friday of each week.

    A food's change is the geometric mean over its quotes, each against itself, so that a dear seller who stays away
    makes nothing cheaper. All foods together (`semua`, consumer markets only) have the mean of their foods' changes by
    weight; `n` and `expected` are then foods, `coverage` is a share of the weight, and less than 70 % is refused.
    """
    prices = believed_prices(frames, site)
    foods = _foods(prices, pd.Period(frames.since, "M"))
    foods = foods[foods["friday"] - _FRIDAY >= pd.Timestamp(frames.since)]
    if foods.empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_ABOUT])
    rows = pd.concat([foods, _all_foods(foods, site)], ignore_index=True)
    told = rows[["change", "n", "expected", "coverage"]].astype(object).where(rows["n"] > 0, None)
    return rows.assign(
        start=rows["friday"] - _FRIDAY,
        marks=[_marks(row, site) for row in rows[["market", "commodity", *provenance.ORIGINS]].to_dict("records")],
        inputs=[digest(*row) for row in told.itertuples(index=False, name=None)],
    )[[*_COLUMNS, *_ABOUT, "refusal"]]


def _foods(prices: pd.DataFrame, since: Month) -> pd.DataFrame:
    """Per market, food and week: `change` [%], quotes with a change (`n`), quotes that may have one, and origins.

    Args:
        prices: Believed prices.
        since: The month of the first Friday that is wanted; those before it come out wrong, or not at all.
    """
    recent = prices[prices["day"].dt.to_period("M") >= since - 1]
    if recent.empty:
        return pd.DataFrame({"friday": pd.Series([], dtype="datetime64[ns]")})
    by_day = recent.pivot_table(index="day", columns=_QUOTE, values="price")
    change = weekly_change(by_day)
    this_week = by_day.asfreq("D").notna().rolling(_WEEK_DAYS, min_periods=1).max().reindex(change.index) == 1
    months = pd.DatetimeIndex(change.index).to_period("M")
    seen = by_day.groupby(pd.DatetimeIndex(by_day.index).to_period("M")).count() > 0
    due = (
        seen.reindex(months, fill_value=False) | seen.reindex(months - 1, fill_value=False).set_axis(months)
    ).set_axis(change.index)
    said = change.where(this_week)
    logs = pd.DataFrame({"log": said.stack(_QUOTE), "due": due.stack(_QUOTE)})  # noqa: PD013  # three levels at once
    rows = logs[logs["due"]].rename_axis(index=["friday", *_QUOTE]).reset_index()
    rows = rows.assign(log=np.log1p(rows["log"] / 100))
    keys = ["market", "commodity", "friday"]
    found = rows.groupby(keys, as_index=False).agg(log=("log", "mean"), n=("log", "count"), expected=("log", "size"))
    changed = found.assign(change=100 * np.expm1(found["log"]), coverage=found["n"] / found["expected"], refusal=None)
    dated = changed.assign(month=changed["friday"].dt.to_period("M"))
    return dated.join(_origins(prices), on=["market", "month"]).fillna(dict.fromkeys(provenance.ORIGINS, False))


def _origins(prices: pd.DataFrame) -> pd.DataFrame:
    """What the prices of a market come from, up to each month."""
    monthly = prices.assign(month=prices["day"].dt.to_period("M")).groupby(["market", "month"])
    return monthly[list(provenance.ORIGINS)].max().groupby("market").cummax()


def _all_foods(foods: pd.DataFrame, site: Site) -> pd.DataFrame:
    """The rows of all weighted foods of a consumer market together."""
    consumers = [slug for slug, market in site.markets.items() if market.level == _CONSUMER]
    weight = foods["commodity"].map({food: known.weight_pct for food, known in site.weights.items()})
    priced = _HALF.admits(foods["n"], foods["coverage"])
    parts = foods.assign(
        weight=weight,
        priced=priced,
        known=weight.where(priced, 0.0),
        moved=(foods["change"] * weight).where(priced, 0.0),
    )[foods["market"].isin(consumers) & weight.notna()]
    columns = {"weight": "sum", "known": "sum", "moved": "sum", "priced": ["sum", "count"]}
    columns |= dict.fromkeys(provenance.ORIGINS, "any")
    found = parts.groupby(["market", "friday"]).agg(columns)
    found.columns = ["weight", "known", "moved", "n", "expected", *provenance.ORIGINS]
    share = found["known"] / found["weight"]
    enough = share >= _ENOUGH_WEIGHT
    lacking = share.map(lambda part: f"{part:.0%} of the weight is priced; {_ENOUGH_WEIGHT:.0%} is needed")
    return found.assign(
        commodity=ALL_FOODS,
        change=(found["moved"] / found["known"]).where(enough),
        coverage=share,
        refusal=lacking.mask(enough, None),
    ).reset_index()


def _marks(row: Mapping[Any, Any], site: Site) -> str:
    marks = provenance.of_origins(row)
    marks |= {provenance.STAND_IN} if site.markets[row["market"]].stand_in else set()
    return provenance.text(marks | ({provenance.ASSUMED_WEIGHTS} if row["commodity"] == ALL_FOODS else set()))


def workings(frames: Frames, site: Site, row: Row) -> Worked:
    """Each quote's mean of the month so far and of the month before; of all foods, each food's change and weight."""
    friday = pd.Timestamp(row["start"]) + _FRIDAY
    prices = believed_prices(frames, site)
    own = prices[prices["market"] == row["market"]]
    if row["commodity"] == ALL_FOODS:
        foods = _foods(own, friday.to_period("M"))
        used = foods[(foods["friday"] == friday) & foods["commodity"].isin(list(site.weights))]
        weights = [site.weights[food].weight_pct for food in used["commodity"]]
        table = used[["commodity", "change", "n", "expected"]].assign(weight_pct=weights)
        return Worked(table, (f"change = Σ weight · change / Σ weight = {row['change']:.6g}",))
    month = friday.to_period("M")
    own = own[(own["commodity"] == row["commodity"]) & (own["day"] <= friday)]
    months = own["day"].dt.to_period("M")
    so_far = own[months == month].groupby("quote")["price"].mean()
    before = own[months == month - 1].groupby("quote")["price"].mean()
    table = pd.DataFrame({"so_far": so_far, "before": before, "change": 100 * (so_far / before - 1)})
    return Worked(
        table.rename_axis("quote").reset_index(),
        (f"change = geometric mean over {row['n']:g} quotes = {row['change']:.6g}",),
    )


PRICE_WEEKLY: Final = Indicator(
    name="price_weekly",
    reads=QUOTES,
    periods=("week",),
    place="market",
    coverage=_HALF,
    reach=Reach.ALL_AFTER,  # the weeks of its own month and of the next; those after come out as they were
    method="1",
    source="BPS, weekly IPH as its releases of 2023 to 2025 tell it: up to the Friday, against the month before",
    sentence=Label(
        id="Seberapa harga bulan ini sampai Jumat lebih tinggi dari rata-rata bulan lalu, dengan cara IPH; bukan IPH.",
        en="How much dearer this month is up to Friday than last month, in the manner of the IPH; it is not the IPH.",
    ),
    formula="change = 100 · (mean price of the month up to Friday / mean price of the month before - 1)",
    compute=compute,
    marks=(*sorted(provenance.INHERITED), provenance.IMPUTED, provenance.INCOMPLETE),
    workings=workings,
    facts=lambda site: (market_levels(site), list(site.weights.values())),
)
