"""Prices that cannot be what they say: another unit, another food, a lone spike, a quote that no longer moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics.methods.price_alarm import CUTOFF, robust_outliers, robust_spread

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WINDOW_DAYS: Final = 61
"""What is usual on a day is the median of the quote's prices a month either side."""

_FEWEST: Final = 5
_POWERS: Final = (1, 2, 3)  # factors 10, 100, 1000
_NEAR_POWER: Final = np.log(1.8)
_LARGE: Final = np.log(1.25)
_SAME: Final = 0.0005
_DOUBLED: Final = np.log(2)
_STUCK_DAYS: Final = 28
_STUCK_QUOTES: Final = 14
_STUCK_TIMES: Final = 5
_MOVED: Final = np.log(1.1)

_A_WEEK: Final = pd.Timedelta(days=7)

_QUOTE: Final = ["market", "commodity", "quote"]
_FOOD: Final = ["level", "commodity"]
_COMPARED: Final = ["x", "own", "elsewhere", "markets"]
_SAID: Final = [*_QUOTE, "day", "price"]
_FOUND: Final = [*_SAID, "test", "usual", "left_out", "detail"]


def price_doubts(prices: pd.DataFrame, *, administered: Collection[str] = ()) -> pd.DataFrame:
    """Which prices are not to be believed, and why.

    With u the median of a quote's own prices within 30 days either side (at least five), and e the median of what other
    markets of the same level ask for the food that day (or within a week before):

    * unit_mixup: the price is u times 10, 100 or 1000, or one of these parts of it, up to a factor of 1.8. Without
      five prices of its own, or where two other markets agree against them, e stands for u.
    * copied_price: the same as the price of another food of that market, day and level, more than 25 % off u, and
      above, or below, both the last and the next price that is no such copy by what would be an outlier.
    * outlier: a change out of the ordinary (`robust_outliers`) that is taken back with the next price. It is left out
      where the price more than doubled or halved, else only named: somebody should look.
    * stuck: the same price for 28 days or more and five times as long as a price of that quote usually stands (the mean
      over the days of its other prices). It is left out from the second day on where another quote of the food moved by
      10 % meanwhile; where none did, a calm market looks the same, and it is only named. Prices set by an authority
      stand still by nature.

    A price that e is nearer to than to u is believed by the first three, whatever u: then the market moved. What one
    test leaves out is no longer there for the next, so that a lie hides no other and makes no neighbour look like one.

    Args:
        prices: One row per quote and day that has a price: `market`, `level`, `commodity`, `quote`, `day` (datetime64),
            `price` [any unit, the same for all rows of a food].
        administered: Foods whose price an authority sets.

    Returns:
        One row per price in doubt, in order: `market`, `commodity`, `quote`, `day`, `price`, `test`, `usual` (u, or e
        where there is none; NaN = unknown), `left_out` (whether it must not count), and `detail`: the factor, the other
        food, the change as a ratio, or the day since when it stands.

    Raises:
        ValueError: A price is not positive.

    Source:
        Consumer Price Index Manual: Concepts and Methods, 2020, chapter 5 (data editing); the bounds are ours, chosen
        on ten years of East Java's producer prices.

    Examples:
        Rice at Rp9,000 a kilogram, and once by the 100 grams.

        >>> days = pd.date_range("2025-01-01", periods=20)
        >>> rice = pd.DataFrame({"market": "m", "level": "consumer", "commodity": "rice", "quote": "a", "day": days})
        >>> found = price_doubts(rice.assign(price=[9000.0] * 10 + [900.0] + [9100.0] * 9))
        >>> found[["price", "test", "usual", "detail"]].to_numpy().tolist()
        [[900.0, 'unit_mixup', 9000.0, '0.1']]
    """
    if not (prices["price"] > 0).all():
        raise ValueError("a price is not above zero, which is no price; leave that row out")
    if prices.empty:
        return _nothing()
    rows = prices.sort_values([*_QUOTE, "day"], ignore_index=True)
    seen = _compared(rows.assign(series=rows.groupby(_QUOTE, sort=False).ngroup()))
    found = []
    for test in (_unit_mixups, _copies, _outliers):
        doubted = test(seen)
        found.append(doubted)
        seen = _without(seen, doubted.index[doubted["left_out"]])
    found.append(_stuck(seen, administered))
    kept = [table for table in found if not table.empty]
    if not kept:
        return _nothing()
    return pd.concat(kept).sort_values([*_QUOTE, "day"], ignore_index=True)[_FOUND]


def _nothing() -> pd.DataFrame:
    numbers = {"price": float, "usual": float, "left_out": bool}
    return pd.DataFrame(columns=_FOUND, dtype="str").astype({**numbers, "day": "datetime64[ns]"})


def _compared(prices: pd.DataFrame) -> pd.DataFrame:
    """The prices with their logarithm `x`, `own` usual and what is asked `elsewhere` (logarithms) in `markets`."""
    logs = prices.assign(x=np.log(prices["price"]))
    by_quote = logs.set_index("day").groupby("series", sort=False)["x"]
    own = by_quote.rolling(f"{WINDOW_DAYS}D", center=True, min_periods=_FEWEST).median()
    return _with_elsewhere(logs.assign(own=own.to_numpy()))


def _without(seen: pd.DataFrame, left_out: pd.Index) -> pd.DataFrame:
    """The prices without some; those of the same foods are compared anew, all others stay as they are."""
    if left_out.empty:
        return seen
    foods = pd.MultiIndex.from_frame(seen[_FOOD])
    again = foods.isin(foods[left_out])
    changed = seen[again].drop(index=left_out).drop(columns=_COMPARED)
    parts = [seen[~again], *([] if changed.empty else [_compared(changed)])]
    return pd.concat([part for part in parts if not part.empty] or parts).sort_index().reset_index(drop=True)


def _with_elsewhere(logs: pd.DataFrame) -> pd.DataFrame:
    daily = logs.pivot_table(index=[*_FOOD, "day"], columns="market", values="x", aggfunc="median")
    last = _carried_a_week(daily)
    others = {market: last.drop(columns=market) for market in last.columns}
    tables = {
        market: pd.DataFrame({"elsewhere": asked.median(axis=1), "markets": asked.count(axis=1)})
        for market, asked in others.items()
    }
    return logs.join(pd.concat(tables, names=["market"]), on=["market", *_FOOD, "day"])


def _carried_a_week(daily: pd.DataFrame) -> pd.DataFrame:
    """Each market's newest price of the last seven days, on the days that any market has one for the food."""
    days = daily.index.get_level_values("day").to_series(index=daily.index)
    priced = pd.DataFrame({market: days.where(prices.notna()) for market, prices in daily.items()})
    last_priced = priced.groupby(level=_FOOD).ffill()
    return daily.groupby(level=_FOOD).ffill().where(last_priced.rsub(days, axis=0) < _A_WEEK)


def _unit_mixups(seen: pd.DataFrame) -> pd.DataFrame:
    against_own = _power_of_ten(seen["x"] - seen["own"])
    against_others = _power_of_ten(seen["x"] - seen["elsewhere"])
    alone = seen["own"].isna() | (seen["markets"] > 1)
    power = against_own.where(against_own != 0, against_others.where(alone, 0))
    mixed = (power != 0) & ~(_believed_elsewhere(seen) & (against_others == 0))
    usual = seen["own"].where(against_own != 0, seen["elsewhere"])
    return _doubted(seen, mixed, "unit_mixup", usual, detail=power[mixed].map(lambda p: f"{10.0**p:g}"))


def _power_of_ten(deviation: pd.Series[float]) -> pd.Series[int]:
    """The power of ten that a price is off by, 0 for none."""
    power = (deviation / np.log(10)).round().fillna(0).astype(int)
    near = (deviation - power * np.log(10)).abs() < _NEAR_POWER
    found: pd.Series[int] = power.where(near & power.abs().isin(_POWERS), 0)
    return found


def _believed_elsewhere(seen: pd.DataFrame) -> pd.Series[bool]:
    """Whether what is asked elsewhere is nearer to the price than to what is usual for it."""
    return (seen["x"] - seen["elsewhere"]).abs() < (seen["own"] - seen["elsewhere"]).abs()


def _copies(seen: pd.DataFrame) -> pd.DataFrame:
    odd = ((seen["x"] - seen["own"]).abs() > _LARGE) & ~_believed_elsewhere(seen)
    where = ["market", "level", "day"]
    likely = seen[~odd & seen["own"].notna()]
    pairs = seen[odd].reset_index().merge(likely[[*where, "commodity", "x"]], on=where, suffixes=("", "_other"))
    same = pairs[(pairs["commodity"] != pairs["commodity_other"]) & ((pairs["x"] - pairs["x_other"]).abs() < _SAME)]
    other = same.sort_values("commodity_other").drop_duplicates("index").set_index("index")["commodity_other"]
    alike = pd.Series(seen.index.isin(other.index), index=seen.index)
    copied = alike & _stands_out(seen, alike)
    return _doubted(seen, copied, "copied_price", seen["own"], detail=other.reindex(seen.index[copied]))


def _stands_out(seen: pd.DataFrame, which: pd.Series[bool]) -> pd.Series[bool]:
    """Whether a price lies out of the ordinary above, or below, both neighbours that are not among `which`."""
    by_quote = seen["x"].mask(which).groupby(seen["series"], sort=False)
    before, after = seen["x"] - by_quote.ffill(), seen["x"] - by_quote.bfill()
    back = after.fillna(before)  # nobody knows yet whether the newest comes back
    size = np.minimum(before.abs(), back.abs())
    ordinary = seen.groupby("series", sort=False)["x"].transform(_ordinary_change)
    apart: pd.Series[bool] = (np.sign(before) == np.sign(back)) & (size > _LARGE) & (size > ordinary)
    return apart


def _ordinary_change(x: pd.Series[float]) -> float:
    """The largest change of a quote that `robust_outliers` would let pass [log]."""
    return CUTOFF * robust_spread(np.diff(np.asarray(x, dtype=np.float64)))


def _outliers(seen: pd.DataFrame) -> pd.DataFrame:
    by_quote = seen.groupby("series", sort=False)["x"]
    change, back = by_quote.diff(), by_quote.diff(-1)
    flagged = change.groupby(seen["series"], sort=False).transform(robust_outliers).astype(bool)
    flagged_next = flagged.shift(-1, fill_value=False) & back.notna()
    lone = flagged & flagged_next & (np.sign(change) == np.sign(back)) & ~_believed_elsewhere(seen)
    size = np.minimum(change.abs(), back.abs())
    ratio = np.exp(np.sign(change) * size)[lone].map(lambda value: f"{value:.3g}")
    return _doubted(seen, lone, "outlier", seen["own"], detail=ratio, left_out=size > _DOUBLED)


def _stuck(seen: pd.DataFrame, administered: Collection[str]) -> pd.DataFrame:
    runs = _runs(seen)
    by_quote = runs.assign(squares=runs["days"] ** 2).groupby("series")[["days", "squares"]].transform("sum")
    usual = (by_quote["squares"] - runs["days"] ** 2) / (by_quote["days"] - runs["days"])
    long = (runs["days"] >= _STUCK_DAYS) & (runs["n"] >= _STUCK_QUOTES) & (runs["days"] > _STUCK_TIMES * usual)
    found = runs[long & ~runs["commodity"].isin(list(administered))]
    moved = [run for run in found.index if _others_moved(seen, found.loc[run])]
    since = {run: f"{first:%Y-%m-%d}" for run, first in found["first"].items()}
    stands = seen["run"].isin(found.index) & (seen["day"] > seen["run"].map(runs["first"]))
    left_out = seen["run"].isin(moved)
    return _doubted(
        seen, stands, "stuck", seen["elsewhere"], detail=seen.loc[stands, "run"].map(since), left_out=left_out
    )


def _runs(seen: pd.DataFrame) -> pd.DataFrame:
    """One row per stretch of equal prices of a quote; `seen` gains its number as `run`."""
    begins = seen.groupby("series", sort=False)["x"].diff() != 0
    seen["run"] = begins.cumsum()
    first = np.flatnonzero(begins)
    n = np.diff(first, append=len(seen))
    runs = seen.iloc[first].rename(columns={"day": "first"})
    last = seen["day"].iloc[first + n - 1].set_axis(runs.index)
    return runs.assign(n=n, last=last, days=(last - runs["first"]).dt.days + 1.0).set_index("run")


def _others_moved(seen: pd.DataFrame, run: pd.Series[Any]) -> bool:
    """Whether another quote of the food at that level changed by a tenth while this one stood."""
    same_food = (seen["commodity"] == run["commodity"]) & (seen["level"] == run["level"])
    itself = (seen["market"] == run["market"]) & (seen["quote"] == run["quote"])
    meanwhile = (seen["day"] >= run["first"]) & (seen["day"] <= run["last"])
    others = seen[same_food & ~itself & meanwhile].groupby(_QUOTE)["x"]
    return bool((others.max() - others.min() > _MOVED).any())


def _doubted(
    seen: pd.DataFrame,
    which: pd.Series[bool],
    test: str,
    usual: pd.Series[float],
    *,
    detail: pd.Series[str],
    left_out: pd.Series[bool] | None = None,
) -> pd.DataFrame:
    rows = seen.loc[which, _SAID]
    return rows.assign(
        test=test,
        usual=np.exp(usual[which]).round(6),
        left_out=True if left_out is None else left_out[which],
        detail=detail,
    )
