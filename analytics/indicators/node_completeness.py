"""Node completeness: in how many hours of a day each node was heard, and since when it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import provenance
from analytics.coverage import AtLeast
from analytics.frames import records
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.periods import hours_so_far, local_days, midnight_ms, next_start
from analytics.revision import digest
from commons.catalogue import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commons.sites import Site

_SAMPLES: Final = ("soil", "air", "rain", "health")
_NODE: Final = ["lane", "node"]
_HOUR_MS: Final = 3_600_000
_HOURS: Final = tuple(f"{name}_hours" for name in _SAMPLES)
_COLUMNS: Final = ("start", "lane", "node", "share", *_HOURS, "silent_hours", "heard")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day on which a node of the site's lanes was heard at all, by node.

    An hour counts when at least one row came from it: a cadence of a quarter of an hour and one of an hour are judged
    alike. A whole day of silence has no row: the newest row of a node tells since when it is silent.
    """
    nodes = {(at.lane, at.node): entry.origin for entry in site.nodes.values() if (at := entry.address)}
    every = [frames[name][[*_NODE, "time"]].drop_duplicates().assign(of=name) for name in _SAMPLES]
    hours = pd.concat(every, ignore_index=True)
    hours = hours[pd.MultiIndex.from_frame(hours[_NODE]).isin(list(nodes))]
    hours = hours.assign(start=local_days(hours["time"], site.zone))
    groups = hours.groupby([*_NODE, "start"])
    days = groups["time"].agg(n="nunique", last="max")
    for name in _SAMPLES:
        days[f"{name}_hours"] = hours[hours["of"] == name].groupby([*_NODE, "start"]).size()
    days = days.fillna(dict.fromkeys(_HOURS, 0)).assign(heard=_ms(days["last"]) + _HOUR_MS)
    rows = records(days.reset_index())
    expected = {start: hours_so_far(start, site.zone, now_ms) for start in {row["start"] for row in rows}}
    found = [_row(row, expected[row["start"]], site, now_ms) for row in rows]
    marked = [row | {"marks": _mark(nodes[row["lane"], row["node"]])} for row in found]
    return pd.DataFrame(marked, columns=[*_COLUMNS, *_ABOUT]).astype({"start": "datetime64[ns]"})


def _ms(moments: pd.Series[pd.Timestamp]) -> pd.Series[float]:
    return (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds() * 1000


def _mark(origin: str) -> str:
    return origin if origin in provenance.ORIGINS else ""


def _row(day: Mapping[str, Any], expected: int, site: Site, now_ms: int) -> dict[str, Any]:
    until_ms = min(midnight_ms(next_start(day["start"], "day"), site.zone), now_ms)
    heard_ms = min(day["heard"], until_ms)
    share = min(1.0, day["n"] / expected)
    figures = {
        "share": 100 * share,
        **{name: day[name] for name in _HOURS},
        "silent_hours": float((until_ms - heard_ms) // _HOUR_MS),
        "heard": float(heard_ms),
    }
    return {
        **{name: day[name] for name in (*_NODE, "start", "n")},
        **figures,
        "expected": expected,
        "coverage": share,
        "inputs": digest(figures, expected),
    }


NODE_COMPLETENESS: Final = Indicator(
    name="node_completeness",
    reads=tuple(Source(name, window="1h", by=("lane", "node")) for name in _SAMPLES),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=1),
    reach=Reach.OWN_PERIOD,
    method="1",
    source="Plain counts of the hours in which a row came, against the hours of the day",
    sentence=Label(
        id="Pada berapa jam dalam sehari sebuah alat terdengar, dan sudah berapa jam ia diam.",
        en="In how many hours of a day a node was heard, and for how many hours it has been silent.",
    ),
    formula="share = hours with at least one row / hours of the day so far",
    compute=compute,
    facts=lambda site: sorted(site.nodes),
    ages=True,
)
