"""Panels made from the catalogue: title, unit, cadence and marks come from what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from commons.catalogue import Label
from deploy.dashboards import words
from deploy.dashboards.panels import COLUMNS, Column, Kind, Panel, Target
from deploy.dashboards.units import grafana_interval, grafana_unit

if TYPE_CHECKING:
    from commons.catalogue import Field
    from deploy.dashboards.query import Rows
    from deploy.dashboards.words import Language

DAY: Final = 86_400  # [s]
WEEK: Final = 7 * DAY  # [s]
MONTH: Final = 32 * DAY  # longer than any month [s]
_BEATS: Final = 3  # a line is broken where so many readings in a row are not there
_DATE: Final = "time:YYYY-MM-DD"
_NOTHING: Final = Label("", "")
_NO_TIME: Final = Column("Time", "", hidden=True)


@dataclass(frozen=True, slots=True)
class Charts:
    """The panels of one language.

    Args:
        language: "id" or "en".
    """

    language: Language

    def lines(self, rows: Rows, field: str, note: Label = _NOTHING) -> Panel:
        """A sample's field over time, one line a series, broken where readings are not there."""
        return replace(
            self._panel("timeseries", rows, field, note),
            targets=(Target(rows.over_time(field), self._alias(rows, field)),),
            interval=grafana_interval(rows.about.cadence_seconds),
            gap_seconds=_BEATS * rows.about.cadence_seconds,
        )

    def counts(self, rows: Rows, fields: tuple[str, ...], note: Label = _NOTHING) -> Panel:
        """Several fields of one unit over time in one query, each put together by the catalogue's aggregate."""
        return replace(
            self._panel("timeseries", rows, fields[0], note),
            title=rows.about.label[self.language],
            targets=(Target(rows.over_time(*fields), "$col"),),
            interval=grafana_interval(rows.about.cadence_seconds),
            gap_seconds=_BEATS * rows.about.cadence_seconds,
            columns=tuple(self._column(rows, field) for field in fields),
        )

    def periods(
        self, rows: Rows, field: str, note: Label = _NOTHING, *, period: int = DAY, bars: bool = False
    ) -> Panel:
        """An indicator's field, one value a period [s]; a missing period breaks the line."""
        return replace(
            self._panel("timeseries", rows, field, note),
            title=self._whole_title(rows, field),
            targets=(Target(rows.every(field), self._alias(rows, field)),),
            gap_seconds=period + DAY,
            bars=bars,
            stacked=bars,
        )

    def states(self, rows: Rows, note: Label = _NOTHING) -> Panel:
        """An indicator's state over time as coloured bands, drawn from its code, called after its words."""
        targets = (Target(rows.every("state_code"), self._alias(rows, "state")),)
        title = rows.about.field("state").label[self.language]
        return replace(self._panel("state-timeline", rows, "state_code", note), title=title, targets=targets)

    def figure(self, rows: Rows, field: str, query: str, note: Label = _NOTHING) -> Panel:
        """One number a series."""
        panel = self._panel("stat", rows, field, note)
        title = f"{panel.title}{self._apart(rows)}"
        return replace(panel, title=title, targets=(Target(query, self._alias(rows, field)),), width=6, height=4)

    def gauges(self, rows: Rows, field: str, query: str, note: Label = _NOTHING) -> Panel:
        """One horizontal bar a series."""
        panel = self._panel("bargauge", rows, field, note)
        title = f"{panel.title}{self._apart(rows)}"
        return replace(panel, title=title, targets=(Target(query, self._alias(rows, field)),))

    def totals(self, rows: Rows, field: str, note: Label = _NOTHING) -> Panel:
        """A field over the whole time range, one bar for each value of the first tag kept apart."""
        columns = (self._tag(rows.by[0]), self._column(rows, field), _NO_TIME)
        targets = (Target(rows.total(field), table=True),)
        title = f"{self._whole_title(rows, field)}{self._apart(rows)}"
        return replace(self._panel("barchart", rows, field, note), title=title, targets=targets, columns=columns)

    def newest(
        self, rows: Rows, fields: tuple[str, ...], note: Label = _NOTHING, *, when: Label | None = words.PERIOD_BEGIN
    ) -> Panel:
        """A table of the newest row of each series.

        Args:
            rows: What is shown.
            fields: The fields wanted, in order.
            note: What to say beside the catalogue's words.
            when: What the row's time is called: a date, or how long ago when it is `words.HEARD`. None = it means
                nothing: the newest row whatever the time range, and no such column.
        """
        columns = (*map(self._tag, rows.by), *(self._column(rows, field) for field in fields), self._moment(when))
        panel = self._panel("table", rows, fields[0], note)
        target = Target(rows.newest(*fields, ever=when is None), table=True)
        title = f"{rows.about.label[self.language]}{self._apart(rows)}"
        return replace(panel, title=title, targets=(target,), columns=columns, choices=(), unit="none", width=COLUMNS)

    def about_now(self, rows: Rows, fields: tuple[str, ...], note: Label = _NOTHING, *, days: int) -> Panel:
        """A table of each row from so many days [d] ago to as many ahead, whatever the time range."""
        target = Target(rows.about_now(days, *fields), table=True)
        return replace(self.newest(rows, fields, note), targets=(target,))

    def about(self, text: Label, *, height: int = 6) -> Panel:
        """A panel of words, with what the marks mean below them."""
        content = f"{text[self.language]}\n\n{words.MARKS[self.language]}"
        title = words.ABOUT[self.language]
        return Panel("text", title, text[self.language], "none", width=COLUMNS, height=height, content=content)

    def _panel(self, kind: Kind, rows: Rows, name: str, note: Label) -> Panel:
        field = rows.about.field(name)
        return Panel(
            kind,
            field.label[self.language],
            self._description(rows, field, note),
            grafana_unit(field),
            choices=words.choices(self.language, rows.measurement, name),
        )

    def _description(self, rows: Rows, field: Field, note: Label) -> str:
        about = rows.about
        kind = {"indicator": words.COMPUTED, "state": words.REMEMBERED}.get(about.kind, words.READ)
        own = words.REMEMBERED if about.name == "collector" else kind
        cadence = grafana_interval(about.cadence_seconds)
        beat = words.CADENCE[self.language].format(cadence) if cadence else ""
        first = f"{about.label[self.language]}: {field.label[self.language]}."
        return " ".join(filter(None, [first, note[self.language], own[self.language], beat]))

    def _whole_title(self, rows: Rows, field: str) -> str:
        """Several indicators have fields of one name."""
        return f"{rows.about.label[self.language]}: {rows.about.field(field).label[self.language]}"

    def _apart(self, rows: Rows) -> str:
        """The tags that stay apart, as the end of a title."""
        names = ", ".join(words.NAMES[tag][self.language] for tag in rows.by)
        return f" · {names}" if names else ""

    def _alias(self, rows: Rows, field: str) -> str:
        """What a series is called: the tags that stay apart, else the field."""
        return " · ".join(f"$tag_{tag}" for tag in rows.by) or rows.about.field(field).label[self.language]

    def _moment(self, when: Label | None) -> Column:
        if when is None:
            return _NO_TIME
        return Column("Time", when[self.language], "dateTimeFromNow" if when is words.HEARD else _DATE)

    def _tag(self, name: str) -> Column:
        return Column(name, words.NAMES[name][self.language])

    def _column(self, rows: Rows, name: str) -> Column:
        field = rows.about.field(name)
        chosen = words.choices(self.language, rows.measurement, name)
        return Column(name, field.label[self.language], grafana_unit(field), chosen)
