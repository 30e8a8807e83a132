"""Panels made from the catalogue: title, unit, cadence and marks come from what is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from commons.catalogue import Label
from deploy.dashboards import links, words
from deploy.dashboards.panels import COLUMNS, Column, Kind, Panel, Target
from deploy.dashboards.units import DATE, grafana_interval, grafana_unit

if TYPE_CHECKING:
    from commons.catalogue import Field
    from deploy.dashboards.query import Rows
    from deploy.dashboards.words import Language

Json = dict[str, Any]

_HOUR: Final = 3_600  # [s]
DAY: Final = 86_400  # [s]
WEEK: Final = 7 * DAY  # [s]
MONTH: Final = 32 * DAY  # longer than any month [s]
_BEATS: Final = 3  # a line is broken where so many readings in a row are not there
NO_NOTE: Final = Label("", "")
_NO_NUMBER: Final = "–"
NO_TIME: Final = Column("Time", "", hidden=True)


def sorted_by(name: str, *, down: bool = True) -> Json:
    """Grafana's transformation that sorts rows."""
    return {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": name, "desc": down}]}}


@dataclass(frozen=True, slots=True)
class Charts:
    """The panels of one language.

    Args:
        language: "id" or "en".
    """

    language: Language

    def lines(self, rows: Rows, field: str, note: Label = NO_NOTE) -> Panel:
        """A sample's field over time, one line a series, broken where readings are not there."""
        return replace(
            self.panel("timeseries", rows, field, note),
            targets=(Target(rows.over_time(field), self.alias(rows, field)),),
            interval=grafana_interval(rows.about.cadence_seconds),
            gap_seconds=_BEATS * rows.about.cadence_seconds,
        )

    def counts(self, rows: Rows, fields: tuple[str, ...], note: Label = NO_NOTE) -> Panel:
        """Several fields of one unit over time in one query, each put together by the catalogue's aggregate."""
        return replace(
            self.panel("timeseries", rows, fields[0], note),
            title=rows.about.label[self.language],
            targets=(Target(rows.over_time(*fields), "$col"),),
            interval=grafana_interval(rows.about.cadence_seconds),
            gap_seconds=_BEATS * rows.about.cadence_seconds,
            columns=tuple(self.column(rows, field) for field in fields),
        )

    def periods(self, rows: Rows, field: str, note: Label = NO_NOTE, *, period: int = DAY, bars: bool = False) -> Panel:
        """An indicator's field, one value a period [s]; a missing period breaks the line."""
        return replace(
            self._linked("timeseries", rows, field, note),
            title=self.whole_title(rows, field),
            targets=(Target(rows.every(field), self.alias(rows, field)),),
            gap_seconds=period + DAY,
            bars=bars,
            stacked=bars,
        )

    def states(
        self, rows: Rows, note: Label = NO_NOTE, *, of: str = "state", worded: str = "", named: str = ""
    ) -> Panel:
        """An indicator's state over time as coloured bands, drawn from its code, called after its words.

        Args:
            rows: What is shown.
            note: What to say beside the catalogue's words.
            of: The text field of the state; its code is `<of>_code`.
            worded: Whose words are meant, where a code has several.
            named: What to add to the title.
        """
        code = f"{of}_code"
        return replace(
            self._linked("state-timeline", rows, code, note),
            title=" · ".join(filter(None, [self.whole_title(rows, of), named])),
            legend=False,
            targets=(Target(rows.every(code), self.alias(rows, of)),),
            choices=words.choices(self.language, rows.measurement, worded or code),
        )

    def silences(self, rows: Rows, days: int, note: Label = NO_NOTE) -> Panel:
        """Since when each node is silent, day by day, in words and colours."""
        missing = DAY / _HOUR
        return replace(
            self.panel("state-timeline", rows, "silent_hours", note),
            title=self.whole_title(rows, "silent_hours"),
            targets=(Target(rows.each_day(days, "silent_hours", missing=missing), self.alias(rows, "silent_hours")),),
            spans=words.silence(self.language),
            since=f"{days}d",
            legend=False,
        )

    def figure(self, rows: Rows, field: str, query: str, note: Label = NO_NOTE) -> Panel:
        """One number a series."""
        panel = self.panel("stat", rows, field, note)
        title = f"{panel.title}{self.apart(rows)}"
        return replace(panel, title=title, targets=(Target(query, self.alias(rows, field)),), width=6, height=4)

    def tiles(self, rows: Rows, field: str, query: str, note: Label = NO_NOTE) -> Panel:
        """One coloured tile a series, with a word on it."""
        title = f"{self.whole_title(rows, field.removesuffix('_code'))}{self.apart(rows)}"
        tiles = replace(self.figure(rows, field, query, note), title=title, nothing=words.TOO_OLD[self.language])
        return replace(tiles, width=12, height=6)

    def gauges(self, rows: Rows, field: str, query: str, note: Label = NO_NOTE) -> Panel:
        """One horizontal bar a series."""
        panel = self.panel("bargauge", rows, field, note)
        title = f"{panel.title}{self.apart(rows)}"
        return replace(panel, title=title, targets=(Target(query, self.alias(rows, field)),))

    def doubts(self, several: tuple[Rows, ...], fields: tuple[str, ...], note: Label = NO_NOTE, *, days: int) -> Panel:
        """One table of what is doubted, of several indicators that say it alike, in the last days [d]."""
        tags = dict.fromkeys(tag for rows in several for tag in rows.by)
        own = (replace(self.column(several[0], field), unit="none") for field in fields)
        return replace(
            self.panel("table", several[0], fields[0], note),
            title=" · ".join(rows.about.label[self.language] for rows in several),
            targets=tuple(Target(rows.newest_since(days, *fields), table=True) for rows in several),
            columns=(*map(self.tag, tags), *own, self._moment(words.PERIOD_BEGIN)),
            shaped=({"id": "merge", "options": {}},),
            unit="none",
            width=COLUMNS,
        )

    def newest(
        self, rows: Rows, fields: tuple[str, ...], note: Label = NO_NOTE, *, when: Label | None = words.PERIOD_BEGIN
    ) -> Panel:
        """A table of the newest row of each series.

        Args:
            rows: What is shown.
            fields: The fields wanted, in order.
            note: What to say beside the catalogue's words.
            when: What the row's time is called: a date, or how long ago when it is `words.HEARD`. None = it means
                nothing: the newest row whatever the time range, and no such column.
        """
        first, *others = (self.column(rows, field) for field in fields)
        link = None if when is None else links.explained(rows, self.language, table=True)
        named, shown = tuple(map(self.tag, rows.by)), (replace(first, link=link), *others)
        moment = (self._moment(when),)
        columns = (*named, *moment, *shown) if when is words.HEARD else (*named, *shown, *moment)
        panel = self.panel("table", rows, fields[0], note)
        target = Target(rows.newest(*fields, ever=when is None), table=True)
        title = f"{rows.about.label[self.language]}{self.apart(rows)}"
        table = replace(panel, title=title, targets=(target,), columns=columns, choices=(), unit="none", width=COLUMNS)
        return replace(table, nothing=_NO_NUMBER)

    def about_now(self, rows: Rows, fields: tuple[str, ...], note: Label = NO_NOTE, *, days: int) -> Panel:
        """A table of each row from so many days [d] ago to as many ahead, whatever the time range."""
        target = Target(rows.about_now(days, *fields), table=True)
        return replace(self.newest(rows, fields, note), targets=(target,))

    def ranks(self, rows: Rows, fields: tuple[str, ...], note: Label = NO_NOTE, *, days: int, least: str) -> Panel:
        """A table of the newest row of each series in the last days [d], those with the least of one field first."""
        target = Target(rows.newest_since(days, *fields), table=True)
        return replace(
            self.newest(rows, fields, note), targets=(target,), shaped=(sorted_by(least, down=False),), height=12
        )

    def section(self, title: Label) -> Panel:
        """A heading over what follows."""
        return Panel("row", title[self.language], "", "none", width=COLUMNS, height=1)

    def about(self, text: Label, *, height: int = 9) -> Panel:
        """A panel of words, with what the marks mean below them."""
        content = f"{text[self.language]}\n\n{words.MARKS[self.language]}"
        title = words.ABOUT[self.language]
        return Panel("text", title, text[self.language], "none", width=COLUMNS, height=height, content=content)

    def panel(self, kind: Kind, rows: Rows, name: str, note: Label) -> Panel:
        """A panel of a field in the catalogue's words, still without queries."""
        field = rows.about.field(name)
        return Panel(
            kind,
            field.label[self.language],
            self._description(rows, field, note),
            grafana_unit(field),
            choices=words.choices(self.language, rows.measurement, name),
            nothing=words.NOTHING[self.language] if kind in ("stat", "bargauge") else "",
        )

    def _linked(self, kind: Kind, rows: Rows, name: str, note: Label) -> Panel:
        """A panel whose every value leads to its explanation."""
        return replace(self.panel(kind, rows, name, note), link=links.explained(rows, self.language))

    def _description(self, rows: Rows, field: Field, note: Label) -> str:
        about = rows.about
        kind = {"indicator": words.COMPUTED, "state": words.REMEMBERED}.get(about.kind, words.READ)
        own = words.REMEMBERED if about.name == "collector" else kind
        cadence = grafana_interval(about.cadence_seconds)
        beat = words.CADENCE[self.language].format(cadence) if cadence else ""
        first = f"{about.label[self.language]}: {field.label[self.language]}."
        return " ".join(filter(None, [first, note[self.language], own[self.language], beat]))

    def whole_title(self, rows: Rows, field: str) -> str:
        """Several indicators have fields of one name."""
        return f"{rows.about.label[self.language]}: {rows.about.field(field).label[self.language]}"

    def apart(self, rows: Rows) -> str:
        """The tags that stay apart, as the end of a title."""
        names = ", ".join(words.NAMES[tag][self.language] for tag in rows.by)
        return f" · {names}" if names else ""

    def alias(self, rows: Rows, field: str) -> str:
        """What a series is called: the tags that stay apart, else the field."""
        return " · ".join(f"$tag_{tag}" for tag in rows.by) or rows.about.field(field).label[self.language]

    def _moment(self, when: Label | None) -> Column:
        if when is None:
            return NO_TIME
        return Column("Time", when[self.language], "dateTimeFromNow" if when is words.HEARD else DATE)

    def tag(self, name: str) -> Column:
        """A table's column of a tag; a lane leads to its garden."""
        link = links.garden(self.language) if name == "lane" else None
        return Column(name, words.NAMES[name][self.language], link=link)

    def column(self, rows: Rows, name: str) -> Column:
        """A table's column of a field."""
        field = rows.about.field(name)
        chosen = words.choices(self.language, rows.measurement, name)
        return Column(name, field.label[self.language], grafana_unit(field), chosen)
