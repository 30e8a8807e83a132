"""What an indicator reads of the store for the periods that are due, and what is stored of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analytics import entries, frames
from analytics.indicators.indicator import Frames, Reach
from analytics.periods import day_of, local_days, midnight_ns
from analytics.touches import EVERYWHERE
from commons.catalogue import measurement
from commons.clock import NANOSECONDS_PER_MILLISECOND
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        once: Whether each log of events is read but once, for one run. What is written meanwhile has marks of its own,
            and so is due in the next.
    """

    def __init__(self, store: Store, site: Site, *, once: bool = False) -> None:
        self._store, self._site, self._once = store, site, once
        self._logs: dict[tuple[object, ...], pd.DataFrame] = {}

    def read(self, indicator: Indicator, wanted: Due) -> Frames:
        """A frame for each source: samples of the places and periods that are due, of all else everything."""
        since = min(first or date.min for first, _ in wanted.ranges(*indicator.periods))
        found = {source.measurement: self._frame(indicator, source, wanted) for source in indicator.reads}
        return Frames(found, since=since)

    def edited(self, source: Source) -> pd.DataFrame:
        """The rows of an event whose entries are there in several versions, wherever they stand."""
        return self._kept(source, "edited", lambda: entries.edited(self._log(replace(source, tidy=None))))

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
        if source.window is None:
            return self._log(source)
        of, places = measurement(source.measurement), wanted.places()
        where: dict[str, Any] = {"city": self._site.slug}
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
            for first, after in wanted.ranges(*indicator.periods)
        )
        return frames.frame(*(self._store.read(query) for query in queries))

    def _log(self, source: Source) -> pd.DataFrame:
        """Every row of an event or indicator; of an event all versions, or what its `tidy` makes of them."""
        if (tidy := source.tidy) is not None:
            return self._kept(source, tidy, lambda: tidy(self._log(replace(source, tidy=None)), self._site))
        query = Query(source.measurement, where={"city": self._site.slug}, fields=source.fields)
        return self._kept(source, None, lambda: frames.frame(self._store.read(query)))

    def _kept(self, source: Source, form: object, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A form of a log, made anew or as it was made before."""
        if not self._once or measurement(source.measurement).kind != "event":
            return make()
        key = source.measurement, source.fields, form
        if key not in self._logs:
            self._logs[key] = make()
        return self._logs[key].copy(deep=False)

    def _narrow(self, indicator: Indicator, source: Source, wanted: Due) -> pd.DataFrame:
        """The rows that the values which are due are made of; of an event all versions, wherever they stand."""
        log = self._log(source)
        here = self._inside(indicator, source, wanted, log) & self._near(indicator, source, wanted, log)
        if "entry" in log.columns and not here.all():
            versions = log["entry"][log["entry"].duplicated(keep=False) & (log["entry"] != "")]
            here[versions.index] |= versions.isin(versions[here])
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
        due = {*places, EVERYWHERE}
        return log[tag].isin([place for place in log[tag].unique() if due & {*indicator.spread(self._site, place)}])

    def _midnight(self, day: date | None) -> int | None:
        return None if day is None else midnight_ns(day, self._site.zone)
