"""Node completeness: in how many hours of a day each node was heard, and since when it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics.coverage import AtLeast
from analytics.indicators.indicator import Indicator, Reach, Source
from analytics.periods import day_of, hours_so_far, local_days, midnight_ms, next_start
from analytics.revision import digest
from commons.catalogue import Label
from commons.sites import OFFICE_LANE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from commons.sites import Site

_SAMPLES: Final = ("soil", "air", "rain", "health")
_NODE: Final = ["lane", "node"]
_HOUR_MS: Final = 3_600_000
_HOURS: Final = tuple(f"{name}_hours" for name in _SAMPLES)
_COLUMNS: Final = ("start", "lane", "node", "share", *_HOURS, "silent_hours", "heard")
_ABOUT: Final = ("n", "expected", "coverage", "marks", "inputs")


def compute(frames: Mapping[str, pd.DataFrame], site: Site, *, now_ms: int) -> pd.DataFrame:
    """Every day on which any node of the city was heard, for each node that stands in a lane.

    An hour counts when at least one row came from it: a cadence of a quarter of an hour and one of an hour are judged
    alike. A node that was not heard at all has a row of 0 hours: that is what is known of it.
    """
    hours = _heard(frames, site)
    if hours.empty:
        return pd.DataFrame(columns=[*_COLUMNS, *_ABOUT])
    today = pd.Timestamp(day_of(now_ms, site.zone))
    days = pd.date_range(hours["start"].min(), max(hours["start"].max(), today))
    expected = {day.date(): hours_so_far(day.date(), site.zone, now_ms) for day in days}
    return pd.DataFrame(list(_rows(hours, expected, site, now_ms)), columns=[*_COLUMNS, *_ABOUT]).astype(
        {"start": "datetime64[ns]"}
    )


def _heard(frames: Mapping[str, pd.DataFrame], site: Site) -> pd.DataFrame:
    """Each node's hours with rows, once for each measurement."""
    nodes = {(entry.address.lane, entry.address.node) for entry in site.nodes.values()}
    every = [frames[name][[*_NODE, "time"]].drop_duplicates().assign(of=name) for name in _SAMPLES]
    hours = pd.concat(every, ignore_index=True)
    hours = hours[pd.MultiIndex.from_frame(hours[_NODE]).isin(list(nodes))]
    return hours.assign(start=local_days(hours["time"], site.zone))


def _rows(hours: pd.DataFrame, expected: Mapping[date, int], site: Site, now_ms: int) -> Iterator[dict[str, Any]]:
    by = [*_NODE, "start"]
    counts: dict[Any, Any] = hours.groupby([*by, "of"]).size().to_dict()
    whole = hours.groupby(by)["time"]
    heard: dict[Any, Any] = whole.nunique().to_dict()
    last: dict[Any, Any] = whole.max().to_dict()
    for day, hours_of_day in expected.items():
        for entry in site.nodes.values():
            key = (entry.address.lane, entry.address.node, pd.Timestamp(day))
            if entry.address.lane == OFFICE_LANE:
                continue
            n = heard.get(key, 0)
            figures = {
                "share": 100 * min(1.0, n / hours_of_day),
                **{f"{name}_hours": counts.get((*key, name), 0) for name in _SAMPLES},
                **_silence(last.get(key), day, hours_of_day, site, now_ms),
            }
            yield {
                **dict(zip(by, key, strict=True)),
                **figures,
                "n": n,
                "expected": hours_of_day,
                "coverage": min(1.0, n / hours_of_day),
                "marks": entry.origin if entry.origin in {"simulated", "recorded"} else "",
                "inputs": digest(figures, hours_of_day),
            }


def _silence(last: pd.Timestamp | None, day: date, hours: int, site: Site, now_ms: int) -> dict[str, float | None]:
    if last is None:
        return {"silent_hours": float(hours), "heard": None}
    heard_ms = min(last.value // 1_000_000 + _HOUR_MS, now_ms)
    until_ms = min(midnight_ms(next_start(day, "day"), site.zone), now_ms)
    return {"silent_hours": float((until_ms - heard_ms) // _HOUR_MS), "heard": float(heard_ms)}


NODE_COMPLETENESS: Final = Indicator(
    name="node_completeness",
    reads=tuple(Source(name, window="1h", by=("lane", "node")) for name in _SAMPLES),
    periods=("day",),
    place="lane",
    coverage=AtLeast(count=0),
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
