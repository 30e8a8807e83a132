"""What pages ask of the store, as plain rows, and the days of the site's calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from commons.clock import NANOSECONDS_PER_MILLISECOND
from web.cache import BriefCache

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from commons.clock import Clock
    from commons.sites import Site
    from store.contract import Query, Store

Row = dict[str, Any]
NANOSECONDS_PER_SECOND: Final = 1000 * NANOSECONDS_PER_MILLISECOND


class Reader:
    """The store as the pages of one site see it.

    Args:
        store: Where readings rest.
        site: The city.
        clock: What "today" and "ago" mean.
        keep_seconds: How long the newest rows of a measurement are shared among pages [s].
    """

    def __init__(self, store: Store, site: Site, *, clock: Clock, keep_seconds: float) -> None:
        self._store, self.site, self._clock = store, site, clock
        self._newest: BriefCache[list[Row]] = BriefCache(keep_seconds, clock)

    @property
    def now_ns(self) -> int:
        """Now [ns since 1970 UTC]."""
        return self._clock.wall_ms() * NANOSECONDS_PER_MILLISECOND

    def monotonic(self) -> float:
        """Seconds since an arbitrary start, for budgets of time."""
        return self._clock.monotonic()

    @property
    def today(self) -> date:
        """The site's date now."""
        return self.local(self.now_ns).date()

    def local(self, time_ns: int) -> datetime:
        """A row's time in the site's zone."""
        return datetime.fromtimestamp(time_ns / NANOSECONDS_PER_SECOND, self.site.zone)

    def midnight(self, day: date) -> int:
        """When a local day begins [ns since 1970 UTC]."""
        start = datetime(day.year, day.month, day.day, tzinfo=self.site.zone)
        return int(start.timestamp()) * NANOSECONDS_PER_SECOND

    def days_ago(self, days: int) -> int:
        """When the local day so many days before today began [ns since 1970 UTC]."""
        return self.midnight(self.today - timedelta(days=days))

    def age_s(self, time_ns: int) -> float:
        """How long ago a row's time is [s]."""
        return (self.now_ns - time_ns) / NANOSECONDS_PER_SECOND

    def latest(self, measurement: str, where: Mapping[str, str | Sequence[str]] | None = None) -> list[Row]:
        """The newest row of each of the city's series, not to be changed; a result without a value is none."""
        chosen = {"city": self.site.slug, **(where or {})}
        key = (
            measurement,
            *((tag, value if isinstance(value, str) else tuple(value)) for tag, value in chosen.items()),
        )
        return self._newest.get(key, lambda: plain_rows(self._store.latest(measurement, chosen)))

    def read(self, query: Query) -> list[Row]:
        """Rows in time order, of this city; a result without a value is none."""
        return plain_rows(self.table(query))

    def table(self, query: Query) -> pa.Table:
        """What the store holds, of this city whether the query says so or not."""
        return self._store.read(replace(query, where=self._here(query.where)))

    def latest_table(self, measurement: str, where: Mapping[str, str | Sequence[str]]) -> pa.Table:
        """The store's newest row of each of the city's series, as it is."""
        return self._store.latest(measurement, self._here(where))

    def _here(self, where: Mapping[str, str | Sequence[str]]) -> dict[str, str | Sequence[str]]:
        return {**where, "city": self.site.slug}


def plain_rows(table: pa.Table) -> list[Row]:
    """A table's rows as dictionaries; `time` in nanoseconds, and a value that is not there as None."""
    position = table.schema.get_field_index("time")
    columns = table.set_column(position, "time", table["time"].cast(pa.int64())).to_pydict()
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
