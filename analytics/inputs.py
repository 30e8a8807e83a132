"""What an indicator reads of the store for the periods that are due, and what is stored of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import frames
from analytics.indicators.indicator import Reach
from analytics.periods import day_of, local_days, midnight_ns
from commons.catalogue import measurement
from commons.clock import NANOSECONDS_PER_MILLISECOND
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.backlog import Due
    from analytics.frames import Row
    from analytics.indicators.indicator import Indicator, Source
    from commons.sites import Site
    from store.contract import Store

_PLACES: Final = ("market", "lane", "place")


class Inputs:
    """The store as indicators of one city see it.

    Args:
        store: Where readings rest and values go.
        site: The city.
    """

    def __init__(self, store: Store, site: Site) -> None:
        self._store, self._site = store, site

    def read(self, indicator: Indicator, wanted: Due) -> dict[str, pd.DataFrame]:
        """A frame for each source: samples of the places and periods that are due, of all else everything."""
        return {source.measurement: self._frame(indicator, source, wanted) for source in indicator.reads}

    def stored(self, indicator: Indicator, wanted: Due) -> list[Row]:
        """The rows that stand in at least the spans that are due, refused ones too, each with its `start`."""
        places = wanted.places()
        where = {"city": self._site.slug} | ({} if places is None else {indicator.place: places})
        queries = (
            Query(indicator.name, self._midnight(first), self._midnight(after), where, quality="all")
            for first, after in wanted.ranges(*indicator.periods)
        )
        rows = (row for query in queries for row in frames.rows(self._store.read(query)))
        zone = self._site.zone
        return [{**row, "start": day_of(row["time"] // NANOSECONDS_PER_MILLISECOND, zone)} for row in rows]

    def kept_from(self, indicator: Indicator, read: Mapping[str, pd.DataFrame]) -> date:
        """The first day with samples among those read: a store forgets old samples, and values made of them stay."""
        samples = [read[source.measurement] for source in indicator.reads if source.window is not None]
        if not samples:
            return date.min
        firsts = [local_days(rows["time"], self._site.zone).min().date() for rows in samples if not rows.empty]
        return min(firsts, default=date.max)

    def _frame(self, indicator: Indicator, source: Source, wanted: Due) -> pd.DataFrame:
        if source.narrow:
            return self._narrow(indicator, source, wanted)
        of = measurement(source.measurement)
        where: dict[str, Any] = {"city": self._site.slug}
        ranges: list[tuple[date | None, date | None]] = [(None, None)]
        if source.window is not None:
            ranges = wanted.ranges(*indicator.periods)
            places = wanted.places()
            where |= {} if places is None or indicator.place not in of.tags else {indicator.place: places}
        queries = (
            Query(
                source.measurement,
                start=self._midnight(first),
                stop=self._midnight(after),
                where=where,
                fields=source.fields,
                window=source.window,
                timezone=self._site.timezone,
                by=source.by,
            )
            for first, after in ranges
        )
        return frames.frame(*(self._store.read(query) for query in queries))

    def _narrow(self, indicator: Indicator, source: Source, wanted: Due) -> pd.DataFrame:
        """The rows that the values which are due are made of; of an event all versions, wherever they stand."""
        where = {"city": self._site.slug}
        log = frames.frame(self._store.read(Query(source.measurement, where=where, fields=source.fields)))
        here = self._inside(indicator, source, wanted, log) & self._near(indicator, source, wanted, log)
        if "entry" in log.columns:
            here |= log["entry"].isin(log["entry"][here]) & (log["entry"] != "")
        return log[here].reset_index(drop=True)

    def _near(self, indicator: Indicator, source: Source, wanted: Due, log: pd.DataFrame) -> pd.Series[bool]:
        """Whether each row lies in a period that is due, or as far before it as still matters."""
        back = 0 if source.back_days is None and indicator.reach is Reach.OWN_PERIOD else source.back_days
        ranges = wanted.ranges(*indicator.periods)
        is_all = back is None or ranges[0][0] is None
        near = pd.Series(data=is_all, index=log.index)
        if is_all:
            return near
        days = local_days(log["time"], self._site.zone)
        for first, after in ranges:
            since = pd.Timestamp(first or date.min) - pd.Timedelta(days=back or 0)
            near |= (days >= since) & (days < pd.Timestamp(after or date.max))
        return near

    def _inside(self, indicator: Indicator, source: Source, wanted: Due, log: pd.DataFrame) -> pd.Series[bool]:
        """Whether each row's place is one from which anything spreads to the places that are due."""
        tag = next((tag for tag in _PLACES if tag in measurement(source.measurement).tags), None)
        places = wanted.places()
        if tag is None or places is None:
            return pd.Series(data=True, index=log.index)
        due = set(places)
        return log[tag].isin([place for place in log[tag].unique() if due & set(indicator.spread(self._site, place))])

    def _midnight(self, day: date | None) -> int | None:
        return None if day is None else midnight_ns(day, self._site.zone)
