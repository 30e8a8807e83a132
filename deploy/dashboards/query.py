"""InfluxQL of what a panel shows, every name checked against the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from commons.catalogue import REFUSED, measurement
from commons.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commons.catalogue import Measurement

DATABASE: Final = "lorong"
_TIME: Final = "$timeFilter"
_EQUALS: Final = re.compile("= '(.*)'")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a tag, or a field, must be.

    Args:
        name: The tag's or field's name.
        test: What stands behind it in InfluxQL.
    """

    name: str
    test: str

    def __str__(self) -> str:
        return f'"{self.name}" {self.test}'

    @property
    def value(self) -> str | None:
        """The one text that it must be, where there is one."""
        found = _EQUALS.fullmatch(self.test)
        return found.group(1) if found else None


def equals(tag: str, value: str) -> Condition:
    """The tag is this text, or what the single-value variable `$name` holds."""
    return Condition(tag, f"= '{value}'")


def other_than(tag: str, value: str) -> Condition:
    """The tag is anything but this text."""
    return Condition(tag, f"!= '{value}'")


def is_number(field: str, value: float) -> Condition:
    """The field is this number."""
    return Condition(field, f"= {value:g}")


def among(tag: str, variable: str) -> Condition:
    """The tag is one of what a variable of many values holds: Grafana writes those as (a|b|c)."""
    return Condition(tag, f"=~ /^${variable}$/")


def begins(name: str, text: str) -> Condition:
    """The tag or text field begins so."""
    return Condition(name, f"=~ /^{text}/")


def empty(field: str) -> Condition:
    """The text field is there, and says nothing."""
    return Condition(field, "= ''")


def more_than(field: str, limit: float) -> Condition:
    """The field is there, and above a limit."""
    return Condition(field, f"> {limit}")


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a measurement are meant, and which tags stay apart.

    An indicator's row without a value is left out. Flags are not looked at yet: a failed
    value is in a column of its own, and what the window tests doubt is shown.

    Args:
        measurement: Its name in the catalogue.
        where: All of these hold.
        by: The tags that stay apart.

    Raises:
        UnknownNameError: A name is not in the catalogue.
    """

    measurement: str
    where: tuple[Condition, ...]
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for tag in self.by:
            if tag not in self.about.tags:
                raise UnknownNameError(f"tag of {self.measurement}", tag, self.about.tags)
        for condition in self.where:
            self._known(condition.name)

    @property
    def about(self) -> Measurement:
        """What the catalogue says of the measurement."""
        return measurement(self.measurement)

    def over_time(self, *fields: str) -> str:
        """Each field put together by the catalogue's aggregate, in steps of the panel's interval; gaps stay gaps."""
        return f"{self._put_together(fields)} {self._where(_TIME)} {self._by('time($__interval)')} fill(null)"

    def every(self, *names: str) -> str:
        """Each row as it is: an indicator already stands at the local midnight of its period.

        A tag named beside a field becomes a column.
        """
        return f"{self._select(names)} {self._where(_TIME)} {self._by()}".rstrip()

    def newest(self, *fields: str, ever: bool = False) -> str:
        """The newest row of each series, whole, so that no two fields come from different moments.

        Args:
            fields: The fields wanted.
            ever: Whatever the time range; a state's time is fixed, mostly at zero.
        """
        bounds = self._where("" if ever else _TIME)
        return f"{self._select(fields)} {bounds} {self._by()} ORDER BY time DESC LIMIT 1"

    def about_now(self, days: int, *names: str) -> str:
        """Each row from so many days ago to as many ahead, whatever the time range: Grafana's own ends now."""
        bounds = self._where(f"time > now() - {days}d AND time < now() + {days}d")
        return f"{self._select(names)} {bounds} {self._by()}"

    def newest_since(self, days: int, *fields: str) -> str:
        """The newest row of each series in the last days, whatever the time range."""
        bounds = self._where(f"time > now() - {days}d")
        return f"{self._select(fields)} {bounds} {self._by()} ORDER BY time DESC LIMIT 1"

    def since(self, hours: int, field: str) -> str:
        """The last value of each series in the last hours, whatever the time range."""
        return f'SELECT last("{self._known(field)}") AS "{field}" {self._from} {self._recent(hours)} {self._by()}'

    def total_since(self, hours: int, field: str, *, by: tuple[str, ...]) -> str:
        """The last values of the last hours added up over all tags but these."""
        inner = self.since(hours, field)
        return f'SELECT sum("{field}") AS "{field}" FROM ({inner}) GROUP BY {_quoted(by)}'  # noqa: S608  # checked names

    def heard_since(self, minutes: int, field: str) -> str:
        """A sum over the last minutes, whatever the time range; nothing where nothing was written."""
        picked = f'SELECT sum("{self._known(field)}") AS "{field}" {self._from}'
        return f"{picked} {self._where(f'time > now() - {minutes}m')} {self._by()}"

    def most_since(self, hours: int, field: str) -> str:
        """The greatest value of each series in the last hours, whatever the time range."""
        return f'SELECT max("{self._known(field)}") AS "{field}" {self._from} {self._recent(hours)} {self._by()}'

    def each_day(self, days: int, field: str, *, missing: float) -> str:
        """One value for each of the last days, counted back from now, whatever the time range.

        Each such day holds one local midnight, and so one row of a daily indicator.

        Args:
            days: How many.
            field: The field wanted.
            missing: What stands for a day without a row; a series has at least one.
        """
        bounds = self._where(f"time > now() - {days}d AND time < now()")
        picked = f'SELECT last("{self._known(field)}") AS "{field}" {self._from}'
        return f"{picked} {bounds} {self._by('time(1d, now())')} fill({missing:g})"

    def changes(self, field: str) -> str:
        """Where a number differs from the one before it in its series, with the tags that stay apart as columns."""
        step = f'SELECT difference("{self._known(field)}") AS "step" {self._from} {self._where(_TIME)} {self._by()}'
        return f'SELECT {_quoted(self.by)}, "step" FROM ({step}) WHERE "step" != 0'  # noqa: S608  # checked names

    def last_of(self, *names: str) -> str:
        """The newest row of all series together."""
        return f"{self._select(names)} {self._where(_TIME)} ORDER BY time DESC LIMIT 1"

    def total(self, field: str, *, days: int = 0) -> str:
        """A field put together over the whole time range, or over so many last days [d] whatever the time range."""
        bounds = f"time > now() - {days}d" if days else _TIME
        return f"{self._put_together((field,))} {self._where(bounds)} {self._by()}".rstrip()

    @property
    def _from(self) -> str:
        policy = "raw" if self.about.kind == "sample" else "keep"
        return f'FROM "{DATABASE}"."{policy}"."{self.measurement}"'

    def _known(self, name: str) -> str:
        known = (*self.about.tags, *self.about.fields)
        if name not in known:
            raise UnknownNameError(f"tag or field of {self.measurement}", name, known)
        return name

    def _select(self, names: tuple[str, ...]) -> str:
        return f"SELECT {_quoted(map(self._known, names))} {self._from}"

    def _put_together(self, fields: tuple[str, ...]) -> str:
        picked = ", ".join(f'{self.about.field(field).aggregate}("{field}") AS "{field}"' for field in fields)
        return f"SELECT {picked} {self._from}"

    def _where(self, bounds: str) -> str:
        holds = empty(REFUSED) if self.about.kind == "indicator" else ""
        return "WHERE " + " AND ".join(filter(None, [*map(str, self.where), str(holds), bounds]))

    def _recent(self, hours: int) -> str:
        return self._where(f"time > now() - {hours}h")

    def _by(self, window: str = "") -> str:
        kept = ", ".join(filter(None, [window, _quoted(self.by)]))
        return f"GROUP BY {kept}" if kept else ""


def tag_values(of: str, key: str, *where: Condition) -> str:
    """The values of a tag, for a variable.

    Args:
        of: A measurement; not a sample, since InfluxDB looks tag values up in the default policy only, and that is
            `keep`.
        key: The tag, or a single-value variable that holds its name.
        where: All of these hold.

    Raises:
        UnknownNameError: A name is not in the catalogue.
    """
    about = Rows(of, where, () if key.startswith("$") else (key,)).about
    if about.kind == "sample":
        raise UnknownNameError("measurement kept for ever", of, ["place"])
    return f'SHOW TAG VALUES FROM "{DATABASE}"."keep"."{of}" WITH KEY = "{key}" WHERE {" AND ".join(map(str, where))}'


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
