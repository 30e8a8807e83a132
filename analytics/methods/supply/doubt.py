"""Harvest entries that are hard to believe: told twice, more than a bed can give, or many times the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

DOUBLE: Final = "double_entry"
REPEATED: Final = "repeated_entry"
IMPOSSIBLE: Final = "impossible_yield"
TENFOLD: Final = "tenfold_harvest"

_ONE_SPEECH: Final = pd.Timedelta(minutes=10)
_SEASONS: Final = 3.0  # no single harvest brings what three of the best seasons would
_REMEMBERED: Final = 40  # days with a harvest that "usual" looks back on
_FEWEST_DAYS: Final = 3
_FEWEST_LANES: Final = 3
_NORMAL: Final = 1.349  # a normal distribution's interquartile range over its standard deviation
_SPREADS: Final = 3.0
_LEAST, _MOST = np.log(5.0), np.log(8.0)  # what is too many times the usual, whatever the spread
_NEAR: Final = np.log(2.0)
_OWN: Final = ["lane", "commodity", "per_area"]


def doubtful_harvests(entries: pd.DataFrame, most_kg_m2: Mapping[str, float]) -> pd.DataFrame:
    """Which harvest entries are not to be believed, by which test, and what would have been usual.

    Each entry fails at most one test, in this order:

    * `double_entry`: the same lane, bed, food and amount within ten minutes of another: one harvest sent under two
      ids. The first of them counts.
    * `impossible_yield`: one harvest of more per area than three times what the best whole season gives.
    * `tenfold_harvest`: far above the lane's own usual harvest of that food, and more than twice what is usual in all
      lanes per area; or far above the latter where the lane has fewer than three earlier days, and more than 8 times
      the latter always. "Far" is three robust standard deviations of the logarithms, but never less than 5 times nor
      more than 8 times. What is usual in all lanes is known where three lanes have harvested.
    * `repeated_entry`: the same lane, bed, food and amount once more on the same day: it may be true.

    "Usual" is the median of the last 40 earlier days with a harvest, per area where the area is known. What fails one
    of the first three tests is no part of what is usual later on, so that a lie changes nothing but itself.

    Args:
        entries: One row per entry with a weight: `lane`, `bed`, `commodity`, `kg`, `pieces` (NaN = not counted),
            `area_m2` of what it was taken from (NaN = unknown), `time` (UTC) and `day` (its local midnight, without a
            zone).
        most_kg_m2: By food, what a square metre gives in the best season [kg/m2].

    Returns:
        For each entry that fails a test, under its own label: `test`, and `usual_kg` [kg].

    Raises:
        ValueError: A weight is negative or infinite.

    Source:
        This project's own rules, with the median and the interquartile range as robust measures (Tukey, 1977).

    Examples:
        >>> days = pd.date_range("2026-01-01", periods=7)
        >>> log = pd.DataFrame({"lane": "saga", "bed": "b1", "commodity": "bayam", "kg": [2.0] * 6 + [20.0]})
        >>> log = log.assign(pieces=np.nan, area_m2=4.0, day=days, time=days.tz_localize("UTC"))
        >>> doubtful_harvests(log, {"bayam": 2.5})
                      test  usual_kg
        6  tenfold_harvest       2.0
    """
    wrong = (entries["kg"] < 0) | np.isinf(entries["kg"])
    if wrong.any():
        raise ValueError(f"a harvest of {entries['kg'][wrong].iloc[0]} kg cannot be; correct the entry")
    weighed = entries[entries["kg"] > 0].sort_values(["time", "lane", "bed", "commodity"], kind="stable")
    again = _again(weighed)
    most = weighed["commodity"].map(pd.Series(dict(most_kg_m2), dtype=float)).astype(float)
    limit = most * weighed["area_m2"]
    test = pd.Series("", index=weighed.index).mask(again == REPEATED, REPEATED)
    usual = weighed["kg"].where(again != "", limit)
    sure = (again == DOUBLE) | (weighed["kg"] > _SEASONS * limit)
    test = test.mask(weighed["kg"] > _SEASONS * limit, IMPOSSIBLE).mask(again == DOUBLE, DOUBLE)
    tenfold = _tenfold(weighed[~sure])
    test.loc[tenfold.index] = TENFOLD
    usual.loc[tenfold.index] = tenfold
    found = pd.DataFrame({"test": test, "usual_kg": usual})
    return found[found["test"] != ""]


def _again(weighed: pd.DataFrame) -> pd.Series[str]:
    """Whether an entry says again what an earlier one of the day said, and how soon."""
    same = ["lane", "bed", "commodity", "day", "kg", "pieces"]
    since = weighed.groupby(same, dropna=False)["time"].diff()
    test = pd.Series("", index=weighed.index)
    return test.mask(since.notna(), REPEATED).mask(since <= _ONE_SPEECH, DOUBLE)


def _tenfold(weighed: pd.DataFrame) -> pd.Series[float]:
    """The usual weight [kg] of the entries that are many times of it.

    What an entry is compared with depends on earlier days only, so each pass settles at least one more day; the last
    one finds the verdicts that somebody judging one day after the other would reach.
    """
    logs = np.log(weighed["kg"] / weighed["area_m2"].fillna(1.0))
    known = weighed.assign(log=logs, per_area=weighed["area_m2"].notna())
    out = pd.Series(data=False, index=weighed.index)
    usual = pd.Series(np.nan, index=weighed.index)
    for _ in range(known["day"].nunique() + bool(len(known))):
        usual, far = _judged(known, out)
        if (far == out).all():
            break
        out = far
    return pd.Series(np.exp(usual) * weighed["area_m2"].fillna(1.0))[out]


def _judged(known: pd.DataFrame, out: pd.Series[bool]) -> tuple[pd.Series[float], pd.Series[bool]]:
    """The usual logarithm of every entry, and whether it lies too far above, with some left out of what is usual."""
    own = _usual(known, known[~out], _OWN)
    near = _usual(known, known[~out & known["per_area"]], ["commodity"]).where(known["per_area"])
    is_alone = own["level"].isna()
    nearby = known["log"] - near["level"]
    too_far = known["log"] - own["level"] > own["far"]
    far = (too_far & ~(nearby <= _NEAR)) | (nearby > near["far"].where(is_alone, _MOST))
    return own["level"].fillna(near["level"]), far


def _usual(known: pd.DataFrame, history: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Median of the logarithms of earlier days, and how far above it is too far; NaN where there are too few."""
    kept_apart: list[Hashable] = [*by]
    daily = history.groupby([*kept_apart, "day"])["log"].median().reset_index()
    rolled = daily.groupby(by)["log"].rolling(_REMEMBERED, min_periods=_FEWEST_DAYS)
    low, level, high = (rolled.quantile(share).droplevel(kept_apart) for share in (0.25, 0.5, 0.75))
    daily["level"] = level
    daily["far"] = (_SPREADS * (high - low) / _NORMAL).clip(_LEAST, _MOST)
    if "lane" not in by:
        daily = daily[_lanes(history, daily, by) >= _FEWEST_LANES]
    asked = known[[*by, "day"]].rename_axis("label").reset_index().sort_values("day", kind="stable")
    kept = daily.drop(columns="log").sort_values("day", kind="stable")
    found = pd.merge_asof(asked, kept, on="day", by=by, allow_exact_matches=False)
    return found.set_index("label")[["level", "far"]].reindex(known.index)


def _lanes(history: pd.DataFrame, daily: pd.DataFrame, by: list[str]) -> pd.Series[int]:
    """How many lanes ever had a harvest, up to each day."""
    first = history.groupby([*by, "lane"], as_index=False)["day"].min()
    new = first.groupby([*by, "day"]).size()
    keys = pd.MultiIndex.from_frame(daily[[*by, "day"]])
    return new.reindex(keys, fill_value=0).groupby(level=by).cumsum().set_axis(daily.index)
