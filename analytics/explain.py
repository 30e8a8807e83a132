"""Explain a stored value: its inputs, the decision whether they are enough, the formula, the result, its revisions."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from analytics import provenance
from analytics.backlog import Due, Reason
from analytics.frames import Row, records, rows
from analytics.indicators import INDICATORS
from analytics.inputs import Inputs
from analytics.periods import Period, midnight_ns, next_start, start_of
from commons.catalogue import REFUSED, Label, measurement
from commons.catalogue.commodities import commodities
from commons.errors import ParameterError, UnknownNameError
from commons.explanation import Cell, Explanation, Part, Table
from commons.marks import ALL_BEDS, ALL_FOODS, MARKS
from commons.reasons import in_words
from commons.wording import filled, listed, number, percent
from store.contract import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    import pandas as pd

    from analytics.indicators.indicator import Indicator
    from commons.sites import Site
    from store.contract import Store

_MOST_ROWS: Final = 60
_DIGITS: Final = 6
_SHARES: Final = MappingProxyType(
    {
        "coverage": Label("Kelengkapan: {share}.", "Coverage: {share}."),
        "imputed_share": Label("Ditaksir: {share}.", "Imputed: {share}."),
    }
)
_LETTERS: Final[dict[int, Period]] = {len("2026-11"): "month", len("2026-W48"): "week", len("2026-11-24"): "day"}
_KINDS: Final[dict[str, Period]] = {"day": "day", "week": "week", "month": "month"}
_MOMENT: Final = re.compile(r"(?P<ms>\d{11,14})(/(?P<kind>day|week|month))?", re.ASCII)
_INPUTS: Final = Label("Masukan", "Inputs")
_ENOUGH: Final = Label("Cukupkah masukannya", "Are they enough")
_FORMULA: Final = Label("Rumus dengan angkanya", "The formula with its numbers")
_RESULT: Final = Label("Hasil", "Result")
_REVISIONS: Final = Label("Revisi", "Revisions")
_ABOUT_REVISIONS: Final = ("revision_number", "computed_at", "method", "reason", REFUSED)
_WHOLE: Final = frozenset({ALL_FOODS, ALL_BEDS})
_COLUMNS: Final = MappingProxyType(
    {
        "time": Label("Waktu", "Time"),
        "hour": Label("Jam", "Hour"),
        "day": Label("Hari", "Day"),
        "month": Label("Bulan", "Month"),
        "start": Label("Mulai", "From"),
        "period": Label("Periode", "Period"),
        "level": Label("Tingkat", "Level"),
        "place": Label("Tempat", "Place"),
        "lane": Label("Lorong", "Lane"),
        "bed": Label("Petak", "Bed"),
        "node": Label("Alat", "Node"),
        "market": Label("Pasar", "Market"),
        "commodity": Label("Komoditas", "Commodity"),
        "group": Label("Kelompok", "Group"),
        "quote": Label("Kutipan", "Quote"),
        "price": Label("Harga", "Price"),
        "source": Label("Sumber", "Source"),
        "origin": Label("Asal", "Origin"),
        "test": Label("Uji", "Test"),
    }
)
"""What people call tags and moments; fields have their names from the catalogue."""
_ORIGINS: Final = MappingProxyType(
    {"measured": Label("diukur", "measured"), "typed": Label("diketik", "typed"), **MARKS}
)


class Explainer:
    """Explains the values of one city; an `Explain`.

    Args:
        store: Where inputs and values are.
        site: The city.
        indicators: Every indicator there is.
    """

    def __init__(self, store: Store, site: Site, indicators: Mapping[str, Indicator] = INDICATORS) -> None:
        self._store, self._site, self._indicators = store, site, indicators
        self._inputs = Inputs(store, site)

    def __call__(self, indicator: str, *, period: str, where: Mapping[str, str]) -> Explanation:
        """How one stored value came about; see `commons.explanation.Explain`."""
        if indicator not in self._indicators:
            raise UnknownNameError("indicator", indicator, self._indicators)
        declared, of = self._indicators[indicator], measurement(indicator)
        kind, start = _period(declared, period, self._site.zone)
        row = self._row(declared, kind, start, _tags(declared, where))
        inputs, lines = self._worked(declared, kind, row)
        return Explanation(
            indicator=indicator,
            title=of.label,
            sentence=declared.sentence,
            identity={tag: row[tag] for tag in of.tags if row[tag]},
            period=start.isoformat(),
            parts=(
                *inputs,
                Part(_ENOUGH, _decision(declared, row)),
                Part(_FORMULA, tuple(_both(line) for line in (declared.formula, *lines))),
                Part(_RESULT, (), _result(declared, row)),
                Part(_REVISIONS, (), self._revisions(declared, row)),
            ),
        )

    def _row(self, declared: Indicator, kind: Period, start: date, where: Mapping[str, str]) -> Row:
        """The one stored row that is meant, refused or not; where nobody says which, the row of all together."""
        name, tags = declared.name, measurement(declared.name).tags
        if "period" in tags:
            where = {**where, "period": where.get("period", kind)}
        found = self._at(name, start, where)
        if not found:
            said = ", ".join(f"{tag}={value}" for tag, value in where.items())
            raise UnknownNameError(f"value of {name} in {start} with", said, self._there(declared, start))
        differing = [tag for tag in tags if len({row[tag] for row in found}) > 1]
        whole = [row for row in found if all(row[tag] in _WHOLE for tag in differing)]
        if len(whole) == 1:
            return {**whole[0], "start": start}
        if differing:
            choices = sorted(" ".join(f"{tag}={row[tag]}" for tag in differing) for row in found)
            raise ParameterError(f"{len(found)} values of {name} fit; say which: {'; '.join(choices[:20])}")
        return {**found[0], "start": start}

    def _at(self, name: str, start: date, where: Mapping[str, str]) -> list[Row]:
        first = midnight_ns(start, self._site.zone)
        return rows(self._store.read(Query(name, first, first + 1, {"city": self._site.slug, **where}, quality="all")))

    def _there(self, declared: Indicator, start: date) -> list[str]:
        tags = [tag for tag in measurement(declared.name).tags if tag != "city"]
        return sorted({", ".join(f"{tag}={row[tag]}" for tag in tags) for row in self._at(declared.name, start, {})})

    def _worked(self, declared: Indicator, kind: Period, row: Row) -> tuple[list[Part], tuple[str, ...]]:
        """The inputs, and the steps that its own workings show."""
        wanted = Due()
        for place in self._inner_places(declared, row[declared.place]):
            wanted.add(place, row["start"], Reason(0, "explained"))
        read = self._inputs.read(declared, wanted)
        if declared.workings is not None and not row[REFUSED]:
            worked = declared.workings(read, self._site, row)
            return [Part(_INPUTS, (), _table(worked.inputs, [declared.name, *declared.builds_on]))], worked.lines
        return [
            Part(
                listed([_INPUTS, measurement(name).label], ": "),
                (),
                _table(self._used(declared, kind, row, frame), [name]),
            )
            for name, frame in read.items()
        ], ()

    def _inner_places(self, declared: Indicator, place: str) -> list[str]:
        """The places whose inputs a place's value is made of."""
        known = [*self._site.lanes, *self._site.markets, place]
        return list(dict.fromkeys(inner for inner in known if place in declared.spread(self._site, inner)))

    def _used(self, declared: Indicator, kind: Period, row: Row, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a source in the value's place and period, and of its commodity where both name one."""
        first, after = (midnight_ns(day, self._site.zone) for day in (row["start"], next_start(row["start"], kind)))
        times = frame["time"].astype("int64")
        kept = (times >= first) & (times < after)
        places = set(self._inner_places(declared, row[declared.place]))
        for tag in ("lane", "market"):
            if tag in frame.columns:
                kept &= frame[tag].isin(places)
        for tag in {"commodity", "bed", "node"} & set(frame.columns) & set(row):
            kept &= (frame[tag] == row[tag]) | (row[tag] in ("", ALL_FOODS))
        local = frame["time"].dt.tz_convert(self._site.timezone)
        return frame.assign(time=local.dt.strftime("%Y-%m-%d %H:%M"))[kept]

    def _revisions(self, declared: Indicator, row: Row) -> Table:
        where = {tag: row[tag] for tag in measurement(declared.name).tags}
        earlier = sorted(
            self._at(f"{declared.name}_history", row["start"], where), key=lambda each: each["revision_number"] or 0.0
        )
        own = [name for name in measurement(declared.name).own if row[name] is not None]
        fields = [*own[:4], *_ABOUT_REVISIONS]
        columns = tuple(measurement(declared.name).fields[name].label for name in fields)
        rows_said = (tuple(self._said(declared, each, name) for name in fields) for each in [*earlier, row])
        return Table(columns, tuple(rows_said))

    def _said(self, declared: Indicator, row: Row, name: str) -> Cell:
        if name == "computed_at":
            at = datetime.fromtimestamp(row[name] / 1000, UTC).astimezone(self._site.zone)
            return at.strftime("%Y-%m-%d %H:%M")
        if name in ("reason", REFUSED):
            return in_words(row[name] or "")
        holds = not row[REFUSED] or name in _ABOUT_REVISIONS
        return _coded(declared.name, name, row[name]) if holds and row.get(f"{name}_flag") != 4 else None  # noqa: PLR2004  # QARTOD's bad


def _period(declared: Indicator, text: str, zone: tzinfo) -> tuple[Period, date]:
    """The kind of period that a text names, and its first day."""
    moment = _MOMENT.fullmatch(text)
    kind: Period = "day" if moment else _LETTERS.get(len(text), "day")
    try:
        if moment:
            day = datetime.fromtimestamp(int(moment["ms"]) / 1000, zone).date()
            kind = _KINDS.get(moment["kind"] or "", declared.periods[0])
        else:
            day = date.fromisoformat({"month": f"{text}-01", "week": f"{text}-1"}.get(kind, text))
    except ValueError:
        raise ParameterError(
            f"period {text[:40]!r} is none; write a month (2026-11), a week (2026-W48) or a day (2026-11-24)"
        ) from None
    if kind not in declared.periods and kind == "day":
        kind = declared.periods[0]
    if kind not in declared.periods:
        raise ParameterError(f"{declared.name} has no value per {kind}; give a {' or '.join(declared.periods)}")
    return kind, start_of(day, kind)


def _tags(declared: Indicator, where: Mapping[str, str]) -> dict[str, str]:
    """The tags, with `place` as the tag that names the indicator's place."""
    tags = measurement(declared.name).tags
    named = {declared.place if tag == "place" else tag: value for tag, value in where.items()}
    for tag in named:
        if tag not in tags:
            raise UnknownNameError(f"tag of {declared.name}", tag, tags)
    return named


def _decision(declared: Indicator, row: Row) -> tuple[Label, ...]:
    """What was there of what was expected, and what the policy makes of it."""
    n, expected, why = row["n"], row["expected"], row[REFUSED]
    of = filled(Label(" dari {of}", " of {of}"), of=number(expected)) if expected is not None else Label("", "")
    lines = [filled(Label("Masukan yang ada: {n}{of}.", "Inputs there are: {n}{of}."), n=number(n), of=of)]
    for name, words in _SHARES.items():
        if row[name] is not None:
            lines.append(filled(words, share=percent(row[name], 1)))
    lines.append(filled(Label("Syarat: {policy}.", "Policy: {policy}."), policy=declared.coverage.words))
    short = filled(Label("Belum cukup data: {why}.", "Not enough: {why}."), why=in_words(why or ""))
    lines.append(short if why else Label("Cukup.", "Enough."))
    marks = listed([MARKS.get(mark, _both(mark)) for mark in sorted(provenance.marks_in(row["marks"] or ""))])
    return (*lines, *([filled(Label("Tanda: {marks}.", "Marks: {marks}."), marks=marks)] if marks.id else []))


def _result(declared: Indicator, row: Row) -> Table:
    """The value's own fields with their units; nothing where it was refused."""
    of = measurement(declared.name)
    named = () if row[REFUSED] else tuple(name for name in of.own if row[name] is not None)
    columns = (Label("Besaran", "Quantity"), Label("Nilai", "Value"), Label("Satuan", "Unit"))
    shown = [name for name in named if row.get(f"{name}_flag") != 4]  # noqa: PLR2004  # QARTOD's bad
    fields = [(of.fields[name], _coded(declared.name, name, row[name])) for name in shown]
    return Table(columns, tuple((field.label, cell, field.unit) for field, cell in fields))


def _table(frame: pd.DataFrame, of: Sequence[str]) -> Table:
    """A frame as a table, without columns in which nothing is there.

    Args:
        frame: The rows.
        of: The measurements that its columns may be fields of, the nearest first.
    """
    filled_in = [name for name in frame.columns if not (frame[name].isna() | (frame[name].astype(str) == "")).all()]
    some = frame[filled_in].head(_MOST_ROWS)
    cells = tuple(tuple(_known(name, value) for name, value in row.items()) for row in records(some))
    return Table(tuple(_column(str(name), of) for name in filled_in), cells, left_out=len(frame) - len(some))


def _column(name: str, of: Sequence[str]) -> Label:
    """What people call a column of inputs."""
    fields = (measurement(each).fields for each in of)
    return next((known[name].label for known in fields if name in known), _COLUMNS.get(name, _both(name)))


def _known(column: str, value: object) -> Cell:
    """An input, a food or an origin by the name that people have for it."""
    if column == "commodity" and value in commodities():
        return commodities()[str(value)].label
    return _ORIGINS.get(str(value), _cell(value)) if column == "origin" else _cell(value)


def _coded(indicator: str, name: str, value: object) -> Cell:
    """A value's field; a code in words."""
    return measurement(indicator).fields[name].codes.get(str(value), _cell(value))


def _cell(value: object) -> Cell:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return None if math.isnan(value) else float(f"{value:.{_DIGITS + 4}g}")
    return None if value is None else str(value)


def _both(text: str) -> Label:
    return Label(text, text)
