"""A query made ready: every name looked up in the catalogue, every default filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pyarrow as pa

from commons.catalogue import REFUSED, Aggregate, Measurement, measurement
from commons.clock import NANOSECONDS_PER_DAY
from commons.errors import UnknownNameError
from store.checks import EARLIEST_NS, LATEST_NS, is_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.contract import Query

TIME: Final = pa.timestamp("ns", tz="UTC")
BAD: Final = 4
_MARGIN_NS: Final = 9 * NANOSECONDS_PER_DAY
_QUALITY: Final = ("_flag", "_failed")


@dataclass(frozen=True)
class Plan:
    """What an adapter needs to answer a query.

    Args:
        query: As it was asked.
        of: What is read.
        tags: The tag columns of the answer.
        fields: The fields of the answer, in order, and whether each is a text.
        where: Tag name → the values a row may have; an empty tuple = no row fits.
    """

    query: Query
    of: Measurement
    tags: tuple[str, ...]
    fields: Mapping[str, bool]
    where: Mapping[str, tuple[str, ...]]

    @property
    def start(self) -> int:
        """The first moment wanted [ns]."""
        earliest = EARLIEST_NS + self._margin
        return earliest if self.query.start is None else max(earliest, int(self.query.start))

    @property
    def last(self) -> int:
        """The last moment wanted [ns]."""
        latest = LATEST_NS - self._margin
        return latest if self.query.stop is None else min(latest, int(self.query.stop) - 1)

    @property
    def _margin(self) -> int:
        """A window must have room within the nanoseconds of 64 bits, whatever the zone."""
        return 0 if self.query.window is None else _MARGIN_NS

    @property
    def is_empty(self) -> bool:
        """Whether no row can fit, so that nobody need be asked."""
        return self.start > self.last or () in self.where.values() or self.query.limit == 0 or not self.fields

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of the answer."""
        columns = [("time", TIME), *((tag, pa.string()) for tag in self.tags)]
        return pa.schema(
            [*columns, *((name, pa.string() if text else pa.float64()) for name, text in self.fields.items())]
        )

    @property
    def must_be_empty(self) -> str | None:
        """The text field that says why a row has no value, and so leaves it out; None = all rows are wanted."""
        return REFUSED if REFUSED in self.of.fields and self.query.quality != "all" else None

    @cached_property
    def flags(self) -> Mapping[str, str]:
        """The fields whose bad values are left out, and the column that says which are bad."""
        if self.query.quality == "all":
            return {}
        return {name: f"{name}_flag" for name in self.fields if f"{name}_flag" in self.of.columns}

    @cached_property
    def aggregates(self) -> Mapping[str, Aggregate]:
        """How each field of a window becomes one value."""
        return {name: _aggregate(self.of, name) for name in self.fields}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the windows."""
        return _zone(self.query.timezone)


def plan(query: Query) -> Plan:
    """Look up every name of a query.

    Raises:
        UnknownNameError: A measurement, tag, field or time zone is unknown, or a text is asked for with a window.
    """
    of = measurement(query.measurement)
    for tag in (*query.where, *query.by):
        if tag not in of.tags:
            raise UnknownNameError(f"tag of {of.name}", tag, of.tags)
    _zone(query.timezone)
    return Plan(
        query=query,
        of=of,
        tags=tuple(dict.fromkeys(query.by)) if query.window else of.tags,
        fields=_fields(query, of),
        where={name: _values(value) for name, value in query.where.items()},
    )


def _values(wanted: str | Sequence[str]) -> tuple[str, ...]:
    """The values that a tag can have at all."""
    return tuple(value for value in ((wanted,) if isinstance(wanted, str) else wanted) if is_text(value))


def _fields(query: Query, of: Measurement) -> dict[str, bool]:
    """The fields of the answer: those named, or all of the measurement's own, or with the quality columns too."""
    offered = {name: text for name, text in of.columns.items() if not (text and query.window)}
    for name in query.fields:
        if name not in offered:
            raise UnknownNameError(f"{'number' if query.window else 'field'} of {of.name}", name, offered)
    names = query.fields or [name for name in offered if query.quality == "all" or name in of.fields]
    return {name: offered[name] for name in names}


def _aggregate(of: Measurement, name: str) -> Aggregate:
    if name in of.fields:
        return of.fields[name].aggregate
    flag, failed = _QUALITY
    return "max" if name.endswith(flag) else of.fields[name.removesuffix(failed)].aggregate


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownNameError("time zone", name, available_timezones()) from None
